"""Where the input of an invocation can be found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

InputType = Literal["transcript", "message", "messages", "event", "events", "timeline", "timelines"]
"""What a scanner was given."""


@dataclass(frozen=True, slots=True)
class InputOrigin:
    """Where an input can be found again, so that a result need not hold a copy of it.

    Args:
        source: Kind of source ("eval_log", "database").
        location: Path or URL of the log or database.
        member: Name of the sample within the log, id of the transcript within the database.
        fingerprint: What changes when the stored bytes change (checksum and size).
        view: What the scanner asked for: JSON of messages, events, timeline, metadata.
        size: Bytes of the kept content, about.
    """

    source: str
    location: str
    member: str
    fingerprint: str
    view: str
    size: int
