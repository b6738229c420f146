"""How scans stand, as JSON: what `--json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..._results import ScanOverview
    from ..._support.causes.grouping import ErrorGroup
    from ..._types import ScannerState, ScanState

MAX_IDS = 5
"""Transcripts that stand for the rest."""


def state_json(state: ScanState) -> dict[str, Any]:
    """Describe a scan of a list."""
    versions = {
        key: _versions_json(state, key) for key, counts in state.scanners.items() if len(counts.fingerprints) > 1
    }
    return {
        "scan_id": state.facts.scan_id,
        "name": state.facts.name,
        "location": state.facts.location,
        "timestamp": state.facts.created,
        "state": state.phase,
        "complete": state.phase == "complete",
        "transcripts": state.facts.transcripts,
        "results": sum(counts.results for counts in state.scanners.values()) if state.counted else None,
        "error_count": state.error_count,
        "unread": len(state.facts.unread),
        **({"versions": versions} if versions else {}),
        "scanner_names": list(state.facts.scanners),
        "done": state.done if state.counted else None,
        "total": state.due,
        "model": state.facts.model or None,
        "tags": list(state.facts.tags),
        "cost": state.cost,
    }


def overview_json(overview: ScanOverview) -> dict[str, Any]:
    """Describe how a scan stands."""
    state = overview.state
    return {
        **state_json(state),
        "config": dict(state.facts.options),
        "summary": {name: _counts_json(counts) for name, counts in state.scanners.items()},
        "model_usage": integer_usage(state),
        "errors": [group.headline for group in overview.errors],
        "unread": dict(state.facts.unread),
        "accepted": dict(state.facts.accepted),
        "error_groups": [group_json(group, MAX_IDS) for group in overview.errors],
    }


def group_json(group: ErrorGroup, ids: int | None = None) -> dict[str, Any]:
    """Describe errors of one cause: all of it, or without traceback and with a few transcripts."""
    return {
        "error": group.error,
        "count": group.count,
        "refusal": group.refusal,
        "scanners": dict(group.scanners),
        "transcript_count": len(group.transcripts),
        "transcripts": list(group.transcripts[:ids]),
        **({} if ids is not None else {"traceback": group.traceback}),
    }


def integer_usage(state: ScanState) -> dict[str, dict[str, int]]:
    """Tokens by model and kind; costs, which are not whole numbers, are left out."""
    return {
        model: {kind: number for kind, number in kinds.items() if isinstance(number, int)}
        for model, kinds in state.usage.items()
    }


def _counts_json(counts: ScannerState) -> dict[str, Any]:
    names = ("rows", "incomplete", "unseen_citations", "calls_without_usage")
    return {
        **{name: getattr(counts, name) for name in ("scans", "results", "errors", "tokens")},
        "agreement": counts.agreement.score,
        **{name: getattr(counts, name) for name in names},
    }


def _versions_json(state: ScanState, scanner: str) -> list[dict[str, Any]]:
    """Describe what made the rows of a scanner, in the order in which the scan knows its versions, the oldest first."""
    rows, versions = state.scanners[scanner].fingerprints, state.facts.versions.get(scanner, ())
    questions = {each.fingerprint: each.question for each in versions if each.fingerprint is not None}
    current = versions[-1].fingerprint if versions else None
    ordered = [*(f for f in rows if f not in questions), *(f for f in questions if f in rows)]
    return [{"fingerprint": f, "rows": rows[f], "question": questions.get(f), "current": f == current} for f in ordered]
