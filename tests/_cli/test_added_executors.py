"""Executors that other packages add, in the command line and in project files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspect_scout import scan_list
from inspect_scout._cli import main

SCANNERS = """
from inspect_scout import Result, Transcript, scanner

@scanner(messages="all")
def length():
    async def scan(transcript: Transcript) -> Result:
        return Result(value=1)
    return scan
"""
# It refuses every scan: that it is asked is all there is to show.
EXECUTOR = """
from inspect_scout import ConfigError

def make(units, max_processes):
    raise ConfigError(f"mine was asked to run {units} units")
"""
ASKED = "Error: mine was asked to run"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with scanners, beside an installed package that adds the executor `mine`."""
    site = tmp_path / "site"
    about = site / "added_executor-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "added_executor.py").write_text(EXECUTOR)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: added_executor\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[inspect_scout.executors]\nmine = added_executor:make\n")
    monkeypatch.syspath_prepend(str(site))  # pyright: ignore[reportUnknownMemberType]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scanners.py").write_text(SCANNERS)
    return tmp_path


def scouted(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main([*arguments, "--display", "none"])
    return code, capsys.readouterr().err


def test_the_command_line_takes_an_executor_of_another_package(
    project: Path, example_logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = scouted(capsys, "scan", "scanners.py", "-T", str(example_logs), "--executor", "mine")
    assert code == 1
    assert ASKED in said
    assert not (project / "scans").exists()


@pytest.mark.parametrize("where", ["project", "environment", "job"])
def test_files_and_the_environment_take_it(
    project: Path, example_logs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    file = "scanners.py"
    if where == "project":
        (project / "scout.yaml").write_text("executor: mine\n")
    elif where == "environment":
        monkeypatch.setenv("SCOUT_SCAN_EXECUTOR", "mine")
    else:
        job = {"executor": "mine", "scanners": [{"name": "length", "file": file}]}
        file = "job.json"
        (project / file).write_text(json.dumps(job))
    code, said = scouted(capsys, "scan", file, "-T", str(example_logs))
    assert code == 1
    assert ASKED in said


def test_a_resumed_scan_takes_it(project: Path, example_logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = SCANNERS.replace("return Result(value=1)", "raise RuntimeError('broken')")
    (project / "scanners.py").write_text(broken)
    assert scouted(capsys, "scan", "scanners.py", "-T", str(example_logs), "--limit", "1")[0] == 3
    (found,) = scan_list(str(project / "scans"))
    code, said = scouted(capsys, "scan", "resume", found.location, "--executor", "mine")
    assert code == 1
    assert ASKED in said


def test_an_executor_that_nobody_adds_is_refused_with_those_that_there_are(
    project: Path, example_logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = scouted(capsys, "scan", "scanners.py", "-T", str(example_logs), "--executor", "yours")
    assert code == 2
    assert "'yours' is not one of 'inline', 'processes', 'ray', 'mine'" in said
    (project / "scout.yaml").write_text("limit: 1\nexecutor: yours\n")
    code, said = scouted(capsys, "scan", "scanners.py", "-T", str(example_logs))
    assert code == 1
    assert "'scout.yaml', line 2, key 'executor'" in said
    assert "use one of inline, processes, ray, mine" in said
    assert "inspect_scout.executors" in said
