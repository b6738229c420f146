"""Tables for people, and the ways to write them: on a terminal, as records, in Markdown and in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..._support.terminal import one_line, printable
from ..stdout import document_stream

if TYPE_CHECKING:
    from ..._display import Display, Tone

MAX_CELL_CHARACTERS = 300
_GAP = 2
_NUMBER = re.compile(r"[-+]?[\d,]+(\.\d+)?%?|-|")
# Longer cells of a LaTeX table are broken into lines.
_LONG_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Section:
    """A table with what is said about it, or a remark alone.

    Args:
        title: Line above it ("": none).
        headers: Names of the columns.
        rows: Cells, whole; a table on a terminal shortens them.
        tones: How each row is meant (none: all alike).
        optional: Headers of the columns that a narrow terminal does without, the last one first.
        whole: Headers of the columns that are never shortened.
        note: Line below it ("": none).
        command: Command that a remark leads to, behind it ("": none).
        first: What names its first row to `scout show`, behind the scan (none: nothing does).
    """

    title: str = ""
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    tones: Sequence[Tone] = ()
    optional: Sequence[str] = ()
    whole: Sequence[str] = ()
    note: str = ""
    command: str = ""
    first: Sequence[str] = ()


def show_tables(display: Display, sections: Iterable[Section]) -> None:
    """Show sections as tables, an empty line between them."""
    for section in _headed(display, sections):
        cells = [[one_line(cell, MAX_CELL_CHARACTERS) for cell in row] for row in section.rows]
        display.table("", section.headers, cells, (), section.whole, section.optional, section.tones)


def show_records(display: Display, sections: Iterable[Section]) -> None:
    """Show the rows of sections as records: a line for each field, broken where the terminal ends."""
    from ..._display import output_width

    width = output_width()
    for section in _headed(display, sections):
        indent = max(map(len, section.headers), default=0) + _GAP
        for position, row in enumerate(section.rows):
            if position:
                display.print()
            tone = section.tones[position] if section.tones else "text"
            for header, cell in zip(section.headers, row, strict=True):
                for line in _field(header, printable(cell), indent, width):
                    display.print(line, tone)


def _headed(display: Display, sections: Iterable[Section]) -> Iterator[Section]:
    """Show what stands around tables, and give the tables to be shown."""
    before: Section | None = None
    for section in sections:
        if before is not None and (before.headers or section.headers):
            display.print()
        before = section
        if section.command:
            display.print(f"{section.title}: {section.command}")
        else:
            _print_fitting(display, section.title, "title" if section.headers else "text")
        if section.headers:
            yield section
        _print_fitting(display, section.note, "text")


def _print_fitting(display: Display, text: str, tone: Tone) -> None:
    from ..._display import fitting

    for line in fitting(printable(text)) if text else ():
        display.print(line, tone)


def _field(header: str, cell: str, indent: int, width: int | None) -> list[str]:
    """Write a field, what follows its first line below that."""
    from ..._display import wrap

    lines: list[str] = []
    for line in cell.expandtabs(4).splitlines() if cell else []:
        lines += [line] if width is None else wrap(line, max(20, width - indent))
    head = f"{header:<{indent}}" if lines else ""
    return [f"{head if number == 0 else ' ' * indent}{line}".rstrip() for number, line in enumerate(lines)]


def write_markdown(sections: Iterable[Section]) -> None:
    """Write sections as Markdown; what could be markup in a cell is text."""
    _write(_markdown, _as_markdown, sections)


def write_latex(sections: Iterable[Section]) -> None:
    """Write sections as LaTeX tables that need no package."""
    _write(_latex, _as_latex, sections)


def _write(make: Callable[[Section], list[str]], escape: Callable[[str], str], sections: Iterable[Section]) -> None:
    for number, section in enumerate(sections):
        lines = make(section) if section.headers else [escape(section.title)]
        notes = ["", escape(section.note)] if section.note else []
        print("\n".join([*([""] if number else []), *lines, *notes]), file=document_stream())


def _markdown(section: Section) -> list[str]:
    title = [f"**{_as_markdown(section.title)}**", ""] if section.title else []
    rules = ["--:" if number else "---" for number in _numeric(section)]
    rows = [[_as_markdown(cell) for cell in row] for row in (section.headers, *section.rows)]
    return [*title, *(f"| {' | '.join(row)} |" for row in (rows[0], rules, *rows[1:]))]


def _latex(section: Section) -> list[str]:
    title = [f"\\noindent\\textbf{{{_as_latex(section.title)}}}", ""] if section.title else []
    columns = "".join(
        "r" if numeric else "p{0.3\\linewidth}" if _is_long(row[number] for row in section.rows) else "l"
        for number, numeric in enumerate(_numeric(section))
    )
    head, *rows = (" & ".join(map(_as_latex, row)) + " \\\\" for row in (section.headers, *section.rows))
    return [*title, f"\\begin{{tabular}}{{{columns}}}", "\\hline", head, "\\hline", *rows, "\\hline", "\\end{tabular}"]


def _is_long(cells: Iterable[str]) -> bool:
    return any(len(cell) > _LONG_CHARACTERS or "\n" in cell.strip() for cell in cells)


def _numeric(section: Section) -> list[bool]:
    columns = zip(*section.rows, strict=True) if section.rows else [()] * len(section.headers)
    return [any(cells) and all(_NUMBER.fullmatch(cell) for cell in cells) for cells in columns]


_MARKDOWN = re.compile(r"([\\`*_\[\]|~$])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LATEX: Mapping[str, str] = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "\n": " \\newline ",
}


def _as_markdown(text: str) -> str:
    safe = "".join(_HTML.get(character, character) for character in printable(text).strip())
    return "<br>".join(" ".join(line.split()) for line in _MARKDOWN.sub(r"\\\1", safe).splitlines())


def _as_latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in printable(text).strip().replace("\t", " "))
