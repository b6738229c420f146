"""The summary of a scan, computed from its rows, and the metrics that scanners declare, computed from nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from inspect_ai.model import ModelUsage

from ..._support.causes.describing import brief
from ..._support.foreign import foreign
from ..._support.shapes import is_list, is_mapping
from ..._types import RESULTSET, ScannerState, ScannerSummary, Summary, ValidationEntry, ValidationResults
from ..._validation import Confusion
from ..files.lenient import read_leniently
from ..rows.arrow_tables import cells
from ..rows.cells import read_value
from .row_counter import RowCounter, RowVerdict

if TYPE_CHECKING:
    import pyarrow as pa

    from ..._inspect.metrics import Metrics, Value

logger = logging.getLogger(__name__)


def summary_of(
    scanners: Mapping[str, ScannerState],
    complete: bool,
    counters: Mapping[str, RowCounter],
    fields: Mapping[str, Mapping[str, Any]],
) -> Summary:
    """Make the public counts of a scan.

    Args:
        scanners: Counts of each scanner.
        complete: Whether the scan has nothing left to do.
        counters: What was read of the rows of scanners.
        fields: What a summary file says of scanners: their metrics, and their labelled cases where no rows were read.
    """
    return Summary(
        complete=complete,
        scanners={key: _scanner(counts, counters.get(key), fields.get(key, {})) for key, counts in scanners.items()},
    )


def validation_of(verdicts: Sequence[RowVerdict], not_compared: int = 0) -> ValidationResults | None:
    """Count how results agree with labelled cases; None if none was compared.

    Args:
        verdicts: Rows that were compared.
        not_compared: Rows whose comparison failed.
    """
    if not verdicts and not not_compared:
        return None
    entries = [ValidationEntry(id=v.id, target=v.target, valid=v.valid) for v in verdicts]
    confusion = Confusion()
    for verdict in verdicts:
        if verdict.has_target:
            confusion.add(verdict.target, verdict.valid)
    return ValidationResults(
        entries=entries,
        metrics=confusion.total,
        metrics_by_key=confusion.by_key or None,
        not_compared=not_compared,
    )


def _scanner(counts: ScannerState, counter: RowCounter | None, fields: Mapping[str, Any]) -> ScannerSummary:
    readable = {
        "scans": counts.scans,
        "results": counts.results,
        "errors": counts.errors,
        "tokens": counts.tokens,
        "model_usage": {model: _usage(kinds) for model, kinds in counts.usage.items()},
        "fingerprints": dict(counts.fingerprints),
        "incomplete": counts.incomplete,
        "unseen_citations": counts.unseen_citations,
        "calls_without_usage": counts.calls_without_usage,
    }
    summary, dropped = read_leniently(ScannerSummary, {**fields, **readable})
    if dropped:
        logger.warning("Parts of a summary cannot be read and are left out: %s", ", ".join(dropped))
    if counter is not None:
        summary.validation = validation_of(counter.verdicts, counts.not_compared) or summary.validation
    return summary


def _usage(kinds: Mapping[str, float]) -> ModelUsage:
    usage, _ = read_leniently(ModelUsage, {name: n for name, n in kinds.items() if name in ModelUsage.model_fields})
    return usage


MEASURED_COLUMNS = ("value", "value_type")
"""Columns that measuring needs."""


def compute_row_metrics(
    scanner: str, tables: Iterable[pa.Table], metrics: Metrics
) -> dict[str, dict[str, float]] | None:
    """Compute the metrics of a scanner over its rows, resultsets item by item.

    Args:
        scanner: Key of the scanner.
        tables: Its rows.
        metrics: What it declares.

    Returns:
        Score -> metric -> number; None if there is nothing to measure, or a metric failed (which is logged).
    """
    from ..._inspect.metrics import compute_metrics

    values = [value for table in tables for value in _values(table)]
    with foreign() as ran:  # a metric is user code: it must not cost the results it measures
        return compute_metrics(scanner, values, metrics) or None
    logger.warning("The metrics of scanner %r could not be computed: %s", scanner, brief(ran.error))
    return None


def _values(table: pa.Table) -> Iterator[Value]:
    for text, kind in zip(cells(table, "value"), cells(table, "value_type"), strict=True):
        value = read_value(text, kind)
        items = [item.get("value") for item in value if is_mapping(item)] if kind == RESULTSET else [value]
        for item in items:
            yield from _measurable(item)


def _measurable(value: Any) -> Iterator[Value]:
    """Give what a metric can use of a value: scalars, and the scalars of lists and dictionaries."""
    if isinstance(value, str | int | float):
        yield value
    elif is_mapping(value):
        fields = cast("Mapping[str, Any]", value)
        yield {key: v for key, v in fields.items() if isinstance(v, int | float)}
    elif is_list(value):
        yield from (v for v in value if isinstance(v, int | float))
