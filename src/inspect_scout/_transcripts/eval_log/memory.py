"""Eval logs that are in memory already."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic_core import PydanticSerializationError

from ..._support.errors import LogReadError
from .records import Header, Summary, without_surrogates
from .rows import latest_samples, log_rows
from .table import EvalRow

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample


def eval_log_rows(log: EvalLog) -> list[tuple[EvalRow, EvalSample]]:
    """Index a log that is in memory, as if it had been read from a file.

    Args:
        log: The log, with its samples.

    Raises:
        LogReadError: It holds values that cannot stand in a log.
    """
    samples: Sequence[EvalSample] = log.samples or ()
    try:
        header = msgspec.convert(_plain(log.model_dump(mode="json", include={"eval", "status", "plan"})), Header)
        summaries = [
            msgspec.convert(_plain(sample.summary().model_dump(mode="json", exclude_none=True)), Summary)
            for sample in samples
        ]
    except (msgspec.ValidationError, PydanticSerializationError) as error:
        raise LogReadError(log.location or "a log in memory", f"it cannot be written as JSON: {error}") from error
    rows = log_rows(header, summaries)
    held = zip(rows.samples, latest_samples(samples), strict=True)
    return [(EvalRow(log.location or None, rows, row), sample) for row, sample in held]


def sample_json(sample: EvalSample) -> bytes:
    """Write a sample as its log would hold it."""
    try:
        return sample.model_dump_json(exclude_none=True).encode()
    except (PydanticSerializationError, UnicodeEncodeError):  # lone surrogates: Python's writer escapes them
        return json.dumps(sample.model_dump(mode="json", exclude_none=True), default=str).encode()


def _plain(value: dict[str, Any]) -> Any:
    return without_surrogates(value)
