"""What every display promises, whatever it is given."""

from __future__ import annotations

import contextlib
import io
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from inspect_scout._display import Display
from inspect_scout._display.live import RichDisplay
from inspect_scout._display.log import LOGGER, LogDisplay
from inspect_scout._display.plain import PlainDisplay
from inspect_scout._display.silent import SilentDisplay
from inspect_scout._types import HeldBack, LongestRunning, Phase, ScannerState, ScanState, WorkerState
from support.states import scan_state

# Escapes that no display sends on its own: they could only come from the data.
HOSTILE = (
    "name \x1b[31;7mred\x1b[0m \x1b]0;title\x07 \x9b2J \x08\x08 \u202egnp.exe \udcff \x00 \x1b[2J \x1bc [bold red]x[/]"
)
NEVER_SHOWN = ("\x1b[31;7m", "\x1b]0;", "\x07", "\x9b", "\x08", "\u202e", "\udcff", "\x00", "\x1b[2J", "\x1bc")
PHASES: tuple[Phase, ...] = ("complete", "errors", "interrupted", "running", "planned")
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60) | st.sampled_from([HOSTILE, "x" * 10_000, ""])


def state(text: str, total: int = 0, done: int = 0, phase: Phase = "running") -> ScanState:
    options = {text: text, "list": [text, 1], "args": {text: text}, "none": None}
    return scan_state(
        total,
        done,
        phase=phase,
        doing=WorkerState(
            slots=6,
            reading=1,
            scanning=2,
            buffered=4,
            memory_bytes=10**9,
            trouble=text,
            held_back=HeldBack(rate=1, seconds=2),
            longest=LongestRunning(transcript=text, scanner=text, seconds=100),
        ),
        scanners={text: ScannerState(results=2, errors=3, tokens=4, usage={text: {"input_tokens": 1, text: 2}})},
        facts={"name": text, "location": text, "transcripts": total, "options": options, "accepted": {text: text}},
        errors={text: total},
        problems={text: 1},
    )


def show_everything(display: Display, text: str, total: int) -> None:
    display.print(text)
    display.print()
    display.table(text, [text, "value"], [[text, "1"], [text], ["a", "b", "too many"]], [text], whole=[text])
    display.table("", [], [])
    with display.counting(text) as count:
        count(0, 0)
        count(total, total)
    with display.scan(state(text, total, phase="planned")) as update:
        update(state(text, total))
        display.print(text)
        update(state(text, total, total))
        update(scan_state(0))
    for phase in PHASES:
        display.outcome(state(text, total, phase=phase))


class DisplayLaws(ABC):
    """Laws that every display keeps; a subclass says how to make one and what it showed."""

    @abstractmethod
    def shown(self, act: Callable[[Display], None]) -> str:
        """Make a display, let `act` use it, and return all that it showed."""

    def test_every_call_is_accepted(self) -> None:
        self.shown(lambda display: show_everything(display, "refusal", 3))

    # Each subclass runs the same examples on a display of its own.
    @settings(max_examples=40, suppress_health_check=[HealthCheck.differing_executors])
    @given(text=ANY_TEXT, total=st.sampled_from([0, 1, 10**12]))
    def test_no_text_can_break_it(self, text: str, total: int) -> None:
        self.shown(lambda display: show_everything(display, text, total))

    def test_control_characters_of_data_are_not_shown(self) -> None:
        shown = self.shown(lambda display: show_everything(display, HOSTILE, 5))
        assert [character for character in NEVER_SHOWN if character in shown] == []

    def test_markup_in_data_is_text(self) -> None:
        def act(display: Display) -> None:
            display.print("[red]text[/red] :smile: [link=http://x]y[/link]")
            display.outcome(state("[bold]s[/bold]", phase="errors"))

        shown = self.shown(act)
        if shown:
            assert "[red]text[/red] :smile: [link=http://x]y[/link]" in shown
            assert "[bold]s[/bold]" in shown

    def test_a_scan_that_raises_leaves_the_display_usable(self) -> None:
        def act(display: Display) -> None:
            for _ in range(2):
                with pytest.raises(KeyError), display.scan(state("x", 2)) as update:
                    update(state("x", 2, 1))
                    raise KeyError("scanner")
            with pytest.raises(KeyError), display.counting("x"):
                raise KeyError("index")
            display.print("after")

        shown = self.shown(act)
        assert not shown or "after" in shown

    def test_two_scans_at_once_do_not_disturb_each_other(self) -> None:
        def act(display: Display) -> None:
            with display.scan(state("a", 2)) as first, display.scan(state("b", 2)) as second:
                first(state("a", 2, 1))
                second(state("b", 2, 2))
            display.print("after")

        shown = self.shown(act)
        assert not shown or "after" in shown

    def test_a_reader_that_went_away_does_not_end_a_scan(self) -> None:
        class Gone(io.StringIO):
            def write(self, s: str, /) -> int:
                raise BrokenPipeError

        with contextlib.redirect_stdout(Gone()):
            show_everything(self.on_standard_output(), "x", 2)

    @abstractmethod
    def on_standard_output(self) -> Display:
        """Make a display that writes to standard output as it is."""


class TestPlain(DisplayLaws):
    def shown(self, act: Callable[[Display], None]) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            act(PlainDisplay())
        return out.getvalue()

    def on_standard_output(self) -> Display:
        return PlainDisplay()


class TestPlainWithoutUnicode(DisplayLaws):
    def shown(self, act: Callable[[Display], None]) -> str:
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding="ascii")
        with contextlib.redirect_stdout(out):
            act(PlainDisplay())
        out.flush()
        return raw.getvalue().decode("ascii")

    def on_standard_output(self) -> Display:
        return PlainDisplay()


class TestLog(DisplayLaws):
    def shown(self, act: Callable[[Display], None]) -> str:
        out = io.StringIO()
        handler = logging.StreamHandler(out)
        level, raising = LOGGER.level, logging.raiseExceptions
        LOGGER.addHandler(handler)
        LOGGER.setLevel("INFO")
        try:
            act(LogDisplay())
        finally:
            LOGGER.removeHandler(handler)
            LOGGER.setLevel(level)
            logging.raiseExceptions = raising
        return out.getvalue()

    def on_standard_output(self) -> Display:
        return LogDisplay()


class TestNone(DisplayLaws):
    def shown(self, act: Callable[[Display], None]) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
            act(SilentDisplay())
        return out.getvalue()

    def on_standard_output(self) -> Display:
        return SilentDisplay()

    def test_nothing_is_shown(self) -> None:
        assert self.shown(lambda display: show_everything(display, "x", 2)) == ""


class TestRich(DisplayLaws):
    width = 80

    def shown(self, act: Callable[[Display], None]) -> str:
        console = Console(file=io.StringIO(), width=self.width, height=24, force_terminal=True, legacy_windows=False)
        act(RichDisplay(output=console, screen=console))
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    def on_standard_output(self) -> Display:
        screen = Console(file=io.StringIO(), width=self.width, force_terminal=True)
        return RichDisplay(screen=screen)


class TestRichNarrow(TestRich):
    width = 20


class TestRichWide(TestRich):
    width = 160
