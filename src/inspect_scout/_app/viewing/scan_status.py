"""One scan, as `/api/v2` gives it: how it stands, its results, one row of them."""

from __future__ import annotations

import io
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from ..._query import Condition, Operator
from ..._results import ResultsQuery, ResultsTable, read_status, view_batches
from ..._support.errors import LocationError
from ..._support.storage import is_local, normalize
from ..._types import Status
from ..bridge import run_sync
from ..listing.off_loop import off_loop

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS: Final = 4096
"""Of a million rows of 64 columns, batches of 1024 take 1.5 s of the processor, these 1.1 s, and twice as large ones 1.0 s."""

_JSON_COLUMNS: Final = frozenset(("input", "input_data", "scan_events"))
"""Columns of JSON that are given as what they say, not as text."""


async def status_json(location: str) -> dict[str, object]:
    """Tell how a scan stands, and what defines it; the ids of its transcripts are left out, however many they are.

    Raises:
        LocationError: There is no scan.
    """
    return status_fields(await off_loop(location, lambda: read_status(location, ids=False)))


def status_fields(status: Status) -> dict[str, object]:
    """Write a status as JSON has it."""
    spec, transcripts = status.spec, status.spec.transcripts
    if transcripts is not None:
        count = max(transcripts.count, len(transcripts.transcript_ids))
        counted = transcripts.model_copy(update={"transcript_ids": {}, "data": None, "count": count})
        spec = spec.model_copy(update={"transcripts": counted})
    return {
        "complete": status.complete,
        "spec": spec.model_dump(mode="json"),
        "location": status.location,
        "summary": status.summary.model_dump(mode="json"),
        "errors": [error.model_dump(mode="json") for error in status.errors],
    }


async def results_stream(location: str, scanner: str, exclude: Sequence[str]) -> Generator[bytes]:
    """Read all results of a scanner as an Arrow stream, compressed with LZ4.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        exclude: Columns to leave out.

    Raises:
        LocationError: There is no scan.
        UnknownScannerError: It has no such scanner.
    """
    table = _stored(location)
    view = await off_loop(location, lambda: table.row_view(scanner))
    return _as_stream(view_batches(view, _BATCH_ROWS, exclude))


def _as_stream(reader: pa.RecordBatchReader) -> Generator[bytes]:
    import pyarrow as pa

    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="lz4")

    def written() -> bytes:
        data = sink.getvalue()
        sink.seek(0)
        sink.truncate()
        return data

    with reader, pa.ipc.new_stream(sink, reader.schema, options=options) as writer:
        yield written()
        for batch in reader:
            writer.write_batch(batch)  # pyright: ignore[reportUnknownMemberType]
            yield written()
    yield written()


async def result_cells(location: str, scanner: str, uuid: str, columns: Sequence[str]) -> bytes:
    """Read some columns of one row of results as a JSON object; a column that does not exist is null.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        uuid: Id of the row.
        columns: The columns.

    Raises:
        LocationError: There is no scan, or no such row.
        UnknownScannerError: It has no such scanner.
    """

    async def read() -> dict[str, object] | None:
        table = _stored(location)
        view = await table.row_view(scanner)
        named = view.source.existing(columns)
        where = Condition(left="uuid", operator=Operator.EQ, right=uuid)
        page = table.read_page([view], ResultsQuery(where, named or ["uuid"], limit=1))
        rows = page.table.to_pylist()
        return rows[0] if rows else None

    cells = await off_loop(location, read)
    if cells is None:
        raise LocationError(f"No result of {scanner!r} has the uuid {uuid!r}.")
    return msgspec.json.encode({name: _embedded(name, cells.get(name)) for name in columns})


def _embedded(name: str, value: object) -> object:
    """Give JSON as what it says; what is not JSON after all stays text."""
    if name not in _JSON_COLUMNS or not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return value


def _stored(location: str) -> ResultsTable:
    return ResultsTable.open(normalize(location) if is_local(location) else location, run_sync, rows="stored")
