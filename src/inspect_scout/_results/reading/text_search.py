"""Finds text in the cells of results, in one pass over the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..._support.arrow import Array
from ..._transcripts import TextMatcher
from ..rows.arrow_tables import Column, Int64Array, cast_or_null, compute, fill_nulls, int64_column, take, to_bools
from .combined_rows import CombinedRows
from .found_rows import FoundRows
from .row_view import RowView
from .shared_rows import SharedRows

SEARCHED_COLUMNS = (
    "value",
    "label",
    "answer",
    "explanation",
    "metadata",
    "scan_error",
    "transcript_id",
    "transcript_source_uri",
    "transcript_task_set",
    "transcript_task_id",
    "transcript_agent",
    "transcript_model",
    "transcript_score",
)
"""Where text is sought unless columns are named."""

SHOWN_CHARACTERS = 80
"""Characters that are shown on each side of what was found."""

_IDENTITY = ("uuid", "transcript_id", "label")
_OCCURRENCES = 2**20


@dataclass(frozen=True, slots=True)
class TextHit:
    """A cell in which a text was found.

    Args:
        position: Place of the row in the answer to the query, from 0.
        uuid: Id of the result (None: a call that failed).
        transcript_id: Its transcript.
        label: Its label.
        column: The column.
        text: The text around the first occurrence.
        start: Where the occurrence begins in this text.
        stop: Where it ends.
        offset: Characters of the cell before this text.
        count: Occurrences in the cell.
    """

    position: int
    uuid: str | None
    transcript_id: str | None
    label: str | None
    column: str
    text: str
    start: int
    stop: int
    offset: int
    count: int


Report = Callable[[int, Sequence[TextHit]], bool]
"""Takes the number of rows that were looked at and what was found in them; False: nothing more is wanted."""


def search_rows(
    views: Sequence[RowView],
    found: FoundRows | None,
    columns: Mapping[str, str],
    matcher: TextMatcher,
    report: Report,
) -> None:
    """Look for a text in rows.

    Args:
        views: The rows of scanners.
        found: The rows that count, in their order (None: all, as they are stored).
        columns: Name to show -> column.
        matcher: What is sought.
        report: Is told after each part of the rows.
    """
    before = 0
    for number, view in enumerate(views):
        places = None if found is None else _Places(found, number)
        wanted = view.source.existing([*columns.values(), *_IDENTITY])
        for rows, row_numbers, occurrences in view.numbered_rows(wanted):
            if places is None:
                kept, positions = np.arange(len(row_numbers)), np.arange(before, before + len(row_numbers))
            else:
                kept, positions = places.of(row_numbers, occurrences)
            before += len(row_numbers)
            part = rows if len(kept) == rows.num_rows else rows.take(kept.tolist())
            if not report(len(kept), list(_hits(part, positions, columns, matcher))):
                return


class _Places:
    """Finds the places of rows among those that were found."""

    def __init__(self, found: FoundRows, view: int) -> None:
        own = np.flatnonzero(found.views == view)
        keys = found.row_numbers[own] * _OCCURRENCES + found.occurrences[own]
        order = np.argsort(keys, kind="stable")
        self._keys, self._positions = keys[order], own[order]

    def of(self, row_numbers: Int64Array, occurrences: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Tell which of these rows were found, and where."""
        keys = row_numbers * _OCCURRENCES + occurrences
        if not len(self._keys):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        kept = np.flatnonzero(self._keys[at] == keys)
        return kept, self._positions[at[kept]]


def _hits(rows: SharedRows, positions: Int64Array, columns: Mapping[str, str], matcher: TextMatcher) -> list[TextHit]:
    hits: list[TextHit] = []
    for shown, name in columns.items():
        if name not in rows.names or not rows.num_rows:
            continue
        cells = cast_or_null(rows.column(name), pa.large_string())
        places = _found_in(cells, matcher)
        if not len(places):
            continue
        own: Column | Array = take(cells, int64_column(places))
        chosen = rows.take(places.tolist())
        ids = [chosen.cells(each) if each in chosen.names else [None] * len(places) for each in _IDENTITY]
        for position, text, place, *about in zip(
            positions[places].tolist(), own.to_pylist(), _places(own, matcher), *ids, strict=True
        ):
            hits.append(_hit(position, about, shown, text, place))
    hits.sort(key=lambda hit: hit.position)
    return hits


def _found_in(cells: Column | Array, matcher: TextMatcher) -> Int64Array:
    """Tell in which cells a text is."""
    return np.flatnonzero(to_bools(fill_nulls(compute.match_substring_regex(cells, matcher.source), False)))


def _places(cells: Column | Array, matcher: TextMatcher) -> list[tuple[int, int, int]]:
    """Tell of cells that have a text: first byte and number of bytes of the first occurrence, and how many there are."""
    first = compute.find_substring_regex(cells, matcher.source)
    rest = compute.replace_substring_regex(cells, matcher.source, "", max_replacements=1)
    sizes = compute.subtract(compute.binary_length(cells), compute.binary_length(rest))
    counts = compute.count_substring_regex(cells, matcher.source)
    return list(zip(first.to_pylist(), sizes.to_pylist(), counts.to_pylist(), strict=True))


def _hit(position: int, about: Sequence[str | None], column: str, text: str, place: tuple[int, int, int]) -> TextHit:
    """Cut the text around what was found out of a cell."""
    first, size, count = place
    data = text.encode("utf-8", "surrogatepass")
    begin = len(data[:first].decode("utf-8", "replace"))
    end = begin + len(data[first : first + size].decode("utf-8", "replace"))
    start = max(0, begin - SHOWN_CHARACTERS)
    stop = min(begin + 4 * SHOWN_CHARACTERS, end)
    shown = text[start : stop + SHOWN_CHARACTERS]
    uuid, transcript_id, label = (None if each is None else str(each) for each in about)
    return TextHit(position, uuid, transcript_id, label, column, shown, begin - start, stop - start, start, count)


def search_columns(combined: CombinedRows, wanted: Sequence[str]) -> Mapping[str, str]:
    """Say in which columns text is sought.

    Raises:
        UnknownNameError: There is no such column.
    """
    if wanted:
        return combined.select_columns(wanted, None)
    known = combined.select_columns(None, ())
    return {name: name for name in SEARCHED_COLUMNS if name in known}
