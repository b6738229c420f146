"""What is said of results and what they rest on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..._scanners import PlainItem, TextPart
from ..._support.errors import ConfigError

ItemKind = Literal["message", "event"]


@dataclass(frozen=True, slots=True)
class Citation:
    """What a result cites.

    Args:
        cite: The citation, as the explanation writes it ("[M3]"; "": none is written).
        id: Id of the message or event.
        kind: Which of the two.
    """

    cite: str
    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of the messages.

    Args:
        ranges: Messages that are asked for, by their numbers: first and last (none: those that are cited).
        context: Messages before and behind each cited one (None: 1).
        cited_only: Whether nothing but what is cited is shown, also where nothing is.
        every: Whether all messages are shown.
        full: Whether long messages are shown whole.
        budget: Tokens of messages at most, about (None: long messages are folded, whatever there is of them).
    """

    ranges: tuple[tuple[int, int], ...] = ()
    context: int | None = None
    cited_only: bool = False
    every: bool = False
    full: bool = False
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class ScannedInput:
    """Messages and events as text.

    Args:
        messages: All messages that the scanner was given.
        events: All events that it was given, where they were asked for.
        remarks: What was not found as it should be.
    """

    messages: Sequence[PlainItem] = ()
    events: Sequence[PlainItem] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A message or an event that is shown.

    Args:
        kind: Which of the two.
        number: Its place among what the scanner was given, by which it is cited.
        id: Its id.
        who: Role of the message, kind of the event.
        cited: Whether a result cites it.
        cited_as: Citations that are not its number: the scanner was shown its messages in parts.
        parts: Its text.
    """

    kind: ItemKind
    number: int
    id: str
    who: str
    cited: bool
    cited_as: tuple[str, ...]
    parts: tuple[TextPart, ...]


@dataclass(frozen=True, slots=True)
class TranscriptFacts:
    """What is known of a transcript.

    Args:
        id: Its id.
        task_set: Set of its task.
        task_id: Its task.
        epoch: Repetition of the task.
        model: Main model.
        score: Its score.
        source: The log or database that it is from.
    """

    id: str
    task_set: str | None = None
    task_id: str | None = None
    epoch: int | None = None
    model: str | None = None
    score: object = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner said.

    Args:
        scanner: Key of the scanner.
        id: Id of the result (None: the scanner failed).
        value: The value.
        label: Its label.
        answer: The answer as a model gave it.
        explanation: Why.
        metadata: objectthing else that the scanner kept.
        error: What the scanner failed with.
        target: What a labelled case expects (None: there is none).
        agrees: Whether the value meets it.
        citations: Messages and events that are cited.
        unseen: Citations of messages that the scanner was not shown.
    """

    scanner: str
    id: str | None
    value: object = None
    label: str | None = None
    answer: str | None = None
    explanation: str | None = None
    metadata: Mapping[str, object] = field(default_factory=dict[str, object])
    error: str | None = None
    target: str | None = None
    agrees: object = None
    citations: tuple[Citation, ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Verdicts on one input, and what they rest on.

    Args:
        transcript: The transcript.
        input: What the scanner was given ("transcript", "messages", ...).
        verdicts: The verdicts (none where only the transcript was asked for).
        passages: Messages and events that are shown, in order.
        messages: How many messages there are.
        events: How many events there are, where events are shown.
        dropped: Messages that were asked for and did not fit into the budget.
        remarks: What was not found as it should be.
    """

    transcript: TranscriptFacts
    input: str
    verdicts: tuple[Verdict, ...] = ()
    passages: tuple[Passage, ...] = ()
    messages: int = 0
    events: int = 0
    dropped: int = 0
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanEvidence:
    """Results that were asked for, and what they rest on.

    Args:
        location: Directory of the scan.
        evidence: Evidence for each input that the results are about.
        others: Further results on the same transcript, which found nothing.
    """

    location: str
    evidence: tuple[Evidence, ...]
    others: int = 0


def parse_message_range(text: str) -> tuple[int, int]:
    """Read which messages are asked for: `M5`, `5`, `M5..M9`, `5-9`.

    Raises:
        ConfigError: It is something else.
    """
    found = re.fullmatch(r"\[?[Mm]?(\d{1,9})(?:\s*(?:\.\.|-|\u2013)\s*[Mm]?(\d{1,9}))?\]?", text, re.ASCII)
    if found is None or int(found[1]) < 1 or int(found[2] or found[1]) < int(found[1]):
        raise ConfigError(f"{text!r} does not name messages: write M5 for one, M5..M9 for several.")
    return int(found[1]), int(found[2] or found[1])
