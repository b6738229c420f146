"""A user's program passes the type checkers that users run, and does what its types say."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import inspect_scout

PROGRAM = Path(__file__).with_name("user_program.py")
SOURCE = Path(inspect_scout.__file__).parents[1]
WRONG = (
    'from inspect_scout import scan, scan_results_df, transcripts_from\n\nscan(3, "logs")\nscan_results_df(["scans"])\n'
    'transcripts_from("logs").read(3)\nscan([], "logs", scanner="x")\n'
)
"""A program in which each line but the first is a mistake."""


def run(command: Sequence[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # Checkers keep what they need at run time in the user's own home, which tests replace.
    home = pwd.getpwuid(os.getuid()).pw_dir
    env = os.environ | {"HOME": home, "PYTHONPATH": str(SOURCE), **environment}
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=env, timeout=400)


def mypy(folder: Path, *files: str) -> str:
    """Run mypy as in a project that knows nothing of ours; gives what it says."""
    pytest.importorskip("mypy")
    # What is kept between runs is that of our own checks beside the sources: reading inspect_ai takes a minute.
    cache = SOURCE.parent / ".mypy_cache" / "user"
    options = ["--strict", "--config-file=", "--follow-imports=silent", f"--cache-dir={cache}"]
    return run([sys.executable, "-m", "mypy", *options, *files], folder, MYPYPATH=str(SOURCE)).stdout


def pyright(folder: Path) -> list[str]:
    """Run pyright over a folder; gives its errors."""
    pytest.importorskip("pyright")
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(SOURCE)], "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    ran = run([sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson"], folder)
    if not ran.stdout.strip().startswith("{"):
        pytest.skip(f"pyright is not on this machine: {ran.stderr.strip()[-200:]}")
    found = json.loads(ran.stdout)["generalDiagnostics"]
    return [
        f"{Path(one['file']).name}:{one['range']['start']['line'] + 1}: {one['message']}"
        for one in found
        if one["severity"] == "error"
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(PROGRAM, tmp_path / "program.py")
    (tmp_path / "wrong.py").write_text(WRONG)
    return tmp_path


@pytest.mark.timeout(400)
def test_mypy_accepts_the_program_and_finds_mistakes(project: Path) -> None:
    said = mypy(project, "program.py", "wrong.py")
    assert [line for line in said.splitlines() if line.startswith("program.py")] == []
    wrong = {
        int(line.split(":")[1]) for line in said.splitlines() if line.startswith("wrong.py") and ": error:" in line
    }
    assert wrong == {3, 4, 5, 6}, said


@pytest.mark.timeout(400)
def test_pyright_accepts_the_program_and_finds_mistakes(project: Path) -> None:
    found = pyright(project)
    assert {line.partition(": ")[0] for line in found} == {f"wrong.py:{number}" for number in (3, 4, 5, 6)}, found


def test_the_program_runs(tmp_path: Path, example_logs: Path) -> None:
    command = [
        sys.executable,
        "-W",
        "error::DeprecationWarning:program",
        str(PROGRAM),
        str(example_logs),
        str(tmp_path),
    ]
    (tmp_path / "logs").symlink_to(example_logs)
    ran = run(command, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "Status(complete, 3 scanners, 4 transcripts, " in ran.stdout
