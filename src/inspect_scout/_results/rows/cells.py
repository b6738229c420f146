"""The cells of rows: values and inputs as text, and what every row of a transcript, a scan or a scanner repeats.

Nothing that a transcript or a scanner says can make this fail.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from pydantic_core import to_json

from ..._support.json import dumps, loads, well_formed

if TYPE_CHECKING:
    from inspect_ai.event import Event

    from ..._types import InputType, Result, ScannerSpec, ScanSpec, Transcript, TranscriptInfo

CELL_CHARS = 2**29
"""Longest text of a cell: Parquet holds less than 2 GiB of UTF-8."""

_POOLED = ("transcript", "events")
_CONVERTERS: Mapping[type, Callable[[Any], Any]] = {
    bytes: lambda text: text.decode("utf-8", "replace"),
    Mapping: dict,
    set: list,
    frozenset: list,
    range: list,
}
VALUE_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
    list: "array",
    tuple: "array",
    dict: "object",
}
"""Names of the types of values."""

_SCALARS = ("boolean", "number", "string", "null")


def json_text(value: object) -> str:
    """Write compact JSON, fields that are None left out; what JSON does not know becomes its `str`."""
    try:
        return to_json(value, exclude_none=True, inf_nan_mode="constants", fallback=str).decode()
    except (ValueError, TypeError, RecursionError):
        return _tolerant_json(value)


def value_text(value: Any) -> str | None:
    """Write a value: scalars as text, lists and mappings as compact JSON."""
    match value:
        case None:
            return None
        case str():
            return str.__str__(value)
        case bool():
            return "true" if value else "false"
        case int():
            return _integer_text(value)
        case float():
            return _float_text(value)
        case _:
            return dumps(value)


def value_type(value: Any, declared: str | None, *, any_declared: bool = False) -> str:
    """Name the type of a value.

    Args:
        value: The value.
        declared: Type that its result declares; never the name of a scalar, which would make readers cast the text.
        any_declared: Whether what is declared counts for all values (else for lists and mappings only).
    """
    inferred = _inferred_type(value)
    if not declared or declared in _SCALARS:
        return inferred
    return declared if any_declared or inferred not in _SCALARS else inferred


def references_text(result: Result[Any] | None, kind: str) -> str:
    """Write the references of one kind."""
    if result is None or not result.references:
        return "[]"
    return json_text([reference for reference in result.references if reference.type == kind])


def input_text(kind: InputType, value: object) -> tuple[str | None, str | None]:
    """Write an input and, where it holds model events, the pools of messages that they share.

    Args:
        kind: What the scanner was given.
        value: The input itself.

    Returns:
        Texts of the columns `input` and `input_data`.
    """
    if value is None:
        return None, None
    if kind in _POOLED:
        text, pools = _pooled_text(value)
    else:
        text, pools = json_text(value), None
    return (text if len(text) <= CELL_CHARS else None), (pools if pools and len(pools) <= CELL_CHARS else None)


def read_value(text: str | None, kind: str | None) -> Any:
    """Read what `value_text` wrote, by the type of the value; JSON that is damaged stays text."""
    if kind == "boolean" and text is not None:
        return text.lower() == "true"
    return None if kind == "null" else text if kind == "string" else read_json(text)


def read_json(text: Any) -> Any:
    """Read JSON; what is not JSON, or not text, as in older tables, stays as it is."""
    try:
        return loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return text


def _inferred_type(value: object) -> str:
    found = (name for kind, name in VALUE_TYPES.items() if isinstance(value, kind))
    return VALUE_TYPES.get(type(value)) or next(found, "object")


def _pooled_text(value: object) -> tuple[str, str | None]:
    from inspect_ai.log import condense_events

    from ..._types import Transcript

    if isinstance(value, Transcript):
        events, pools = condense_events(value.events)
        return json_text(_with_events(value, events)), json_text(pools)
    if _is_sequence(value):
        events, pools = condense_events(value)
        return json_text(events), json_text(pools)
    return json_text(value), None  # a description, where the transcript could not be read


def _with_events(transcript: Transcript, events: list[Event]) -> Mapping[str, Any]:
    # A copy of the model would be validated again by no one; a mapping of its fields is written the same way.
    fields = {name: getattr(transcript, name) for name in type(transcript).model_fields}
    return {name: value for name, value in {**fields, "events": events}.items() if value is not None}


def _is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _integer_text(value: int) -> str:
    try:
        return int.__repr__(value)
    except ValueError:  # longer than Python agrees to write in decimal
        return hex(value)


def _float_text(value: float) -> str:
    text = float.__repr__(value)
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def _tolerant_json(value: object) -> str:
    """Write JSON step by step, for what the quick writer refuses: lone surrogates, odd bytes, cycles, huge depth."""
    try:
        return well_formed(json.dumps(value, separators=(",", ":"), ensure_ascii=False, skipkeys=True, default=_plain))
    except (ValueError, TypeError, RecursionError):
        return json.dumps(f"(cannot be written as JSON: {type(value).__name__})")


def _plain(value: Any) -> Any:
    """Give something nearer to JSON."""
    for kind, make in _CONVERTERS.items():
        if isinstance(value, kind):
            return make(value)
    dump = getattr(value, "model_dump", None)
    return str(value) if dump is None or isinstance(value, type) else dump(exclude_none=True)


Cell = str | int | float | bool | None

_INT64 = 2**63

# Fields that an older index kept in the metadata of a transcript, under its own names.
_OLDER_NAMES = {
    "date": "eval_created",
    "task_set": "task_name",
    "task_id": "id",
    "task_repeat": "epoch",
    "agent": "solver",
    "agent_args": "solver_args",
    "model": "model",
    "model_options": "generate_config",
    "score": "score",
    "score_explanation": "score_explanation",
    "message_count": "message_count",
    "total_time": "total_time",
    "total_tokens": "total_tokens",
    "error": "error",
    "limit": "limit",
}
_TRUE_WORDS = frozenset(("yes", "true", "c", "p"))


def transcript_cells(info: TranscriptInfo) -> tuple[Cell, ...]:
    """Describe a transcript, in the order of TRANSCRIPT_COLUMNS."""
    metadata: Mapping[str, Any] = info.metadata if info.source_type == "eval_log" else {}

    def lookup(field: str) -> Any:
        value = getattr(info, field)
        return metadata.get(_OLDER_NAMES[field]) if value is None else value

    score = lookup("score")
    return (
        info.transcript_id,
        info.source_type,
        info.source_id,
        info.source_uri,
        value_text(lookup("date")),
        value_text(lookup("task_set")),
        value_text(lookup("task_id")),
        int64_or_none(lookup("task_repeat")),
        value_text(lookup("agent")),
        _json_or_text(lookup("agent_args")),
        value_text(lookup("model")),
        _json_or_text(lookup("model_options")),
        value_text(score),
        value_text(lookup("score_explanation")),
        info.success if info.success is not None else _succeeded(score),
        int64_or_none(lookup("message_count")),
        _float_or_none(lookup("total_time")),
        int64_or_none(lookup("total_tokens")),
        value_text(lookup("error")),
        value_text(lookup("limit")),
        info.trust_content,
        json_text(info.metadata),
    )


def scan_cells(spec: ScanSpec) -> tuple[Cell, ...]:
    """Describe a scan, in the order of SCAN_COLUMNS."""
    revision = spec.revision
    return (
        spec.scan_id,
        json_text(spec.tags or []),
        json_text(spec.metadata or {}),
        revision.origin if revision else None,
        revision.version if revision else None,
        revision.commit if revision else None,
    )


def scanner_cells(key: str, spec: ScannerSpec) -> tuple[Cell, ...]:
    """Describe a scanner, in the order of SCANNER_COLUMNS."""
    return (key, spec.name, int64_or_none(spec.version), spec.package_version, spec.file, json_text(spec.params))


def int64_or_none(value: Any) -> int | None:
    """Give a whole number that a column can hold, or None."""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    return int(value) if isinstance(value, int) and -_INT64 <= value < _INT64 else None


def clean_id(transcript_id: str) -> str:
    """Write a transcript id so that UTF-8 can hold it."""
    return transcript_id if transcript_id.isascii() else well_formed(transcript_id)


def _json_or_text(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json_text(value)


def _float_or_none(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _succeeded(score: Any) -> bool | None:
    """Tell whether a single score speaks of success."""
    if score is None or isinstance(score, dict | list | tuple):
        return None
    try:
        number = float(score)
        # NaN: the sample is unscored.
        return None if math.isnan(number) else number > 0
    except OverflowError:
        return bool(score > 0)
    except (ValueError, TypeError):
        return str(score).strip().lower() in _TRUE_WORDS
