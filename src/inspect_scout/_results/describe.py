"""What every row of a transcript, a scan or a scanner says alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._support.json import well_formed
from .encode import json_text, value_text

if TYPE_CHECKING:
    from .._types import ScannerSpec, ScanSpec, TranscriptInfo

Cell = str | int | float | bool | None

_INT64 = 2**63

# Fields that an older index kept in the metadata of a transcript, under its own names.
_BRIDGES = {
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
        return metadata.get(_BRIDGES[field]) if value is None else value

    score = lookup("score")
    return (
        info.transcript_id,
        info.source_type,
        info.source_id,
        info.source_uri,
        value_text(lookup("date")),
        value_text(lookup("task_set")),
        value_text(lookup("task_id")),
        whole(lookup("task_repeat")),
        value_text(lookup("agent")),
        _json(lookup("agent_args")),
        value_text(lookup("model")),
        _json(lookup("model_options")),
        value_text(score),
        value_text(lookup("score_explanation")),
        info.success if info.success is not None else _succeeded(score),
        whole(lookup("message_count")),
        _real(lookup("total_time")),
        whole(lookup("total_tokens")),
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
    return (key, spec.name, whole(spec.version), spec.package_version, spec.file, json_text(spec.params))


def whole(value: Any) -> int | None:
    """Give a whole number that a column can hold, or None."""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    return int(value) if isinstance(value, int) and -_INT64 <= value < _INT64 else None


def clean_id(transcript_id: str) -> str:
    """Write a transcript id so that UTF-8 can hold it."""
    return transcript_id if transcript_id.isascii() else well_formed(transcript_id)


def _json(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json_text(value)


def _real(value: Any) -> float | None:
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
