"""What every command prints: on terminals of 50, 80 and 160 columns, and in a pipe.

The files in `snapshots/` were read line by line; change them with a reason. `SCOUT_TEST_SNAPSHOTS=write pytest ...` writes
them. Lines of standard error begin with "2> "; behind "<<<" stands what is typed at questions.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from inspect_scout._cli.root import root
from support.printed.lines import LINES
from support.printed.project import make_project, marks
from support.printed.snapshots import check_snapshot
from support.printed.typed import Folder, run_typed, session

SNAPSHOTS = Path(__file__).parent / "snapshots"


def commands(
    path: tuple[str, ...] = (), command: click.Command = root
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Give all commands with their paths."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from commands((*path, name), child)


def snapshot_of(name: str) -> Path:
    """Name the file that keeps what was printed."""
    return SNAPSHOTS / f"{name.replace(' ', '-') or 'scout'}.txt"


@pytest.fixture(scope="module")
def folder() -> Iterator[Folder]:
    # Not pytest's own: what a path takes of a line must not depend on how many tests ran.
    with tempfile.TemporaryDirectory(prefix="scout-") as parent:
        yield Folder(make_project(Path(parent).resolve()))


@pytest.fixture(scope="module")
def change(folder: Folder) -> Callable[[str], str]:
    return marks(folder.path)


@pytest.mark.parametrize("name", LINES)
def test_what_is_printed(
    name: str, folder: Folder, change: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = session(folder, LINES[name], change, monkeypatch)
    check_snapshot(snapshot_of(name), seen)


@pytest.mark.parametrize("name", [" ".join(path) for path, _ in commands()])
def test_help_pages(name: str, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    short, long = f"{name} --help".strip(), f"{name} --help-all".strip()
    has_more = "--help-all" in run_typed(short, "160", monkeypatch).out
    seen = session(folder, [short, *([long] if has_more else [])], str, monkeypatch)
    check_snapshot(snapshot_of(f"{name} help".strip()), seen)


def test_every_command_is_typed() -> None:
    assert set(LINES) == {" ".join(path) for path, _ in commands()}
    kept = {file.name for file in SNAPSHOTS.iterdir()}
    assert kept == {snapshot_of(f"{name}{end}".strip()).name for name in LINES for end in ("", " help")}


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=str)
def test_every_command_is_seen_to_do_its_work_and_to_refuse(path: tuple[str, ...], command: click.Command) -> None:
    name = " ".join(path)
    assert all(line.startswith(name) for line in LINES[name])
    sessions = snapshot_of(name).read_text(encoding="utf-8").split("$ scout")[1:]
    assert any("(exit code" in seen for seen in sessions)
    serves = name == "view"  # until it is stopped: tests/_view/test_serving.py
    if name == "scan" or not (serves or isinstance(command, click.Group)):
        assert any("(exit code" not in seen for seen in sessions)
    if any("--json" in param.opts for param in command.params):
        assert any("--json" in line for line in LINES[name])
