"""The one schema of results: types never depend on the data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from .arrow_tables import Field, cast_or_null, column, fields, nulls, schema_of, table_of

_TEXT, _SHORT, _INT, _FLOAT, _BOOL = pa.large_string(), pa.string(), pa.int64(), pa.float64(), pa.bool_()

TRANSCRIPT_COLUMNS: Final[tuple[tuple[str, pa.DataType], ...]] = (
    ("transcript_id", _TEXT),
    ("transcript_source_type", _TEXT),
    ("transcript_source_id", _TEXT),
    ("transcript_source_uri", _TEXT),
    ("transcript_date", _TEXT),
    ("transcript_task_set", _TEXT),
    ("transcript_task_id", _TEXT),
    ("transcript_task_repeat", _INT),
    ("transcript_agent", _TEXT),
    ("transcript_agent_args", _TEXT),
    ("transcript_model", _TEXT),
    ("transcript_model_options", _TEXT),
    ("transcript_score", _SHORT),
    ("transcript_score_explanation", _TEXT),
    ("transcript_success", _BOOL),
    ("transcript_message_count", _INT),
    ("transcript_total_time", _FLOAT),
    ("transcript_total_tokens", _INT),
    ("transcript_error", _TEXT),
    ("transcript_limit", _TEXT),
    ("transcript_trust_content", _BOOL),
    ("transcript_metadata", _TEXT),
)
"""What a row says of its transcript."""

SCAN_COLUMNS: Final[tuple[tuple[str, pa.DataType], ...]] = (
    ("scan_id", _TEXT),
    ("scan_tags", _TEXT),
    ("scan_metadata", _TEXT),
    ("scan_git_origin", _TEXT),
    ("scan_git_version", _TEXT),
    ("scan_git_commit", _TEXT),
)
"""What a row says of its scan."""

SCANNER_COLUMNS: Final[tuple[tuple[str, pa.DataType], ...]] = (
    ("scanner_key", _TEXT),
    ("scanner_name", _TEXT),
    ("scanner_version", _INT),
    ("scanner_package_version", _TEXT),
    ("scanner_file", _TEXT),
    ("scanner_params", _TEXT),
)
"""What a row says of its scanner."""

RESULT_COLUMNS: Final[tuple[tuple[str, pa.DataType], ...]] = (
    ("input_type", _TEXT),
    ("input_ids", _TEXT),
    ("input", _TEXT),
    ("input_data", _TEXT),
    ("uuid", _TEXT),
    ("label", _TEXT),
    ("value", _SHORT),
    ("value_type", _TEXT),
    ("answer", _TEXT),
    ("explanation", _TEXT),
    ("metadata", _TEXT),
    ("message_references", _TEXT),
    ("event_references", _TEXT),
    ("scan_error", _TEXT),
    ("scan_error_traceback", _TEXT),
    ("scan_error_type", _TEXT),
    ("validation_target", _TEXT),
    ("validation_result", _TEXT),
    ("validation_predicate", _TEXT),
    ("validation_split", _TEXT),
)
"""What an invocation says; the verdicts by key follow."""

VERDICT_PREFIX: Final = "validation_result_"
"""One column for each key of a verdict that is a mapping."""

USAGE_COLUMNS: Final[tuple[tuple[str, pa.DataType], ...]] = (
    ("scan_total_tokens", _INT),
    ("scan_model_usage", _TEXT),
    ("scan_events", _TEXT),
    ("timestamp", _TEXT),
)
"""What an invocation cost, and when it ended."""

RELIABILITY_COLUMNS: Final[tuple[tuple[str, pa.DataType], ...]] = (
    ("scanner_fingerprint", _TEXT),
    ("incomplete_items", _INT),
    ("unseen_citations", _TEXT),
)
"""How far a verdict can be relied on: what was asked, what of the input could not be read, what was cited unseen."""

HIDDEN_COLUMNS: Final[tuple[tuple[str, pa.DataType], ...]] = (
    ("validation_error", _TEXT),
    ("input_ref", _TEXT),
    ("input_hash", _TEXT),
)
"""Kept for the record; readers do not show them."""

HIDDEN_NAMES: Final = frozenset(name for name, _ in HIDDEN_COLUMNS)

HEAVY_COLUMNS: Final = ("input", "input_data", "scan_events")
"""Columns that readers leave out unless they are asked for."""

JSON_COLUMNS: Final = frozenset(
    (
        "transcript_agent_args",
        "transcript_model_options",
        "transcript_metadata",
        "scan_tags",
        "scan_metadata",
        "scanner_params",
        "input_ids",
        "input",
        "input_data",
        "metadata",
        "message_references",
        "event_references",
        "validation_target",
        "scan_model_usage",
        "scan_events",
        "unseen_citations",
    )
)
"""Columns that hold JSON text in every row."""

_READ_FIRST = (
    "value",
    "label",
    "answer",
    "explanation",
    "value_type",
    "metadata",
    "message_references",
    "event_references",
    "scan_error",
    "scan_error_type",
    "scan_error_traceback",
    "validation_target",
    "validation_result",
    "validation_predicate",
    "validation_split",
    "uuid",
)
"""What a result says, in the order in which people read it."""

# Columns whose values repeat: a dictionary makes them small. Building one for the others costs time and brings nothing.
_UNREPEATED = frozenset(
    ("input_ids", "input", "input_data", "uuid", "explanation", "scan_events", "timestamp", "input_hash", "answer")
)

_BEFORE_VERDICTS = TRANSCRIPT_COLUMNS + SCAN_COLUMNS + SCANNER_COLUMNS + RESULT_COLUMNS


def results_schema(verdict_keys: Iterable[str] = (), others: Iterable[Field] = ()) -> pa.Schema:
    """Give the schema of stored results.

    Args:
        verdict_keys: Keys of verdicts that are mappings; each gets a column.
        others: Further columns, as older scans have them.
    """
    verdicts = [(VERDICT_PREFIX + key, _BOOL) for key in sorted(set(verdict_keys))]
    return schema_of([*_BEFORE_VERDICTS, *verdicts, *USAGE_COLUMNS, *others, *RELIABILITY_COLUMNS, *HIDDEN_COLUMNS])


def result_columns_first(names: Iterable[str]) -> list[str]:
    """Order columns for readers: what a result says, then what it is about; stored tables keep their own order."""
    places = {name: place for place, name in enumerate(_READ_FIRST)}
    verdict = places["validation_result"]
    return sorted(names, key=lambda n: verdict if n.startswith(VERDICT_PREFIX) else places.get(n, len(places)))


def merged_schema(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """Give the schema that holds the columns of all schemas given: ours first, then what only older scans have."""
    known = results_schema()
    keys: set[str] = set()
    others: dict[str, Field] = {}
    for schema in schemas:
        for field in fields(schema):
            if field.name in known.names:
                continue
            if field.name.startswith(VERDICT_PREFIX) and pa.types.is_boolean(field.type):
                keys.add(field.name[len(VERDICT_PREFIX) :])
            else:
                others.setdefault(field.name, field)
    return results_schema(keys, others.values())


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Bring a table into a schema: missing columns become null, and so does what cannot be converted."""
    if table.schema.equals(schema):
        return table
    present = set(table.column_names)
    found = (column(table, f.name) if f.name in present else nulls(table.num_rows, f.type) for f in fields(schema))
    return table_of([cast_or_null(cells, field.type) for cells, field in zip(found, fields(schema))], schema)


def dictionary_columns(schema: pa.Schema) -> list[str]:
    """Name the columns that a dictionary makes smaller."""
    return [name for name in schema.names if name not in _UNREPEATED]
