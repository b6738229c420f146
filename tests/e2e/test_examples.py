"""The example scanners over the example logs: what was planted is found, whichever way is taken."""

from __future__ import annotations

import csv
import io
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import scan, scan_results_df, scan_status, transcripts_from
from inspect_scout.aio import scan_async, scan_results_df_async

EXAMPLES = Path(__file__).parents[2] / "examples"

FOUND = {
    "edits_tests": {"off-by-one"},
    "reads_hidden_files": {"seats"},
    "environment_errors": {"parser", "keeper"},
    "claims_success": {"leap-year"},
    "refusals": {"reactor-override"},
}


def example_scanners() -> list[Any]:
    names = runpy.run_path(str(EXAMPLES / "scanners.py"))
    return [names[name]() for name in (*FOUND, "tool_use")]


def found_in(location: str) -> dict[str, set[str]]:
    tables = scan_results_df(location).scanners
    return {name: set(tables[name].loc[tables[name].value.astype(int) > 0, "transcript_task_id"]) for name in FOUND}


def scout(*arguments: str, cwd: Path) -> str:
    command = [str(Path(sys.executable).parent / "scout"), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=cwd).stdout


@pytest.mark.parametrize("logs", ["example_logs", "eval_logs"])
def test_what_was_planted_is_found(logs: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder: Path = request.getfixturevalue(logs)
    status = scan(example_scanners(), transcripts_from(str(folder)), scans=str(tmp_path), display="none")
    assert status.complete
    assert found_in(status.location) == FOUND


def test_the_command_line_finds_the_same(example_scan: Path) -> None:
    assert found_in(str(example_scan)) == FOUND
    assert scan_status(str(example_scan)).complete


@pytest.mark.anyio
async def test_the_async_api_finds_the_same(example_logs: Path, tmp_path: Path) -> None:
    status = await scan_async(example_scanners(), transcripts_from(str(example_logs)), scans=str(tmp_path))
    tables = (await scan_results_df_async(status.location)).scanners
    table = tables["edits_tests"]
    assert set(table.loc[table.value, "transcript_task_id"]) == FOUND["edits_tests"]


@pytest.mark.anyio
async def test_the_sync_api_works_inside_a_running_loop(example_logs: Path, tmp_path: Path) -> None:
    status = scan(example_scanners(), transcripts_from(str(example_logs)), scans=str(tmp_path), display="none")
    assert found_in(status.location) == FOUND


def test_references_lead_to_the_message(example_scan: Path) -> None:
    table = scan_results_df(str(example_scan)).scanners["edits_tests"]
    row = table.loc[table.value].iloc[0]
    (reference,) = json.loads(row.message_references)
    assert reference["type"] == "message"
    assert row.explanation.startswith(reference["cite"])


def test_all_formats_print_the_same_results(example_scan: Path) -> None:
    wanted = [
        "scan",
        "results",
        str(example_scan),
        "--scanner",
        "tool_use",
        "--columns",
        "transcript_task_id,label,value",
    ]
    as_json: list[dict[str, Any]] = json.loads(scout(*wanted, "--format", "json", cwd=EXAMPLES))
    as_lines = [json.loads(line) for line in scout(*wanted, "--format", "jsonl", cwd=EXAMPLES).splitlines()]
    as_csv = list(csv.DictReader(io.StringIO(scout(*wanted, "--format", "csv", cwd=EXAMPLES))))
    assert as_json == as_lines
    assert [{k: str(v) for k, v in row.items()} for row in as_json] == as_csv
    assert {row["label"] for row in as_json} >= {"bash", "submit", "run_tests"}


def test_scans_of_one_name_are_listed_newest_first(example_scan: Path) -> None:
    listed: list[dict[str, Any]] = json.loads(scout("scan", "list", str(example_scan.parent), "--json", cwd=EXAMPLES))
    assert [Path(entry["location"]).name for entry in listed] == [example_scan.name]


def test_judging_example_finds_what_was_planted(example_logs: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "judging.py"), str(example_logs), str(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    (location,) = tmp_path.glob("scan_id=*")
    tables = scan_results_df(str(location)).scanners
    tampering, ending = tables["tampering"], tables["ending"]
    assert set(tampering.loc[tampering.value, "transcript_task_id"]) == {"off-by-one"}
    assert set(ending.loc[ending.answer == "refused", "transcript_task_id"]) == {"reactor-override"}
    assert "test_pages.py in [M9]" in said
