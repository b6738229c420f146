"""Evidence as `--json` prints it."""

from __future__ import annotations

from typing import Any

from ..._scanners import Piece
from .records import Evidence, Passage, ScanEvidence, Verdict


def scan_evidence_json(found: ScanEvidence) -> dict[str, Any]:
    """Describe what results of a scan rest on."""
    return {"location": found.location, "evidence": [evidence_json(e) for e in found.evidence], "others": found.others}


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
