"""Pages of transcripts, what stands beside one, and counts by their values."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from ..._support.errors import ConfigError, UnknownNameError
from ..._support.json import finite
from ..._support.shapes import is_list, is_mapping
from ..._transcripts import count_values
from .corpus import Corpus, TranscriptSelection, read_cursor, write_cursor
from .records import (
    ColumnKind,
    HistogramBin,
    Neighbours,
    TranscriptColumn,
    TranscriptFacet,
    TranscriptPage,
    TranscriptRow,
    ValueCount,
)
from .texts import plain_value

if TYPE_CHECKING:
    from ..._query import ColumnPath
    from ..._types import TranscriptInfo

CELL_CHARACTERS: Final = 1000
"""Characters of a text that a list shows."""

HISTOGRAM_BINS: Final = 20
SAMPLED: Final = 200
"""Transcripts, about, whose values tell what a column holds."""

MOST_KEYS: Final = 50
MOST_DEPTH: Final = 3
ALIASES: Final = ("sample_id",)
"""Other names of columns that are listed themselves."""
_METADATA: Final = "metadata"


def transcript_page(
    corpus: Corpus,
    selection: TranscriptSelection,
    columns: Sequence[str],
    cursor: str | None,
    limit: int,
    start: int = 0,
) -> TranscriptPage:
    """Make a page of transcripts.

    Args:
        corpus: All transcripts.
        selection: Which of them, in what order.
        columns: What is told of each: fields, `metadata`, keys of metadata, and paths within these (none: all fields).
        cursor: Where the page begins (None: at `start`).
        limit: How many transcripts at most.
        start: How many are skipped, where no cursor is given.

    Raises:
        UnknownNameError: There is no such column.
        ConfigError: A condition or the cursor cannot be used.
    """
    chosen = corpus.select(selection)
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
        sum=_sum(counted),
    )


def transcript_columns(corpus: Corpus) -> tuple[TranscriptColumn, ...]:
    """List what transcripts can be filtered, sorted and counted by, with the paths into objects that some of them have."""
    if not len(corpus):
        return ()
    from ..._query import ColumnPath

    infos = corpus.index.infos(range(0, len(corpus), max(1, len(corpus) // SAMPLED)))
    names = dict.fromkeys((*_fields(), *(name for name in corpus.columns if name not in ALIASES)))
    return tuple(
        column for name in names for column in _described(ColumnPath(name), [_reader(name)(info) for info in infos])
    )


def _described(path: ColumnPath, values: Sequence[object]) -> Iterator[TranscriptColumn]:
    """Describe a column and, where it holds objects, the paths into it, by some of its values."""
    kinds: list[ColumnKind] = list(dict.fromkeys(kind for kind in map(_kind, values) if kind is not None))
    mixed: ColumnKind | None = "text" if kinds else None
    yield TranscriptColumn(str(path), kinds[0] if len(kinds) == 1 else mixed)
    if kinds != ["object"] or len(path.keys) >= MOST_DEPTH:
        return
    mappings = [value for value in values if is_mapping(value)]
    for key in list(dict.fromkeys(key for value in mappings for key in value))[:MOST_KEYS]:
        yield from _described(replace(path, keys=(*path.keys, key)), [value.get(key) for value in mappings])


def _kind(value: object) -> ColumnKind | None:
    if value is None or value in ("", {}):
        return None
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "object" if is_mapping(value) else "list" if is_list(value) else "text"


def _fields() -> tuple[str, ...]:
    from ..._types import TranscriptInfo

    return tuple(name for name in TranscriptInfo.model_fields if name != _METADATA)


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

    fields = _fields()
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


def _sum(counted: Sequence[tuple[object, int]]) -> float | None:
    """Add up numbers; nothing where there are other values than numbers."""
    numbers = [(value, count) for value, count in counted if value is not None]
    total = 0.0
    for value, count in numbers:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        total += value * count
    return total if numbers and math.isfinite(total) else None


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
