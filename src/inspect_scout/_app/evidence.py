"""What a result rests on: the verdict, and the messages that it cites, numbered as the scanner saw them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._results import ChosenResult, ResultKey, ResultsTable, read_json
from .._scanners import Piece
from .._support.errors import ConfigError
from .._support.shapes import is_list, is_mapping
from .._types import is_positive
from .bridge import in_sync, run_sync
from .id_prefix import match_id
from .passages import Citation, Passage, Shown, choose_passages
from .scanned_input import ScannedInput, read_scanned_input, read_transcript_input


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
    score: Any = None
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
        metadata: Anything else that the scanner kept.
        error: What the scanner failed with.
        target: What a labelled case expects (None: there is none).
        agrees: Whether the value meets it.
        citations: Messages and events that are cited.
        unseen: Citations of messages that the scanner was not shown.
    """

    scanner: str
    id: str | None
    value: Any = None
    label: str | None = None
    answer: str | None = None
    explanation: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    error: str | None = None
    target: str | None = None
    agrees: Any = None
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


async def scan_evidence_async(
    location: str,
    id: str,
    *,
    scanner: str | None = None,
    shown: Shown = Shown(),  # noqa: B008 - frozen
    transcripts: Sequence[str] = (),
) -> ScanEvidence:
    """Read what results rest on.

    Args:
        location: Directory of the scan.
        id: A result or a transcript: the id, or a beginning that no other id has. Of a scanner that was called several
            times on the transcript, the results that found something are given, unless all are asked for.
        scanner: Key of the scanner (None: any).
        shown: What is shown of the messages.
        transcripts: Where the transcripts are now (none: where they were when they were scanned).

    Raises:
        LocationError: There is no scan at the location.
        UnknownNameError: There is no such scanner, result or transcript; close matches are named.
        ConfigError: Several ids begin like that, or a message is asked for that does not exist.
    """

    def choose(keys: Sequence[ResultKey]) -> list[int]:
        known = dict.fromkeys([*(key.transcript_id for key in keys), *(key.uuid for key in keys if key.uuid)])
        found = match_id("result or transcript", id, known)
        return [place for place, key in enumerate(keys) if found in {key.transcript_id, key.uuid}]

    chosen = await ResultsTable.open(location, run_sync).chosen_results(scanner, choose)
    told = chosen if shown.every else _worth_telling(chosen)
    groups: dict[object, list[ChosenResult]] = {}
    for result in told:
        groups.setdefault(_input_key(result), []).append(result)
    found = [await _of_input(group, shown, transcripts) for group in groups.values()]
    return ScanEvidence(location, tuple(found), len(chosen) - len(told))


scan_evidence = in_sync(scan_evidence_async)


async def transcript_evidence_async(
    transcripts: Sequence[str],
    id: str,
    *,
    shown: Shown = Shown(every=True),  # noqa: B008 - frozen
) -> Evidence:
    """Read messages of a transcript, without any verdict.

    Args:
        transcripts: Where transcripts are.
        id: The id of one, or a beginning that no other id has.
        shown: What is shown of the messages.

    Raises:
        LocationError: There are no transcripts.
        UnknownNameError: There is no such transcript; close matches are named.
        ConfigError: Several ids begin like that, or a message is asked for that does not exist.
        LogReadError: The transcript cannot be read.
    """
    info, read = await read_transcript_input(transcripts, id)
    facts = TranscriptFacts(
        id=info.transcript_id,
        task_set=info.task_set,
        task_id=info.task_id,
        epoch=info.task_repeat,
        model=info.model,
        score=info.score,
        source=info.source_uri,
    )
    return _evidence(facts, "transcript", (), read, shown)


transcript_evidence = in_sync(transcript_evidence_async)


def _worth_telling(results: Sequence[ChosenResult]) -> list[ChosenResult]:
    """Leave out what found nothing, of scanners that have several results; of each scanner one stays."""
    by_scanner: dict[str, list[ChosenResult]] = {}
    for result in results:
        by_scanner.setdefault(result.scanner, []).append(result)
    told: list[ChosenResult] = []
    for own in by_scanner.values():
        found = [r for r in own if r.cells.get("scan_error") or is_positive(_value(r.cells))]
        told += found or own[:1]
    return told


def _input_key(result: ChosenResult) -> object:
    """Tell inputs apart: numbers mean the same messages only where the same was given."""
    given = result.input
    return result.cells.get("transcript_id"), given.kind, given.ids, given.origin.view if given.origin else given.text


def _value(cells: Mapping[str, Any]) -> Any:
    value = cells.get("value")
    return read_json(value) if cells.get("value_type") in {"array", "object"} else value


async def _of_input(results: Sequence[ChosenResult], shown: Shown, transcripts: Sequence[str]) -> Evidence:
    verdicts = tuple(_verdict(result) for result in results)
    cites_events = any(citation.cite.startswith("[E") for verdict in verdicts for citation in verdict.citations)
    first = results[0]
    read = await read_scanned_input(first.input, first.cells, transcripts, events=cites_events)
    return _evidence(_facts(first.cells), first.input.kind, verdicts, read, shown)


def _evidence(
    facts: TranscriptFacts, kind: str, verdicts: tuple[Verdict, ...], read: ScannedInput, shown: Shown
) -> Evidence:
    citations = [citation for verdict in verdicts for citation in verdict.citations]
    said = [text for verdict in verdicts for text in (verdict.explanation, verdict.answer) if text]
    passages, dropped = choose_passages(read.messages, read.events, citations, said, shown)
    return Evidence(
        transcript=facts,
        input=kind,
        verdicts=verdicts,
        passages=passages,
        messages=len(read.messages),
        events=len(read.events),
        dropped=dropped,
        remarks=read.remarks,
    )


def _facts(cells: Mapping[str, Any]) -> TranscriptFacts:
    return TranscriptFacts(
        id=cells.get("transcript_id") or "",
        task_set=cells.get("transcript_task_set"),
        task_id=cells.get("transcript_task_id"),
        epoch=cells.get("transcript_task_repeat"),
        model=cells.get("transcript_model"),
        score=read_json(cells.get("transcript_score")),
        source=cells.get("transcript_source_uri"),
    )


def _verdict(result: ChosenResult) -> Verdict:
    cells = result.cells
    metadata, unseen = read_json(cells.get("metadata")), read_json(cells.get("unseen_citations"))
    return Verdict(
        scanner=result.scanner,
        id=cells.get("uuid"),
        value=_value(cells),
        label=cells.get("label"),
        answer=cells.get("answer"),
        explanation=cells.get("explanation"),
        metadata=metadata if is_mapping(metadata) else {},
        error=cells.get("scan_error"),
        target=cells.get("validation_target"),
        agrees=read_json(cells.get("validation_result")),
        citations=_citations(cells),
        unseen=tuple(str(cite) for cite in unseen) if is_list(unseen) else (),
    )


def _citations(cells: Mapping[str, Any]) -> tuple[Citation, ...]:
    found: list[Citation] = []
    for kind in ("message", "event"):
        listed = read_json(cells.get(f"{kind}_references"))
        for one in listed if is_list(listed) else ():
            if is_mapping(one) and one.get("id"):
                found.append(Citation(str(one.get("cite") or ""), str(one["id"]), kind))
    return tuple(found)


def parse_message_range(text: str) -> tuple[int, int]:
    """Read which messages are asked for: `M5`, `5`, `M5..M9`, `5-9`.

    Raises:
        ConfigError: It is something else.
    """
    found = re.fullmatch(r"\[?[Mm]?(\d{1,9})(?:\s*(?:\.\.|-|\u2013)\s*[Mm]?(\d{1,9}))?\]?", text, re.ASCII)
    if found is None or int(found[1]) < 1 or int(found[2] or found[1]) < int(found[1]):
        raise ConfigError(f"{text!r} does not name messages: write M5 for one, M5..M9 for several.")
    return int(found[1]), int(found[2] or found[1])


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Describe evidence as `--json` prints it."""
    facts = evidence.transcript
    return {
        "transcript": {
            "transcript_id": facts.id,
            "task_set": facts.task_set,
            "task_id": facts.task_id,
            "task_repeat": facts.epoch,
            "model": facts.model,
            "score": facts.score,
            "source_uri": facts.source,
        },
        "input_type": evidence.input,
        "results": [_verdict_json(verdict) for verdict in evidence.verdicts],
        "message_count": evidence.messages,
        "messages": [_passage_json(p) for p in evidence.passages if p.kind == "message"],
        "events": [_passage_json(p) for p in evidence.passages if p.kind == "event"],
        "dropped": evidence.dropped,
        "remarks": list(evidence.remarks),
    }


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "scanner": verdict.scanner,
        "uuid": verdict.id,
        "value": verdict.value,
        "label": verdict.label,
        "answer": verdict.answer,
        "explanation": verdict.explanation,
        "metadata": dict(verdict.metadata),
        "scan_error": verdict.error,
        "validation_target": verdict.target,
        "validation_result": verdict.agrees,
        "references": [{"type": c.kind, "cite": c.cite, "id": c.id} for c in verdict.citations],
        "unseen_citations": list(verdict.unseen),
    }


def _passage_json(passage: Passage) -> dict[str, Any]:
    return {
        "number": passage.number,
        "id": passage.id,
        "role": passage.who,
        "cited": passage.cited,
        "text": "".join(map(piece_text, passage.pieces)),
        "marked": [piece.text for piece in passage.pieces if piece.marked],
        "characters_left_out": sum(piece.left_out for piece in passage.pieces),
    }


def piece_text(piece: Piece) -> str:
    """Write a piece as plain text: where something is left out, how much."""
    return f"[… {piece.left_out:,} characters left out …]" if piece.left_out else piece.text
