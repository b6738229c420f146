"""What a scan records of its transcripts, and of the logs among them that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from .._transcripts import RestoredTranscripts, Transcripts, selection_of, unread_reasons
from .._types import ScanSpec, SelectionSpec, Worklist
from .worklist import ScannerWork


def with_restored_transcripts(spec: ScanSpec, found: RestoredTranscripts, is_due: Callable[[str], bool]) -> ScanSpec:
    """Bring a scan up to date with what can be read by now.

    What still cannot be read stays recorded, with the newest reason; so does what has become unreadable since, where
    something was left to do.

    Args:
        spec: The scan.
        found: Its transcripts, found again.
        is_due: Whether anything is left to do of a recorded transcript.
    """
    snapshot = spec.transcripts
    if snapshot is None:
        return spec
    there = set(found.index.ids)
    lost: dict[str, list[str]] = {}
    for id, log in found.recorded.items():
        if id not in there and is_due(id):
            lost.setdefault(log or snapshot.location or "", []).append(id)
    now = unread_reasons(found.index.problems)
    unread = {path: reason for path, reason in now.items() if path in (snapshot.unread or {}) or path in lost}
    for path, ids in lost.items():
        unread.setdefault(path, f"{len(ids)} transcripts that were left to scan are no longer in {path!r}.")
    known = {**found.recorded, **found.added} if found.added else snapshot.transcript_ids
    changed = {"transcript_ids": known, "unread": unread or None, "selection": snapshot.selection if unread else None}
    return spec.model_copy(
        update={
            "transcripts": snapshot.model_copy(update=changed),
            "worklist": _extend_worklist(spec.worklist, found.by_scanner),
        }
    )


def _extend_worklist(
    worklist: Sequence[Worklist] | None, by_scanner: Mapping[str, Sequence[str]]
) -> list[Worklist] | None:
    if worklist is None:
        return None
    return [
        Worklist(
            scanner=one.scanner, transcripts=list(dict.fromkeys([*one.transcripts, *by_scanner.get(one.scanner, ())]))
        )
        for one in worklist
    ]


def selection_specs(worklist: Any) -> dict[str, list[SelectionSpec]]:
    """Record how the transcripts of a worklist are chosen, by scanner; its ids hold by themselves."""
    found: dict[str, list[SelectionSpec]] = {}
    for work in cast("Sequence[Any]", worklist) if isinstance(worklist, list | tuple) else ():
        if isinstance(work, ScannerWork) and isinstance(work.transcripts, Transcripts):
            found.setdefault(work.scanner, []).append(selection_of(work.transcripts, filtered=True))
    return found
