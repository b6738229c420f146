"""What a file of the journal says of the pairs of transcript and scanner that it completes.

It stands in the file's footer, so that counting a running scan reads no rows; it is written with the rows, made from
the same values, and so can never disagree with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ..._types import ConfusionCounts, ScannerState

PAIRS_KEY = b"scout.pairs"
"""Key of the footer's metadata."""

_CALLS_WITHOUT_USAGE = "calls_without_usage"
"""Stands next to the kinds of tokens in what is recorded of a model."""


class PairRecord(msgspec.Struct, frozen=True, array_like=True):
    """A pair: one transcript, one scanner.

    Args:
        transcript_id: The transcript.
        rows: Invocations (0: the scanner was given nothing).
        errors: Invocations that failed.
        results: Results found.
        tokens: Tokens used.
        usage: Tokens by model and kind; only where a model was used.
        keys: Keys of verdicts that are mappings.
        fingerprint: Fingerprint of the scanner.
        incomplete: Invocations whose input could not be read whole.
        unseen: Invocations whose result cites messages that were not shown.
        not_compared: Results that could not be compared with their labelled case.
        agreement: How results compare with labelled cases: `tp`, `fp`, `tn`, `fn` (empty: none was compared).
        keyed: Whether these are verdicts by key.
    """

    transcript_id: str
    rows: int
    errors: int = 0
    results: int = 0
    tokens: int = 0
    usage: dict[str, dict[str, float]] = {}
    keys: list[str] = []
    fingerprint: str | None = None
    incomplete: int = 0
    unseen: int = 0
    not_compared: int = 0
    agreement: list[int] = []
    keyed: bool = False


class ScannerPairs(msgspec.Struct, frozen=True, array_like=True):
    """The pairs of one scanner in a file, in the order of their rows, which are in one row group (none: in no group)."""

    scanner: str
    pairs: list[PairRecord]


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(list[ScannerPairs])


def encode_pairs(pairs: Sequence[ScannerPairs]) -> bytes:
    """Write the pairs of a file."""
    return _ENCODER.encode(pairs)


def decode_pairs(metadata: Mapping[bytes, bytes] | None) -> list[ScannerPairs]:
    """Read the pairs of a file from the metadata of its footer.

    Raises:
        ValueError: It holds none, or they are damaged.
    """
    text = (metadata or {}).get(PAIRS_KEY)
    if text is None:
        raise ValueError("it does not say which pairs it completes")
    return _DECODER.decode(text)


def counts_of_record(record: PairRecord) -> ScannerState:
    """Count a pair by what a journal says of it."""
    return counts_of_records([record])


def counts_of_records(records: Iterable[PairRecord]) -> ScannerState:
    """Count pairs of one scanner by what a journal says of them."""
    scans = rows = results = errors = tokens = incomplete = unseen = not_compared = 0
    usage: dict[str, dict[str, float]] = {}
    fingerprints: dict[str, int] = {}
    agreement = ConfusionCounts()
    for record in records:
        scans += 1
        rows += record.rows
        results += record.results
        errors += record.errors
        tokens += record.tokens
        incomplete += record.incomplete
        unseen += record.unseen
        not_compared += record.not_compared
        if record.usage:
            add_usage(usage, record.usage)
        if record.fingerprint is not None and record.rows:
            fingerprints[record.fingerprint] = fingerprints.get(record.fingerprint, 0) + record.rows
        if len(record.agreement) == 4:
            tp, fp, tn, fn = record.agreement
            agreement += ConfusionCounts(tp=tp, fp=fp, tn=tn, fn=fn, keyed=record.keyed)
    return ScannerState(
        scans=scans,
        rows=rows,
        results=results,
        errors=errors,
        tokens=tokens,
        incomplete=incomplete,
        unseen_citations=unseen,
        calls_without_usage=pop_calls_without_usage(usage),
        not_compared=not_compared,
        agreement=agreement,
        usage=usage,
        fingerprints=fingerprints,
    )


def add_usage(total: dict[str, dict[str, float]], usage: Mapping[str, Mapping[str, Any]]) -> None:
    """Add what was used, by model and kind, to a total."""
    for model, kinds in usage.items():
        into = total.setdefault(model, {})
        for kind, number in kinds.items():
            if isinstance(number, int | float):
                into[kind] = into.get(kind, 0) + number


def pop_calls_without_usage(usage: Mapping[str, dict[str, float]]) -> int:
    """Take the answers without usage out of what was used, and count them."""
    return sum(int(kinds.pop(_CALLS_WITHOUT_USAGE, 0)) for kinds in usage.values())


def confusion_of(verdicts: Iterable[tuple[Any, bool | Mapping[str, bool]]]) -> ConfusionCounts:
    """Count how results compare with their labelled cases (target, verdict)."""
    compared = list(verdicts)
    if not compared:
        return ConfusionCounts()
    from ..._validation import Confusion

    confusion = Confusion()
    for target, valid in compared:
        confusion.add(target, valid)
    total = confusion.total
    return ConfusionCounts(tp=total.tp, fp=total.fp, tn=total.tn, fn=total.fn, keyed=bool(confusion.by_key))
