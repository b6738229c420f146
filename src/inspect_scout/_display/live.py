"""A live picture on standard error, drawn with rich; results stay on standard output when it is gone."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.terminal import plural, printable
from .._types import ScanState
from .layout import GAP, cell_width, lay_out_table, shorten
from .plain import is_terminal, outcome_lines, output_width, table_lines, title_lines, write_line
from .silent import SilentDisplay
from .wording import (
    OPTIONAL_HEADERS,
    Line,
    Tone,
    config_line,
    count_line,
    duration,
    longest_fact,
    model_facts,
    percent,
    scanner_headers,
    scanner_rows,
    title_line,
    trouble_facts,
    worker_facts,
)

REFRESHES_PER_SECOND = 4
MAX_BAR_CELLS = 40
_STYLES: dict[Tone, str] = {
    "title": "bold",
    "detail": "dim",
    "good": "green",
    "bad": "bold red",
    "warning": "yellow",
    "text": "",
}
# A terminal shows one live picture at a time; a second scan of this process goes on unseen.
_SCREEN = threading.Lock()


class RichDisplay:
    """Shows a live picture in a terminal.

    Args:
        output: Where results, messages and the outcome go (default: standard output).
        screen: Where the live picture is drawn, and what is said meanwhile (default: standard error).
        clock: What the time is.
    """

    def __init__(
        self, output: Console | None = None, screen: Console | None = None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._output = output or _console()
        self._screen = screen or _console(stderr=True)
        self._clock = clock
        self._drawing: Live | None = None

    def print(self, text: str = "", tone: Tone = "text") -> None:
        """Show a line of text."""
        self._show(printable(text), tone)

    def table(
        self,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        footer: Sequence[str] = (),
        whole: Collection[str] = (),
        optional: Sequence[str] = (),
        tones: Sequence[Tone] = (),
    ) -> None:
        """Show a table."""
        self._show_lines(table_lines(title, headers, rows, footer, self._width(), whole, optional, tones))

    @contextmanager
    def counting(self, caption: str) -> Generator[Callable[[int, int], None]]:
        """Show how far a count has come."""
        done, total = 0, 0

        def update(newest: int, of: int) -> None:
            nonlocal done, total
            done, total = newest, of

        with self._live(lambda: Text(count_line(caption, done, total) if total else "", overflow="ellipsis")):
            yield update

    @contextmanager
    def scan(self, state: ScanState) -> Generator[Callable[[ScanState], None]]:
        """Show a scan while it runs."""
        picture = ScanPicture(state, self._screen, self._clock)
        with self._live(picture.render) as drawn:
            yield picture.update if drawn else SilentDisplay().ignore

    def outcome(self, state: ScanState) -> None:
        """Show how a scan stands, and the commands that lead on."""
        if self._drawing is not None:  # the scan was left behind, and ends no drawing
            self._stop(self._drawing)
        width = self._width()
        self._show_lines([*title_lines(state, width), *outcome_lines(state, width)])

    def _width(self) -> int | None:
        """Cells that a line of results may take: all that it needs, where no terminal reads it."""
        return self._output.width if self._output.is_terminal else output_width()

    def _show_lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._show(line.text, line.tone)

    def _show(self, text: str, tone: Tone = "text") -> None:
        console = self._screen if self._drawing else self._output
        if console.file is sys.stdout and not console.is_terminal:
            write_line(text)
            return
        try:
            # Soft wrapping leaves paths and commands whole, so that they can be copied.
            console.print(Text(text, style=_STYLES[tone]), soft_wrap=True)
        except (OSError, ValueError):
            # The reader went away; a scan goes on without one.
            pass

    @contextmanager
    def _live(self, render: Callable[[], RenderableType]) -> Generator[bool]:
        if not _SCREEN.acquire(blocking=False):
            yield False
            return
        live = Live(
            get_renderable=render,
            console=self._screen,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            # What scanners print stays above the picture, unless it goes elsewhere.
            redirect_stdout=is_terminal(sys.stdout),
        )
        try:
            # A terminal that went away must not end a scan: it goes on unseen.
            with contextlib.suppress(OSError, ValueError):
                live.start(refresh=True)
            self._drawing = live
            yield True
        finally:
            self._stop(live)
            _SCREEN.release()

    def _stop(self, live: Live) -> None:
        self._drawing = None
        with contextlib.suppress(OSError, ValueError):
            live.stop()


class ScanPicture:
    """The picture of a running scan; an update only takes note, drawing happens on rich's own thread.

    Args:
        state: How the scan stands at first.
        console: Where it is drawn: its size decides what there is room for.
        clock: What the time is.
    """

    def __init__(self, state: ScanState, console: Console, clock: Clock) -> None:
        self._newest, self._console, self._clock = state, console, clock
        self._started = clock.monotonic()

    def update(self, state: ScanState) -> None:
        """Take note of the newest state."""
        self._newest = state

    def render(self) -> RenderableType:
        """Draw the newest state."""
        state, width = self._newest, self._console.width
        doing = state.doing
        parts = [Text(shorten(title_line(state.facts), width), style=_STYLES["title"])]
        if config := config_line(state.facts.options):
            parts.append(Text(shorten(config, width), style=_STYLES["detail"]))
        parts.append(self._bar(state, width))
        parts += self._scanners(state, width, bool(doing.trouble))
        if facts := _facts(state):
            parts.append(Text(shorten(" · ".join(facts), width), style=_STYLES["detail"]))
        parts += [Text(shorten(fact, width), style=_STYLES["warning"]) for fact in trouble_facts(doing)]
        parts += [Text(shorten(fact, width), style=_STYLES["warning"]) for fact in longest_fact(doing)]
        return Group(*parts)

    def _bar(self, state: ScanState, width: int) -> Text:
        elapsed = self._clock.monotonic() - self._started
        done, left = state.recorded, state.due - state.done
        numbers = f"{percent(state.done, state.due):3d}%  {state.done:,}/{state.due:,}"
        times = duration(elapsed) + (f", {duration(elapsed / done * left)} left" if done > 0 and left > 0 else "")
        length = max(0, min(MAX_BAR_CELLS, width - cell_width(numbers) - cell_width(times) - 2 * len(GAP)))
        share = min(1.0, max(0.0, state.done / state.due)) if state.due > 0 else 1.0
        filled = int(length * share)
        bar = Text("━" * filled, style="cyan")
        bar.append("━" * (length - filled), style="bright_black")
        bar.append(GAP + shorten(numbers + GAP + times, width - length - len(GAP)), style="default")
        return bar

    def _scanners(self, state: ScanState, width: int, below: int) -> list[Text]:
        names = list(state.scanners)[: max(1, self._console.height - 8 - below)]
        if not names:
            return []
        shown = {name: state.scanners[name] for name in names}
        table = lay_out_table(scanner_headers(shown), scanner_rows(shown), width=width, optional=OPTIONAL_HEADERS)
        lines = [Text(shorten(table.header, width), style=_STYLES["title"])]
        lines += [Text(shorten(line, width)) for line in table.body]
        if hidden := len(state.scanners) - len(names):
            lines.append(Text(f"and {plural(hidden, 'more scanner')}", style=_STYLES["detail"]))
        return lines


def _facts(state: ScanState) -> list[str]:
    doing, processes = state.doing, len(state.workers)
    facts = [*worker_facts(doing), *model_facts(state, doing)]
    return [*facts, f"{processes} processes", f"{doing.memory_bytes / 1e9:.1f} GB"] if processes > 1 else facts


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)
