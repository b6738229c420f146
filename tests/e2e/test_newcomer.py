"""The first hour with Scout, on terminals of several widths and in a pipe: every line fits, and each leads on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.terminals import SCOUT, lines_on_screen, scout_on_terminal

LOGS = Path(__file__).parents[2] / "examples" / "logs"
WHOLE = ("scout ", "scans/scan_id=", "Error: ")
"""What lines hold that are copied whole, or are sentences that a terminal breaks: commands, paths, errors."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with logs and nothing else."""
    folder = tmp_path / "work"
    shutil.copytree(LOGS, folder / "logs")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("columns", [50, 80, 160])
@pytest.mark.usefixtures("here")
def test_a_newcomer_reaches_results_on_a_terminal(columns: int) -> None:
    def see(*arguments: str, typed: str = "") -> str:
        lines = lines_on_screen(scout_on_terminal(*arguments, columns=columns, typed=typed).shown)
        long = [line for line in lines if len(line) > columns and not any(part in line for part in WHOLE)]
        assert long == []
        return "\n".join(lines)

    assert "scout init" in see("--help")
    assert "'scout init'" in see("scan")
    assert "next: scout scan scanners.py" in see("init", typed="\n")
    assert "scout scan scanners.py" in see("scan")
    assert "Did you mean 'scanners.py'?" in see("scan", "scaners.py").replace("\n", " ")
    assert "scan complete" in see("scan", "scanners.py")
    assert "reactor" in see("scan", "results", "--scanner", "refusals", "--positive", "--columns", "task_id,value")
    assert "--help-all" in see("scan", "--help")


@pytest.mark.usefixtures("here")
def test_a_newcomer_reaches_results_in_a_pipe() -> None:
    def run(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run([SCOUT, *arguments], capture_output=True, check=False, text=True, stdin=subprocess.DEVNULL)
        assert ran.returncode == code, ran.stderr
        assert "\x1b" not in ran.stdout + ran.stderr
        return ran

    assert run("init").stdout.endswith("next: scout scan scanners.py\n")
    assert "Starting" not in run("scan", "scanners.py").stderr
    found = run("scan", "results", "--scanner", "refusals", "--positive", "--columns", "task_id,value").stdout
    assert "reactor" in found
    assert run("scan", code=2).stdout == ""
