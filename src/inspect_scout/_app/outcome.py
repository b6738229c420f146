"""How a scan stands, as displays take it."""

from __future__ import annotations

from .._display import ScanOutcome, ScanTitle
from .._types import ScannerCounts, ScanState
from .shapes import whole_usage


def outcome_of(state: ScanState) -> ScanOutcome:
    """Describe how a scan stands, for a display."""
    return ScanOutcome(
        state="interrupted" if state.phase == "planned" else state.phase,
        title=ScanTitle(
            name=state.facts.name,
            transcripts=state.facts.transcripts,
            config=state.facts.options,
            location=state.facts.location,
            total=state.due,
        ),
        scanners={
            key: ScannerCounts(
                counts.scans,
                counts.results,
                counts.errors,
                counts.tokens,
                counts.agreement.score,
                counts.rows,
                counts.incomplete,
                counts.unseen_citations,
                counts.calls_without_usage,
            )
            for key, counts in state.scanners.items()
        },
        model_usage=whole_usage(state),
        error_count=state.error_count,
        errors=state.errors,
        unread=list(state.facts.unread.values()),
        accepted=list(state.facts.accepted.values()),
        versions={key: c.fingerprints for key, c in state.scanners.items() if len(c.fingerprints) > 1},
    )
