"""Rows that are larger than a file can hold: what is too large is left out, the rest is written in chunks."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from inspect_scout._results.rows.pair_records import PairRecord
from inspect_scout._results.rows.row_writer import (
    CELL_BYTES,
    OWN_COLUMNS,
    PairRows,
    large_cell_chars,
    limit_cells,
    split_pairs,
)

NAMES = [name for name, _ in OWN_COLUMNS]


class Huge(str):  # noqa: SLOT000
    """A text that says it is as long as a cell may be, and more, and holds nothing."""

    length = CELL_BYTES + 1

    def __len__(self) -> int:
        return self.length

    def isascii(self) -> bool:
        return True


class Half(Huge):
    """A text that takes more than half of a cell."""

    length = CELL_BYTES // 2 + 1


def row(**cells: Any) -> tuple[Any, ...]:
    """Make a row of an invocation."""
    return tuple(cells.get(name) for name in NAMES)


def pair(number: int, *rows: tuple[Any, ...]) -> PairRows:
    """Make a pair."""
    record = PairRecord(f"t{number}", len(rows), 0, 0, 0, {}, [])
    return PairRows("s", record, (), rows, [{"k": True} for _ in rows], sum(map(large_cell_chars, rows)))


def test_rows_of_a_usual_size_stay_as_they_are() -> None:
    given = row(value="x" * 1000, metadata="{}", input="[]")
    assert limit_cells(given, "t") is given


@pytest.mark.parametrize(
    ("column", "left"),
    [
        ("value", f"[{CELL_BYTES + 1:,} bytes left out: a cell holds {CELL_BYTES:,} at most]"),
        ("explanation", f"[{CELL_BYTES + 1:,} bytes left out: a cell holds {CELL_BYTES:,} at most]"),
        ("input", None),
        ("scan_events", "[]"),
    ],
)
def test_a_cell_that_is_too_large_says_so(column: str, left: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = limit_cells(row(**{"answer": "kept", column: Huge()}), "t7")
    assert found == row(**{"answer": "kept", column: left})
    assert f"{column!r} of a result for transcript 't7'" in caplog.text


def test_small_pairs_are_one_chunk() -> None:
    given = [pair(0, row(value="a"), row(value="b")), pair(1, row(value="c"))]
    assert list(split_pairs(given)) == [given]


def test_large_rows_are_split_in_order() -> None:
    given = [pair(0, row(value=Half()), row(value=Half()), row(value="b")), pair(1, row(value=Half()))]
    found = list(split_pairs(given))
    assert [[(p.record.transcript_id, len(p.rows), p.verdicts) for p in chunk] for chunk in found] == [
        [("t0", 1, [{"k": True}])],
        [("t0", 1, [{"k": True}]), ("t0", 1, [{"k": True}])],
        [("t1", 1, [{"k": True}])],
    ]
