"""Plain lines on standard output: for pipes, files, CI and threads."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager

import msgspec

from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.terminal import printable
from .._types import ScanState
from .layout import lay_out
from .wording import (
    config_line,
    count_line,
    ending_lines,
    progress_line,
    scanner_headers,
    scanner_rows,
    title_line,
    usage_lines,
)

PROGRESS_SECONDS = 5.0


class Throttle:
    """Says at most every few seconds that it is time to speak again.

    Args:
        seconds: Time between two yeses; the first one comes that long after the start.
        clock: What the time is.
    """

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds, self._clock = seconds, clock
        self._last = clock.monotonic()

    def ready(self) -> bool:
        """Whether it is time."""
        now = self._clock.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


class PlainDisplay:
    """Shows plain lines.

    Args:
        clock: What the time is.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._announced: str | None = None

    def print(self, text: str = "") -> None:
        """Show a line of text."""
        write_line(printable(text))

    def table(
        self,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        footer: Sequence[str] = (),
        whole: Collection[str] = (),
    ) -> None:
        """Show a table; nothing is shortened unless a terminal reads it."""
        for line in table_lines(title, headers, rows, footer, output_width(), whole):
            write_line(line)

    @contextmanager
    def counting(self, caption: str) -> Generator[Callable[[int, int], None]]:
        """Show how far a count has come."""
        throttle, last = Throttle(PROGRESS_SECONDS, self._clock), (-1, -1)
        shown = last

        def update(done: int, total: int) -> None:
            nonlocal last, shown
            last = (done, total)
            if throttle.ready():
                shown = last
                write_line(count_line(caption, done, total))

        yield update
        if last != shown:
            write_line(count_line(caption, *last))

    @contextmanager
    def scan(self, state: ScanState) -> Generator[Callable[[ScanState], None]]:
        """Show a scan while it runs."""
        for line in title_lines(state):
            write_line(line)
        self._announced = state.facts.location
        lines = _ProgressLines(Throttle(PROGRESS_SECONDS, self._clock))
        try:
            yield lines.update
        finally:
            lines.finish()

    def outcome(self, state: ScanState) -> None:
        """Show how a scan stands, and the commands that lead on."""
        announced = self._announced == state.facts.location
        for line in ([] if announced else title_lines(state)) + outcome_lines(state, output_width()):
            write_line(line)


class _ProgressLines:
    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._last: ScanState | None = None
        self._shown = ""

    def update(self, state: ScanState) -> None:
        """Take note of the newest state."""
        self._last = state
        if self._throttle.ready():
            self._show(progress_line(state))

    def finish(self) -> None:
        """Show the last state: how far it came and how often calls were repeated, nobody being at work any more."""
        if (last := self._last) is not None:
            self._show(progress_line(msgspec.structs.replace(last, workers={})))

    def _show(self, line: str) -> None:
        if line != self._shown:
            self._shown = line
            write_line(line)


def table_lines(
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    footer: Sequence[str],
    width: int | None,
    whole: Collection[str] = (),
) -> list[str]:
    """Write a table as lines of text."""
    table = lay_out(headers, rows, footer, width, whole)
    ending = [] if table.footer is None else [table.footer]
    return [*([printable(title)] if title else []), table.header, *table.body, *ending]


def title_lines(state: ScanState) -> list[str]:
    """Write what is scanned as lines of text."""
    config = config_line(state.facts.options)
    return [title_line(state.facts), *([config] if config else [])]


def outcome_lines(state: ScanState, width: int | None) -> list[str]:
    """Write how a scan stands as lines of text."""
    lines: list[str] = []
    if state.scanners:
        lines += ["", *table_lines("", scanner_headers(state.scanners), scanner_rows(state.scanners), (), width)]
    if usage := usage_lines(state.usage):
        lines += ["", *usage]
    return [*lines, "", *(line.text for line in ending_lines(state))]


def output_width() -> int | None:
    """Width of the terminal that reads standard output; None where none does (unless COLUMNS asks for one)."""
    if not os.environ.get("COLUMNS", "").isdigit() and not is_terminal(sys.stdout):
        return None
    return max(20, shutil.get_terminal_size().columns)


def is_terminal(stream: object) -> bool:
    """Whether a stream is read by a terminal."""
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return False


def write_line(line: str) -> None:
    """Write a line; a reader that went away, or an encoding without some letter, must not end a scan."""
    try:
        try:
            print(line, flush=True)  # noqa: T201 - this is where the room prints
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding or "ascii"
            print(line.encode(encoding, "replace").decode(encoding), flush=True)  # noqa: T201
    except (OSError, ValueError):
        pass
