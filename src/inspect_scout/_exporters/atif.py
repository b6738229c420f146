"""Transcripts as trajectories in ATIF, the interchange format of Harbor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from .content import Losses, calls_by_answer, data_of, description_of, lose_events, parts_of, reasoning_of, text_of

if TYPE_CHECKING:
    from inspect_ai.event import Event, ModelEvent
    from inspect_ai.model import ChatMessage, ModelUsage

    from .._types import Transcript

VERSION: Final = "ATIF-v1.8"
_IMAGES: Final = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_KEPT: Final = frozenset({"model", "tool", "span_begin", "span_end"})

Files = dict[str, str]
"""Files beside a trajectory: name -> content in base64."""


class Trajectory:
    """Makes the trajectory of a transcript.

    Args:
        transcript: The transcript.
        name: Begins the names of the files of its images.
        losses: Is told what has no place in it.
    """

    def __init__(self, transcript: Transcript, name: str, losses: Losses) -> None:
        self._transcript, self._name, self._losses = transcript, name, losses
        self._calls = calls_by_answer(transcript.events)
        self.files: Files = {}

    def document(self) -> dict[str, object]:
        """Give the trajectory, with those of sub-agents in it."""
        transcript = self._transcript
        agents = _agents(transcript.events)
        started = {
            event.id: event.agent_span_id
            for event in transcript.events
            if event.event == "tool" and event.agent_span_id in agents
        }
        inner = [
            {
                "schema_version": VERSION,
                "trajectory_id": id,
                "agent": self._agent(name),
                "steps": self._steps(messages, {}),
            }
            for id, (name, messages) in agents.items()
            if messages
        ]
        lose_events(transcript, _KEPT, self._losses)
        whole = self._steps(transcript.messages, started) or [{"step_id": 1, "source": "system", "message": ""}]
        return {
            "schema_version": VERSION,
            "session_id": transcript.source_id or transcript.transcript_id,
            "trajectory_id": transcript.transcript_id,
            "agent": self._agent(transcript.agent or "unknown"),
            "steps": whole,
            "final_metrics": self._totals(len(whole)),
            **({"subagent_trajectories": inner} if inner else {}),
            "extra": {"scout": description_of(transcript)},
        }

    def _agent(self, name: str) -> dict[str, object]:
        model = {"model_name": self._transcript.model} if self._transcript.model else {}
        return {"name": name, "version": "unknown", **model}

    def _steps(self, messages: Sequence[ChatMessage], started: Mapping[str, str | None]) -> list[dict[str, object]]:
        """Make a step of each message; what tools gave stands at the step that called them."""
        steps: list[dict[str, object]] = []
        results: list[dict[str, object]] = []
        asked: set[str] = set()
        for message in messages:
            if message.role == "tool":
                if not steps:
                    steps.append({"step_id": 1, "source": "system", "message": ""})
                if not results:
                    steps[-1]["observation"] = {"results": results}
                results.append(self._result(message, asked, started))
                continue
            results, asked = [], set()
            step: dict[str, object] = {
                "step_id": len(steps) + 1,
                "source": message.role,
                "message": self._content(message),
            }
            if message.role == "assistant":
                step["source"] = "agent"
                asked = {call.id for call in message.tool_calls or ()}
                step |= self._answer(message)
            steps.append(step)
        return steps

    def _answer(self, message: ChatMessage) -> dict[str, object]:
        told: dict[str, object] = {}
        if thoughts := reasoning_of(message, self._losses):
            told["reasoning_content"] = thoughts
        if message.role == "assistant" and message.tool_calls:
            told["tool_calls"] = [
                {"tool_call_id": call.id, "function_name": call.function, "arguments": call.arguments}
                for call in message.tool_calls
            ]
        event = self._calls.get(message.id or "")
        if event is not None:
            told["timestamp"] = event.timestamp.isoformat()
            told["model_name"] = event.model
            if event.output.usage is not None:
                told["metrics"] = _metrics(event.output.usage)
        return told

    def _result(self, message: ChatMessage, asked: set[str], started: Mapping[str, str | None]) -> dict[str, object]:
        call_id = message.tool_call_id if message.role == "tool" else None
        result: dict[str, object] = {"content": self._content(message)}
        if isinstance(call_id, str) and call_id in asked:
            result["source_call_id"] = call_id
            if (agent := started.get(call_id)) is not None:
                result["subagent_trajectory_ref"] = [{"trajectory_id": agent}]
        elif call_id:
            self._losses["ids of calls that no step has"] += 1
        if message.role == "tool" and message.error is not None:
            result["extra"] = {"error": message.error.message}
        return result

    def _content(self, message: ChatMessage) -> object:
        """Give text as text, and as parts only what has images."""
        if not any(part.type == "image" for part in parts_of(message)):
            return text_of(message, self._losses)
        parts: list[dict[str, object]] = []
        for part in parts_of(message):
            if part.type == "text":
                parts.append({"type": "text", "text": part.text})
            elif part.type == "image":
                parts += self._image(part.image)
            elif part.type != "reasoning":
                self._losses[f"{part.type} parts"] += 1
        return parts

    def _image(self, address: str) -> list[dict[str, object]]:
        found = data_of(address)
        if found is None:
            suffix = address.partition("?")[0].rpartition(".")[2].lower()
            kind = next((kind for kind, ending in _IMAGES.items() if ending == suffix), None)
            path = address
        else:
            kind = found[0] if found[0] in _IMAGES else None
            path = f"{self._name}.{len(self.files) + 1}.{_IMAGES.get(found[0], '')}"
        if kind is None:
            self._losses["images of other types"] += 1
            return []
        if found is not None:
            self.files[path] = found[1]
        return [{"type": "image", "source": {"media_type": kind, "path": path}}]

    def _totals(self, steps: int) -> dict[str, object]:
        usages = [
            event.output.usage
            for event in self._transcript.events
            if event.event == "model" and event.output.usage is not None
        ]
        each = [_metrics(usage) for usage in usages]
        totals: dict[str, object] = {
            f"total_{name}": sum(int(one.get(name, 0)) for one in each)
            for name in ("prompt_tokens", "completion_tokens", "cached_tokens")
            if any(name in one for one in each)
        }
        return {**totals, "total_steps": steps}


def _metrics(usage: ModelUsage) -> dict[str, int]:
    """Give tokens as ATIF counts them: those of the cache are a part of the prompt."""
    read, write = usage.input_tokens_cache_read, usage.input_tokens_cache_write
    known = {} if read is None else {"cached_tokens": read}
    prompt = usage.input_tokens + (read or 0) + (write or 0)
    return {"prompt_tokens": prompt, "completion_tokens": usage.output_tokens, **known}


def _agents(events: Sequence[Event]) -> dict[str, tuple[str, Sequence[ChatMessage]]]:
    """Give the agents that stand in spans of their own, with the messages of their longest call."""
    around: dict[str, str | None] = {}
    names: dict[str, str] = {}
    for event in events:
        if event.event == "span_begin":
            around[event.id] = event.parent_id
            if event.type == "agent":
                names[event.id] = event.name
    longest: dict[str, Sequence[ChatMessage]] = {}
    for event in events:
        if event.event == "model":
            agent = _agent_of(event, around, names)
            answers = [event.output.message] if event.output.choices else []
            if agent is not None and len(event.input) + len(answers) >= len(longest.get(agent, ())):
                longest[agent] = [*event.input, *answers]
    return {id: (name, longest.get(id, ())) for id, name in names.items()}


def _agent_of(event: ModelEvent, around: dict[str, str | None], names: dict[str, str]) -> str | None:
    span, seen = event.span_id, set[str]()
    while span is not None and span not in names and span not in seen:
        seen.add(span)
        span = around.get(span)
    return span if span in names else None
