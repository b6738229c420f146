"""What is answered about a transcript from afar: headings, one strip of all of it, and what results cite of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutlineTurn:
    """A message that is not the result of a tool.

    Args:
        number: Its number.
        role: Its role.
        text: The first line of what it says.
        calls: The tools that it calls, the first ones.
        errors: Whether it, or one of its results, tells of an error.
    """

    number: int
    role: str
    text: str
    calls: tuple[str, ...] = ()
    error: bool = False


@dataclass(frozen=True, slots=True)
class OutlineSpan:
    """A part of the run that has a name: a solver, an agent, a tool, scoring.

    Args:
        id: Its id.
        parent_id: The span around it.
        name: Its name.
        type: Its type, if it has one ("agent").
        first: Number of the event that begins it.
        last: Number of the event that ends it (None: it did not end).
    """

    id: str
    parent_id: str | None
    name: str
    type: str | None
    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Outline:
    """What happens in a transcript, in headings.

    Args:
        turns: Messages that are not results of tools.
        next: Number of the message that goes on (None: these are all).
        total: How many such messages there are.
        spans: The parts of the run, the first ones.
        spans_total: How many parts there are.
    """

    turns: tuple[OutlineTurn, ...]
    next: int | None
    total: int
    spans: tuple[OutlineSpan, ...]
    spans_total: int


@dataclass(frozen=True, slots=True)
class MinimapBucket:
    """Some messages, summed up.

    Args:
        start: Number of the first.
        stop: Number behind the last.
        sizes: Bytes of JSON by role.
        calls: Calls of tools in them.
        errors: How many tell of an error.
    """

    start: int
    stop: int
    sizes: Mapping[str, int]
    calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class MinimapMark:
    """An event that matters from afar.

    Args:
        kind: What happened: a kind of event, or `agent` where a sub-agent begins.
        event: Its number.
        at: Where in the run: 0 is its first event, 1 its last.
        name: Name of the agent.
        count: How many of this kind stand so close together that they are one mark; the first of them is named.
        message: Number of the message that a model had made last before it (None: none of the transcript).
    """

    kind: str
    event: int
    at: float
    name: str | None = None
    count: int = 1
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Minimap:
    """A whole transcript in one strip.

    Args:
        buckets: Its messages, in equal parts.
        marks: What matters, the first ones.
        marks_total: How much does.
        messages: How many messages there are.
        events: How many events there are.
        size: Bytes of its JSON.
    """

    buckets: tuple[MinimapBucket, ...]
    marks: tuple[MinimapMark, ...]
    marks_total: int
    messages: int
    events: int
    size: int


@dataclass(frozen=True, slots=True)
class TextRange:
    """Some characters of a text.

    Args:
        start: The first.
        stop: Behind the last.
    """

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class ResolvedCitation:
    """What a result cites, found again.

    Args:
        scan: Directory of the scan.
        scanner: Key of the scanner.
        result_id: Id of the result.
        value: What the scanner found.
        cite: The citation, as the explanation writes it ("[M3]").
        kind: Whether a message or an event is cited.
        number: Its number in the transcript (None: it does not resolve).
        ranges: Where the words that the explanation quotes stand in its text (none: the whole of it is meant).
        unresolved: Why it does not resolve.
    """

    scan: str
    scanner: str
    result_id: str | None
    value: object
    cite: str
    kind: str
    number: int | None
    ranges: tuple[TextRange, ...] = ()
    unresolved: str | None = None


@dataclass(frozen=True, slots=True)
class TranscriptVerdict:
    """What a scanner said of a transcript.

    Args:
        scan: Directory of the scan.
        scanner: Key of the scanner.
        result_id: Id of the result (None: the scanner failed).
        value: What it found.
        label: Its label.
        answer: The answer as a model gave it, the beginning.
        explanation: Why, the beginning.
        error: What the scanner failed with, the beginning.
        target: What a labelled case expects (None: there is none).
        agrees: Whether the value meets it.
    """

    scan: str
    scanner: str
    result_id: str | None
    value: object
    label: str | None = None
    answer: str | None = None
    explanation: str | None = None
    error: str | None = None
    target: str | None = None
    agrees: object = None


@dataclass(frozen=True, slots=True)
class TranscriptCitations:
    """All that results of some scans cite of a transcript.

    Args:
        items: The citations, by scan and scanner; the first ones.
        total: How many there are.
        results: How many results there are on this transcript.
        verdicts: What they say, by scan and scanner; the first ones.
    """

    items: tuple[ResolvedCitation, ...]
    total: int
    results: int
    verdicts: tuple[TranscriptVerdict, ...] = ()
