"""What is longer than the screen goes through a pager; nothing else does."""

from __future__ import annotations

import contextlib
import io
import shlex
import sys
from pathlib import Path

import pytest

from inspect_scout._display import Tone, paged_display
from inspect_scout.testing.display_laws import HOSTILE, NEVER_SHOWN, Terminal

KEEP = "import sys; open(sys.argv[1], 'w', encoding='utf-8').write(sys.stdin.read())"


@pytest.fixture
def paged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that a pager writes what it is given to; the screen has 10 lines of 50 characters."""
    page = tmp_path / "page.txt"
    monkeypatch.setenv("PAGER", shlex.join([sys.executable, "-c", KEEP, str(page)]))
    for name, value in {"LINES": "10", "COLUMNS": "50", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return page


def show(count: int, out: io.TextIOBase, kind: str | None = None) -> None:
    rows = [[f"row {i}", "x" * 100] for i in range(count)]
    tones: list[Tone] = ["bad"] * count
    with contextlib.redirect_stdout(out), paged_display(kind) as display:
        display.table("", ["name", "text"], rows, tones=tones)


def test_what_is_longer_than_the_screen_goes_through_the_pager(paged: Path) -> None:
    terminal = Terminal("utf-8")
    show(20, terminal)
    lines = paged.read_text(encoding="utf-8").splitlines()
    assert (len(lines), terminal.text()) == (21, "")
    assert lines[0].startswith("\x1b[1mname")
    assert lines[1].startswith("\x1b[1;31mrow 0")
    assert "…" in lines[1]


def test_what_fits_on_the_screen_stays_there(paged: Path) -> None:
    terminal = Terminal("utf-8")
    show(5, terminal)
    assert terminal.text().count("\n") == 6
    assert "\x1b[1;31mrow 4" in terminal.text()
    assert not paged.exists()


@pytest.mark.parametrize("pager", ["", "no-such-pager"])
def test_without_a_pager_everything_is_printed(paged: Path, monkeypatch: pytest.MonkeyPatch, pager: str) -> None:
    monkeypatch.setenv("PAGER", pager)
    terminal = Terminal("utf-8")
    show(20, terminal)
    assert terminal.text().count("\n") == 21


def test_a_pager_that_ends_early_is_no_failure(paged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", shlex.join([sys.executable, "-c", ""]))
    terminal = Terminal("utf-8")
    show(5000, terminal)
    assert terminal.text() == ""


def test_pipes_and_plain_displays_know_no_pager_and_no_colours(paged: Path) -> None:
    pipe, terminal = io.StringIO(), Terminal("utf-8")
    show(20, pipe)
    show(20, terminal, "plain")
    for text in (pipe.getvalue(), terminal.text()):
        assert text.count("\n") == 21
        assert "\x1b" not in text
    assert not paged.exists()


def test_no_color_is_honoured(paged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    show(20, Terminal("utf-8"))
    assert "31m" not in paged.read_text(encoding="utf-8")


def test_hostile_text_does_not_reach_the_pager(paged: Path) -> None:
    with contextlib.redirect_stdout(Terminal("utf-8")), paged_display() as display:
        for _ in range(20):
            display.print(HOSTILE, "bad")
            display.table(HOSTILE, [HOSTILE], [[HOSTILE]], tones=["warning"])
    page = paged.read_text(encoding="utf-8")
    assert [character for character in NEVER_SHOWN if character in page] == []


def test_what_was_shown_before_a_failure_is_not_lost(paged: Path) -> None:
    terminal = Terminal("utf-8")
    with contextlib.redirect_stdout(terminal), pytest.raises(KeyError), paged_display() as display:
        display.print("first")
        raise KeyError("second")
    assert terminal.text() == "first\n"
