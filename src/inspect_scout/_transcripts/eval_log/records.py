"""What the index keeps of a log, and the parts of its JSON that this comes from.

The typed reading (msgspec) builds nothing but these fields. What strict JSON refuses and Python's own writer makes (NaN, lone
surrogates) is read a second, slower way.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct

from ..._support.errors import LogReadError
from ..._support.shapes import is_list, is_mapping

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
T = TypeVar("T")


class Step(Struct, kw_only=True):
    """A step of the plan."""

    solver: str | None = None
    params: Any = None


class Plan(Struct, kw_only=True):
    """The solvers of an eval."""

    steps: list[Step] | None = None


class EvalSpec(Struct, kw_only=True):
    """The eval that a log tells of."""

    eval_id: str | None = None
    run_id: str | None = None
    created: str | float | None = None
    task: str
    task_id: str | None = None
    task_args: Any = None
    solver: str | None = None
    solver_args: Any = None
    tags: list[str] | None = None
    metadata: Any = None
    model: str | None = None
    model_generate_config: Any = None
    model_roles: Any = None
    viewer: Any = None


class ScoreName(Struct, kw_only=True):
    """A score among the results."""

    name: str | None = None


class Results(Struct, kw_only=True):
    """The results (only what old samples need: the name of the first scorer)."""

    scores: list[ScoreName] | None = None
    scorer: ScoreName | None = None


class Header(Struct, kw_only=True):
    """The header of a log, or what a running eval writes at its start."""

    eval: EvalSpec
    status: str = "started"
    plan: Plan | None = None


class SampleSummary(Struct, kw_only=True):
    """The summary of a sample."""

    id: str | Int64
    epoch: Int64
    input: Any = None
    target: Any = None
    metadata: Any = None
    scores: Any = None
    model_usage: Any = None
    total_time: float | None = None
    working_time: float | None = None
    uuid: str | None = None
    error: Any = None
    limit: Any = None
    message_count: Int64 | None = None


class OpaqueItem(Struct):
    """An object of which nothing is kept but that it is there."""


# A message may be anything: what can be read of it is decided where the sample is decoded.
AnyItem = OpaqueItem | int | float | str | bool | list[Any] | None


class FullSample(SampleSummary, kw_only=True):
    """A whole sample, of which the index wants what a summary has.

    Older samples hold one `score`; their events stand in `transcript`.
    """

    messages: list[AnyItem] | None = None
    score: Any = None


class JsonLog(Header, kw_only=True):
    """A log in one JSON file; samples are cut out, not decoded."""

    results: Results | None = None
    samples: list[msgspec.Raw] | None = None


class SampleRow(Struct, array_like=True, frozen=True):
    """What the index keeps of a sample."""

    transcript_id: str
    id: str
    epoch: int
    input: str
    target: str
    metadata: str
    score: Any
    score_explanation: str | None
    success: bool | None
    scores: dict[str, Any]
    total_tokens: int
    message_count: int | None
    total_time: float | None
    working_time: float | None
    error: str
    limit: str


class SampleId(Struct, array_like=True, frozen=True):
    """The beginning of a `SampleRow`."""

    transcript_id: str


S = TypeVar("S")


class LogRows(Struct, Generic[S], array_like=True, frozen=True):
    """What the index keeps of a log. Texts that hold JSON: eval_metadata, task_args, agent_args, generate_config, model_roles.

    Args:
        samples: Its samples: each a `SampleRow`, or one as the cache has it.
        notices: What is wrong with the log without keeping its other samples from being read.
        superseded: Samples that the log holds again with the same id and epoch; the last of each counts.
        shared_uuids: Samples that carry the uuid of another sample of the log; they have an id of their own.
        unlisted: Samples that no summary lists, so that they were read themselves.
    """

    eval_id: str
    date: str | None
    eval_status: str
    eval_tags: str
    eval_metadata: str
    task_set: str
    task_args: str
    agent: str | None
    agent_args: str
    model: str | None
    generate_config: str
    model_roles: str
    trust_content: bool | None
    samples: list[S]
    notices: list[str]
    superseded: int = 0
    shared_uuids: int = 0
    unlisted: int = 0


AnyLogRows = LogRows[SampleRow] | LogRows[msgspec.Raw]


def decode_record(data: bytes | msgspec.Raw, kind: type[T], path: str, part: str) -> T:
    """Read JSON of a known shape.

    Args:
        data: The JSON.
        kind: The shape.
        path: The log, for messages.
        part: What of the log it is, for messages.

    Raises:
        LogReadError: It is not JSON, or of another shape.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return msgspec.convert(_decode_lenient(data, path, part), kind)
    except msgspec.ValidationError as error:
        raise LogReadError(path, f"{part} is not what Inspect writes: {error}") from error


def decode_json_log(data: bytes, path: str) -> JsonLog:
    """Read a log in one JSON file.

    Raises:
        LogReadError: It is not JSON, or not a log.
    """
    try:
        return msgspec.json.decode(data, type=JsonLog)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    value = _decode_lenient(data, path, "its content")
    if not is_mapping(value) or "eval" not in value:
        raise LogReadError(path, "it is JSON, but not an Inspect log (there is no 'eval' in it)")
    samples: Any = value.pop("samples", None)
    try:
        log = msgspec.convert(value, JsonLog)
    except msgspec.ValidationError as error:
        raise LogReadError(path, f"its content is not what Inspect writes: {error}") from error
    if is_list(samples):
        log.samples = [msgspec.Raw(json.dumps(item).encode()) for item in samples]
    return log


def _decode_lenient(data: bytes | msgspec.Raw, path: str, part: str) -> Any:
    """Read JSON as Python does; lone surrogates, which no text column can hold, are replaced."""
    raw = bytes(data)
    try:
        value = json.loads(raw)
        return without_surrogates(value) if _ESCAPED_SURROGATE.search(raw) else value
    except RecursionError as error:
        raise LogReadError(path, f"{part} is nested too deeply") from error
    except ValueError as error:
        raise LogReadError(path, f"{part} is not valid JSON: {error}") from error


def without_surrogates(value: Any) -> Any:
    """Replace lone surrogates, which no text column can hold."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if is_mapping(value):
        return {_SURROGATE.sub("\ufffd", key): without_surrogates(item) for key, item in value.items()}
    if is_list(value):
        return [without_surrogates(item) for item in value]
    return value
