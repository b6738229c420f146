"""Pages of transcripts, what stands beside one, and counts by their values."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from ..._support.errors import ConfigError, UnknownNameError
from ..._support.json import finite
from ..._support.shapes import is_list, is_mapping
from ..._transcripts import count_values
from .corpus import Corpus, TranscriptSelection, read_cursor, write_cursor
from .records import HistogramBin, Neighbours, TranscriptFacet, TranscriptPage, TranscriptRow, ValueCount
from .texts import plain_value

if TYPE_CHECKING:
    from ..._types import TranscriptInfo

CELL_CHARACTERS: Final = 1000
"""Characters of a text that a list shows."""

HISTOGRAM_BINS: Final = 20
_ID: Final = "transcript_id"
_METADATA: Final = "metadata"


def transcript_page(
    corpus: Corpus, selection: TranscriptSelection, columns: Sequence[str], cursor: str | None, limit: int
) -> TranscriptPage:
    """Make a page of transcripts.

    Args:
        corpus: All transcripts.
        selection: Which of them, in what order.
        columns: What is told of each: fields, `metadata`, keys of metadata, and paths within these (none: all fields).
        cursor: Where the page begins (None: at the first).
        limit: How many transcripts at most.

    Raises:
        UnknownNameError: There is no such column.
        ConfigError: A condition or the cursor cannot be used.
    """
    chosen = corpus.select(selection)
    start = 0
    if cursor is not None:
        start, last = read_cursor(cursor, selection)
        start = _behind(corpus, chosen, start, last)
    stop = min(len(chosen), start + limit)
    infos = corpus.index.infos(chosen[start:stop])
    cells = [(name, _reader(name)) for name in _checked(corpus, columns)]
    following = write_cursor(selection, stop, infos[-1].transcript_id) if infos and stop < len(chosen) else None
    return TranscriptPage(tuple(_row(info, cells) for info in infos), len(chosen), following, corpus.problems)


def transcript_neighbours(corpus: Corpus, selection: TranscriptSelection, id: str) -> Neighbours:
    """Find what stands beside a transcript.

    Raises:
        LocationError: There is no such transcript.
    """
    chosen, position = corpus.select(selection), corpus.position(id)
    try:
        place = chosen.index(position)
    except ValueError:
        return Neighbours(None, None, None, len(chosen))
    ids = corpus.index.ids
    before = ids[chosen[place - 1]] if place else None
    behind = ids[chosen[place + 1]] if place + 1 < len(chosen) else None
    return Neighbours(before, behind, place + 1, len(chosen))


def transcript_facet(corpus: Corpus, where: Sequence[str], by: str, limit: int) -> TranscriptFacet:
    """Count transcripts by the values of a column, and where these are numbers by intervals.

    Raises:
        UnknownNameError: There is no such column.
        ConfigError: A condition cannot be used.
    """
    counted = count_values(corpus.index, TranscriptSelection(tuple(where)).query().where, by)
    total = sum(count for _, count in counted)
    shown = counted[:limit]
    return TranscriptFacet(
        by=by,
        total=total,
        distinct=len(counted),
        values=tuple(ValueCount(plain_value(value, CELL_CHARACTERS)[0], count) for value, count in shown),
        others=total - sum(count for _, count in shown),
        histogram=_histogram(counted),
    )


def describe(info: TranscriptInfo) -> dict[str, object]:
    """Give all that a description holds, as JSON has it."""
    return {name: finite(getattr(info, name)) for name in type(info).model_fields}


def _behind(corpus: Corpus, chosen: Sequence[int], offset: int, last: str) -> int:
    """Find the place behind a transcript that was at `offset - 1`, and may have moved."""
    if 0 < offset <= len(chosen) and corpus.index.ids[chosen[offset - 1]] == last:
        return offset
    try:
        return chosen.index(corpus.position(last)) + 1
    except (ValueError, LookupError, ConfigError):
        return min(offset, len(chosen))


def _checked(corpus: Corpus, columns: Sequence[str]) -> tuple[str, ...]:
    from ..._query import ColumnPath
    from ..._types import TranscriptInfo

    fields = tuple(name for name in TranscriptInfo.model_fields if name != _METADATA)
    if not columns:
        return fields
    known = {*fields, _METADATA, *corpus.columns}
    for name in columns:
        if name not in known and ColumnPath.parse(name).base not in known:
            raise UnknownNameError("column", name, known)
    return tuple(dict.fromkeys(columns))


def _row(info: TranscriptInfo, cells: Sequence[tuple[str, Callable[[TranscriptInfo], object]]]) -> TranscriptRow:
    values: dict[str, object] = {}
    folded: dict[str, int] = {}
    for name, read in cells:
        values[name], left_out = plain_value(read(info), CELL_CHARACTERS)
        if left_out:
            folded[name] = left_out
    return TranscriptRow(info.transcript_id, values, folded)


def _reader(name: str) -> Callable[[TranscriptInfo], object]:
    """Give what reads a column: a field, a key of metadata, or a path. Found once a page: that took most of its time."""
    from ..._query import ColumnPath
    from ..._types import TranscriptInfo

    fields = TranscriptInfo.model_fields
    if name in fields:
        return attrgetter(name)

    @functools.cache
    def path() -> ColumnPath:
        return ColumnPath.parse(name)

    def read(info: TranscriptInfo) -> object:
        if name in info.metadata:
            return info.metadata[name]
        base = path().base
        return _inside(getattr(info, base) if base in fields else info.metadata.get(base), path().keys)

    return read


def _inside(value: object, keys: Sequence[str | int]) -> object:
    for key in keys:
        if is_mapping(value):
            value = value.get(str(key))
        elif is_list(value) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _histogram(counted: Sequence[tuple[object, int]]) -> tuple[HistogramBin, ...]:
    """Count numbers by intervals of one width; nothing where there are other values than numbers, or only one."""
    numbers: list[tuple[float, int]] = []
    for value, count in counted:
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return ()
        numbers.append((float(value), count))
    low, high = min((n for n, _ in numbers), default=0.0), max((n for n, _ in numbers), default=0.0)
    width = (high - low) / HISTOGRAM_BINS
    if not width > 0 or not math.isfinite(width):
        return ()
    counts = [0] * HISTOGRAM_BINS
    for number, count in numbers:
        counts[min(HISTOGRAM_BINS - 1, int((number - low) / width))] += count
    edges = [low + width * place for place in range(HISTOGRAM_BINS)] + [high]
    return tuple(HistogramBin(edges[place], edges[place + 1], count) for place, count in enumerate(counts))
