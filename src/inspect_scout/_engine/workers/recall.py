"""Verdicts that need not be made again: what may be known of a pair before its transcript is decoded or a model is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..._plan import PlannedScanner
from ..._scanners import hashed
from ..._transcripts import Located, view_text
from ..._types import ResultReport, TranscriptInfo


@dataclass(frozen=True, slots=True)
class PairKey:
    """What makes the verdict on a pair: two pairs of the same key have the same one.

    Args:
        transcript_id: Id of the transcript.
        input: Identity of the input as the scanner would see it: of the stored bytes, and of the part that it is given.
        scanner: Fingerprint of the scanner: its code with local helpers, arguments, question, templates, models with their
            options and roles, version of what renders prompts.
    """

    transcript_id: str
    input: str
    scanner: str


@dataclass(frozen=True, slots=True)
class PairReports:
    """What was recorded of a pair.

    Args:
        info: The transcript, as its rows describe it.
        reports: One for each invocation.
    """

    info: TranscriptInfo
    reports: Sequence[ResultReport]


class Recall(Protocol):
    """Knows verdicts of earlier scans. Travels to workers with the scanners."""

    async def recall(self, key: PairKey) -> PairReports | None:
        """Give what was recorded of a pair, if anything was."""
        ...

    async def remember(self, key: PairKey, pair: PairReports) -> None:
        """Take note of what was recorded of a pair without any error."""
        ...


def pair_key(planned: PlannedScanner, info: TranscriptInfo, located: Located) -> PairKey | None:
    """Make the key of a pair, without decoding anything; None if the source does not tell when its content changes."""
    stored = located.fingerprint
    if stored is None:
        return None
    seen = hashed([stored, info.model_dump(mode="json"), view_text(planned.config.content)])
    return PairKey(info.transcript_id, seen, planned.fingerprint)
