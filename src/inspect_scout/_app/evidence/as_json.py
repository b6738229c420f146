"""Evidence as `--json` prints it."""

from __future__ import annotations

from ..._scanners import TextPart
from .records import Evidence, Passage, ScanEvidence, Verdict


def evidence_json(found: ScanEvidence | Evidence) -> dict[str, object]:
    """Describe evidence as `--json` prints it."""
    if isinstance(found, Evidence):
        return _evidence_json(found)
    return {"location": found.location, "evidence": list(map(_evidence_json, found.evidence)), "others": found.others}


def _evidence_json(evidence: Evidence) -> dict[str, object]:
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


def _verdict_json(verdict: Verdict) -> dict[str, object]:
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


def _passage_json(passage: Passage) -> dict[str, object]:
    return {
        "number": passage.number,
        "id": passage.id,
        "role": passage.who,
        "cited": passage.cited,
        "text": "".join(map(part_text, passage.parts)),
        "marked": [part.text for part in passage.parts if part.marked],
        "characters_left_out": sum(part.left_out for part in passage.parts),
    }


def part_text(part: TextPart) -> str:
    """Write a part as plain text: where something is left out, how much."""
    return f"[… {part.left_out:,} characters left out …]" if part.left_out else part.text
