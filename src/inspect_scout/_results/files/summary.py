"""What a summary file says, as far as it can be read. Needs neither Arrow nor the models of inspect_ai.

Older scans and other programs write summaries as well, and files get damaged: a part that cannot be read, or that cannot be
true, is counted again from the rows of its scanner, and costs the other parts nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._support.errors import LocationError
from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import Storage, join
from ..._types import ConfusionCounts, ScannerState, Usage
from ..layout import SUMMARY_FILE, scanner_of_table

logger = logging.getLogger(__name__)

_MOST = 2**63
_COUNTED = ("scans", "results", "errors", "tokens", "incomplete", "unseen_citations", "calls_without_usage")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """What a summary says.

    Args:
        complete: Whether the scan has nothing left to do (None: the summary does not say so readably).
        scanners: Counts of each scanner.
        sound: Scanners all of whose counts could be read.
        fields: All that it says of each scanner.
    """

    complete: bool | None = None
    scanners: Mapping[str, ScannerState] = field(default_factory=dict[str, ScannerState])
    sound: frozenset[str] = frozenset()
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])


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
    fields = {key: part if is_mapping(part) else None for key, part in scanners.items()} if is_mapping(scanners) else {}
    parts = {key: _scanner(part) for key, part in fields.items()}
    return StoredSummary(
        complete if isinstance(complete, bool) else None,
        {key: counts for key, (counts, _) in parts.items()},
        frozenset(key for key, (_, is_sound) in parts.items() if is_sound),
        {key: part or {} for key, part in fields.items()},
    )


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
    scans = {key: part.scans for key, part in stored.scanners.items()}
    known = dict.fromkeys([*declared, *scans])
    found = [key for key in known if key not in stored.sound or 0 < transcripts < scans.get(key, 0)]
    if found or not all(scans.values()):
        # Zeros over a table that has rows are those that another program left behind.
        tables = [key for e in await storage.list(location, recursive=False) if (key := scanner_of_table(e.path))]
        found += [key for key in tables if key not in found and not scans.get(key)]
    return found


def is_complete(stored: StoredSummary, scanners: Iterable[ScannerState], total: int) -> bool:
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


def _scanner(part: Mapping[str, Any] | None) -> tuple[ScannerState, bool]:
    """Counts of a scanner, and whether all of them could be read."""
    if part is None:
        return ScannerState(), False
    counts = {name: _count(part.get(name, 0)) for name in _COUNTED}
    usage = _usage(part.get("model_usage", _NOTHING))
    fingerprints = _fingerprints(part.get("fingerprints", _NOTHING))
    agreement, not_compared, is_readable = _confusion(part.get("validation"))
    is_sound = (
        is_readable and None not in counts.values() and (part.get("metrics") is None or is_mapping(part["metrics"]))
    )
    state = ScannerState(
        **{name: count for name, count in counts.items() if count is not None},
        rows=sum((fingerprints or {}).values()),
        usage=usage or {},
        agreement=agreement,
        not_compared=not_compared,
        fingerprints=fingerprints or {},
    )
    return state, is_sound and usage is not None and fingerprints is not None


def _count(value: object) -> int | None:
    if type(value) is int:  # nearly always: a list of scans asks this of each of their counts
        return value if 0 <= value < _MOST else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST or value != value // 1:
        return None
    return int(value)


def _usage(value: object) -> Usage | None:
    """Tokens by model and kind; None if some of it cannot be read."""
    if not is_mapping(value):
        return None
    usage: dict[str, dict[str, Any]] = {}
    for model, kinds in value.items():
        if not is_mapping(kinds):
            return None
        usage[model] = {kind: number for kind, number in kinds.items() if number is not None}
        for kind, number in usage[model].items():
            is_number = isinstance(number, int | float) and not isinstance(number, bool)
            if not is_number or ("token" in kind and _count(number) is None):
                return None
    return usage


def _fingerprints(value: object) -> dict[str, int] | None:
    """Invocations by fingerprint; None if some of it cannot be read."""
    counts = {key: _count(count) for key, count in value.items()} if is_mapping(value) else {"": None}
    known = {key: count for key, count in counts.items() if count is not None}
    return known if len(known) == len(counts) else None


def _confusion(validation: object) -> tuple[ConfusionCounts, int, bool]:
    """Comparison with labelled cases that a summary holds, results that were not compared, and whether what it says of them can be read."""
    if validation is None or is_list(validation):  # older summaries hold verdicts, and no metrics
        return ConfusionCounts(), 0, True
    metrics = validation.get("metrics") if is_mapping(validation) else 0
    not_compared = (_count(validation.get("not_compared", 0)) if is_mapping(validation) else None) or 0
    if metrics is None:
        return ConfusionCounts(), not_compared, True
    counts = [_count(metrics.get(name, 0)) for name in ("tp", "fp", "tn", "fn")] if is_mapping(metrics) else [None]
    known = [count for count in counts if count is not None]
    if len(known) < 4:
        return ConfusionCounts(), not_compared, False
    keyed = is_mapping(validation) and bool(validation.get("metrics_by_key"))
    return ConfusionCounts(tp=known[0], fp=known[1], tn=known[2], fn=known[3], keyed=keyed), not_compared, True
