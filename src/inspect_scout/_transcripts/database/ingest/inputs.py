"""Inputs of a database as rows: transcripts, samples that are JSON already, tables of other programs."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Container, Iterable, Iterator, Sequence
from logging import getLogger
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

import pyarrow as pa

from ...._support.errors import ConfigError
from ...._types import Transcript, TranscriptInfo
from ...contract import RawTranscript
from ...decode.raw import raw_content, with_derived_ids
from ...decode.source import ByteSource
from ...labelled_cases import with_cases
from ..format.cell_values import coerce_index_cell, content_json
from ..format.column_types import with_aliases
from ..format.overflow import OVERFLOW, overflow_cells
from ..format.schema import CONTENT_COLUMNS, ID, SCHEMA_COLUMNS
from .description_cells import check_id, check_keys, index_cells
from .transcript_rows import raw_of
from .validation import schema_errors

logger = getLogger(__name__)

if TYPE_CHECKING:
    from ...._query import Query
    from ...contract import TranscriptSource


@runtime_checkable
class SelectedTranscripts(Protocol):
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
        """Ids of labelled cases; a transcript must be selected by each of these."""
        ...


@runtime_checkable
class HasRawRows(Protocol):
    """Transcripts that need not be made objects to be written."""

    def raw_rows(self) -> AsyncIterator[RawTranscript]:
        """Give them as they are stored."""
        ...


IngestInput: TypeAlias = "Iterable[Transcript | RawTranscript] | AsyncIterable[Transcript | RawTranscript] | SelectedTranscripts | pa.RecordBatchReader"
"""Transcripts to be written: one after the other, a collection, or rows in the columns of the format."""

_ACCEPTED = "a list or (async) iterator of Transcript, what transcripts_from(...) gives, or a pyarrow.RecordBatchReader"


async def input_rows(transcripts: IngestInput, skip: Container[str]) -> AsyncIterator[RawTranscript]:
    """Give the rows of transcripts.

    Args:
        transcripts: The transcripts.
        skip: Ids of transcripts that need not be read.

    Raises:
        ConfigError: They are something else.
    """
    given: Any = transcripts
    if isinstance(given, SelectedTranscripts):
        query = await with_cases(given.source, given.query, given.cases) if given.cases else given.query
        async for row in source_rows(given.source, query, skip):
            yield row
    elif isinstance(given, pa.RecordBatchReader):
        reader = cast("pa.RecordBatchReader", transcripts)
        for row in batch_rows(reader, skip):
            yield row
    elif isinstance(given, Transcript | str | bytes | dict):
        raise _refusal(transcripts)
    elif isinstance(given, HasRawRows):
        async for row in given.raw_rows():
            yield row
    elif isinstance(given, AsyncIterable):
        async for item in cast("AsyncIterable[object]", given):
            yield _transcript_row(item)
    elif isinstance(given, Iterable):
        for item in cast("Iterable[object]", given):
            yield _transcript_row(item)
    else:
        raise _refusal(given)


def _transcript_row(item: object) -> RawTranscript:
    if isinstance(item, RawTranscript):
        return item
    if not isinstance(item, Transcript):
        raise ConfigError(f"{_short(item)} is not a Transcript: give {_ACCEPTED}.")
    return raw_of(item)


def _refusal(given: object) -> ConfigError:
    return ConfigError(f"Cannot write {_short(given)} into a database: give {_ACCEPTED}.")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def sample_row(source: ByteSource, info: TranscriptInfo) -> RawTranscript:
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


async def source_rows(
    source: TranscriptSource, query: Query, skip: Container[str] = ()
) -> AsyncIterator[RawTranscript]:
    """Read transcripts of a source as rows, in the order of the query; warns about logs that cannot be read.

    Args:
        source: Where they are.
        query: Which of them.
        skip: Ids of transcripts to pass over: they are not read.

    Raises:
        LogReadError: A transcript cannot be read.
    """
    index = await source.index(query)
    for problem in index.problems:
        # What cannot be read must not be missed without a word.
        logger.warning("%s", problem)
    for position, id in enumerate(index.ids):
        if id not in skip:
            yield await (await source.locate(index.info(position))).raw()


def batch_rows(reader: pa.RecordBatchReader, skip: Container[str] = ()) -> Iterator[RawTranscript]:
    """Take rows from a table of another program.

    Columns of the published format that it has not are null; its other columns become metadata: numbers, booleans and text
    as they are, anything else as JSON. Of several rows with one id the first counts.

    Args:
        reader: The table, batch by batch.
        skip: Ids of transcripts to pass over.

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
    check_keys("(the table)", dict.fromkeys(set(names) - {c.name for c in SCHEMA_COLUMNS}))
    seen: set[str] = set()
    for batch in reader:
        for row in _table_rows(with_aliases(pa.Table.from_batches([batch]))):
            if row.transcript_id not in seen and row.transcript_id not in skip:
                seen.add(row.transcript_id)
                yield row


def _table_rows(table: pa.Table) -> Iterator[RawTranscript]:
    cells: dict[str, list[Any]] = {
        name: table.column(name).to_pylist() for name in table.column_names if name not in CONTENT_COLUMNS
    }
    contents = [table.column(name) if name in table.column_names else None for name in CONTENT_COLUMNS]
    for position, id in enumerate(cells.pop(ID)):
        check_id(id)
        columns = {name: coerce_index_cell(name, values[position]) for name, values in cells.items()}
        columns = {**overflow_cells(columns.pop(OVERFLOW, None)), **columns}
        parts = [None if column is None else content_json(column[position]) for column in contents]
        yield RawTranscript(id, columns, **dict(zip(CONTENT_COLUMNS, parts, strict=True)))
