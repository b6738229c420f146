"""What results cite of a transcript: numbers of messages and events, and characters of their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from ..._results import ResultKey, ResultsTable
from ..._scanners import find_words, quoted_words
from ..._transcripts import item_id
from ..bridge import run_sync
from ..evidence.reading import verdict_of
from ..evidence.records import Citation, Verdict
from .events import EventReader
from .map_records import ResolvedCitation, TextRange, TranscriptCitations, TranscriptVerdict
from .messages import MessageReader, derived_ids
from .texts import clean_json, clean_text, plain_value

if TYPE_CHECKING:
    from ..._transcripts import ItemList
    from .sample import OpenedTranscript

MOST_CITATIONS: Final = 2000
MOST_VERDICTS: Final = 200
VERDICT_CHARACTERS: Final = 4000
_UNSEEN: Final = "The scanner was not shown this message."


@dataclass(frozen=True, slots=True)
class ScanVerdict:
    """A result of a scan on the transcript.

    Args:
        scan: Directory of the scan.
        verdict: The result.
    """

    scan: str
    verdict: Verdict


async def read_verdicts(scan: str, transcript_id: str) -> list[ScanVerdict]:
    """Read the results of a scan on a transcript.

    Raises:
        LocationError: There is no scan at the location.
    """

    def choose(keys: Sequence[ResultKey]) -> list[int]:
        return [place for place, key in enumerate(keys) if key.transcript_id == transcript_id]

    chosen = await ResultsTable.open(scan, run_sync).chosen_results(None, choose)
    return [ScanVerdict(scan, verdict_of(result)) for result in chosen]


def resolve_citations(opened: OpenedTranscript, verdicts: Sequence[ScanVerdict]) -> TranscriptCitations:
    """Find what results cite; used in a thread."""
    resolver = _Resolver(opened)
    found = [
        citation
        for one in verdicts
        for citation in (
            *(resolver.resolve(one, citation) for citation in one.verdict.citations),
            *(_unseen(one, cite) for cite in one.verdict.unseen),
        )
    ]
    said = tuple(map(_said, verdicts[:MOST_VERDICTS]))
    return TranscriptCitations(tuple(found[:MOST_CITATIONS]), len(found), len(verdicts), said)


def _said(one: ScanVerdict) -> TranscriptVerdict:
    verdict = one.verdict
    return TranscriptVerdict(
        scan=one.scan,
        scanner=verdict.scanner,
        result_id=verdict.id,
        value=plain_value(verdict.value, VERDICT_CHARACTERS)[0],
        label=_beginning(verdict.label),
        answer=_beginning(verdict.answer),
        explanation=_beginning(verdict.explanation),
        error=_beginning(verdict.error),
        target=_beginning(verdict.target),
        agrees=clean_json(verdict.agrees),
    )


def _beginning(text: str | None) -> str | None:
    return None if text is None else clean_text(text[:VERDICT_CHARACTERS])


class _Resolver:
    """Finds messages and events of one transcript by their ids."""

    def __init__(self, opened: OpenedTranscript) -> None:
        self._opened = opened
        self._messages, self._events = MessageReader(opened), EventReader(opened)

    def resolve(self, one: ScanVerdict, citation: Citation) -> ResolvedCitation:
        """Find what a result cites."""
        number = self._number(citation)
        unresolved = (
            None if number is not None else f"No {citation.kind} of this transcript has the id {citation.id!r}."
        )
        ranges = () if number is None else self._ranges(one.verdict, citation.kind, number)
        return _citation(one, citation.cite, citation.kind, number, ranges, unresolved)

    def _number(self, citation: Citation) -> int | None:
        """Find a number; of several items with one id, which foreign logs contain, that which the citation names."""
        numbers = _numbers_by_id(self._opened, citation.kind).get(citation.id, [])
        letter = "M" if citation.kind == "message" else "E"
        named = [number for number in numbers if citation.cite == f"[{letter}{number}]"]
        return next(iter(named or numbers), None)

    def _ranges(self, verdict: Verdict, kind: str, number: int) -> tuple[TextRange, ...]:
        said = [text for text in (verdict.explanation, verdict.answer) if text]
        words = [word for text in said for word in quoted_words(text)]
        if not words:
            return ()
        text = self._messages.text(number) if kind == "message" else self._events.text(number)
        return tuple(TextRange(start, stop) for start, stop in find_words(text, words))


def _numbers_by_id(opened: OpenedTranscript, kind: str) -> dict[str, list[int]]:
    """Number the messages, or the events, of each id."""

    def read() -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        name: ItemList = "messages" if kind == "message" else "events"
        key: Literal["id", "uuid"] = "id" if kind == "message" else "uuid"
        missing = False
        for position in range(opened.sample.count(name)[0]):
            id = item_id(opened.sample.raw(name, position), key)
            missing |= not id
            if id:
                found.setdefault(id, []).append(position + 1)
        if missing and kind == "message":
            for number, id in derived_ids(opened).items():
                found.setdefault(id, []).append(number)
        return found

    return opened.computed(("numbers by id", kind), read)


def _unseen(one: ScanVerdict, cite: str) -> ResolvedCitation:
    return _citation(one, cite, "message", None, (), _UNSEEN)


def _citation(
    one: ScanVerdict, cite: str, kind: str, number: int | None, ranges: tuple[TextRange, ...], unresolved: str | None
) -> ResolvedCitation:
    verdict = one.verdict
    value = clean_json(verdict.value)
    return ResolvedCitation(
        one.scan, verdict.scanner, verdict.id, value, clean_text(cite), kind, number, ranges, unresolved
    )
