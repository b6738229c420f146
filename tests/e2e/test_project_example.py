"""The sample project, through the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from inspect_scout import scan_results_df

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    for name in ("project", "logs"):
        shutil.copytree(EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns("*scans", "__pycache__"))
    return folder / "project"


def scout(*arguments: str, cwd: Path, **environment: str) -> Any:
    command = [str(Path(sys.executable).parent / "scout"), *arguments, "--json"]
    ran = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=cwd, env={**os.environ, **environment}
    )
    return json.loads(ran.stdout)


def spec_of(said: Any, project: Path) -> Any:
    return json.loads((project / said["location"] / "_scan.json").read_text())


def test_a_job_file_runs_in_its_project(project: Path) -> None:
    said = scout("scan", "nightly.yaml", cwd=project)
    spec = spec_of(said, project)
    assert Path(said["location"]).parent == project / "my-scans"
    assert (spec["scan_name"], spec["scan_file"]) == ("nightly", "nightly.yaml")
    assert spec["tags"] == ["agents", "mine", "nightly"]
    assert spec["metadata"] == {"team": "review", "owner": "cron"}
    assert spec["transcripts"]["filter"] == ["message_count > 2", "task_set = 'fix-the-bug'"]
    assert spec["scanners"]["long_talk"]["params"] == {"limit": 12}


def test_the_labelled_cases_are_what_the_scanner_says(project: Path) -> None:
    said = scout("scan", "nightly.yaml", cwd=project)
    table = scan_results_df(str(project / said["location"])).scanners["edits_tests"]
    yaml: Any = YAML(typ="safe")
    cases = {case["id"]: case["target"] for case in yaml.load(project / "cases.yaml")}
    assert dict(zip(table.transcript_id, table.value, strict=True)) == cases
    (report,) = scout("validate", said["location"], cwd=project)
    assert (report["scanner"], report["rows"][0]["compared"], report["rows"][0]["match_rate"]) == (
        "edits_tests",
        6,
        1.0,
    )


def test_a_job_with_parameters_runs(project: Path) -> None:
    spec = spec_of(scout("scan", "jobs.py@review", "-S", "score=C", "-S", "limit=2", cwd=project), project)
    assert (spec["scan_name"], spec["scan_file"]) == ("review", "jobs.py")
    assert spec["scan_args"] == {"score": "C", "limit": 2}
    assert spec["transcripts"]["filter"] == ["message_count > 2", "score = 'C'"]
    assert len(spec["transcripts"]["transcript_ids"]) == 2


def test_each_scanner_gets_its_own_work(project: Path) -> None:
    said = scout("scan", "jobs.py@split", cwd=project)
    assert {name: counts["scans"] for name, counts in said["summary"].items()} == {"edits_tests": 6, "long_talk": 2}


def test_a_worklist_file_of_the_command_line_is_honoured(project: Path) -> None:
    (project / "work.yaml").write_text("- {scanner: long_talk, transcripts: [X4tQGpzpaNKJfhNwLuZu5k]}\n")
    said = scout("scan", "scanners.py", "--worklist", "work.yaml", cwd=project)
    assert {name: counts["scans"] for name, counts in said["summary"].items()} == {"edits_tests": 0, "long_talk": 1}


def test_typed_conditions_are_added_to_those_of_the_project(project: Path) -> None:
    for more in ([], ["-T", "../logs"]):
        spec = spec_of(scout("scan", "scanners.py", "-F", "score = 'I'", *more, cwd=project), project)
        assert spec["transcripts"]["filter"] == ["message_count > 2", "score = 'I'"]


def test_scans_of_the_project_are_listed_without_saying_where(project: Path) -> None:
    scan = Path(scout("scan", "scanners.py", "--limit", "1", cwd=project)["location"]).name
    assert scan in [Path(entry["location"]).name for entry in scout("scan", "list", cwd=project)]


def test_a_condition_of_the_environment_may_hold_blanks(project: Path) -> None:
    said = scout("scan", "scanners.py", cwd=project, SCOUT_SCAN_FILTER="task_set = 'fix-the-bug' AND score = 'I'")
    assert said["transcripts"] == 4


def test_settings_are_explained(project: Path) -> None:
    said = scout("info", "config", "nightly.yaml", cwd=project)
    assert said["sources"]["scans"] == ["scout.local.yaml:2"]
    assert said["settings"]["scanners"] == ["edits_tests", "long_talk"]
