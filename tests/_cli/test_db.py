"""`scout db`, from arguments to what is on the disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.cli import Ran, scout

_parquet: Any = pq  # the stubs leave its types open


@pytest.fixture
def database(tmp_path: Path, example_logs: Path) -> str:
    """Copy the example logs into a database."""
    location = str(tmp_path / "db")
    assert scout("db", "copy", str(example_logs), location).out == "Copied 12 transcripts.\n"
    assert scout("db", "copy", str(example_logs), location).out == "Copied 0 transcripts (12 there already).\n"
    return location


def as_json(*arguments: str) -> dict[str, object]:
    """Run a command with --json and read what it printed."""
    ran = scout("db", *arguments, "--json")
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, object] = json.loads(ran.out)
    return found


def test_stats_and_verify_count(database: str) -> None:
    stats = as_json("stats", database)
    assert (stats["transcripts"], stats["files"], stats["dead_rows"]) == (12, 1, 0)
    assert "transcripts  12" in scout("db", "stats", database).out
    assert as_json("verify", database, "--deep")["ok"] is True
    assert scout("db", "verify", database).out == "Verified 12 transcripts in 1 file: all is well.\n"


def test_delete_asks_and_without_a_terminal_refuses(database: str) -> None:
    refused = scout("db", "delete", database, "--where", "task_repeat = 1")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert scout("db", "delete", database, "--yes").code == 2
    assert as_json("stats", database)["transcripts"] == 12
    assert scout("db", "delete", database, "--where", "task_set = 'x'", "--yes").out == "Deleted 0 transcripts.\n"
    assert as_json("delete", database, "--where", "transcript_id IS NOT NULL", "--yes") == {"deleted": 12}
    assert as_json("stats", database)["transcripts"] == 0


def test_compact_drops_what_was_deleted(database: str, tmp_path: Path) -> None:
    index = tmp_path / "db" / "_index"
    ids = _parquet.read_table(next(index.glob("*.idx"))).column("transcript_id").to_pylist()
    assert as_json("delete", database, "--id", str(ids[0]), "--id", str(ids[1]), "--yes") == {"deleted": 2}
    assert as_json("compact", database)["rows_dropped"] == 2
    assert "files         1 -> 1" in scout("db", "compact", database).out
    assert as_json("stats", database)["dead_rows"] == 0


def test_copy_takes_conditions_and_goes_on(database: str, tmp_path: Path) -> None:
    target = str(tmp_path / "other")
    chosen = as_json("copy", database, target, "--where", "task_repeat = 1", "--where", "transcript_id IS NULL")
    assert chosen == {"copied": 0}
    assert as_json("copy", database, target) == {"copied": 12}
    assert as_json("copy", database, target) == {"copied": 0}
    assert as_json("copy", database, target, "--replace") == {"copied": 12}
    assert failed("copy", database, database).err.count("into itself") == 1


def test_index_says_where_it_is(database: str, tmp_path: Path) -> None:
    ran = scout("db", "index", database)
    assert ran.out.startswith(f"Index created: {database}/_index/_manifest_")
    (tmp_path / "empty").mkdir()
    assert scout("db", "index", str(tmp_path / "empty")).out == "No data files found to index.\n"


def test_schema_has_four_forms(tmp_path: Path) -> None:
    assert json.loads(scout("db", "schema").out)["type"] == "record"
    assert json.loads(scout("db", "schema", "--format", "json").out)["title"] == "Transcript"
    assert "large_string" in scout("db", "schema", "--format", "pyarrow").out
    assert "transcript_id" in scout("db", "schema", "--format", "pandas").out
    output = str(tmp_path / "schema.json")
    assert scout("db", "schema", "-o", output).out == f"Wrote {output}\n"
    assert json.loads(Path(output).read_text())["name"] == "Transcript"
    assert failed("schema", "-o", str(tmp_path / "none" / "x")).err.startswith("Error: Cannot write")


def test_validate_looks_at_all_files(database: str, tmp_path: Path) -> None:
    assert scout("db", "validate", database).out == "Schema validation passed.\n"
    _parquet.write_table(pa.table({"transcript_id": ["a"], "success": ["yes"]}), tmp_path / "db" / "z.parquet")
    ran = failed("validate", database)
    assert ran.err.startswith("Schema validation failed:\n  - success: ")
    assert failed("verify", database).err.count("z.parquet") == 1


@pytest.mark.parametrize("command", ["index", "validate", "verify", "compact", "stats"])
def test_a_location_that_is_not_there_is_refused(command: str, tmp_path: Path) -> None:
    ran = failed(command, str(tmp_path / "nowhere"))
    assert "does not exist" in ran.err
    assert not (tmp_path / "nowhere").exists()


def failed(*arguments: str) -> Ran:
    """Run a command that ends with 1."""
    ran = scout("db", *arguments)
    assert ran.code == 1
    return ran
