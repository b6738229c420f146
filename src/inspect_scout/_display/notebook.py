"""One display in a notebook, updated in place: while a scan runs how far it is, then its outcome."""

from __future__ import annotations

import html
import itertools
import os
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TypeAlias

from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.foreign import foreign
from .._support.terminal import one_line, printable
from .._types import ScanState
from .layout import MAX_CELL_CHARACTERS
from .plain import Throttle, outcome_lines, table_lines, title_lines, write_line
from .wording import Line, Tone, count_line, ending_lines, progress_line, scanner_headers, scanner_rows, usage_lines

UPDATE_SECONDS = 0.5

# Colours of the notebook, so that both of its themes show them; elsewhere those that are readable on light and dark.
_STYLES: dict[Tone, str] = {
    "title": "font-weight:600",
    "detail": "opacity:.7",
    "good": "color:var(--jp-success-color1,#2e8b57)",
    "bad": "color:var(--jp-error-color1,#d9534f);font-weight:600",
    "warning": "color:var(--jp-warn-color1,#c77c11)",
    "text": "",
}
_CELL = "padding:.1em .8em .1em 0;border:none;background:none"
_numbers = itertools.count(1)

Publish: TypeAlias = Callable[[str, str, str, bool], None]
"""Shows HTML and the same as text in the display with an id, which is new or there already."""


def publish(page: str, text: str, display_id: str, is_there: bool) -> None:
    """Show something in a notebook.

    Args:
        page: HTML.
        text: The same for what shows no HTML.
        display_id: Id of the display.
        is_there: Whether it is there already, and changes.
    """
    ipython = import_module("IPython.display")
    show = ipython.update_display if is_there else ipython.display
    show({"text/html": page, "text/plain": text}, raw=True, display_id=display_id)


class NotebookDisplay:
    """Shows what happens in one output of a cell.

    Args:
        publish: Shows it.
        clock: What the time is.
    """

    def __init__(self, publish: Publish = publish, clock: Clock = SYSTEM_CLOCK) -> None:
        self._publish, self._clock = publish, clock
        self._id, self._is_there = f"scout-{os.getpid()}-{next(_numbers)}", False
        self._scans = 0
        self._remarks: list[Line] = []

    def print(self, text: str = "", tone: Tone = "text") -> None:  # noqa: ARG002 - of displays with colours
        """Show a line of text; while a scan runs it is a remark, which stays below its picture."""
        if self._scans:
            self._remarks.append(Line(printable(text), "warning"))
        else:
            write_line(printable(text))

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
        text = table_lines(title, headers, rows, footer, None, whole, optional, tones)
        self._show([_lines_html([Line(title, "title")] if title else []), table_html(headers, rows, footer)], text)

    @contextmanager
    def counting(self, caption: str) -> Generator[Callable[[int, int], None]]:
        """Show how far a count has come."""
        throttle = Throttle(UPDATE_SECONDS, self._clock)

        def update(done: int, total: int) -> None:
            if throttle.ready():
                line = Line(count_line(caption, done, total))
                self._show([_lines_html([line]), _bar_html(done, total)], [line])

        yield update

    @contextmanager
    def scan(self, state: ScanState) -> Generator[Callable[[ScanState], None]]:
        """Show a scan while it runs."""
        throttle, last = Throttle(UPDATE_SECONDS, self._clock), state
        self._remarks = []
        self._show_running(state)

        def update(state: ScanState) -> None:
            nonlocal last
            last = state
            if throttle.ready():
                self._show_running(state)

        self._scans += 1
        try:
            yield update
        finally:
            self._scans -= 1
            self._show_running(last)

    def outcome(self, state: ScanState) -> None:
        """Show how a scan stands, and the commands that lead on."""
        parts = [
            _lines_html(title_lines(state)),
            _scanners_html(state),
            _lines_html(Line(usage, "detail") for usage in usage_lines(state.usage)),
            _lines_html([*self._remarks, *ending_lines(state)]),
        ]
        self._show(parts, [*title_lines(state), *outcome_lines(state, None)])

    def _show_running(self, state: ScanState) -> None:
        line = Line(progress_line(state), "detail")
        parts = [
            _lines_html(title_lines(state)),
            _bar_html(state.done, state.due),
            _lines_html([line]),
            _scanners_html(state),
            _lines_html(self._remarks),
        ]
        self._show(parts, [*title_lines(state), line, *self._remarks])

    def _show(self, parts: Iterable[str], text: Iterable[Line]) -> None:
        page = f'<div class="scout" style="font-family:var(--jp-code-font-family,monospace)">{"".join(parts)}</div>'
        with foreign():  # a notebook that went away must not end a scan
            self._publish(page, "\n".join(line.text for line in text), self._id, self._is_there)
            self._is_there = True


def table_html(headers: Sequence[str], rows: Sequence[Sequence[str]], footer: Sequence[str] = ()) -> str:
    """Write a table as HTML; the first column is text, the others are numbers."""
    body = "".join(_row_html("td", row) for row in rows)
    return (
        '<table style="border-collapse:collapse;margin:.4em 0">'
        f"<thead>{_row_html('th', headers)}</thead><tbody>{body}</tbody>"
        f"{'<tfoot>' + _row_html('td', footer) + '</tfoot>' if footer else ''}</table>"
    )


def _row_html(kind: str, cells: Sequence[str]) -> str:
    aligned = zip(cells, itertools.chain(["left"], itertools.repeat("right")))
    return (
        "<tr>"
        + "".join(f'<{kind} style="{_CELL};text-align:{side}">{_cell_html(cell)}</{kind}>' for cell, side in aligned)
        + "</tr>"
    )


def _scanners_html(state: ScanState) -> str:
    return table_html(scanner_headers(state.scanners), scanner_rows(state.scanners)) if state.scanners else ""


def _bar_html(done: int, total: int) -> str:
    # Not <progress>: browsers draw its empty part white in a dark notebook.
    most = max(1, total)
    value = min(done, most)
    filled = f'<div style="width:{100 * value / most:.1f}%;height:100%;background:currentColor;opacity:0.65"></div>'
    told = f'role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="{most}" aria-valuenow="{value}"'
    return f'<div {told} style="width:24em;max-width:100%;height:0.5em;background:rgba(128,128,128,0.3)">{filled}</div>'


def _lines_html(lines: Iterable[Line]) -> str:
    return "".join(
        f'<div style="{_STYLES[line.tone]};white-space:pre-wrap">{escaped(line.text)}</div>' for line in lines
    )


def _cell_html(text: str) -> str:
    return escaped(one_line(text, MAX_CELL_CHARACTERS))


def escaped(text: str) -> str:
    """Write a text as HTML that shows it, and does nothing else."""
    return html.escape(printable(text))
