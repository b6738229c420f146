"""What a summary file says, as far as it can be read. Needs neither Arrow nor the models of inspect_ai.

Older scans and other programs write summaries, too, and files get damaged: a part that cannot be read, or that cannot be
true, is counted again from the rows of its scanner, and costs the other parts nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..._support.errors import LocationError
from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import Storage, join
from ..layout import SUMMARY_FILE, table_key

logger = logging.getLogger(__name__)

Usage = Mapping[str, Mapping[str, int | float]]

_MOST = 2**63
_COUNTED = ("scans", "results", "errors", "tokens", "incomplete", "unseen_citations", "calls_without_usage")
_NOTHING: Mapping[str, Any] = {}


class Counts(Protocol):
    """Counts of a scanner."""

    @property
    def scans(self) -> int:
        """Transcripts recorded."""
        ...

    @property
    def errors(self) -> int:
        """Invocations that failed."""
        ...


@dataclass(frozen=True, slots=True)
class StoredScanner:
    """What a summary says of one scanner.

    Args:
        scans: Transcripts recorded.
        results: Results found.
        errors: Invocations that failed.
        tokens: Tokens used.
        model_usage: Tokens by model and kind.
        agreement: Agreement with labelled cases.
        fingerprints: Invocations by fingerprint of the scanner.
        incomplete: Invocations whose input could not be read whole.
        unseen_citations: Invocations whose result cites messages that were not shown.
        is_sound: Whether all of these could be read.
        fields: All that the summary says.
        calls_without_usage: Answers of models that told no usage.
    """

    scans: int = 0
    results: int = 0
    errors: int = 0
    tokens: int = 0
    model_usage: Usage = field(default_factory=dict[str, Mapping[str, int | float]])
    agreement: float | None = None
    fingerprints: Mapping[str, int] = field(default_factory=dict[str, int])
    incomplete: int = 0
    unseen_citations: int = 0
    is_sound: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    calls_without_usage: int = 0


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """What a summary says.

    Args:
        complete: Whether the scan has nothing left to do (None: the summary does not say so readably).
        scanners: What it says of each scanner.
    """

    complete: bool | None = None
    scanners: Mapping[str, StoredScanner] = field(default_factory=dict[str, StoredScanner])


async def read_summary(storage: Storage, location: str) -> StoredSummary | None:
    """Read the summary of a scan; None if there is none."""
    path = join(location, SUMMARY_FILE)
    try:
        text = await storage.read(path)
    except LocationError:
        return None
    try:
        data = loads(text)
    except (ValueError, RecursionError) as error:
        logger.warning("Counting the rows of %s again, its summary cannot be read: %s", location, error)
        return StoredSummary()
    return parse_summary(data)


def parse_summary(data: object) -> StoredSummary:
    """Take what can be read of a decoded summary."""
    if not is_mapping(data):
        return StoredSummary()
    complete, scanners = data.get("complete"), data.get("scanners")
    if is_list(scanners):  # as `Summary(scanners=[...])` is made
        scanners = {name: _NOTHING for name in scanners if isinstance(name, str)}
    parts = {key: _scanner(part) for key, part in scanners.items()} if is_mapping(scanners) else {}
    return StoredSummary(complete if isinstance(complete, bool) else None, parts)


async def doubtful_scanners(
    storage: Storage, location: str, stored: StoredSummary, declared: Iterable[str], transcripts: int
) -> list[str]:
    """Name the scanners whose rows must be counted, because the summary cannot be right about them.

    Args:
        storage: Where the scan is.
        location: Its directory.
        stored: What the summary says.
        declared: Scanners of the scan.
        transcripts: Number of its transcripts (0: not known).
    """
    known = dict.fromkeys([*declared, *stored.scanners])
    found = [key for key in known if _is_doubtful(stored.scanners.get(key), transcripts)]
    if found or any(not part.scans for part in stored.scanners.values()):
        # Zeros over a table that has rows are those that another program left behind.
        tables = [key for e in await storage.list(location, recursive=False) if (key := table_key(e.path))]
        found += [key for key in tables if key not in found and not _scans(stored, key)]
    return found


def is_complete(stored: StoredSummary, scanners: Iterable[Counts], total: int) -> bool:
    """Tell whether a scan has nothing left to do.

    Args:
        stored: Its summary; where that does not say it readably, each pair must be recorded, and none with an error.
        scanners: Counts of its scanners.
        total: Pairs of transcript and scanner.
    """
    if stored.complete is not None:
        return stored.complete
    counts = list(scanners)
    return 0 < total <= sum(one.scans for one in counts) and not any(one.errors for one in counts)


def agreement_of(tp: int, fp: int, tn: int, fn: int) -> float | None:
    """Give the agreement with labelled cases: balanced accuracy, or where that is not defined, the match rate."""
    if tp + fn and tn + fp:
        return (tp / (tp + fn) + tn / (tn + fp)) / 2
    total = tp + fp + tn + fn
    return (tp + tn) / total if total else None


def _is_doubtful(part: StoredScanner | None, transcripts: int) -> bool:
    return part is None or not part.is_sound or 0 < transcripts < part.scans


def _scans(stored: StoredSummary, key: str) -> int:
    part = stored.scanners.get(key)
    return 0 if part is None else part.scans


def _scanner(part: object) -> StoredScanner:
    if not is_mapping(part):
        return StoredScanner()
    counts = {name: _count(part.get(name, 0)) for name in _COUNTED}
    usage = _usage(part.get("model_usage", _NOTHING))
    fingerprints = _fingerprints(part.get("fingerprints", _NOTHING))
    agreement, is_readable = _agreement(part.get("validation"))
    is_sound = is_readable and None not in counts.values() and _are_metrics(part.get("metrics"))
    return StoredScanner(
        **{name: count for name, count in counts.items() if count is not None},
        model_usage=usage or {},
        agreement=agreement,
        fingerprints=fingerprints or {},
        is_sound=is_sound and usage is not None and fingerprints is not None,
        fields=part,
    )


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST or value != value // 1:
        return None
    return int(value)


def _usage(value: object) -> Usage | None:
    """Tokens by model and kind; None if some of it cannot be read."""
    if not is_mapping(value):
        return None
    usage: dict[str, dict[str, int | float]] = {}
    for model, kinds in value.items():
        if not is_mapping(kinds):
            return None
        usage[model] = {kind: number for kind, number in kinds.items() if number is not None}
        if not all(_is_number(number, whole="token" in kind) for kind, number in usage[model].items()):
            return None
    return usage


def _fingerprints(value: object) -> dict[str, int] | None:
    """Invocations by fingerprint; None if some of it cannot be read."""
    counts = {key: _count(count) for key, count in value.items()} if is_mapping(value) else {"": None}
    known = {key: count for key, count in counts.items() if count is not None}
    return known if len(known) == len(counts) else None


def _is_number(value: object, *, whole: bool) -> bool:
    return _count(value) is not None if whole else isinstance(value, int | float) and not isinstance(value, bool)


def _agreement(validation: object) -> tuple[float | None, bool]:
    """Agreement that a summary tells, and whether what it says of it can be read."""
    if validation is None or is_list(validation):  # older summaries hold verdicts, and no metrics
        return None, True
    metrics = validation.get("metrics") if is_mapping(validation) else 0
    if metrics is None:
        return None, True
    counts = [_count(metrics.get(name, 0)) for name in ("tp", "fp", "tn", "fn")] if is_mapping(metrics) else [None]
    known = [count for count in counts if count is not None]
    return (agreement_of(*known), True) if len(known) == 4 else (None, False)


def _are_metrics(metrics: object) -> bool:
    return metrics is None or is_mapping(metrics)
