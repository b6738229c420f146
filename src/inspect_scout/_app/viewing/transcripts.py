"""Lists of transcripts, and one transcript, as `/api/v2` gives them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from ..._query import Condition, OrderBy, Query, condition_from_sql
from ..._support.errors import ConfigError, LocationError, UnknownNameError
from ..._support.json import dumps
from ..._support.shapes import is_mapping
from ..._transcripts import first_of_each, select_positions
from ..._types import TranscriptInfo
from .paging import PageRequest, next_cursor, page_range, rows_behind

if TYPE_CHECKING:
    from ..._transcripts import Located
    from ..reading.corpus import Corpus
    from ..reading.transcript_cache import TranscriptCache

_ID = "transcript_id"
_DESCRIBED_AT_ONCE = 1000
_PLAIN: Mapping[str, type] = {"total_time": float, "total_tokens": int, "message_count": int}
"""Fields that may have a value of their own in each transcript, and their types: what conditions see is what they hold."""


async def transcript_rows(
    cache: TranscriptCache, location: str, filters: Sequence[str], request: PageRequest
) -> dict[str, object]:
    """List transcripts.

    Args:
        cache: What is kept of transcripts.
        location: Where they are; a location that does not exist holds none.
        filters: SQL conditions of the project, all of which must hold.
        request: Which of them, in what order, and how many.

    Returns:
        `items`, `total_count` and `next_cursor`, fit for JSON.

    Raises:
        ConfigError: A condition, the order or the cursor cannot be used; unknown columns are named.
    """
    where = (*_project_conditions(filters), *([request.where] if request.where is not None else []))
    order = (*request.order_by, OrderBy(_ID)) if request.order_by else ()

    def find(corpus: Corpus) -> dict[str, object]:
        positions = select_positions(corpus.index, Query(where, order))
        total = len(positions)
        edge, found = total if request.backward else 0, False
        if request.cursor is not None:
            edge, found = _edge(corpus, Query(where, order), positions, request.cursor)
        page = page_range(request, total, edge, found)
        infos = corpus.index.infos([positions[place] for place in page])
        last = (infos[0] if request.backward else infos[-1]) if infos else None
        row = None if last is None else {one.column: _cell(last, one.column) for one in (*order, OrderBy(_ID))}
        items = [info.model_dump(mode="python") for info in infos]
        return {"items": items, "total_count": total, "next_cursor": next_cursor(request, page, total, row)}

    try:
        return await cache.ask((location,), find)
    except LocationError:
        return {"items": [], "total_count": 0, "next_cursor": None}


def _edge(corpus: Corpus, query: Query, positions: Sequence[int], cursor: Mapping[str, JsonValue]) -> tuple[int, bool]:
    """Find the place of the row of a cursor, also if it is gone."""
    id = cursor.get(_ID)
    if not isinstance(id, str):
        raise ConfigError(f"The cursor has no {_ID!r}: give the next_cursor of a page as it was.")
    with contextlib.suppress(LocationError, ValueError):  # it is gone, or does not meet the conditions any more
        return positions.index(corpus.position(id)), True
    if not query.order_by:
        raise ConfigError(
            f"The transcript {id!r} of the cursor is not in the list any more. Read the list from its start."
        )
    behind = rows_behind(query.order_by, cursor)
    return len(positions) - len(select_positions(corpus.index, Query((*query.where, behind)))), False


async def distinct_values(
    cache: TranscriptCache, location: str, filters: Sequence[str], column: str, where: Condition | None
) -> list[object]:
    """List the values of a column, sorted; None comes first.

    Args:
        cache: What is kept of transcripts.
        location: Where the transcripts are.
        filters: SQL conditions of the project, all of which must hold.
        column: The column, or a path within one.
        where: One more condition.

    Raises:
        UnknownNameError: There is no such column.
    """
    conditions = (*_project_conditions(filters), *([where] if where is not None else []))

    try:
        return sorted_scalars(await cache.ask((location,), lambda corpus: _distinct(corpus, conditions, column)))
    except UnknownNameError as error:
        raise UnknownNameError("column", column, error.known) from None
    except LocationError:
        return []


def _distinct(corpus: Corpus, where: Sequence[Condition], column: str) -> set[object]:
    """Find the values of a column by the transcripts that are the first to have them: describing all would take seconds."""
    firsts = first_of_each(corpus.index, where, column)
    kind = _PLAIN.get(column)
    if kind is not None and all(value is None or type(value) is kind for value, _ in firsts):
        return {value for value, _ in firsts}
    found = _cells(corpus, [position for _, position in firsts], column)
    numbers = any(isinstance(value, int | float) for value in found)
    if numbers and any(isinstance(value, str) for value, _ in firsts) and "." not in column:
        # Of values of several types, conditions see the texts: 1 and "1" are the same there.
        return _cells(corpus, select_positions(corpus.index, Query(tuple(where))), column)
    return found


def _cells(corpus: Corpus, positions: Sequence[int], column: str) -> set[object]:
    starts = range(0, len(positions), _DESCRIBED_AT_ONCE)
    parts = (corpus.index.infos(positions[start : start + _DESCRIBED_AT_ONCE]) for start in starts)
    return {_cell(info, column) for infos in parts for info in infos}


def sorted_scalars(values: set[object]) -> list[object]:
    """Sort scalars of any kinds: None, switches and numbers, then texts."""

    def rank(value: object) -> tuple[int, float, str]:
        if isinstance(value, int | float):
            return 1, float(value), ""
        return (0, 0.0, "") if value is None else (2, 0.0, str(value))

    return sorted(values, key=rank)


def _project_conditions(filters: Sequence[str]) -> list[Condition]:
    return [condition_from_sql(text) for text in filters]


def _cell(info: TranscriptInfo, column: str) -> object:
    """Give the scalar of a column, or of a place within one; what is not a scalar is JSON text."""
    if column in TranscriptInfo.model_fields:
        return _as_scalar(getattr(info, column))
    if column in info.metadata:
        return _as_scalar(info.metadata[column])
    value: object = info.metadata
    for key in column.removeprefix("metadata.").split("."):
        inner: object = value.get(key) if is_mapping(value) else None
        value = inner
    return _as_scalar(value)


def _as_scalar(value: object) -> object:
    return value if value is None or isinstance(value, str | bool | int | float) else dumps(value)


async def transcript_info(cache: TranscriptCache, location: str, transcript_id: str) -> dict[str, object]:
    """Describe a transcript.

    Raises:
        LocationError: There is none of this id.
    """
    info = await cache.ask((location,), lambda corpus: corpus.info(transcript_id))
    return info.model_dump(mode="python")


async def locate_transcript(cache: TranscriptCache, location: str, transcript_id: str) -> Located:
    """Find where a transcript is.

    Raises:
        LocationError: There is none of this id.
    """
    corpus = await cache.corpus((location,))
    return await corpus.source.locate(corpus.info(transcript_id))
