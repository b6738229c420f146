"""Counting recorded rows. Needs Arrow, but none of the models of inspect_ai."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from msgspec.structs import replace

from ..._support.arrow import array
from ..._support.causes.grouping import ErrorEntry, ErrorGroup, group_errors
from ..._support.errors import StorageError
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import Storage
from ..._types import ScannerState
from ..files.errors import StoredError
from ..journal.index import JournalIndex, UnknownScannerError, with_index
from ..rows.arrow_tables import cells, column, compute, filter_rows, select_fields
from ..rows.cells import read_json
from ..rows.counting import count_row_results
from ..rows.pair_records import PairRecord, add_usage, confusion_of, counts_of_records, pop_calls_without_usage
from ..rows.parquet import open_table
from ..rows.schema import results_schema

COUNTED_COLUMNS = (
    "transcript_id",
    "input_ids",
    "value",
    "value_type",
    "scan_error",
    "scan_error_traceback",
    "scan_error_type",
    "validation_target",
    "validation_result",
    "validation_error",
    "scan_total_tokens",
    "scan_model_usage",
    "scanner_fingerprint",
    "incomplete_items",
    "unseen_citations",
)
"""Columns that counting needs."""

ERROR_COLUMNS = ("transcript_id", "scan_error", "scan_error_traceback", "scan_error_type")
"""Columns that errors are made of."""

logger = logging.getLogger(__name__)

_NOTHING_UNSEEN = (None, "[]")


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """A row that was compared with a labelled case."""

    id: str | list[str]
    target: Any
    valid: bool | dict[str, bool]
    has_target: bool = True
    """Whether the row says what was expected."""


@dataclass(slots=True)
class RowCounter:
    """What is recorded of a scanner.

    Args:
        scanner: Its key.
        transcripts: Transcripts with rows.
        empty: Transcripts for which it was given nothing.
        errors: Each error, of rows that were read.
        verdicts: Each verdict, of rows that were read.
    """

    scanner: str
    transcripts: set[str] = field(default_factory=set[str])
    empty: set[str] = field(default_factory=set[str])
    errors: list[StoredError] = field(default_factory=list[StoredError])
    verdicts: list[RowVerdict] = field(default_factory=list[RowVerdict])
    _counts: ScannerState = field(default_factory=ScannerState)

    @property
    def counts(self) -> ScannerState:
        """What it all amounts to."""
        compared = ScannerState(agreement=confusion_of((v.target, v.valid) for v in self.verdicts if v.has_target))
        return replace(self._counts + compared, scans=len(self.transcripts) + len(self.empty))

    def add_rows(self, table: pa.Table) -> None:
        """Count rows; the table may lack any of the columns."""
        self.transcripts.update(cells(table, "transcript_id"))
        self.errors += row_errors(table, self.scanner)
        self.verdicts += _row_verdicts(table)
        self._counts += _row_counts(table)

    def add_records(self, records: Iterable[PairRecord]) -> None:
        """Count pairs by what the journal says of them."""
        listed = list(records)
        for record in listed:
            (self.transcripts if record.rows else self.empty).add(record.transcript_id)
        self._counts += counts_of_records(listed)


def count_scanners(index: JournalIndex, scanners: Sequence[str], order: Sequence[str] | None) -> dict[str, RowCounter]:
    """Count what is recorded of scanners; those whose rows are damaged are left out, with a warning.

    Args:
        index: Where it is.
        scanners: Their keys.
        order: Transcript ids, to read each error and verdict in this order (None: these do not matter, and of the journal
            it is enough what its footers say).

    Raises:
        LocationError: A file has vanished since (the journal was merged): load the index again.
    """
    found: dict[str, RowCounter] = {}
    for scanner, part in index.with_shared_groups(scanners, COUNTED_COLUMNS):
        try:
            found[scanner] = _count_footers(part, scanner) if order is None else count_rows(part, scanner, order)
        except StorageError as error:
            logger.warning("The rows of scanner %r cannot be counted: %s", scanner, error)
    return {key: found[key] for key in scanners if key in found}


def _count_footers(index: JournalIndex, scanner: str) -> RowCounter:
    counter = RowCounter(scanner)
    entries = index.journal.get(scanner, {})
    if scanner in index.tables:
        with open_table(index.storage, index.tables[scanner]) as file:
            for group in range(len(file.group_rows())):
                table = file.read_group(group, COUNTED_COLUMNS)
                if entries:
                    ids = column(table, "transcript_id")
                    newer = compute.is_in(ids, value_set=array(list(entries), ids.type))
                    table = filter_rows(table, compute.invert(newer))
                counter.add_rows(table)
    counter.add_records(entry.record for entry in entries.values())
    counter.empty |= index.empty_pairs(scanner)
    return counter


def count_rows(index: JournalIndex, scanner: str, order: Iterable[str]) -> RowCounter:
    """Count what is recorded of a scanner, with each error and each verdict in the order of transcripts."""
    counter = RowCounter(scanner)
    for table in index.rows(scanner, order, select_fields(results_schema(), COUNTED_COLUMNS)):
        counter.add_rows(table)
    counter.empty |= index.empty_pairs(scanner)
    return counter


def row_errors(table: pa.Table, scanner: str) -> list[StoredError]:
    """List the errors that rows hold."""
    if not any(error is not None for error in cells(table, "scan_error")):
        return []
    return [
        StoredError(transcript_id or "", scanner, error, trace or "", kind == "refusal")
        for transcript_id, error, trace, kind in zip(*(cells(table, name) for name in ERROR_COLUMNS))
        if error is not None
    ]


def _row_verdicts(table: pa.Table) -> list[RowVerdict]:
    if not any(result is not None for result in cells(table, "validation_result")):
        return []
    columns = ("transcript_id", "input_ids", "validation_target", "validation_result")
    return [
        RowVerdict(case_id(ids, transcript_id), read_json(target), valid, has_target=target is not None)
        for transcript_id, ids, target, result in zip(*(cells(table, name) for name in columns))
        if (valid := _verdict(result)) is not None
    ]


def _row_counts(table: pa.Table) -> ScannerState:
    """Count rows, apart from transcripts and verdicts, about which other rows may say more."""
    counted = {"value", "value_type"} <= set(table.column_names)
    usage: dict[str, dict[str, float]] = {}
    for text in cells(table, "scan_model_usage"):
        if text is not None and text != "{}":
            add_usage(usage, _usage(text))
    fingerprints = Counter(
        fingerprint for fingerprint in cells(table, "scanner_fingerprint") if fingerprint is not None
    )
    return ScannerState(
        rows=table.num_rows,
        results=int(count_row_results(column(table, "value"), column(table, "value_type")).sum()) if counted else 0,
        errors=sum(error is not None for error in cells(table, "scan_error")),
        # Added in Python, where numbers from strangers do not overflow.
        tokens=sum(number for number in cells(table, "scan_total_tokens") if isinstance(number, int)),
        incomplete=sum(bool(items) for items in cells(table, "incomplete_items")),
        unseen_citations=sum(cited not in _NOTHING_UNSEEN for cited in cells(table, "unseen_citations")),
        calls_without_usage=pop_calls_without_usage(usage),
        not_compared=sum(error is not None for error in cells(table, "validation_error")),
        usage=usage,
        fingerprints=dict(fingerprints),
    )


def _usage(text: str) -> dict[str, dict[str, Any]]:
    return {model: dict(_members(kinds)) for model, kinds in _members(read_json(text))}


def _members(value: Any) -> list[tuple[str, Any]]:
    return [(str(key), item) for key, item in value.items()] if is_mapping(value) else []


def _verdict(text: str | None) -> bool | dict[str, bool] | None:
    parsed = read_json(text)
    if isinstance(parsed, bool):
        return parsed
    return {key: bool(valid) for key, valid in _members(parsed)} if isinstance(parsed, dict) else None


def case_id(input_ids: str | None, transcript_id: str | None) -> str | list[str]:
    """Give the id that a case about a row has: that of its input, or those of its list of inputs."""
    parsed = read_json(input_ids)
    ids = parsed if is_list(parsed) else []
    if len(ids) == 1:
        return str(ids[0])
    return [str(i) for i in ids] or transcript_id or ""


async def group_row_errors(
    storage: Storage,
    location: str,
    declared: Sequence[str],
    listed: Mapping[str, Sequence[ErrorEntry]],
    scanner: str | None = None,
) -> list[ErrorGroup]:
    """Read the errors of a scan, and put those of one cause together.

    Args:
        storage: Where the scan is.
        location: The scan.
        declared: Scanners of the scan.
        listed: Its list of errors by scanner, which counts where rows are missing or cannot be read.
        scanner: Only errors of this scanner (None: of all).

    Raises:
        UnknownScannerError: There is no such scanner.
    """

    def grouped(index: JournalIndex) -> list[ErrorGroup]:
        known = list(dict.fromkeys([*declared, *index.recorded_scanners(), *listed]))
        if scanner is not None and scanner not in known:
            raise UnknownScannerError(scanner, filter(None, known))
        return group_errors(_errors(index, known if scanner is None else [scanner], listed))

    return await with_index(storage, location, grouped)


def _errors(
    index: JournalIndex, scanners: Sequence[str], listed: Mapping[str, Sequence[ErrorEntry]]
) -> Iterator[ErrorEntry]:
    for scanner in scanners:
        found: set[str] = set()
        try:
            for table in index.rows(scanner, (), select_fields(results_schema(), ERROR_COLUMNS)):
                for error in row_errors(table, scanner):
                    found.add(error.transcript_id)
                    yield error
        except StorageError as error:
            logger.warning("The rows of scanner %r cannot be read, its list of errors counts: %s", scanner, error)
        else:
            if scanner in index.tables or scanner in index.journal:
                continue
        yield from (error for error in listed.get(scanner, ()) if error.transcript_id not in found)
