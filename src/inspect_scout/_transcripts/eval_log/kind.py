"""Eval logs as a kind of source."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..._support.errors import ConfigError, LocationError
from ..._support.storage import is_local
from ..contract import Duplicates, SourceKind
from ..recorded import recorded_transcripts
from .eval_row import SOURCE_TYPE
from .listing import holds_logs

if TYPE_CHECKING:
    from ..._types import InputOrigin, ScanTranscripts, Transcript, TranscriptInfo
    from .source import EvalLogSource


def _open(locations: Sequence[str], duplicates: Duplicates) -> EvalLogSource:
    from .source import EvalLogSource

    return EvalLogSource(tuple(locations), duplicates=duplicates)


def _restore(snapshot: ScanTranscripts) -> EvalLogSource:
    from .source import EvalLogSource

    recorded = recorded_transcripts(snapshot)
    logs = tuple(_recorded_log(log) for log in recorded.values())
    locations = tuple(dict.fromkeys(logs))
    for log in locations:
        if is_local(log) and not os.path.exists(log):
            raise LocationError(
                f"The log {log!r}, which this scan reads, is gone: put it back, or start a new scan without it."
            )
    return EvalLogSource(locations, tuple(recorded), logs)


def _recorded_log(log: str | None) -> str:
    if log is None:
        raise ConfigError(
            "The transcripts of this scan were in memory and cannot be found again: scan them again, or give files."
        )
    return log


async def _read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    from .located import read_origin

    return await read_origin(origin, info)


EVAL_LOGS = SourceKind(SOURCE_TYPE, holds_logs, _open, _restore, _read_origin)
"""Inspect's logs."""
