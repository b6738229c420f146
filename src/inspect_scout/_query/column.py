"""Columns by name, from which conditions are built."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator

from .column_path import ColumnPath
from .condition import Condition, Operator, ScalarValue


class _ColumnTests:
    """Tests of a column that have names of their own."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def _is(
        self, operator: Operator, right: list[ScalarValue] | tuple[ScalarValue, ScalarValue] | ScalarValue
    ) -> Condition:
        return Condition(left=self.name, operator=operator, right=right)

    def in_(self, values: Iterable[ScalarValue]) -> Condition:
        """Hold where the value is one of `values`.

        Args:
            values: The values; None among them stands for no value.
        """
        return self._is(Operator.IN, list(values))

    def not_in(self, values: Iterable[ScalarValue]) -> Condition:
        """Hold where the value is none of `values`.

        Args:
            values: The values; None among them stands for no value.
        """
        return self._is(Operator.NOT_IN, list(values))

    def like(self, pattern: str) -> Condition:
        """Hold where the text matches a pattern.

        Args:
            pattern: The pattern: `%` is any text, `_` any character.
        """
        return self._is(Operator.LIKE, pattern)

    def not_like(self, pattern: str) -> Condition:
        """Hold where the text does not match a pattern.

        Args:
            pattern: The pattern: `%` is any text, `_` any character.
        """
        return self._is(Operator.NOT_LIKE, pattern)

    def ilike(self, pattern: str) -> Condition:
        """Hold where the text matches a pattern in any case.

        Args:
            pattern: The pattern: `%` is any text, `_` any character.
        """
        return self._is(Operator.ILIKE, pattern)

    def not_ilike(self, pattern: str) -> Condition:
        """Hold where the text does not match a pattern in any case.

        Args:
            pattern: The pattern: `%` is any text, `_` any character.
        """
        return self._is(Operator.NOT_ILIKE, pattern)

    def is_null(self) -> Condition:
        """Hold where there is no value."""
        return self._is(Operator.IS_NULL, None)

    def is_not_null(self) -> Condition:
        """Hold where there is a value."""
        return self._is(Operator.IS_NOT_NULL, None)

    def between(self, low: ScalarValue, high: ScalarValue) -> Condition:
        """Hold where the value lies in a range, bounds included.

        Args:
            low: The lowest value of the range.
            high: The highest one.

        Raises:
            ValueError: A bound is None.
        """
        return self._is(Operator.BETWEEN, _bounds(low, high))

    def not_between(self, low: ScalarValue, high: ScalarValue) -> Condition:
        """Hold where the value lies outside a range.

        Args:
            low: The lowest value of the range.
            high: The highest one.

        Raises:
            ValueError: A bound is None.
        """
        return self._is(Operator.NOT_BETWEEN, _bounds(low, high))


class Column(_ColumnTests):
    """A column of a transcript index, or a value inside one that holds JSON.

    Comparing it gives a condition. `c.sample_metadata.category` and `c.sample_metadata["odd.key"]` lead into JSON;
    a key that is also the name of a method here is reached with brackets.

    Args:
        name: Name of the column, or a path such as `config.model` or `items[0].name`.

    Example:
        ```python
        from inspect_scout import columns as c

        long_runs = transcripts_from("logs").where((c.message_count > 5) & c.task_set.like("fix-%"))
        ```
    """

    __slots__ = ()

    def __getattr__(self, key: str) -> Column:
        if key.startswith("_"):
            raise AttributeError(key)
        return self[key]

    def __getitem__(self, key: str | int) -> Column:
        """Lead to a key (text) or position (number) inside the JSON of the column."""
        path = ColumnPath.parse(self.name)
        return Column(str(ColumnPath(path.base, (*path.keys, key))))

    def __iter__(self) -> Iterator[Column]:
        # Without this, Python would try positions 0, 1, 2, ... for ever.
        raise TypeError(f"Column {self.name!r} cannot be iterated over.")

    def __repr__(self) -> str:
        return f"Column({self.name!r})"

    def __hash__(self) -> int:
        return hash(self.name)

    def __getstate__(self) -> str:
        return self.name

    def __setstate__(self, state: str) -> None:
        self.name = state

    def __eq__(self, other: ScalarValue) -> Condition:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]
        """Hold where the value equals `other` (None: where there is no value)."""
        return self.is_null() if other is None else self._is(Operator.EQ, other)

    def __ne__(self, other: ScalarValue) -> Condition:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]
        """Hold where the value differs from `other` (None: where there is a value)."""
        return self.is_not_null() if other is None else self._is(Operator.NE, other)

    def __lt__(self, other: ScalarValue) -> Condition:
        """Hold where the value is smaller."""
        return self._is(Operator.LT, other)

    def __le__(self, other: ScalarValue) -> Condition:
        """Hold where the value is smaller or equal."""
        return self._is(Operator.LE, other)

    def __gt__(self, other: ScalarValue) -> Condition:
        """Hold where the value is greater."""
        return self._is(Operator.GT, other)

    def __ge__(self, other: ScalarValue) -> Condition:
        """Hold where the value is greater or equal."""
        return self._is(Operator.GE, other)


def _bounds(low: ScalarValue, high: ScalarValue) -> tuple[ScalarValue, ScalarValue]:
    if low is None or high is None:
        raise ValueError(f"A range needs two bounds, not {low!r} and {high!r}; use < or > for an open one.")
    return low, high


class _NamedColumn:
    """Attribute that is the column of its own name, or of the name that replaced it."""

    def __init__(self, renamed: str | None = None) -> None:
        self._renamed = renamed

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type[object]) -> Column:
        if self._renamed is None:
            return Column(self._name)
        warnings.warn(f"Column {self._name!r} is now called {self._renamed!r}.", DeprecationWarning, stacklevel=2)
        return Column(self._renamed)


class Columns:
    """Columns of every transcript index: `c.model`, `c["odd name"]`, `c.metadata_column.key`.

    Example:
        ```python
        from inspect_scout import columns as c

        failed = transcripts_from("logs").where((c.score == "I") & (c["model"] != "none/none"))
        ```
    """

    def __getattr__(self, name: str) -> Column:
        """Get a column by name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return Column(name)

    def __getitem__(self, name: str) -> Column:
        """Get a column, or a path into one, by name."""
        return Column(name)

    transcript_id = _NamedColumn()
    """Unique id of the transcript."""

    source_type = _NamedColumn()
    """Kind of source ("eval_log", ...)."""

    source_id = _NamedColumn()
    """Id within the source."""

    source_uri = _NamedColumn()
    """Where the source is."""

    date = _NamedColumn()
    """When the run was started (ISO text)."""

    task_set = _NamedColumn()
    """Set of tasks (benchmark)."""

    task_id = _NamedColumn()
    """Task within its set."""

    task_repeat = _NamedColumn()
    """Repetition of the task."""

    agent = _NamedColumn()
    """Agent that ran."""

    agent_args = _NamedColumn()
    """Arguments of the agent (JSON)."""

    model = _NamedColumn()
    """Main model."""

    model_options = _NamedColumn()
    """Generation options of the main model (JSON)."""

    score = _NamedColumn()
    """Value of the first score."""

    score_explanation = _NamedColumn()
    """Explanation of the first score."""

    success = _NamedColumn()
    """Whether the task was done."""

    message_count = _NamedColumn()
    """Number of messages."""

    total_time = _NamedColumn()
    """Seconds the run took."""

    total_tokens = _NamedColumn()
    """Tokens used, over all models."""

    error = _NamedColumn()
    """Message of the error that ended the run."""

    limit = _NamedColumn()
    """Limit that ended the run."""

    trust_content = _NamedColumn()
    """Hint for viewers: False shows model output as plain text."""


class LogColumns(Columns):
    """Columns of an index of eval logs.

    Example:
        ```python
        from inspect_scout import log_columns as c

        rerun = transcripts_from("logs").where(c.epoch > 1)
        ```
    """

    sample_id = _NamedColumn()
    """Unique id of the sample."""

    eval_id = _NamedColumn()
    """Id of the eval."""

    eval_status = _NamedColumn()
    """Status of the eval."""

    log = _NamedColumn()
    """Location of the log."""

    eval_tags = _NamedColumn()
    """Tags of the eval, joined by commas."""

    eval_metadata = _NamedColumn()
    """Metadata of the eval (JSON)."""

    task_args = _NamedColumn()
    """Arguments of the task (JSON)."""

    generate_config = _NamedColumn()
    """Generation options of the eval (JSON)."""

    model_roles = _NamedColumn()
    """Models by role (JSON)."""

    id = _NamedColumn()
    """Id of the sample within its dataset."""

    epoch = _NamedColumn()
    """Epoch of the sample."""

    input = _NamedColumn()
    """Input of the sample, as text."""

    target = _NamedColumn()
    """Target of the sample, joined by commas."""

    sample_metadata = _NamedColumn()
    """Metadata of the sample (JSON)."""

    working_time = _NamedColumn()
    """Seconds spent working."""

    eval_created = _NamedColumn("date")
    """Deprecated name of `date`."""

    task_name = _NamedColumn("task_set")
    """Deprecated name of `task_set`."""

    solver = _NamedColumn("agent")
    """Deprecated name of `agent`."""

    solver_args = _NamedColumn("agent_args")
    """Deprecated name of `agent_args`."""


columns = Columns()
"""Columns of every transcript index."""

log_columns = LogColumns()
"""Columns of an index of eval logs."""
