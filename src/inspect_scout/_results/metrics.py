"""Metrics that scanners declare, computed from their recorded rows and from nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from .._support.causes.describing import brief
from .._support.foreign import foreign
from .._support.shapes import is_list, is_mapping
from .._types import RESULTSET
from .encode import read_value
from .table import cells

if TYPE_CHECKING:
    import pyarrow as pa

    from .._inspect.metrics import Metrics, Value

logger = logging.getLogger("inspect_scout")

MEASURED_COLUMNS = ("value", "value_type")
"""Columns that measuring needs."""


def measure(scanner: str, tables: Iterable[pa.Table], metrics: Metrics) -> dict[str, dict[str, float]] | None:
    """Compute the metrics of a scanner over its rows, resultsets item by item.

    Args:
        scanner: Key of the scanner.
        tables: Its rows.
        metrics: What it declares.

    Returns:
        Score -> metric -> number; None if there is nothing to measure, or a metric failed (which is logged).
    """
    from .._inspect.metrics import compute_metrics

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
