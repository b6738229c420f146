"""The rows of results: read scanner by scanner, and as tables of the columns that people look at first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..._support.errors import UnknownNameError
from ..stdout import cell_text
from ..use_cases import read_use_case
from .sections import Section

if TYPE_CHECKING:
    from ..._display import Tone
    from ..._results import RowMode, TypedTable

# What a person looks at first, and what it is called there; columns without any content are left out.
USUAL_COLUMNS = {
    "transcript_id": "transcript_id",
    "transcript_task_id": "task_id",
    "transcript_task_repeat": "epoch",
    "label": "label",
    "value": "value",
    "answer": "answer",
    "explanation": "explanation",
    "unseen_citations": "cites what was not shown",
    "scan_error": "scan_error",
}
# What a narrow terminal does without: the explanation says more than the answer, and leads to it.
_OPTIONAL = ("label", "task_id", "answer", "cites what was not shown", "epoch")
# In a terminal an id is there to tell rows apart; who wants it whole names the column.
SHORT_ID_CHARACTERS = 8
# Ids that are neither an option nor a location nor the number of a message.
_PLAIN_ID = re.compile(r"(?![Mm]\d+\Z|latest)\w[\w.@:-]*")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which results are wanted.

    Args:
        location: Directory of the scan.
        scanner: Key of one scanner (None: all).
        where: SQL condition.
        columns: Columns (None: all but the heavy ones).
        rows: A row for each result, or as recorded.
        limit: Rows of each scanner at most.
        positive: Whether only what found something is wanted.
        usual: Whether people are shown the usual columns alone.
    """

    location: str
    scanner: str | None
    where: str | None
    columns: Sequence[str] | None
    rows: RowMode
    limit: int | None
    positive: bool
    usual: bool = True


def read_tables(selection: Selection, limit: int | None) -> Iterator[tuple[str, TypedTable | None]]:
    """Read the tables of the scanners one after the other; None where a scanner has no results.

    Args:
        selection: Which results.
        limit: Rows of each at most, instead of that of the selection.
    """
    from ..._app import results_scanners, results_table

    asked = (selection.where, selection.columns, selection.rows, limit, selection.positive)
    known = read_use_case(results_scanners, selection.location)
    for scanner in known if selection.scanner is None else [selection.scanner]:
        try:
            yield scanner, read_use_case(results_table, selection.location, scanner, *asked)
        except UnknownNameError as error:
            # A scanner without a row has no table; it exists all the same.
            if error.kind != "scanner" or scanner not in known:
                raise
            yield scanner, None


def read_records(selection: Selection) -> Iterator[dict[str, object]]:
    """Read rows one after the other, JSON as what it says; of several scanners, each row says first whose it is."""
    for scanner, table in read_tables(selection, selection.limit):
        if table is not None:
            yield from _records(scanner, table, named=selection.scanner is None, parse_json=True)


def read_text_records(selection: Selection) -> tuple[list[str], Iterator[dict[str, object]]]:
    """Read rows as `read_records` does, JSON as text, and name the columns of all of them."""
    tables = [(scanner, table) for scanner, table in read_tables(selection, selection.limit) if table is not None]
    named = selection.scanner is None
    names = [name for _, table in tables for name in table.column_names]
    headers = dict.fromkeys(["scanner", *names] if named else names)
    rows = (row for scanner, table in tables for row in _records(scanner, table, named=named, parse_json=False))
    return list(headers), rows


def _records(scanner: str, table: TypedTable, *, named: bool, parse_json: bool) -> Iterator[dict[str, object]]:
    for start in range(0, table.num_rows, 500):
        for row in table.slice(start, 500).to_pylist(parse_json=parse_json):
            yield {"scanner": scanner, **row} if named else row


def row_sections(selection: Selection, limit: int | None, *, short_ids: bool) -> Iterator[Section]:
    """Make a table for each scanner that has rows of those that are wanted.

    Args:
        selection: Which results.
        limit: Rows of each scanner at most.
        short_ids: Whether ids of transcripts only tell rows apart.
    """
    # One row more tells whether there are more than are shown.
    ahead = None if limit is None else limit + 1
    for scanner, table in read_tables(selection, ahead):
        count = 0 if table is None else table.num_rows
        if table is None or not count:
            if not selection.positive:
                yield Section(f"{scanner}: 0 results")
            continue
        shown = count if limit is None else min(count, limit)
        title = f"{scanner}: {'first ' if count > shown else ''}{shown:,} result{'' if shown == 1 else 's'}"
        rows = table.slice(0, shown).to_pylist()
        if selection.usual:
            section = _usual_section(title, table.column_names, rows, short_ids=short_ids)
        else:
            names = table.column_names
            section = Section(
                title, names, [[cell_text(row.get(name)) for name in names] for row in rows], _tones(rows)
            )
        more = (
            "there are more: show them with a larger --limit, or write all to a file with -o" if count > shown else ""
        )
        yield replace(section, note=more, first=_first(scanner, rows))


def _first(scanner: str, rows: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """Name the first row as `scout show` wants it; what it would take for an option or another argument is not named."""
    id = str(rows[0].get("transcript_id") or "") if rows else ""
    return (id, "--scanner", scanner) if _PLAIN_ID.fullmatch(id) and not scanner.startswith("-") else ()


def _usual_section(title: str, available: Sequence[str], rows: list[dict[str, object]], *, short_ids: bool) -> Section:
    rows = [_with_plain_citations(row) for row in rows]
    chosen = [name for name in USUAL_COLUMNS if name in available and any(cell_text(r.get(name)) for r in rows)]
    repeats = {row.get("transcript_task_repeat") for row in rows}
    if len(repeats) <= 1 and "transcript_task_repeat" in chosen:
        chosen.remove("transcript_task_repeat")
    chosen = chosen or list(available[:8])
    cells = [[cell_text(row.get(name)) for name in chosen] for row in rows]
    if short_ids and "transcript_id" in chosen:
        place = chosen.index("transcript_id")
        cells = [[*row[:place], _shortened(row[place]), *row[place + 1 :]] for row in cells]
    return Section(title, [USUAL_COLUMNS.get(name, name) for name in chosen], cells, _tones(rows), optional=_OPTIONAL)


def _shortened(id: str) -> str:
    return id if len(id) <= SHORT_ID_CHARACTERS else id[: SHORT_ID_CHARACTERS - 1] + "…"


def _with_plain_citations(row: Mapping[str, object]) -> dict[str, object]:
    """Write the citations of what was not shown as they stand in the explanation; nothing where there are none."""
    listed = str(row.get("unseen_citations") or "")
    return {**row, "unseen_citations": listed.removeprefix("[").removesuffix("]").replace('"', "").replace(",", " ")}


def _tones(rows: Sequence[Mapping[str, object]]) -> list[Tone]:
    """Tell failures from results, and results from those that found nothing."""
    from ..._types import is_positive

    return [
        "bad" if row.get("scan_error") else "text" if is_positive(row.get("value", True)) else "detail" for row in rows
    ]
