"""What users hand to a database, as the rows that go into it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Container, Iterable
from typing import Any, TypeAlias, cast

import pyarrow as pa

from ..._support.errors import ConfigError
from ..._types import Transcript
from ..collection import Transcripts
from ..contract import RawTranscript
from ..labelled import with_cases
from .encode import raw_of
from .incoming import from_batches, from_source

Input: TypeAlias = "Iterable[Transcript] | AsyncIterable[Transcript] | Transcripts | pa.RecordBatchReader"
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
    if isinstance(given, Transcripts):
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
