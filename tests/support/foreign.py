"""Databases in the shape that other programs of the published format write: no log, seconds in names, manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_parquet: Any = pq  # the stubs leave its types open

_TEXTS = "source_type source_id source_uri date task_set task_id agent agent_args model model_options score".split()
_CONTENT = {"messages", "events", "timelines", "events_data"}


def record(id: str, **values: Any) -> dict[str, Any]:
    """Make a row; the message says the id."""
    messages = [{"id": None, "content": f"I am {id}", "role": "user"}]
    return {"transcript_id": id, "score": "0.5", "messages": json.dumps(messages), "events": "[]", **values}


def write_data(folder: Path, name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Write a data file; gives the columns of its index."""
    names = dict.fromkeys(["transcript_id", *_TEXTS, *(key for row in rows for key in row)])
    columns: dict[str, Any] = {}
    for key in names:
        values = [row.get(key) for row in rows]
        known = next((value for value in values if value is not None), "")
        columns[key] = pa.array(values, pa.large_string() if isinstance(known, str) else None)
    table = pa.table(columns)
    folder.mkdir(parents=True, exist_ok=True)
    _parquet.write_table(table, folder / name, compression="zstd", row_group_size=25)
    return table.drop_columns([key for key in _CONTENT if key in names])


def write_index(folder: Path, name: str, *parts: tuple[str, pa.Table]) -> None:
    """Write an index file over data files, given by the names that the index shall have for them."""
    tables = [t.append_column("filename", pa.array([file] * t.num_rows, pa.string())) for file, t in parts]
    (folder / "_index").mkdir(exist_ok=True)
    _parquet.write_table(
        pa.concat_tables(tables, promote_options="permissive"), folder / "_index" / name, compression="zstd"
    )
