"""Agent runs of Docent: one document or one a line, each with one transcript or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceItem
from ..conversation import add_messages
from ..json_values import Json, JsonMapping, JsonObject, objects_of
from ..reading import Accounts, document, json_lines, plain_name
from ..run import Agent, TraceRun
from ..times import time_of
from .alone import ReadAlone

_decoder: Final = msgspec.json.Decoder(Json)


class Docent(ReadAlone):
    """Agent runs of Docent."""

    name = "docent"
    title = "Docent agent runs"
    where = "runs.json"
    suffixes: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, path: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        """Whether it has transcripts that have messages, and is not a log of Inspect."""
        start = head.lstrip()[:1]
        return (
            start in (b"{", b"[") and b'"transcripts"' in head and b'"messages"' in head and b'"eval"' not in head[:500]
        )

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the runs of a file."""
        path = item.location
        accounts = Accounts(self.name)
        rows: Iterable[tuple[int, Json]]
        if plain_name(path).endswith(".jsonl"):
            rows = json_lines(path, _decoder, accounts)
        else:
            whole = document(path, _decoder)
            found = whole if is_list(whole) else [whole]
            accounts.records = len(found)
            rows = enumerate(found, 1)
        for number, row in rows:
            parts = _parts(row)
            if not is_mapping(row) or not parts:
                accounts.refuse(path, "it is not a run: it has no transcripts", number)
            else:
                yield _run(path, row, parts, number)
        yield from accounts.problems


def _parts(row: object) -> list[tuple[str, JsonObject]]:
    """The transcripts of a run, a list or in older files an object, with their names."""
    given = row.get("transcripts") if is_mapping(row) else None
    if is_mapping(given):
        return [(name, each) for name, each in given.items() if is_mapping(each)]
    return (
        [(str(each.get("name") or each.get("id") or ""), each) for each in given if is_mapping(each)]
        if is_list(given)
        else []
    )


def _run(path: str, row: JsonMapping, parts: Sequence[tuple[str, JsonObject]], number: int) -> Found:
    stem = plain_name(path).partition(".")[0]
    run = TraceRun(str(row.get("id") or f"{stem}-{number}"))
    groups = {str(group.get("id")): group for group in objects_of(row.get("transcript_groups"))}
    begun: dict[str, str] = {}
    for position, (name, part) in enumerate(parts):
        at = time_of(part.get("created_at"))
        run.note_time(at)
        agent = run.main
        if len(parts) > 1:
            around = _group(run, groups, begun, part.get("transcript_group_id"))
            agent = Agent(
                run, run.span(f"transcript-{position}", name or f"transcript {position + 1}", "agent", around, at)
            )
        add_messages(agent, [_message(each) for each in objects_of(part.get("messages"))], prefix=f"{position}-")
        agent.end(at)
        if agent is not run.main and position == 0:
            run.main.said = agent.said
    for span in reversed(begun.values()):
        run.end_span(span, None)
    given = row.get("metadata")
    metadata = dict(given) if is_mapping(given) else {}
    task, model, epoch = metadata.pop("task_id", None), metadata.pop("model", None), metadata.pop("epoch", None)
    scores = metadata.get("scores")
    first = next(iter(scores.values()), None) if is_mapping(scores) and len(scores) == 1 else None
    return run.finish(
        source_type="docent",
        source_id=run.transcript_id,
        source_uri=f"file://{path}#{run.transcript_id}",
        task_id=str(task) if task is not None else None,
        task_repeat=epoch if isinstance(epoch, int) else None,
        model=model if isinstance(model, str) else None,
        score=first if isinstance(first, int | float | str) else None,
        metadata={**metadata, "name": row.get("name"), "description": row.get("description"), "reader": "docent"},
    )


def _group(run: TraceRun, groups: Mapping[str, JsonObject], begun: dict[str, str], wanted: object) -> str | None:
    """Begin the spans of a group and of those around it; circles end where they begin."""
    chain: list[str] = []
    id = wanted
    while isinstance(id, str) and id in groups and id not in chain:
        chain.append(id)
        id = groups[id].get("parent_transcript_group_id")
    around: str | None = None
    for each in reversed(chain):
        if each not in begun:
            at = time_of(groups[each].get("created_at"))
            begun[each] = run.span(f"group-{each}", str(groups[each].get("name") or each), None, around, at)
        around = begun[each]
    return around


def _message(given: JsonMapping) -> JsonObject:
    """Write a message as others have it: a function is a name, and no id is none."""
    return {name: value for name, value in given.items() if value is not None}
