"""The example of a package that extends Scout keeps its laws and is found by scans, as installed packages are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "extension"
SCANNERS = """
from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def turns() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return scan
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Install the package where only this test sees it: no network, and no tool to build it, is needed for that."""
    site = tmp_path / "site"
    shutil.copytree(EXAMPLE / "scout_chats", site / "scout_chats")
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    about = site / f"scout_chats-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = {group: "\n".join(map(" = ".join, names.items())) for group, names in project["entry-points"].items()}
    (about / "entry_points.txt").write_text("".join(f"[{group}]\n{names}\n" for group, names in groups.items()))
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])}


def run(program: str, *arguments: str, environment: dict[str, str], folder: Path) -> str:
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.timeout(300)
def test_its_own_tests_pass(tmp_path: Path, environment: dict[str, str]) -> None:
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    (tmp_path / "tests" / "pytest.ini").write_text("[pytest]\n")
    said = run("pytest", "-q", "tests", environment=environment, folder=tmp_path)
    assert " passed" in said and "failed" not in said and "skipped" not in said


@pytest.mark.parametrize("processes", [1, 2])
def test_the_command_line_scans_its_transcripts(tmp_path: Path, environment: dict[str, str], processes: int) -> None:
    (tmp_path / "one.chats").write_text("# first\nuser: Hello\nassistant: Hello.\n\n# second\nuser: Bye\n")
    (tmp_path / "scanners.py").write_text(SCANNERS)
    options = ["-T", "one.chats", "--scans", "scans", "--display", "none", "--max-processes", str(processes)]
    run("scout", "scan", "scanners.py", *options, environment=environment, folder=tmp_path)
    (location,) = (tmp_path / "scans").iterdir()
    shown = run("scout", "scan", "results", str(location), "--format", "json", environment=environment, folder=tmp_path)
    assert {row["transcript_id"]: int(row["value"]) for row in json.loads(shown)} == {"one/first": 2, "one/second": 1}
