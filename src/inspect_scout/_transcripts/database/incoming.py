"""What goes into a database, as rows: what users hand to it, what is JSON already, rows of other programs."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Container, Iterable, Iterator, Sequence
from logging import getLogger
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

import pyarrow as pa

from ..._support.errors import ConfigError
from ..._types import Transcript, TranscriptInfo
from ..contract import RawTranscript
from ..decode.raw import raw_content, with_derived_ids
from ..decode.source import ByteSource
from ..labelled import with_cases
from .cells import content_cell, index_cell
from .columns import with_aliases
from .encode import check_id, check_keys, index_cells, raw_of
from .rest import REST, rest_cells
from .schema import COLUMNS, CONTENT, ID
from .validation import schema_errors

logger = getLogger(__name__)

if TYPE_CHECKING:
    from ..._query import Query
    from ..contract import TranscriptSource


@runtime_checkable
class Selected(Protocol):
    """Transcripts as users choose them: a collection."""

    @property
    def source(self) -> TranscriptSource:
        """Where they are."""
        ...

    @property
    def query(self) -> Query:
        """Which of them, in what order."""
        ...

    @property
    def cases(self) -> Sequence[frozenset[str]]:
        """Ids of labelled cases; a transcript must be meant by each of these."""
        ...


Input: TypeAlias = "Iterable[Transcript] | AsyncIterable[Transcript] | Selected | pa.RecordBatchReader"
"""Transcripts to be written: one after the other, a collection, or rows in the columns of the format."""

_FORMS = "a list or (async) iterator of Transcript, what transcripts_from(...) gives, or a pyarrow.RecordBatchReader"


async def rows_of(transcripts: Input, known: Container[str]) -> AsyncIterator[RawTranscript]:
    """Give the rows of transcripts.

    Args:
        transcripts: The transcripts.
        known: Ids of transcripts that need not be read.

    Raises:
        ConfigError: They are something else.
    """
    given: Any = transcripts
    if isinstance(given, Selected):
        query = await with_cases(given.source, given.query, given.cases) if given.cases else given.query
        async for row in from_source(given.source, query, known):
            yield row
    elif isinstance(given, pa.RecordBatchReader):
        reader = cast("pa.RecordBatchReader", transcripts)
        for row in from_batches(reader, known):
            yield row
    elif isinstance(given, Transcript | str | bytes | dict):
        raise _refused(transcripts)
    elif isinstance(given, AsyncIterable):
        async for item in cast("AsyncIterable[object]", given):
            yield _row(item)
    elif isinstance(given, Iterable):
        for item in cast("Iterable[object]", given):
            yield _row(item)
    else:
        raise _refused(given)


def _row(item: object) -> RawTranscript:
    if not isinstance(item, Transcript):
        raise ConfigError(f"{_short(item)} is no Transcript: give {_FORMS}.")
    return raw_of(item)


def _refused(given: object) -> ConfigError:
    return ConfigError(f"Cannot write {_short(given)} into a database: give {_FORMS}.")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def store_sample(source: ByteSource, info: TranscriptInfo) -> RawTranscript:
    """Write a sample of an eval log as a row, without making objects of its content if everything in it has an id.

    Args:
        source: The JSON of the sample.
        info: What the index of the log says about it; the sample's own metadata, target and scores are added.

    Raises:
        SampleError: The sample is damaged.
        ConfigError: A key of its metadata cannot name a column.
    """
    content, body = raw_content(source)
    cells = index_cells(info, body.overlay(info.metadata))
    return RawTranscript(info.transcript_id, cells, **with_derived_ids(content, info))


async def from_source(
    source: TranscriptSource, query: Query, known: Container[str] = ()
) -> AsyncIterator[RawTranscript]:
    """Read transcripts of a source as rows, in the order of the query; warns about logs that cannot be read.

    Args:
        source: Where they are.
        query: Which of them.
        known: Ids of transcripts to pass over: they are not read.

    Raises:
        LogReadError: A transcript cannot be read.
    """
    index = await source.index(query)
    for problem in index.problems:
        # What cannot be read must not be missed without a word.
        logger.warning("%s", problem)
    for position, id in enumerate(index.ids):
        if id not in known:
            yield await (await source.locate(index.info(position))).raw()


def from_batches(reader: pa.RecordBatchReader, known: Container[str] = ()) -> Iterator[RawTranscript]:
    """Take rows from a table that somebody else made.

    Columns of the published format that it has not are null; its other columns become metadata: numbers, booleans and text
    as they are, anything else as JSON. Of several rows with one id the first counts.

    Args:
        reader: The table, batch by batch.
        known: Ids of transcripts to pass over.

    Raises:
        ConfigError: A column is missing, has another type or a name that it cannot have, or a row has no id.
    """
    names: list[str] = list(reader.schema.names)
    if ID not in names:
        raise ConfigError(f"RecordBatch schema must contain '{ID}' column; it has {', '.join(map(repr, names[:20]))}.")
    if refused := [error.message for error in schema_errors(reader.schema)]:
        raise ConfigError(" ".join(refused))
    if len(set(names)) < len(names):
        raise ConfigError(f"Two columns have one name: {sorted(n for n in set(names) if names.count(n) > 1)!r}.")
    check_keys("(the table)", dict.fromkeys(set(names) - {c.name for c in COLUMNS}))
    seen: set[str] = set()
    for batch in reader:
        for row in _rows(with_aliases(pa.Table.from_batches([batch]))):
            if row.transcript_id not in seen and row.transcript_id not in known:
                seen.add(row.transcript_id)
                yield row


def _rows(table: pa.Table) -> Iterator[RawTranscript]:
    cells: dict[str, list[Any]] = {
        name: table.column(name).to_pylist() for name in table.column_names if name not in CONTENT
    }
    contents = [table.column(name) if name in table.column_names else None for name in CONTENT]
    for position, id in enumerate(cells.pop(ID)):
        check_id(id)
        columns = {name: index_cell(name, values[position]) for name, values in cells.items()}
        columns = {**rest_cells(columns.pop(REST, None)), **columns}
        parts = [None if column is None else content_cell(column[position]) for column in contents]
        yield RawTranscript(id, columns, **dict(zip(CONTENT, parts, strict=True)))
