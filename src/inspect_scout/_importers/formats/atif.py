"""Trajectories in ATIF, the interchange format of Harbor: one JSON document each, sub-agents inside it or in files beside it."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from ..._support.regular import open_regular
from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceFile, TraceItem
from ..json_values import JsonMapping, JsonObject
from ..reading import MAX_DOCUMENT, Accounts, document, id_in_place, json_lines, open_trace, plain_name
from ..run import Agent, Call, TraceRun
from ..times import time_of
from ..usage import Usage, whole_input
from ..wire.anthropic import Content, count_of, joined_content, unknown_block
from ..wire.openai import arguments_of

_VERSION: Final = re.compile(rb'"schema_version"\s*:\s*"ATIF-v\d+\.\d+"')
_REFERENCES: Final = re.compile(rb'"(?:trajectory_path|continued_trajectory_ref)"\s*:\s*"([^"\\]+)"')
_PIECE: Final = 1 << 20
_LONGEST_REFERENCE: Final = 4096
_MOST_DEPTH: Final = 20
_MOST_PARTS: Final = 1000
_MAX_MEDIA: Final = 64 << 20

_decoder = msgspec.json.Decoder(JsonObject)


class Atif:
    """ATIF trajectories."""

    name = "atif"
    title = "ATIF trajectories (Harbor)"
    where = "jobs"
    suffixes: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, path: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        """Whether it says which version of ATIF it is."""
        return _VERSION.search(head) is not None

    def links(self, path: str, head: bytes) -> list[str]:  # noqa: ARG002 - what is named may stand anywhere
        """Say which files it names as its continuation or as a sub-agent."""
        return _named_in(path)

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Leave out the files that others name as their continuation or as a sub-agent: they are read with these."""
        by_path = {file.path: file for file in files}
        named = {file.path: [link for link in file.links if link in by_path] for file in files}
        parts = {part for path, found in named.items() for part in found if part != path}
        for file in files:
            if file.path not in parts:
                below = _all_below(file.path, named)
                yield TraceItem((file, *(by_path[path] for path in below)))

    def look_in(self, path: str) -> tuple[str, bool]:
        """Parts are in files below the folder of the first one."""
        return str(Path(path).parent), True

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the trajectory of a file, or each line of one."""
        accounts = Accounts(self.name)
        path = item.location
        if plain_name(path).endswith(".jsonl"):
            for number, given in json_lines(path, _decoder, accounts):
                yield from _read(path, given, accounts, f"-{number}")
        else:
            yield from _read(path, document(path, _decoder), accounts, "")


def _read(path: str, given: JsonObject, accounts: Accounts, suffix: str) -> Iterator[Found]:
    if not is_list(given.get("steps")):
        accounts.refuse(path, "it has no list of steps")
    else:
        yield _Trajectory(path, given, accounts).transcript(suffix)
    yield from accounts.problems
    accounts.problems.clear()


def _named_in(path: str) -> list[str]:
    names: set[bytes] = set()
    before = b""
    with open_trace(path) as file:
        for piece in itertools.takewhile(len, (file.read(_PIECE) for _ in range(MAX_DOCUMENT // _PIECE))):
            names.update(_REFERENCES.findall(before + piece))
            before = piece[-_LONGEST_REFERENCE:]
    places = {str((Path(path).parent / name.decode("utf-8", "replace")).resolve()) for name in names}
    return sorted(places - {path})


def _all_below(path: str, named: Mapping[str, Sequence[str]]) -> list[str]:
    found: dict[str, None] = {}
    waiting = list(named.get(path, ()))
    while waiting:
        part = waiting.pop(0)
        if part not in found and part != path:
            found[part] = None
            waiting += named.get(part, ())
    return list(found)


@dataclass(frozen=True, slots=True)
class _TrajectoryPart:
    """A document, the file that it is in, and the sub-agents that can be named in it."""

    path: str
    given: JsonMapping
    embedded: tuple[JsonMapping, ...] = ()

    def steps(self) -> list[JsonMapping]:
        steps = self.given.get("steps")
        return [step for step in steps if is_mapping(step)] if is_list(steps) else []

    def inside(self) -> tuple[JsonMapping, ...]:
        """The embedded trajectories that it and those around it have."""
        own = self.given.get("subagent_trajectories")
        return (*(one for one in own if is_mapping(one)), *self.embedded) if is_list(own) else self.embedded


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


@dataclass(slots=True)
class _Trajectory:
    """Reads one trajectory.

    Args:
        path: The file that it is found by.
        given: Its document.
        accounts: Counts its steps.
    """

    path: str
    given: JsonObject
    accounts: Accounts
    run: TraceRun = field(default_factory=lambda: TraceRun(""))
    shown: set[int] = field(default_factory=set[int])
    ids: dict[str, int] = field(default_factory=dict[str, int])
    agents: int = 0

    def transcript(self, suffix: str) -> Found:
        """Make the transcript: all parts of the chain, with their sub-agents."""
        session = _text(self.given.get("session_id"))
        stem = plain_name(self.path).removesuffix(".jsonl").removesuffix(".json")
        own = _text(self.given.get("trajectory_id"))
        unnamed = id_in_place(f"{stem}{suffix}", self.path)
        self.run.transcript_id = own or (f"{session}-{stem}{suffix}" if session else unnamed)
        parts = self._chain(_TrajectoryPart(self.path, self.given))
        for number, part in enumerate(parts):
            self._steps(self.run.main, part, number > 0, 0)
        for embedded in parts[0].inside():
            if id(embedded) not in self.shown:
                self._agent(self.run.main, _TrajectoryPart(self.path, embedded, parts[0].inside()), "agent", None, 0)
        self.run.main.end()
        return self._finish(parts, session or own)

    def _finish(self, parts: Sequence[_TrajectoryPart], session: str | None) -> Found:
        agent = self.given.get("agent")
        agent = agent if is_mapping(agent) else {}
        totals = [part.given.get("final_metrics") for part in parts]
        cost = [total.get("total_cost_usd") for total in totals if is_mapping(total)]
        numbers = [each for each in cost if isinstance(each, int | float)]
        extra = self.given.get("extra")
        model = next(iter(self.run.models), None) or _text(agent.get("model_name"))
        return self.run.finish(
            # Those of parts may overlap: the steps of all of them are counted then.
            tokens=(_final_tokens(totals) if len(parts) == 1 else None) or self.run.tokens or _final_tokens(totals),
            source_type="atif",
            source_id=session,
            source_uri=f"file://{self.path}#{self.run.transcript_id}",
            agent=_text(agent.get("name")),
            model=model,
            metadata={
                "schema_version": _text(self.given.get("schema_version")),
                "agent_version": _text(agent.get("version")),
                "notes": _text(self.given.get("notes")),
                "continued_trajectory_ref": _text(self.given.get("continued_trajectory_ref")),
                "parts": len(parts) if len(parts) > 1 else None,
                "cost": sum(numbers) if numbers else None,
                "extra": extra if is_mapping(extra) and extra else None,
                **self.accounts.metadata(),
            },
        )

    def _chain(self, part: _TrajectoryPart) -> list[_TrajectoryPart]:
        """Follow the continuations, each of which is in the folder of the one before."""
        parts, seen = [part], {part.path}
        while (name := _text(parts[-1].given.get("continued_trajectory_ref"))) and len(parts) < _MOST_PARTS:
            following = self._beside(parts[-1].path, name)
            if following is None or following.path in seen:
                break
            seen.add(following.path)
            parts.append(following)
        return parts

    def _beside(self, path: str, name: str) -> _TrajectoryPart | None:
        """Read a file that another one names, if it is below the folder of that one."""
        folder = Path(path).parent.resolve()
        file = (folder / name).resolve()
        if not file.is_relative_to(folder):
            self.accounts.refuse(path, f"it names {name!r}, which is not below its folder and is not read")
            return None
        try:
            given: JsonObject = document(str(file), _decoder)
            return _TrajectoryPart(str(file), given)
        except (OSError, ValueError) as error:
            reason = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error}"
            self.accounts.refuse(path, f"it names {name!r}, which {reason}")
            return None

    def _id(self, wanted: str) -> str:
        count = self.ids[wanted] = self.ids.get(wanted, 0) + 1
        return wanted if count == 1 else f"{wanted}-{count}"

    def _steps(self, agent: Agent, part: _TrajectoryPart, continues: bool, depth: int) -> None:
        prefix = f"{agent.span_id}-" if agent.span_id is not None else ""
        for step in part.steps():
            self.accounts.records += 1
            if step.get("is_copied_context") is True and continues:
                self.accounts.skipped["copied"] += 1
                continue
            id = self._id(f"{prefix}step-{step.get('step_id')}")
            at = time_of(step.get("timestamp"))
            self.run.note_time(at)
            if step.get("source") == "agent":
                self._answer(agent, part, step, id, at, depth)
            else:
                self._said(agent, part, step, id, at, depth)

    def _said(
        self, agent: Agent, part: _TrajectoryPart, step: JsonMapping, id: str, at: str | None, depth: int
    ) -> None:
        extra = step.get("extra")
        managed = extra.get("context_management") if is_mapping(extra) else None
        if is_mapping(managed):
            kept = () if managed.get("boundary") == "replace" else agent.context
            agent.compact(f"{id}-boundary", at, "atif", metadata=dict(managed), kept=kept)
        role = "system" if step.get("source") == "system" else "user"
        content = self._content(part, step.get("message"))
        if content:
            agent.receive({"id": id, "role": role, "content": content})
        self._results(agent, part, step, id, at, depth)

    def _answer(
        self, agent: Agent, part: _TrajectoryPart, step: JsonMapping, id: str, at: str | None, depth: int
    ) -> None:
        content = self._content(part, step.get("message"))
        thought = _text(step.get("reasoning_content"))
        if thought is not None:
            said = [{"type": "text", "text": content}] if isinstance(content, str) else content
            content = [{"type": "reasoning", "reasoning": thought, "redacted": False}, *said]
        given = step.get("tool_calls")
        calls = [
            arguments_of(
                {"id": str(call.get("tool_call_id") or f"{id}-call-{number}"), "function": str(call.get("function_name") or "unknown")},
                call.get("arguments"),
            )
            for number, call in enumerate(given if is_list(given) else ())
            if is_mapping(call)
        ]  # fmt: skip
        own = part.given.get("agent")
        model = _text(step.get("model_name")) or (_text(own.get("model_name")) if is_mapping(own) else None) or ""
        message = {"id": id, "role": "assistant", "source": "generate", "content": content}
        message |= {"tool_calls": calls} if calls else {}
        usage = None if step.get("is_copied_context") is True else _usage(step.get("metrics"))
        if step.get("llm_call_count") == 0:
            agent.receive(message)
            agent.expect(message, at)
        else:
            agent.answer(message, model=model, at=at, usage=usage, stop="tool_calls" if calls else "stop")
        self._results(agent, part, step, id, at, depth)

    def _results(
        self, agent: Agent, part: _TrajectoryPart, step: JsonMapping, id: str, at: str | None, depth: int
    ) -> None:
        observation = step.get("observation")
        results = observation.get("results") if is_mapping(observation) else None
        for number, result in enumerate(results if is_list(results) else ()):
            if not is_mapping(result):
                continue
            call_id = _text(result.get("source_call_id"))
            references = result.get("subagent_trajectory_ref")
            for reference in references if is_list(references) else [references]:
                if is_mapping(reference):
                    self._sub_agent(agent, part, reference, agent.waiting.get(call_id or ""), depth)
            content = self._content(part, result.get("content"))
            if content or call_id is not None:
                agent.result(call_id, content, message_id=self._id(f"{id}-result-{number}"), at=at)

    def _sub_agent(
        self, agent: Agent, part: _TrajectoryPart, reference: JsonMapping, call: Call | None, depth: int
    ) -> None:
        found = self._referred(part, reference)
        if found is None or depth >= _MOST_DEPTH:
            return
        own = found.given.get("agent")
        name = (_text(own.get("name")) if is_mapping(own) else None) or "agent"
        self._agent(agent, found, name, call, depth)

    def _agent(self, around: Agent, part: _TrajectoryPart, name: str, call: Call | None, depth: int) -> None:
        self.shown.add(id(part.given))
        self.agents += 1
        span = self.run.span(
            f"agent-{self.agents}", name, "agent", around.span_id, call.at if call is not None else None
        )
        line = Agent(self.run, span)
        if call is not None and call.agent is None:
            call.agent = line
        self._steps(line, part, False, depth + 1)
        line.end()

    def _referred(self, part: _TrajectoryPart, reference: JsonMapping) -> _TrajectoryPart | None:
        """Find the trajectory of a sub-agent: embedded by its id, else in a file; by its session only before version 1.7."""
        wanted = _text(reference.get("trajectory_id"))
        for embedded in part.inside():
            if wanted is not None and embedded.get("trajectory_id") == wanted:
                return _TrajectoryPart(part.path, embedded, part.inside())
        path = _text(reference.get("trajectory_path"))
        if path is not None:
            return self._beside(part.path, path)
        session = _text(reference.get("session_id"))
        for embedded in part.inside():
            if wanted is None and session is not None and embedded.get("session_id") == session:
                return _TrajectoryPart(part.path, embedded, part.inside())
        name = wanted or session
        self.accounts.refuse(part.path, f"the trajectory of the sub-agent {name!r} is not there")
        return None

    def _content(self, part: _TrajectoryPart, given: object) -> Content:
        return joined_content(given, lambda each: self._content_part(part, each))

    def _content_part(self, part: _TrajectoryPart, given: object) -> JsonObject:
        if not is_mapping(given):
            return unknown_block(given)
        if given.get("type") == "text":
            return {"type": "text", "text": str(given.get("text") or "")}
        source = given.get("source")
        if given.get("type") in ("image", "audio") and is_mapping(source):
            kind = str(source.get("media_type") or f"{given['type']}/png")
            address = self._media(part, str(source.get("path") or ""), kind)
            if address is not None and given["type"] == "image":
                return {"type": "image", "image": address}
            if address is not None and kind in ("audio/wav", "audio/mp3", "audio/mpeg"):
                return {"type": "audio", "audio": address, "format": "wav" if kind == "audio/wav" else "mp3"}
        return unknown_block(given)

    def _media(self, part: _TrajectoryPart, name: str, kind: str) -> str | None:
        """Read a picture or a recording that lies below the folder of the trajectory, as a data URI."""
        if name.startswith("data:"):
            return name
        folder = Path(part.path).parent.resolve()
        file = (folder / name).resolve()
        if not file.is_relative_to(folder) or not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind):
            return None
        try:
            with open_regular(str(file)) as opened:
                content = opened.read(_MAX_MEDIA + 1)
        except OSError:
            return None
        return None if len(content) > _MAX_MEDIA else f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _usage(given: object) -> Usage | None:
    if not is_mapping(given):
        return None
    taken, made = count_of(given.get("prompt_tokens")), count_of(given.get("completion_tokens"))
    if taken is None and made is None:
        return None
    cost = given.get("cost_usd")
    usage = whole_input(taken or 0, made or 0, cache_read=count_of(given.get("cached_tokens")))
    known = float(cost) if isinstance(cost, int | float) else None
    return Usage(usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning, known)


def _final_tokens(totals: Sequence[object]) -> int | None:
    known = [
        (count_of(total.get("total_prompt_tokens")) or 0) + (count_of(total.get("total_completion_tokens")) or 0)
        for total in totals
        if is_mapping(total)
    ]
    return sum(known) or None
