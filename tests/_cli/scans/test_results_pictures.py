"""What `scout scan results` looks like: on terminals of 50, 80 and 160 columns, and in a pipe.

The pictures are in `snapshots`, escapes written as `^[`.
"""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from inspect_scout._cli import main as run
from inspect_scout.testing.display_laws import Terminal
from support.printed.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).parent / "snapshots"
COMMANDS = {
    "results": (),
    "results-all": ("--scanner", "edits_tests", "--all"),
    "results-by": ("--by", "task,score"),
    "results-by-label": ("--by", "label", "--scanner", "tool_use"),
    "results-record": ("--scanner", "environment_errors", "--format", "record"),
    "results-nothing": ("--scanner", "edits_tests", "--where", "task_id = 'sorting'"),
}


def picture(scan: Path, options: tuple[str, ...], width: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PAGER", "")
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("COLUMNS", "NO_COLOR", "SCOUT_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if width == "pipe":
        with contextlib.redirect_stdout(io.StringIO()) as pipe:
            assert run(["scan", "results", str(scan), *options]) == 0
        return pipe.getvalue().replace(str(scan), "SCAN")
    monkeypatch.setenv("COLUMNS", width)
    terminal = Terminal("utf-8")
    with contextlib.redirect_stdout(terminal):
        assert run(["scan", "results", str(scan), *options]) == 0
    return terminal.text().replace("\x1b", "^[").replace(str(scan), "SCAN")


@pytest.mark.parametrize("width", ["50", "80", "160", "pipe"])
@pytest.mark.parametrize("name", COMMANDS)
def test_pictures(name: str, width: str, example_scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = picture(example_scan, COMMANDS[name], width, monkeypatch)
    check_snapshot(SNAPSHOTS / f"{name}-{width}.txt", seen)
