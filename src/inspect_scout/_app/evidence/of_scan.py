"""What all results of a scan rest on, without reading a transcript for each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

from ..._results import ChosenResult, ResultKey, ResultsTable
from ..._support.errors import ScoutError
from ..bridge import run_sync
from .reading import any_place, evidence_of, verdict_of
from .records import ScanEvidence, Shown, Verdict
from .scanned_input import CheckPlace, InputReader

_TRANSCRIPTS = 10
"""Results on so many transcripts are read at once; each may hold a copy of what its scanner was given."""


@dataclass(frozen=True, slots=True)
class ResultEvidence:
    """What a result rests on.

    Args:
        scanner: Key of its scanner.
        name: What it is asked for by: its id, or that of the transcript on which the scanner failed.
        found: The evidence.
    """

    scanner: str
    name: str
    found: ScanEvidence


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """Evidence of results on some transcripts.

    Args:
        results: How many results there are on these transcripts.
        found: What they rest on; a result whose evidence cannot be told is missing.
        verdicts: Ids of the transcripts -> what was said of each.
    """

    results: int
    found: Sequence[ResultEvidence]
    verdicts: Mapping[str, Sequence[Verdict]]


async def evidence_of_scan(
    location: str, *, moved: Sequence[str] = (), check: CheckPlace = any_place
) -> AsyncGenerator[EvidencePart]:
    """Read what each result of a scan rests on, as `scan_evidence_async` gives it for one of them.

    Args:
        location: Directory of the scan.
        moved: Where transcripts are looked for that are not where they were when they were scanned.
        check: Raises `LocationError` for a log named by the scan that may not be read; a remark says so.

    Raises:
        LocationError: There is no scan at the location.
    """
    table, seen = ResultsTable.open(location, run_sync), set[str]()
    readers = [InputReader(places, check) for places in ([(), moved] if moved else [()])]

    def choose(keys: Sequence[ResultKey]) -> list[int]:
        left = dict.fromkeys(key.transcript_id for key in keys if key.transcript_id not in seen)
        some = set(list(left)[:_TRANSCRIPTS])
        return [place for place, key in enumerate(keys) if key.transcript_id in some]

    while chosen := await table.chosen_results(None, choose):
        groups: dict[str, list[ChosenResult]] = {}
        for result in chosen:
            groups.setdefault(str(result.cells.get("transcript_id") or ""), []).append(result)
        seen.update(groups)
        found = [each for group in groups.values() for each in await _of_transcript(location, group, readers)]
        yield EvidencePart(len(chosen), found, {id: list(map(verdict_of, group)) for id, group in groups.items()})


async def _of_transcript(
    location: str, results: Sequence[ChosenResult], readers: Sequence[InputReader]
) -> list[ResultEvidence]:
    named: dict[tuple[str, str], list[ChosenResult]] = {}
    for result in results:
        uuid, transcript = result.cells.get("uuid"), result.cells.get("transcript_id")
        named.setdefault((result.scanner, str(uuid or transcript)), []).append(result)
    made = list[ResultEvidence]()
    for (scanner, name), own in named.items():
        # By the id of a transcript, all that a scanner said of it is asked for.
        on_it = [r for r in results if r.scanner == scanner] if name == own[0].cells.get("transcript_id") else own
        found = await _first_with_messages(location, on_it, readers)
        if found is not None:
            made.append(ResultEvidence(scanner, name, found))
    return made


async def _first_with_messages(
    location: str, results: Sequence[ChosenResult], readers: Sequence[InputReader]
) -> ScanEvidence | None:
    """Read from where the messages were, or else from where they may be now."""
    first: ScanEvidence | None = None
    for reader in readers:
        try:
            found = await evidence_of(location, results, Shown(), reader)
        except ScoutError:
            continue
        if any(evidence.messages for evidence in found.evidence):
            return found
        first = first or found
    return first
