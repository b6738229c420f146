"""Conditions on transcripts: built in Python or read from SQL text, rendered as SQL, applied to an index table.

Loaded by name: building a condition must not bring in pyarrow, and duckdb is loaded only when one is applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .column import Column as Column
    from .column import Columns as Columns
    from .column import LogColumns as LogColumns
    from .column import columns as columns
    from .column import log_columns as log_columns
    from .condition import Condition as Condition
    from .condition import LogicalOperator as LogicalOperator
    from .condition import Operator as Operator
    from .condition import OrderBy as OrderBy
    from .condition import Query as Query
    from .condition import ScalarValue as ScalarValue
    from .finding import COUNT as COUNT
    from .finding import Stream as Stream
    from .finding import find_groups as find_groups
    from .finding import find_rows as find_rows
    from .lexer import ConditionSQLError as ConditionSQLError
    from .lexer import ConditionSQLSyntaxError as ConditionSQLSyntaxError
    from .lexer import ConditionSQLUnsupportedError as ConditionSQLUnsupportedError
    from .parse import condition_from_sql as condition_from_sql
    from .selection import columns_of as columns_of
    from .selection import names_in as names_in
    from .selection import select as select
    from .sql import SQLDialect as SQLDialect
    from .sql import condition_as_sql as condition_as_sql

_MODULES = {
    ".column": "Column Columns LogColumns columns log_columns",
    ".condition": "Condition LogicalOperator Operator OrderBy Query ScalarValue",
    ".finding": "COUNT Stream find_groups find_rows",
    ".parse": "condition_from_sql",
    ".lexer": "ConditionSQLError ConditionSQLSyntaxError ConditionSQLUnsupportedError",
    ".selection": "columns_of names_in select",
    ".sql": "SQLDialect condition_as_sql",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
