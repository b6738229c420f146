"""What a file of the journal says of the pairs of transcript and scanner that it completes.

It stands in the file's footer, so that counting a running scan reads no rows; it is written with the rows, made from
the same values, and so can never disagree with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

PAIRS_KEY = b"scout.pairs"
"""Key of the footer's metadata."""


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
