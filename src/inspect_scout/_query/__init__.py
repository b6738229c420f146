"""Conditions on transcripts: built in Python or read from SQL text, rendered as SQL, applied to an index table.

Loaded by name: building a condition must not bring in pyarrow, and duckdb is loaded only when one is applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .column import Column, Columns, LogColumns, columns, log_columns
    from .column_path import ColumnPath
    from .condition import Condition, LogicalOperator, Operator, OrderBy, Query, ScalarValue
    from .lexer import ConditionSQLError, ConditionSQLSyntaxError, ConditionSQLUnsupportedError
    from .parse import condition_from_sql
    from .row_search import COUNT, GroupCount, RowStream, find_first_rows, find_groups, find_rows, names_in_condition
    from .selection import referenced_columns, referenced_names, select
    from .sql import condition_as_sql

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
