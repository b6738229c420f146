"""Plain lines: for pipes, files, CI and threads. Progress goes to standard error, results to standard output."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import msgspec

from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.terminal import printable
from .._types import ScanState
from .layout import lay_out_table, wrap
from .wording import (
    OPTIONAL_HEADERS,
    Line,
    Tone,
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
        self._scans = 0

    def print(self, text: str = "", tone: Tone = "text") -> None:  # noqa: ARG002 - of displays with colours
        """Show a line of text; while a scan runs it is a remark."""
        (note_line if self._scans else write_line)(printable(text))

    def table(
        self,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        footer: Sequence[str] = (),
        whole: Collection[str] = (),
        optional: Sequence[str] = (),
        tones: Sequence[Tone] = (),  # noqa: ARG002 - of displays with colours
    ) -> None:
        """Show a table; nothing is shortened unless a terminal reads it."""
        for line in table_lines(title, headers, rows, footer, output_width(), whole, optional):
            write_line(line.text)

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
                note_line(count_line(caption, done, total))

        yield update
        if last != shown:
            note_line(count_line(caption, *last))

    @contextmanager
    def scan(self, state: ScanState) -> Generator[Callable[[ScanState], None]]:
        """Show a scan while it runs."""
        for line in title_lines(state):
            note_line(line.text)
        self._announced = state.facts.location
        throttle, shown = Throttle(PROGRESS_SECONDS, self._clock), ""
        last: ScanState | None = None

        def show(state: ScanState) -> None:
            nonlocal shown
            line = progress_line(state)
            if line != shown:
                shown = line
                note_line(line)

        def update(state: ScanState) -> None:
            nonlocal last
            last = state
            if throttle.ready():
                show(state)

        self._scans += 1
        try:
            yield update
        finally:
            self._scans -= 1
            if last is not None:  # how far it came, and how often calls were repeated, nobody being at work any more
                show(msgspec.structs.replace(last, workers={}))

    def outcome(self, state: ScanState) -> None:
        """Show how a scan stands, and the commands that lead on."""
        announced = self._announced == state.facts.location
        width = output_width()
        for line in ([] if announced else title_lines(state, width)) + outcome_lines(state, width):
            write_line(line.text)


def table_lines(
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    footer: Sequence[str] = (),
    width: int | None = None,
    whole: Collection[str] = (),
    optional: Sequence[str] = (),
    tones: Sequence[Tone] = (),
) -> list[Line]:
    """Write a table as lines."""
    table = lay_out_table(headers, rows, footer, width, whole, optional)
    heads = [*([printable(title)] if title else []), table.header]
    ending = [] if table.footer is None else [Line(table.footer, "title")]
    body = map(Line, table.body, tones) if tones else map(Line, table.body)
    return [*(Line(head, "title") for head in heads), *body, *ending]


def title_lines(state: ScanState, width: int | None = None) -> list[Line]:
    """Write what is scanned as lines."""
    config = config_line(state.facts.options)
    lines = [Line(title_line(state.facts), "title"), *([Line(config, "detail")] if config else [])]
    return list(_wrapped(lines, width))


def outcome_lines(state: ScanState, width: int | None) -> list[Line]:
    """Write how a scan stands as lines."""
    lines: list[Line] = []
    if state.scanners:
        headers, rows = scanner_headers(state.scanners), scanner_rows(state.scanners)
        lines += [Line(""), *table_lines("", headers, rows, width=width, optional=OPTIONAL_HEADERS)]
    if usage := usage_lines(state.usage):
        lines += [Line(""), *_wrapped(map(Line, usage), width)]
    return [*lines, Line(""), *_wrapped(ending_lines(state), width)]


def _wrapped(lines: Iterable[Line], width: int | None) -> Iterator[Line]:
    for line in lines:
        if width is None or line.whole:
            yield line
        else:
            yield from (Line(part, line.tone) for part in wrap(line.text, width))


def output_width() -> int | None:
    """Width of the terminal that reads standard output; None where none does (unless COLUMNS asks for one)."""
    if not os.environ.get("COLUMNS", "").isdigit() and not is_terminal(sys.stdout):
        return None
    return max(20, shutil.get_terminal_size().columns)


def fitting(text: str, indent: str = "") -> list[str]:
    """Break a sentence into lines that fit the terminal that reads standard output; in a pipe it is one line.

    Args:
        text: The sentence.
        indent: What stands before each line.
    """
    width = output_width()
    return [indent + line for line in ([text] if width is None else wrap(text, width - len(indent)))]


def is_terminal(stream: object) -> bool:
    """Whether a stream is read by a terminal."""
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return False


def write_line(line: str) -> None:
    """Write a line of a result."""
    _write(line, sys.stdout)


def note_line(line: str) -> None:
    """Write a line of progress, which must not end up among results."""
    _write(line, sys.stderr)


def _write(line: str, stream: TextIO | None) -> None:
    """Write a line; a reader that went away, or an encoding without some letter, must not end a scan."""
    if stream is None:  # it was closed when the program began
        return
    try:
        try:
            print(line, flush=True, file=stream)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            print(line.encode(encoding, "replace").decode(encoding), flush=True, file=stream)
    except (OSError, ValueError):
        pass
