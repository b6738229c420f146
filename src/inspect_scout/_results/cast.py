"""Types of the column `value`: stored as text, read as what all values of a scanner are."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa

from .table import Column, cast, column, compute, is_text, scalar, with_column

Kind = Literal["boolean", "integer", "real"]

_INFINITE = frozenset(("infinity", "-infinity", "+infinity", "inf", "-inf", "+inf"))


class ValueKinds:
    """Gathers the values of a scanner, to tell which type holds all of them.

    Rows without a value (errors, mostly) have no say: one failure must not turn a column of numbers into text.
    """

    def __init__(self) -> None:
        self._types: set[str] = set()
        self._integers = self._reals = True

    def add(self, types: Column, values: Column) -> None:
        """Take note of some rows."""
        self._types.update(t for t in compute.unique(types).to_pylist() if t is not None and t != "null")
        if self._types == {"number"} and is_text(values.type):
            self._integers = self._integers and _as_integers(values) is not None
            self._reals = self._reals and (self._integers or _as_reals(values) is not None)

    @property
    def kind(self) -> Kind | None:
        """The type that holds all values; None: text."""
        if self._types == {"boolean"}:
            return "boolean"
        if self._types == {"number"}:
            return "integer" if self._integers else "real" if self._reals else None
        return None


def cast_values(table: pa.Table, kind: Kind | None) -> pa.Table:
    """Give the column `value` the type of its values."""
    if kind is None or "value" not in table.column_names:
        return table
    values = column(table, "value")
    if not is_text(values.type):
        return table  # typed by another writer
    typed = {"boolean": _as_booleans, "integer": _as_integers, "real": _as_reals}[kind](values)
    return table if typed is None else with_column(table, "value", typed)


def _as_booleans(values: Column) -> Column | None:
    found: Column = compute.equal(compute.utf8_lower(values), scalar("true", values.type))
    return found


def _as_integers(values: Column) -> Column | None:
    return cast(values, pa.int64())


def _as_reals(values: Column) -> Column | None:
    reals = cast(values, pa.float64())
    if reals is None:
        return None
    # A number beyond the range of floats must not be read as infinite.
    infinite = compute.filter(values, compute.fill_null(compute.is_inf(reals), False)).to_pylist()
    return reals if all(text.lower() in _INFINITE for text in infinite) else None
