"""The table of options: what must be written out follows it, and a new option is known everywhere after few edits."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

import inspect_scout
from inspect_scout import ProjectConfig, ScanJob, ScanJobConfig, aio, scan, scan_complete, scan_resume, start_scan
from inspect_scout._project import MERGED_OPTIONS, OPTIONS, Option, describe_options, options_of

SOURCE = Path(inspect_scout.__file__).parent
OLDER = {"results"}
CHOICES = [option for option in MERGED_OPTIONS if option.choices]


def parameters(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)


def test_the_signatures_of_scan_have_every_option() -> None:
    arguments = {option.field for option in options_of("argument")} | OLDER
    assert parameters(scan) == arguments
    assert parameters(aio.scan_async) == arguments
    assert inspect.signature(start_scan).parameters == inspect.signature(scan).parameters
    assert aio.start_scan is start_scan


def test_the_signatures_of_resume_have_every_option() -> None:
    arguments = {option.field for option in options_of("resume")} | {
        "scan_location",
        "predicate_overrides",
        "on_progress",
    }
    assert parameters(scan_resume) == arguments
    assert parameters(aio.scan_resume_async) == arguments


@pytest.mark.parametrize(
    ("twin", "sync"),
    [(aio.scan_async, scan), (aio.scan_resume_async, scan_resume), (aio.scan_complete_async, scan_complete)],
)
def test_async_functions_are_described_as_their_sync_twins_but_for_the_default_display(
    twin: Callable[..., Any], sync: Callable[..., Any]
) -> None:
    told, lines = ((inspect.getdoc(each) or "").partition("Example:")[0].splitlines() for each in (sync, twin))
    (display,) = (line for line in lines if line not in told)
    assert display.strip().startswith("display: ")
    assert "`none` (the default)" in display
    missing = [line.split()[0] for line in told if line not in lines]
    assert {"display:"} <= {*missing} <= {"display:", "picture", "KeyboardInterrupt:"}
    assert len(lines) > len(parameters(twin))


def test_the_models_of_files_and_jobs_have_every_option() -> None:
    job = {option.name for option in options_of("job")} | OLDER
    assert ScanJobConfig.model_fields.keys() == job
    assert ProjectConfig.model_fields.keys() == {option.name for option in options_of("project")} | OLDER
    assert parameters(ScanJob) == job
    assert {each.name for each in dataclasses.fields(ScanJob) if each.init} == job - OLDER


def texts_of(annotation: Any) -> set[str]:
    """Find the texts that a type allows, however deep its literals are."""
    if isinstance(annotation, str):
        return {annotation}
    return {text for part in get_args(annotation) for text in texts_of(part)}


@pytest.mark.parametrize("option", CHOICES, ids=lambda option: option.name)
def test_the_types_of_choices_say_what_the_table_says(option: Option) -> None:
    assert texts_of(ScanJobConfig.model_fields[option.name].annotation) == {*option.choices}


def test_names_and_spellings_are_unique() -> None:
    spellings = [name for option in OPTIONS for flag in option.flags for name in flag.names.split()]
    variables = [variable for option in OPTIONS for variable in option.variables]
    for names in ([option.name for option in OPTIONS], [option.field for option in OPTIONS], spellings, variables):
        assert len(set(names)) == len(names)


def test_the_description_of_the_table_is_plain_data() -> None:
    described = describe_options()
    assert json.loads(json.dumps(described)) == described
    limit = next(option for option in described if option["name"] == "limit")
    assert limit["places"] == ["argument", "job", "project", "environment", "command line"]
    assert (limit["kind"], limit["variables"], limit["flags"][0]["metavar"]) == ("amount", ["SCOUT_SCAN_LIMIT"], None)


ADDED = {
    "_project/options.py": {
        '    Option("limit", ': '    Option("patience", "count", "How patient.", (Flag("--patience", section=WHAT),), default=7),\n',
    },
    "_project/config.py": {
        "    limit: _Amount | None = None\n": '    patience: _Count | None = None\n    """How patient."""\n\n',
        "    limit: int | None = None\n": "    patience: int | None = None\n",
    },
    "_app/api.py": {
        "    limit: int | None = None,\n": "    patience: int | None = None,\n",
    },
}
"""File -> what stands in it -> what is added before that, wherever it stands: three files for an option of everything."""
SCANNERS = """
from inspect_scout import Result, ScanJob, Transcript, scanjob, scanner

@scanner(messages="all")
def length():
    async def scan(transcript: Transcript) -> Result:
        return Result(value=1)
    return scan
"""
JOB = """
@scanjob
def job():
    return ScanJob(scanners=[length()], patience=5)
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the package and add an option to the copy."""
    root = tmp_path_factory.mktemp("extended")
    package = root / "inspect_scout"
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, edits in ADDED.items():
        text = (package / name).read_text(encoding="utf-8")
        for before, line in edits.items():
            assert before in text
            text = text.replace(before, line + before)
        (package / name).write_text(text, encoding="utf-8")
    return root


def explained(root: Path, folder: Path, *arguments: str, **variables: str) -> tuple[Any, list[str]]:
    """Ask the changed package which value the added option has, and why."""
    text = said(root, folder, "info", "config", *arguments, "--json", **variables)
    entries = json.loads(text)
    return entries["settings"]["patience"], entries["sources"]["patience"]


def said(root: Path, folder: Path, *arguments: str, **variables: str) -> str:
    code = f"from inspect_scout._cli import main; raise SystemExit(main({list(arguments)!r}))"
    return ran(root, folder, code, **variables)


def ran(root: Path, folder: Path, code: str, **variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_added_option_is_known_to_every_door(extended: Path, tmp_path: Path) -> None:
    assert "--patience N" in said(extended, tmp_path, "scan", "--help-all")
    assert explained(extended, tmp_path) == (7, ["default"])
    assert explained(extended, tmp_path, SCOUT_SCAN_PATIENCE="2") == (2, ["SCOUT_SCAN_PATIENCE"])
    (tmp_path / "scout.yaml").write_text("patience: 3\n")
    assert explained(extended, tmp_path, SCOUT_SCAN_PATIENCE="2") == (3, ["scout.yaml:1"])
    (tmp_path / "job.yaml").write_text("patience: 4\nscanners: [{name: length, file: scanners.py}]\n")
    (tmp_path / "scanners.py").write_text(SCANNERS)
    assert explained(extended, tmp_path, "job.yaml") == (4, ["job job.yaml"])
    (tmp_path / "jobs.py").write_text(SCANNERS + JOB)
    assert explained(extended, tmp_path, "jobs.py") == (5, ["job jobs.py"])
    assert explained(extended, tmp_path, "job.yaml", "--patience", "6") == (6, ["command line"])


PROBE = """
import asyncio
import json
from inspect_scout import scan
from inspect_scout.aio import scan_async
from inspect_scout._plan import ScanRequest, resolve_request
from inspect_scout._project import describe_options
from inspect_scout._project.schemas import make_schema

def refusal(work):
    try:
        work()
    except ValueError as error:
        return str(error)

resolved = resolve_request(ScanRequest(scanners=(), patience=8))
print(json.dumps({
    "request": resolved.request.patience,
    "source": resolved.settings["patience"].source,
    "refused": refusal(lambda: scan([], patience=0)),
    "refused_async": refusal(lambda: asyncio.run(scan_async([], patience=-1))),
    "schemas": [json.loads(make_schema(name))["properties"]["patience"]["anyOf"][0] for name in ("project", "scanjob")],
    "places": next(each for each in describe_options() if each["name"] == "patience")["places"],
}))
"""


def test_an_added_option_is_known_to_python_schemas_and_forms(extended: Path, tmp_path: Path) -> None:
    count = {"minimum": 1, "type": "integer"}
    assert json.loads(ran(extended, tmp_path, PROBE)) == {
        "request": 8,
        "source": "argument",
        "refused": "patience=0 is too small; use 1 or more.",
        "refused_async": "patience=-1 is too small; use 1 or more.",
        "schemas": [count, count],
        "places": ["argument", "job", "project", "environment", "command line"],
    }
