"""What a result rests on: the verdict, and the messages that it cites, numbered as the scanner saw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..._results import ChosenResult, ResultKey, ResultsTable, read_json
from ..._support.shapes import is_list, is_mapping
from ..._types import is_positive
from ..bridge import in_sync, run_sync
from .id_prefix import match_id
from .passages import make_evidence, refuse_missing_messages
from .records import Citation, Evidence, ScanEvidence, ScannedInput, Shown, TranscriptFacts, Verdict
from .scanned_input import CheckPlace, InputReader


def any_place(location: str) -> object:
    return location


async def scan_evidence_async(
    location: str,
    id: str,
    *,
    scanner: str | None = None,
    shown: Shown = Shown(),  # noqa: B008 - frozen
    transcripts: Sequence[str] = (),
    check: CheckPlace = any_place,
) -> ScanEvidence:
    """Read what results rest on.

    Args:
        location: Directory of the scan.
        id: A result or a transcript: the id, or a beginning that no other id has. Of a scanner that was called several
            times on the transcript, the results that found something are given, unless all are asked for.
        scanner: Key of the scanner (None: any).
        shown: What is shown of the messages.
        transcripts: Where the transcripts are now (none: where they were when they were scanned).
        check: Raises `LocationError` for a log named by the scan that may not be read; a remark says so.

    Raises:
        LocationError: There is no scan at the location.
        UnknownNameError: There is no such scanner, result or transcript; close matches are named.
        ConfigError: Several ids begin like that, or a message is asked for that does not exist.
    """

    def choose(keys: Sequence[ResultKey]) -> list[int]:
        known = dict.fromkeys([*(key.transcript_id for key in keys), *(key.uuid for key in keys if key.uuid)])
        found = match_id("result or transcript", id, known)
        return [place for place, key in enumerate(keys) if found in {key.transcript_id, key.uuid}]

    table = ResultsTable.open(location, run_sync)
    # Of a beginning all ids must be looked at, of which there may be millions.
    chosen = await table.results_with_id(scanner, id) or await table.chosen_results(scanner, choose)
    return await evidence_of(location, chosen, shown, InputReader(transcripts, check))


scan_evidence = in_sync(scan_evidence_async)


async def evidence_of(location: str, chosen: Sequence[ChosenResult], shown: Shown, inputs: InputReader) -> ScanEvidence:
    """Read what some results rest on that are asked for together.

    Args:
        location: Directory of the scan.
        chosen: The results.
        shown: What is shown of the messages.
        inputs: Reads them.

    Raises:
        ConfigError: A message is asked for that does not exist.
    """
    told = chosen if shown.every else _worth_telling(chosen)
    groups: dict[object, list[ChosenResult]] = {}
    for result in told:
        groups.setdefault(_input_key(result), []).append(result)
    found = [await _of_input(group, shown, inputs) for group in groups.values()]
    refuse_missing_messages(shown, found)
    if shown.ranges:
        found = [evidence for evidence in found if evidence.passages] or found
    return ScanEvidence(location, tuple(found), len(chosen) - len(told))


def _worth_telling(results: Sequence[ChosenResult]) -> list[ChosenResult]:
    """Leave out what found nothing, of scanners that have several results; where nothing was found, the first ones stay."""
    by_scanner: dict[str, list[ChosenResult]] = {}
    for result in results:
        by_scanner.setdefault(result.scanner, []).append(result)
    told: list[ChosenResult] = []
    for own in by_scanner.values():
        told += own if len(own) == 1 else [r for r in own if r.cells.get("scan_error") or is_positive(_value(r.cells))]
    return told or [own[0] for own in by_scanner.values()]


def _input_key(result: ChosenResult) -> object:
    """Tell inputs apart: numbers mean the same messages only where the same was given."""
    given = result.input
    return result.cells.get("transcript_id"), given.kind, given.ids, given.origin.view if given.origin else given.text


def _value(cells: Mapping[str, object]) -> object:
    value = cells.get("value")
    return read_json(value) if cells.get("value_type") in {"array", "object"} else value


async def _of_input(results: Sequence[ChosenResult], shown: Shown, inputs: InputReader) -> Evidence:
    verdicts = tuple(verdict_of(result) for result in results)
    cites_events = any(citation.cite.startswith("[E") for verdict in verdicts for citation in verdict.citations)
    first = results[0]
    read = await inputs.read(first.input, first.cells, events=cites_events)
    return make_evidence(_facts(first.cells), first.input.kind, verdicts, _with_count(read, first.cells), shown)


def _with_count(read: ScannedInput, cells: Mapping[str, object]) -> ScannedInput:
    """Say that the scanner was given a part of the messages, where numbers are not those of the transcript."""
    given, all_of_them = len(read.messages), cells.get("transcript_message_count")
    if not given or not isinstance(all_of_them, int) or given >= all_of_them:
        return read
    remark = f"The scanner was given {given:,} of the {all_of_them:,} messages; numbers count these."
    return replace(read, remarks=(remark, *read.remarks))


def _facts(cells: Mapping[str, object]) -> TranscriptFacts:
    return TranscriptFacts(
        id=_text(cells, "transcript_id") or "",
        task_set=_text(cells, "transcript_task_set"),
        task_id=_text(cells, "transcript_task_id"),
        epoch=epoch if isinstance(epoch := cells.get("transcript_task_repeat"), int) else None,
        model=_text(cells, "transcript_model"),
        score=read_json(cells.get("transcript_score")),
        source=_text(cells, "transcript_source_uri"),
    )


def _text(cells: Mapping[str, object], name: str) -> str | None:
    value = cells.get(name)
    return None if value is None else str(value)


def verdict_of(result: ChosenResult) -> Verdict:
    """Take what a scanner said out of a result."""
    cells = result.cells
    metadata, unseen = read_json(cells.get("metadata")), read_json(cells.get("unseen_citations"))
    return Verdict(
        scanner=result.scanner,
        id=_text(cells, "uuid"),
        value=_value(cells),
        label=_text(cells, "label"),
        answer=_text(cells, "answer"),
        explanation=_text(cells, "explanation"),
        metadata=metadata if is_mapping(metadata) else {},
        error=_text(cells, "scan_error"),
        target=_text(cells, "validation_target"),
        agrees=read_json(cells.get("validation_result")),
        citations=_citations(cells),
        unseen=tuple(str(cite) for cite in unseen) if is_list(unseen) else (),
    )


def _citations(cells: Mapping[str, object]) -> tuple[Citation, ...]:
    found: list[Citation] = []
    for kind in ("message", "event"):
        listed = read_json(cells.get(f"{kind}_references"))
        for one in listed if is_list(listed) else ():
            if is_mapping(one) and one.get("id"):
                found.append(Citation(str(one.get("cite") or ""), str(one["id"]), kind))
    return tuple(found)
