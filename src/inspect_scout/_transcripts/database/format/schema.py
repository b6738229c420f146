"""The columns of a transcript database: names, types, and the schema in the forms that other programs take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pyarrow as pa

from ...._support.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

ColumnType = Literal["string", "int64", "float64", "bool"]
"""Type of a column."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column of the published format.

    Args:
        name: Its name.
        kind: Its type.
        description: What it holds.
    """

    name: str
    kind: ColumnType
    description: str


ID: Final = "transcript_id"
"""The only column that every file must have."""

FILENAME: Final = "filename"
"""Column of index files: the data file of a row, relative to the database."""

SCHEMA_COLUMNS: Final[tuple[ColumnSpec, ...]] = (
    ColumnSpec(ID, "string", "Globally unique id of the transcript."),
    ColumnSpec("source_type", "string", "Kind of source that it comes from, such as eval_log."),
    ColumnSpec("source_id", "string", "Id of the source it comes from."),
    ColumnSpec("source_uri", "string", "Where the source data is."),
    ColumnSpec("date", "string", "When it was created, in ISO 8601 format."),
    ColumnSpec("task_set", "string", "Set that the task comes from."),
    ColumnSpec("task_id", "string", "Id of the task within its set."),
    ColumnSpec("task_repeat", "int64", "Repetition of the task, from 1."),
    ColumnSpec("agent", "string", "Agent that did the task."),
    ColumnSpec("agent_args", "string", "Arguments of the agent: a JSON object."),
    ColumnSpec("model", "string", "Main model."),
    ColumnSpec("model_options", "string", "Generation options of the main model: a JSON object."),
    ColumnSpec("score", "string", "Value of the score; lists, objects, numbers and booleans as JSON."),
    ColumnSpec("score_explanation", "string", "Explanation of the score."),
    ColumnSpec("success", "bool", "Whether the task was done."),
    ColumnSpec("message_count", "int64", "Number of messages."),
    ColumnSpec("total_time", "float64", "Seconds that the run took."),
    ColumnSpec("total_tokens", "int64", "Tokens used, over all models."),
    ColumnSpec("error", "string", "Error that ended the run."),
    ColumnSpec("limit", "string", "Limit that ended the run."),
    ColumnSpec("trust_content", "bool", "Hint for viewers; false: show model output as plain text."),
    ColumnSpec("messages", "string", "Main message thread: a JSON list."),
    ColumnSpec("events", "string", "Events: a JSON list, with references to events_data."),
    ColumnSpec("timelines", "string", "Timelines: a JSON list, events as their uuids."),
    ColumnSpec("events_data", "string", "What events share: a JSON object with the lists messages and calls."),
)
"""All columns of the published format, in order."""

CONTENT_COLUMNS: Final = ("messages", "events", "events_data", "timelines")
"""Columns with content, which no index repeats."""

INDEX_COLUMNS: Final = tuple(column for column in SCHEMA_COLUMNS if column.name not in CONTENT_COLUMNS)
"""Columns that the index repeats, in order."""

RESERVED: Final = frozenset({column.name for column in SCHEMA_COLUMNS} | {FILENAME})
"""Names that keys of metadata cannot have."""

ALIASES: Final[dict[str, str]] = {
    "task_set": "task_name",
    "date": "eval_created",
    "agent": "solver",
    "agent_args": "solver_args",
    "model_options": "generate_config",
}
"""Columns and the names that they had in older databases."""

ARROW_TYPES: Final[dict[ColumnType, pa.DataType]] = {
    "string": pa.large_string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
}
"""Arrow type of each kind of column."""

_AVRO: Final[dict[ColumnType, str]] = {"string": "string", "int64": "long", "float64": "double", "bool": "boolean"}
_JSON: Final[dict[ColumnType, str]] = {"string": "string", "int64": "integer", "float64": "number", "bool": "boolean"}
_PANDAS: Final[dict[ColumnType, str]] = {"string": "object", "int64": "Int64", "float64": "float64", "bool": "boolean"}
_FORMATS: Final = ("pyarrow", "avro", "json", "pandas")


def transcripts_db_schema(
    format: Literal["pyarrow", "avro", "json", "pandas"] = "pyarrow",
) -> pa.Schema | dict[str, Any] | pd.DataFrame:
    """Describe the columns of a transcript database.

    Args:
        format: "pyarrow" for a `pyarrow.Schema`; "avro" for an Avro record schema and "json" for a JSON Schema, both as
            dictionaries; "pandas" for an empty data frame with the columns and their types.

    Raises:
        ConfigError: The format is another (this is a ValueError).

    Example:
        ```python
        print(transcripts_db_schema("pandas").dtypes)
        ```
    """
    if format == "pyarrow":
        return pa.schema([pa.field(c.name, ARROW_TYPES[c.kind], nullable=c.name != ID) for c in SCHEMA_COLUMNS])
    if format == "avro":
        return _avro()
    if format == "json":
        return _json_schema()
    if format == "pandas":
        import pandas as pd

        return pd.DataFrame({c.name: pd.Series(dtype=_PANDAS[c.kind]) for c in SCHEMA_COLUMNS})
    raise ConfigError(f"Unknown schema format {format!r}: use one of {', '.join(map(repr, _FORMATS))}.")


def _avro() -> dict[str, Any]:
    return {
        "type": "record",
        "name": "Transcript",
        "namespace": "inspect_scout.transcript",
        "doc": "A row of a transcript database.",
        "fields": [
            {
                "name": c.name,
                "type": _AVRO[c.kind] if c.name == ID else ["null", _AVRO[c.kind]],
                "doc": c.description,
            }
            for c in SCHEMA_COLUMNS
        ],
    }


def _json_schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Transcript",
        "description": "A row of a transcript database.",
        "type": "object",
        "properties": {c.name: {"type": _JSON[c.kind], "description": c.description} for c in SCHEMA_COLUMNS},
        "required": [ID],
    }
