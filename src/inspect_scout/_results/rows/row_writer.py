"""Reports as rows, how large these are, and what becomes of cells that are larger than a file can hold."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
import pyarrow as pa
from pydantic import BaseModel

from ..._support.arrow import Array, array
from ..._support.clock import SYSTEM_CLOCK, Clock
from ..._support.errors import UnknownNameError
from ..._support.ids import new_id
from ..._support.json import dumps, well_formed
from ..._types import unseen_citations
from .arrow_tables import concat_promoted, repeat, table_of, take
from .cells import (
    Cell,
    clean_id,
    input_text,
    int64_or_none,
    json_text,
    references_text,
    scan_cells,
    scanner_cells,
    transcript_cells,
    value_text,
    value_type,
)
from .counting import count_results
from .pair_records import PairRecord, add_usage, confusion_of
from .schema import (
    HIDDEN_COLUMNS,
    RELIABILITY_COLUMNS,
    RESULT_COLUMNS,
    SCAN_COLUMNS,
    SCANNER_COLUMNS,
    TRANSCRIPT_COLUMNS,
    USAGE_COLUMNS,
    results_schema,
)

if TYPE_CHECKING:
    from ..._types import InputOrigin, ResultReport, ScanSpec, TranscriptInfo

logger = logging.getLogger("inspect_scout")

RecordInput = Literal["auto", "copy", "reference"]
"""Whether a row holds a copy of the scanner's input, or says where it can be found (auto: copies what is small)."""

COPY_BYTES = 16 * 1024
"""Inputs up to this size are copied, even if they can be found again."""

_SINGLE = ("message", "event")
_KEPT_DESCRIPTIONS = 64

CELL_BYTES: Final = 2**30
"""Largest text of a cell: a column of a table chunk has to stay below the two gigabytes that its offsets can count."""

OWN_COLUMNS: Final = RESULT_COLUMNS + USAGE_COLUMNS + RELIABILITY_COLUMNS[1:] + HIDDEN_COLUMNS
"""Columns that each invocation fills; the fingerprint is the same for all of a scanner."""

_LARGE_POSITIONS = [
    [n for n, _ in OWN_COLUMNS].index(n) for n in ("input", "input_data", "value", "explanation", "scan_events")
]
_NAMES: Final = [name for name, _ in OWN_COLUMNS]
_REPLACEMENTS: Final[Mapping[str, Cell]] = {
    "input": None,
    "input_data": None,
    "metadata": "{}",
    "message_references": "[]",
    "event_references": "[]",
    "scan_events": "[]",
    "scan_model_usage": "{}",
    "unseen_citations": "[]",
}
"""What stands in the place of JSON that is too large; other cells say how large it was."""


@dataclass(frozen=True, slots=True)
class PairRows:
    """The rows of a pair of transcript and scanner, not yet written.

    Args:
        scanner: Key of the scanner.
        record: The pair and its counts.
        transcript: What all rows say of the transcript.
        rows: The cells of each row, in the order of the columns of an invocation.
        verdicts: Verdict by key of each row, where verdicts have keys.
        size: Bytes, about.
    """

    scanner: str
    record: PairRecord
    transcript: tuple[Cell, ...]
    rows: Sequence[tuple[Cell, ...]]
    verdicts: Sequence[Mapping[str, bool]]
    size: int


class RowWriter:
    """Makes rows of reports.

    Args:
        spec: The scan.
        fingerprints: Fingerprint of each scanner, by key.
        policy: Whether inputs are copied.
        clock: Time of rows whose report has none.
    """

    def __init__(
        self,
        spec: ScanSpec,
        fingerprints: Mapping[str, str] | None = None,
        policy: RecordInput = "auto",
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._fingerprints = dict(fingerprints or {})
        self._scan = scan_cells(spec)
        self._scanners = {key: scanner_cells(key, scanner) for key, scanner in spec.scanners.items()}
        self._asked: dict[str, tuple[Cell, ...]] = {key: (self._fingerprints.get(key),) for key in spec.scanners}
        self._described: dict[str, tuple[TranscriptInfo, tuple[Cell, ...]]] = {}

    def pair(self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport]) -> PairRows:
        """Make the rows of a pair; no report means that the scanner was given nothing.

        Raises:
            UnknownNameError: The scan has no such scanner.
        """
        if scanner not in self._scanners:
            raise UnknownNameError("scanner", scanner, self._scanners)
        rows = [limit_cells(self._row(report), info.transcript_id) for report in reports]
        verdicts = [_verdicts(report) for report in reports]
        record = PairRecord(
            transcript_id=clean_id(info.transcript_id),
            rows=len(rows),
            errors=sum(report.error is not None for report in reports),
            results=sum(count_results(report.result) for report in reports),
            tokens=sum(_tokens(report) for report in reports),
            usage=_usage(reports),
            keys=sorted({key for verdict in verdicts for key in verdict}),
            fingerprint=self._fingerprints.get(scanner),
            incomplete=sum(report.incomplete > 0 for report in reports),
            unseen=sum(bool(unseen_citations(report.result)) for report in reports),
            **_validation_counts(reports),
        )
        return PairRows(scanner, record, self._describe(info), rows, verdicts, sum(map(large_cell_chars, rows)))

    def table(self, pairs: Sequence[PairRows]) -> pa.Table:
        """Make one table of pairs (at least one row among them), in the order given."""
        return concat_promoted([self._chunk_table(chunk) for chunk in split_pairs(pairs)])

    def _chunk_table(self, pairs: Sequence[PairRows]) -> pa.Table:
        count = sum(len(pair.rows) for pair in pairs)
        verdicts = [verdict for pair in pairs for verdict in pair.verdicts]
        keys = sorted({key for verdict in verdicts for key in verdict})
        pair_numbers = _pair_numbers(pairs)
        own = list(zip(*(row for pair in pairs for row in pair.rows)))
        invocation, after = own[: len(RESULT_COLUMNS)], own[len(RESULT_COLUMNS) :]
        usage, notes = after[: len(USAGE_COLUMNS)], after[len(USAGE_COLUMNS) :]
        columns = [
            *_pair_columns([pair.transcript for pair in pairs], TRANSCRIPT_COLUMNS, pair_numbers),
            *_constant_columns(self._scan, SCAN_COLUMNS, count),
            *_scanner_columns(pairs, self._scanners, SCANNER_COLUMNS, pair_numbers),
            *_arrays(invocation, RESULT_COLUMNS),
            *(array([verdict.get(k) for verdict in verdicts], pa.bool_()) for k in keys),
            *_arrays(usage, USAGE_COLUMNS),
            *_scanner_columns(pairs, self._asked, RELIABILITY_COLUMNS[:1], pair_numbers),
            *_arrays(notes, RELIABILITY_COLUMNS[1:] + HIDDEN_COLUMNS),
        ]
        return table_of(columns, results_schema(keys))

    def _describe(self, info: TranscriptInfo) -> tuple[Cell, ...]:
        known = self._described.get(info.transcript_id)
        if known is not None and known[0] is info:
            return known[1]
        cells = transcript_cells(info)
        if len(self._described) >= _KEPT_DESCRIPTIONS:
            self._described.pop(next(iter(self._described)))
        self._described[info.transcript_id] = (info, cells)
        return cells

    def _row(self, report: ResultReport) -> tuple[Cell, ...]:
        result, error, validation = report.result, report.error, report.validation
        text, data, ref = self._input(report)
        value = result.value if result is not None else None
        return (
            report.input_type,
            _ids_text(report.input_ids),
            text,
            data,
            (_plain_text(result.uuid) if result is not None else None) or new_id(),
            _plain_text(result.label) if result is not None else None,
            value_text(value),
            value_type(value, result.type if result is not None else None),
            _plain_text(result.answer) if result is not None else None,
            _plain_text(result.explanation) if result is not None else None,
            json_text(result.metadata) if result is not None and result.metadata else "{}",
            references_text(result, "message"),
            references_text(result, "event"),
            error.error if error is not None else None,
            error.traceback if error is not None else None,
            "refusal" if error is not None and error.refusal else None,
            dumps(validation.target) if validation is not None else None,
            dumps(validation.valid) if validation is not None and validation.valid is not None else None,
            validation.predicate if validation is not None else None,
            validation.split if validation is not None else None,
            int64_or_none(_tokens(report)),
            json_text(report.model_usage) if report.model_usage else "{}",
            report.events,
            report.timestamp or self._clock.now().isoformat(),
            report.incomplete,
            json_text(unseen) if (unseen := unseen_citations(result)) else "[]",
            validation.error if validation is not None else None,
            ref,
            _input_hash(report.origin, text, data),
        )

    def _input(self, report: ResultReport) -> tuple[str | None, str | None, str | None]:
        """Texts of the columns `input`, `input_data` and `input_ref`."""
        origin = report.origin
        if origin is None or (origin.size <= CELL_BYTES and self._copies(report, origin)):
            return (*input_text(report.input_type, report.input), None)
        return None, None, dumps(asdict(origin))

    def _copies(self, report: ResultReport, origin: InputOrigin) -> bool:
        if not isinstance(report.input, BaseModel | Sequence):
            return False  # read item by item: there is nothing at hand to copy
        if self._policy == "auto":
            return report.input_type in _SINGLE or origin.size <= COPY_BYTES
        return self._policy == "copy"


def _pair_numbers(pairs: Sequence[PairRows]) -> list[int] | None:
    """Number the pair of each row; None if each has one row."""
    if all(len(pair.rows) == 1 for pair in pairs):
        return None
    return [number for number, pair in enumerate(pairs) for _ in pair.rows]


def _pair_columns(
    values: Sequence[tuple[Cell, ...]], fields: Sequence[tuple[str, pa.DataType]], pair_numbers: Sequence[int] | None
) -> list[Array]:
    """Columns of what pairs say alike in all their rows (pair_numbers: the pair of each row; None: each has one)."""
    arrays = _arrays(list(zip(*values)), fields)
    if pair_numbers is None:
        return arrays
    numbers = array(pair_numbers, pa.int64())
    return [take(values, numbers) for values in arrays]


def _scanner_columns(
    pairs: Sequence[PairRows],
    known: Mapping[str, tuple[Cell, ...]],
    fields: Sequence[tuple[str, pa.DataType]],
    pair_numbers: Sequence[int] | None,
) -> list[Array]:
    """Columns of what is the same for all rows of a scanner."""
    first = known[pairs[0].scanner]
    if all(pair.scanner == pairs[0].scanner for pair in pairs):
        return _constant_columns(first, fields, len(pairs) if pair_numbers is None else len(pair_numbers))
    return _pair_columns([known[pair.scanner] for pair in pairs], fields, pair_numbers)


def _arrays(columns: Sequence[Sequence[Any]], fields: Sequence[tuple[str, pa.DataType]]) -> list[Array]:
    return [array(values, kind) for values, (_, kind) in zip(columns, fields)]


def _constant_columns(values: Sequence[Cell], fields: Sequence[tuple[str, pa.DataType]], count: int) -> list[Array]:
    return [repeat(value, kind, count) for value, (_, kind) in zip(values, fields)]


def _plain_text(value: str | None) -> str | None:
    """Take what a scanner has set as text: nothing checks it where it is assigned, and one table has rows of many pairs."""
    return value if value is None or type(value) is str else str.__str__(value)


def _ids_text(ids: Sequence[str]) -> str:
    try:
        return msgspec.json.encode(ids).decode()
    except UnicodeEncodeError:
        return dumps([well_formed(i) for i in ids])


def _input_hash(origin: InputOrigin | None, text: str | None, data: str | None) -> str | None:
    """Hash the input as the scanner saw it: by where it comes from if that is known, else by its content."""
    if origin is not None:
        seen = dumps([origin.fingerprint, origin.member, origin.view])
    elif text is not None:
        seen = text + (data or "")
    else:
        return None
    return hashlib.blake2b(seen.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _verdicts(report: ResultReport) -> Mapping[str, bool]:
    if report.validation is None or not isinstance(report.validation.valid, dict):
        return {}
    return {well_formed(key): verdict for key, verdict in report.validation.valid.items()}


def _validation_counts(reports: Sequence[ResultReport]) -> dict[str, Any]:
    """Say how results compare with labelled cases; nothing where there are none."""
    validations = [report.validation for report in reports if report.validation is not None]
    if not validations:
        return {}
    agreement = confusion_of((each.target, each.valid) for each in validations if each.valid is not None)
    return {
        "not_compared": sum(each.error is not None for each in validations),
        "agreement": [agreement.tp, agreement.fp, agreement.tn, agreement.fn],
        "keyed": agreement.keyed,
    }


def _tokens(report: ResultReport) -> int:
    return sum(usage.total_tokens for usage in report.model_usage.values())


def _usage(reports: Sequence[ResultReport]) -> dict[str, dict[str, float]]:
    total: dict[str, dict[str, float]] = {}
    for report in reports:
        used = {well_formed(m): usage.model_dump(exclude_none=True) for m, usage in report.model_usage.items()}
        add_usage(total, used)
    return total


def large_cell_chars(row: Sequence[Cell]) -> int:
    """Count the characters of a row's large cells."""
    return sum(len(text) for text in (row[i] for i in _LARGE_POSITIONS) if isinstance(text, str))


def limit_cells(row: tuple[Cell, ...], transcript_id: str) -> tuple[Cell, ...]:
    """Replace the cells of a row that are too large, with a warning; nearly always, there are none."""
    if large_cell_chars(row) <= CELL_BYTES // 4:  # no character takes more than four bytes
        return row
    cells = list(row)
    for position, (name, cell) in enumerate(zip(_NAMES, row, strict=True)):
        if isinstance(cell, str) and (size := _bytes(cell)) > CELL_BYTES:
            reason = f"{size:,} bytes left out: a cell holds {CELL_BYTES:,} at most"
            logger.warning("The column %r of a result for transcript %r: %s.", name, transcript_id, reason)
            cells[position] = _REPLACEMENTS.get(name, f"[{reason}]")
    return tuple(cells)


def split_pairs(pairs: Sequence[PairRows]) -> Iterator[list[PairRows]]:
    """Split pairs so that no column of a chunk has more text than a table can count; nearly always, one chunk is enough."""
    if sum(pair.size for pair in pairs) <= CELL_BYTES // 4:
        yield list(pairs)
        return
    chunk: list[PairRows] = []
    size = 0
    for pair in _single_rows(pairs):
        large = sum(_bytes(text) for text in (pair.rows[0][i] for i in _LARGE_POSITIONS) if isinstance(text, str))
        if chunk and size + large > CELL_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(pair)
        size += large
    yield chunk


def _single_rows(pairs: Iterable[PairRows]) -> Iterator[PairRows]:
    for pair in pairs:
        for row, verdict in zip(pair.rows, pair.verdicts, strict=True):
            yield replace(pair, rows=[row], verdicts=[verdict], size=large_cell_chars(row))


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
