"""How large rows are, and what becomes of those that are larger than a file can hold."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .describe import Cell
from .pairs import PairRecord
from .schema import NOTE_COLUMNS, RECORD_COLUMNS, RESULT_COLUMNS, USAGE_COLUMNS

logger = logging.getLogger("inspect_scout")

CELL_BYTES: Final = 2**30
"""Largest text of a cell: a column of a table piece has to stay below the two gigabytes that its offsets can count."""

OWN_COLUMNS: Final = RESULT_COLUMNS + USAGE_COLUMNS + NOTE_COLUMNS[1:] + RECORD_COLUMNS
"""Columns that each invocation fills; the fingerprint is the same for all of a scanner."""

_COUNTED = [
    [n for n, _ in OWN_COLUMNS].index(n) for n in ("input", "input_data", "value", "explanation", "scan_events")
]
_NAMES: Final = [name for name, _ in OWN_COLUMNS]
_EMPTY: Final[Mapping[str, Cell]] = {
    "input": None,
    "input_data": None,
    "metadata": "{}",
    "message_references": "[]",
    "event_references": "[]",
    "scan_events": "[]",
    "scan_model_usage": "{}",
    "unseen_citations": "[]",
}
"""What stands in the place of JSON that is too large; other cells say how large it was."""


@dataclass(frozen=True, slots=True)
class PairRows:
    """The rows of a pair of transcript and scanner, not yet written.

    Args:
        scanner: Key of the scanner.
        record: The pair and its counts.
        transcript: What all rows say of the transcript.
        rows: The cells of each row, in the order of the columns of an invocation.
        verdicts: Verdict by key of each row, where verdicts have keys.
        size: Bytes, about.
    """

    scanner: str
    record: PairRecord
    transcript: tuple[Cell, ...]
    rows: Sequence[tuple[Cell, ...]]
    verdicts: Sequence[Mapping[str, bool]]
    size: int


def size_of(row: Sequence[Cell]) -> int:
    """Count the characters of a row's large cells."""
    return sum(len(text) for text in (row[i] for i in _COUNTED) if isinstance(text, str))


def limited(row: tuple[Cell, ...], transcript_id: str) -> tuple[Cell, ...]:
    """Replace the cells of a row that are too large, with a warning; nearly always, there are none."""
    if size_of(row) <= CELL_BYTES // 4:  # no character takes more than four bytes
        return row
    cells = list(row)
    for position, (name, cell) in enumerate(zip(_NAMES, row, strict=True)):
        if isinstance(cell, str) and (size := _bytes(cell)) > CELL_BYTES:
            said = f"{size:,} bytes left out: a cell holds {CELL_BYTES:,} at most"
            logger.warning("The column %r of a result for transcript %r: %s.", name, transcript_id, said)
            cells[position] = _EMPTY.get(name, f"[{said}]")
    return tuple(cells)


def pieces(pairs: Sequence[PairRows]) -> Iterator[list[PairRows]]:
    """Split pairs so that no column of a piece has more text than a table can count; nearly always, one piece is enough."""
    if sum(pair.size for pair in pairs) <= CELL_BYTES // 4:
        yield list(pairs)
        return
    piece: list[PairRows] = []
    size = 0
    for pair in _single_rows(pairs):
        large = sum(_bytes(text) for text in (pair.rows[0][i] for i in _COUNTED) if isinstance(text, str))
        if piece and size + large > CELL_BYTES:
            yield piece
            piece, size = [], 0
        piece.append(pair)
        size += large
    yield piece


def _single_rows(pairs: Iterable[PairRows]) -> Iterator[PairRows]:
    for pair in pairs:
        for row, verdict in zip(pair.rows, pair.verdicts, strict=True):
            yield replace(pair, rows=[row], verdicts=[verdict], size=size_of(row))


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
