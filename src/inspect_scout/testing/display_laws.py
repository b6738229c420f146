"""What every display must do, whatever it is given."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any, TextIO

import msgspec
import pytest

from .._display import Display
from .._types import Phase, ScanState

HOSTILE = (
    "name \x1b[31;7mred\x1b[0m \x1b]0;title\x07 \x9b2J \x08\x08 \u202egnp.exe \udcff \x00 \x1b[2J \x1bc [bold red]x[/]"
)
# Escapes that no display sends on its own: they could only come from the data.
NEVER_SHOWN = ("\x1b[31;7m", "\x1b]0;", "\x07", "\x9b", "\x08", "\u202e", "\udcff", "\x00", "\x1b[2J", "\x1bc")
PHASES: tuple[Phase, ...] = ("complete", "errors", "interrupted", "running", "planned")


def scan_state(text: str, due: int = 0, done: int = 0, phase: Phase = "running") -> ScanState:
    """Make a state of a scan that says a text wherever it can."""
    options = {text: text, "list": [text, 1], "args": {text: text}, "none": None}
    facts = {"scan_id": "x", "name": text, "location": text, "transcripts": due, "options": options}
    said: dict[str, Any] = {
        "facts": {**facts, "accepted": {text: text}},
        "phase": phase,
        "due": due,
        "skipped": done,
        "scanners": {text: {"results": 2, "errors": 3, "tokens": 4, "usage": {text: {"input_tokens": 1, text: 2}}}},
        "workers": {
            "w": {
                "slots": 6,
                "reading": 1,
                "scanning": 2,
                "buffered": 4,
                "memory_bytes": 10**9,
                "trouble": text,
                "held_back": {"rate": 1, "seconds": 2},
                "longest": {"transcript": text, "scanner": text, "seconds": 100},
            }
        },
        "errors": {text: due},
        "problems": {text: 1},
    }
    return msgspec.convert(said, ScanState)


def show_everything(display: Display, text: str, total: int) -> None:
    """Call everything that a display can do."""
    display.print(text)
    display.print()
    display.table(text, [text, "value"], [[text, "1"], [text], ["a", "b", "too many"]], [text], whole=[text])
    display.table("", [], [])
    with display.counting(text) as count:
        count(0, 0)
        count(total, total)
    with display.scan(scan_state(text, total, phase="planned")) as update:
        update(scan_state(text, total))
        display.print(text)
        update(scan_state(text, total, total))
        update(scan_state(""))
    for phase in PHASES:
        display.outcome(scan_state(text, total, phase=phase))


class Terminal(io.TextIOWrapper):
    """A terminal that keeps what is written to it."""

    def __init__(self, encoding: str) -> None:
        self._written = io.BytesIO()
        super().__init__(self._written, encoding=encoding)

    def isatty(self) -> bool:
        """Say that it is a terminal."""
        return True

    def text(self) -> str:
        """Give what was written."""
        self.flush()
        return self._written.getvalue().decode(self.encoding)


class ClosedTerminal(Terminal):
    """A terminal that nobody reads any more."""

    def write(self, s: str, /) -> int:  # noqa: ARG002 - the signature of files
        """Refuse to be written to."""
        raise BrokenPipeError


class DisplayLaws:
    """Inherit, and make a display; what it shows is what it writes to standard output and standard error."""

    encoding = "utf-8"

    def make(self) -> Display:
        """Make a display for the standard output of this moment."""
        raise NotImplementedError

    def shown(self, act: Callable[[Display], None], out: TextIO | None = None) -> str:
        """Make a display, let `act` use it, and return all that it showed."""
        err = Terminal(self.encoding)
        with contextlib.redirect_stdout(out or err), contextlib.redirect_stderr(err):
            act(self.make())
        return err.text()

    @pytest.mark.parametrize("total", [0, 1, 10**12])
    @pytest.mark.parametrize(
        "text", ["", "plain", HOSTILE, "x" * 10_000, "\u200b\u6f22 e\u0301 {x} %s\n[/]\r", "\ud800"]
    )
    def test_no_text_can_break_it(self, text: str, total: int) -> None:
        shown = self.shown(lambda display: show_everything(display, text, total))
        assert [character for character in NEVER_SHOWN if character in shown] == []

    def test_markup_in_data_is_text(self) -> None:
        def act(display: Display) -> None:
            display.print("[red]text[/red] :smile: [link=http://x]y[/link]")
            display.outcome(scan_state("[bold]s[/bold]", phase="errors"))

        shown = self.shown(act)
        if shown:
            assert "[red]text[/red] :smile: [link=http://x]y[/link]" in shown
            assert "[bold]s[/bold]" in shown

    def test_a_scan_that_raises_leaves_the_display_usable(self) -> None:
        def act(display: Display) -> None:
            for _ in range(2):
                with pytest.raises(KeyError), display.scan(scan_state("x", 2)) as update:
                    update(scan_state("x", 2, 1))
                    raise KeyError("scanner")
            with pytest.raises(KeyError), display.counting("x"):
                raise KeyError("index")
            display.print("after")

        shown = self.shown(act)
        assert not shown or "after" in shown

    def test_two_scans_at_once_do_not_disturb_each_other(self) -> None:
        def act(display: Display) -> None:
            with display.scan(scan_state("a", 2)) as first, display.scan(scan_state("b", 2)) as second:
                first(scan_state("a", 2, 1))
                second(scan_state("b", 2, 2))
            display.print("after")

        shown = self.shown(act)
        assert not shown or "after" in shown

    def test_progress_stays_off_standard_output(self) -> None:
        out, err = Terminal(self.encoding), Terminal(self.encoding)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            display = self.make()
            with display.counting("x") as count:
                count(1, 2)
            with display.scan(scan_state("x", 2)) as update:
                update(scan_state("x", 2, 1))
                display.print("a remark")
        assert out.text() == ""

    def test_a_reader_that_went_away_does_not_end_a_scan(self) -> None:
        self.shown(lambda display: show_everything(display, "x", 2), ClosedTerminal(self.encoding))
