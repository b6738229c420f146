"""Counting recorded rows. Needs Arrow, but none of the models of inspect_ai."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from .._support.arrow import array
from .._support.json import loads
from .._support.shapes import is_list, is_mapping
from .catalog import Catalog
from .counting import count_cell
from .pairs import PairRecord
from .parquet import open_table
from .schema import results_schema
from .table import cells, column, compute, select_fields

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

_NOTHING_UNSEEN = (None, "[]")


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that holds an error."""

    transcript_id: str
    scanner: str
    error: str
    traceback: str
    refusal: bool


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """A row that was compared with a labelled case."""

    id: str | list[str]
    target: Any
    valid: bool | dict[str, bool]
    known: bool = True
    """Whether the row says what was expected."""


@dataclass(slots=True)
class ScannerTally:
    """What the recorded rows of a scanner amount to.

    Args:
        scanner: Its key.
        transcripts: Transcripts with rows.
        empty: Transcripts for which it was given nothing.
        rows: Invocations, failed ones included.
        fingerprints: Invocations by fingerprint of the scanner.
        incomplete: Invocations whose input could not be read whole.
        unseen_citations: Invocations whose result cites messages that were not shown.
        calls_without_usage: Answers of models that told no usage.
    """

    scanner: str
    transcripts: set[str] = field(default_factory=set[str])
    empty: set[str] = field(default_factory=set[str])
    results: int = 0
    tokens: int = 0
    error_count: int = 0
    errors: list[RowError] = field(default_factory=list[RowError])
    verdicts: list[RowVerdict] = field(default_factory=list[RowVerdict])
    not_compared: int = 0
    usage: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    rows: int = 0
    fingerprints: dict[str, int] = field(default_factory=dict[str, int])
    incomplete: int = 0
    unseen_citations: int = 0
    calls_without_usage: int = 0

    @property
    def scans(self) -> int:
        """Transcripts recorded."""
        return len(self.transcripts) + len(self.empty)

    def add_rows(self, table: pa.Table) -> None:
        """Count rows; the table may lack any of the columns."""
        self.transcripts.update(cells(table, "transcript_id"))
        values, types = cells(table, "value"), cells(table, "value_type")
        self.results += sum(count_cell(_text(value), kind) for value, kind in zip(values, types))
        # Added in Python, where numbers from strangers do not overflow.
        self.tokens += sum(number for number in cells(table, "scan_total_tokens") if isinstance(number, int))
        for text in cells(table, "scan_model_usage"):
            if text is not None and text != "{}":
                self._add_usage(_mapping(text))
        self._add_notes(table)
        self._add_errors(table)
        self._add_verdicts(table)

    def add_record(self, record: PairRecord) -> None:
        """Count a pair by what the journal says of it; errors and verdicts are only counted."""
        (self.transcripts if record.rows else self.empty).add(record.transcript_id)
        self.results += record.results
        self.tokens += record.tokens
        self.error_count += record.errors
        self._add_usage(record.usage)
        self.rows += record.rows
        self.incomplete += record.incomplete
        self.unseen_citations += record.unseen
        if record.fingerprint is not None and record.rows:
            self._add_fingerprint(record.fingerprint, record.rows)

    def _add_usage(self, usage: Mapping[str, Any]) -> None:
        for model, used in usage.items():
            total = self.usage.setdefault(model, {})
            for kind, number in _items(used):
                if kind == "calls_without_usage":
                    self.calls_without_usage += number if isinstance(number, int) else 0
                elif isinstance(number, int | float):
                    total[kind] = total.get(kind, 0) + number

    def _add_notes(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        self.incomplete += sum(bool(items) for items in cells(table, "incomplete_items"))
        self.unseen_citations += sum(cited not in _NOTHING_UNSEEN for cited in cells(table, "unseen_citations"))
        for fingerprint, count in Counter(cells(table, "scanner_fingerprint")).items():
            if fingerprint is not None:
                self._add_fingerprint(fingerprint, count)

    def _add_fingerprint(self, fingerprint: str, rows: int) -> None:
        self.fingerprints[fingerprint] = self.fingerprints.get(fingerprint, 0) + rows

    def _add_errors(self, table: pa.Table) -> None:
        if not any(error is not None for error in cells(table, "scan_error")):
            return
        columns = ("transcript_id", "scan_error", "scan_error_traceback", "scan_error_type")
        for transcript_id, error, trace, kind in zip(*(cells(table, name) for name in columns)):
            if error is not None:
                found = RowError(transcript_id or "", self.scanner, error, trace or "", kind == "refusal")
                self.errors.append(found)
                self.error_count += 1

    def _add_verdicts(self, table: pa.Table) -> None:
        self.not_compared += sum(error is not None for error in cells(table, "validation_error"))
        if not any(result is not None for result in cells(table, "validation_result")):
            return
        columns = ("transcript_id", "input_ids", "validation_target", "validation_result")
        for transcript_id, ids, target, result in zip(*(cells(table, name) for name in columns)):
            valid = _verdict(result)
            if valid is not None:
                self.verdicts.append(
                    RowVerdict(case_id(ids, transcript_id), _json(target), valid, known=target is not None)
                )


def tally_recorded(catalog: Catalog, scanner: str) -> ScannerTally:
    """Count what is recorded of a scanner, the journal by what its footers say."""
    tally = ScannerTally(scanner)
    places = catalog.journal.get(scanner, {})
    if scanner in catalog.tables:
        with open_table(catalog.storage, catalog.tables[scanner]) as file:
            for group in range(len(file.group_rows())):
                tally.add_rows(_without(file.read_group(group, COUNTED_COLUMNS), places))
    for place in places.values():
        tally.add_record(place.record)
    tally.empty |= catalog.empty_pairs(scanner)
    return tally


def tally_rows(catalog: Catalog, scanner: str, order: Iterable[str]) -> ScannerTally:
    """Count what is recorded of a scanner, with each error and each verdict in the order of transcripts."""
    tally = ScannerTally(scanner)
    for table in catalog.rows(scanner, order, select_fields(results_schema(), COUNTED_COLUMNS)):
        tally.add_rows(table)
    tally.empty |= catalog.empty_pairs(scanner)
    return tally


def _without(table: Any, transcripts: Mapping[str, object]) -> pa.Table:
    if not transcripts:
        rows: pa.Table = table
    else:
        ids = column(table, "transcript_id")
        rows = table.filter(compute.invert(compute.is_in(ids, value_set=array(list(transcripts), ids.type))))
    return rows


def _text(value: Any) -> str | None:
    """Text of a value; older tables may hold numbers."""
    return value if value is None or isinstance(value, str) else str(value)


def _json(text: str | None) -> Any:
    try:
        return None if text is None else loads(text)
    except ValueError:
        return text


def _mapping(text: str) -> dict[str, Any]:
    return dict(_items(_json(text)))


def _items(value: Any) -> list[tuple[str, Any]]:
    return [(str(key), item) for key, item in value.items()] if is_mapping(value) else []


def _verdict(text: str | None) -> bool | dict[str, bool] | None:
    parsed = _json(text)
    if isinstance(parsed, bool):
        return parsed
    return {key: bool(valid) for key, valid in _items(parsed)} if isinstance(parsed, dict) else None


def case_id(input_ids: str | None, transcript_id: str | None) -> str | list[str]:
    """Give the id that a case about a row has: that of its input, or those of its list of inputs."""
    parsed = _json(input_ids)
    ids = parsed if is_list(parsed) else []
    if len(ids) == 1:
        return str(ids[0])
    return [str(i) for i in ids] or transcript_id or ""
