"""Comparisons with a column whose rows differ in type, as the values of results do, as DuckDB SQL.

Each row is compared by the type of its own value, and nothing is converted but text that spells the other side:
a boolean equals 'true' or 'false', a number the text of that number. Values of unlike types differ and have no order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .condition import Operator, ScalarValue
from .readings import ColumnKind, Reading, number_in, number_of, numbers_of_text, readings

Compare = Callable[[list[Reading], Operator], str]
"""Writes the comparison of readings with their values."""


@dataclass(frozen=True, slots=True)
class PerRow:
    """A column whose rows differ in type.

    Args:
        text: SQL of the value as text.
        type: SQL of its type ("boolean", "number", anything else).
    """

    text: str
    type: str

    def compared(self, operator: Operator, value: ScalarValue, compare: Compare) -> str:
        """Write a comparison with a value that is not None."""
        if operator is Operator.NE:
            return f"NOT {self.compared(Operator.EQ, value, compare)}"
        cases = [
            f"WHEN {self.type} = '{kind}' THEN {compare(found, operator) if found else 'NULL'}"
            for kind, found in (("boolean", self._boolean(value)), ("number", self._number(value)))
        ]
        other = self._other(value)
        matched = f"CASE {' '.join(cases)} ELSE {compare(other, operator) if other else 'NULL'} END"
        if operator is Operator.EQ:
            return f"CASE WHEN {self.text} IS NOT NULL THEN COALESCE({matched}, FALSE) END"
        return matched

    def _boolean(self, value: ScalarValue) -> list[Reading]:
        truth = _truth(value)
        return [] if truth is None else [Reading(f"(lower({self.text}) = 'true')", "BOOLEAN", truth)]

    def _number(self, value: ScalarValue) -> list[Reading]:
        number = number_in(value) if isinstance(value, str) else value
        if isinstance(number, bool) or not isinstance(number, int | float):
            return []
        return numbers_of_text(self.text, number, number_of(self.text))

    def _other(self, value: ScalarValue) -> list[Reading]:
        if isinstance(value, bool):
            spelled = f"CASE lower({self.text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
            return [Reading(spelled, "BOOLEAN", value)]
        if isinstance(value, str | date):
            return readings(self.text, ColumnKind.TEXT, value)
        return self._number(value)


def _truth(value: ScalarValue) -> bool | None:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    return word == "true" if word in ("true", "false") else None
