"""What commands tell: as a display's outcome, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .._display import ScanOutcome, ScanTitle

if TYPE_CHECKING:
    from .._app import LightStatus, ScanEntry
    from .._support.causes import ErrorGroup

MAX_IDS = 5
"""Transcripts that stand for the rest."""


def outcome_of(status: LightStatus) -> ScanOutcome:
    """Describe how a scan stands, for a display."""
    entry = status.entry
    return ScanOutcome(
        state=entry.state,
        title=ScanTitle(
            name=entry.name,
            transcripts=entry.transcripts,
            config=status.config,
            location=entry.location,
            total=status.total,
        ),
        scanners=status.counts,
        model_usage=status.model_usage,
        error_count=entry.error_count,
        errors={group.headline: group.count for group in status.error_groups},
        unread=list(status.unread.values()),
        accepted=list(status.accepted.values()),
        versions={key: {v.fingerprint: v.rows for v in versions} for key, versions in entry.versions.items()},
    )


def entry_json(entry: ScanEntry) -> dict[str, Any]:
    """Describe a scan of a list, for JSON."""
    versions = {key: [asdict(version) for version in each] for key, each in entry.versions.items()}
    return {
        "scan_id": entry.scan_id,
        "name": entry.name,
        "location": entry.location,
        "timestamp": entry.timestamp,
        "state": entry.state,
        "complete": entry.state == "complete",
        "transcripts": entry.transcripts,
        "results": entry.results,
        "error_count": entry.error_count,
        "unread": entry.unread,
        **({"versions": versions} if versions else {}),
    }


def status_json(status: LightStatus) -> dict[str, Any]:
    """Describe how a scan stands, for JSON."""
    return {
        **entry_json(status.entry),
        "total": status.total,
        "config": dict(status.config),
        "summary": {name: asdict(counts) for name, counts in status.counts.items()},
        "model_usage": {name: dict(usage) for name, usage in status.model_usage.items()},
        "errors": [group.headline for group in status.error_groups],
        "unread": dict(status.unread),
        "accepted": dict(status.accepted),
        "error_groups": [group_json(group, MAX_IDS) for group in status.error_groups],
    }


def group_json(group: ErrorGroup, ids: int | None = None) -> dict[str, Any]:
    """Describe errors of one cause, for JSON: all of it, or without traceback and with a few transcripts."""
    return {
        "error": group.error,
        "count": group.count,
        "refusal": group.refusal,
        "scanners": dict(group.scanners),
        "transcript_count": len(group.transcripts),
        "transcripts": list(group.transcripts[:ids]),
        **({} if ids is not None else {"traceback": group.traceback}),
    }
