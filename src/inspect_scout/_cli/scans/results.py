"""The command `scout scan results`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..._support.errors import UnknownNameError
from ..._support.terminal import one_line
from ..contract import DONE
from ..options import SectionCommand, SectionOption, display_options, json_option, pop_output_options
from ..scan_argument import scan_argument, scans_option
from ..stdout import cell_text, reserve_stdout_if, write_csv, write_json_lines, write_json_rows
from ..use_cases import read_use_case, run_use_case
from ..values import split_names

if TYPE_CHECKING:
    from ..._results import TypedTable

EPILOG = """\b
Examples:
  scout scan results
  scout scan results latest~1 --scanner refusal --positive
  scout scan results 4Kd8xQ2m --where "value > 2 AND task_set = 'gaia'" --columns task_id,value
  scout scan results ./scans/scan_id=... --format csv > results.csv
"""
F = TypeVar("F", bound=Callable[..., Any])
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
# In a terminal an id is there to tell rows apart; who wants it whole names the column.
SHORT_ID_CHARACTERS = 8
TERMINAL_ROWS = 100
MAX_CELL_CHARACTERS = 300
SECTION = "Result options"


Selection = Mapping[str, Any]
"""Which results are wanted: arguments of `results_table`, and `scanner` (None: all)."""


def _option(*declarations: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*declarations, cls=SectionOption, section=SECTION, **settings)


@click.command("results", cls=SectionCommand, epilog=EPILOG)
@scan_argument()
@scans_option
@_option("--scanner", metavar="NAME", help="Only results of this scanner.")
@_option("--where", metavar="SQL", help="Only results for which this holds; short names such as task_id will do.")
@_option("--positive", is_flag=True, help="Only results that found something, as the summary counts them.")
@_option("--columns", metavar="A,B", help='Columns to print; "all" for every column but the recorded input and events.')
@_option(
    "--rows",
    type=click.Choice(["results", "transcripts"]),
    default="results",
    help="A row for each result (lists of results in rows of their own), or rows as recorded. [default: results]",
)
@_option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N rows of each scanner.")
@_option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl", "csv"]),
    callback=reserve_stdout_if(lambda form: form not in {None, "table"}),
    help="How to print; csv leaves out control characters. [default: table]",
)
@json_option
@display_options
def command(location: str, form: str | None, **options: Any) -> int:
    """Print the results of a scan.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one the newest is taken.

    A table is for reading: it shows the usual columns, shortened to fit the terminal. The other formats are for
    programs: they hold whole values of all columns but the recorded input and events, unless --columns names others.
    """
    output = pop_output_options(options, log=True)
    if output.as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json cannot be combined with --format {form}.")
    columns = split_names(options.pop("columns"))
    if columns is not None and not columns:
        raise click.UsageError("--columns names no column.")
    all_columns = columns == ["all"]
    selection = {"location": location, "columns": None if all_columns else columns, **options}
    if output.as_json or form in {"json", "jsonl", "csv"}:
        _write_data("json" if output.as_json else form or "json", selection)
    else:
        _show_tables(output.display, selection, usual=columns is None)
    return DONE


def _tables(selection: Selection, limit: int | None) -> Iterator[tuple[str, TypedTable | None]]:
    """Read the tables of the scanners one after the other; None where a scanner has no results."""
    from ..._app import results_scanners, results_table

    known = read_use_case(results_scanners, selection["location"])
    for scanner in known if selection["scanner"] is None else [selection["scanner"]]:
        try:
            arguments: dict[str, Any] = {**selection, "scanner": scanner, "limit": limit}
            yield scanner, run_use_case(results_table, **arguments)
        except UnknownNameError as error:
            # A scanner without a row has no table; it exists all the same.
            if error.kind != "scanner" or scanner not in known:
                raise
            yield scanner, None


def _write_data(form: str, selection: Selection) -> None:
    named = selection["scanner"] is None
    found = ((scanner, table) for scanner, table in _tables(selection, selection["limit"]) if table is not None)
    if form == "csv":
        tables = list(found)
        headers = list(dict.fromkeys(name for _, table in tables for name in table.column_names))
        write_csv(list(dict.fromkeys(["scanner", *headers])) if named else headers, _rows(tables, named))
    elif form == "jsonl":
        write_json_lines(_rows(found, named))
    else:
        write_json_rows(_rows(found, named))


def _rows(tables: Iterable[tuple[str, TypedTable]], named: bool) -> Iterator[dict[str, Any]]:
    for scanner, table in tables:
        for start in range(0, table.num_rows, 500):
            for row in table.slice(start, 500).to_pylist():
                yield {"scanner": scanner, **row} if named else row


def _show_tables(display_kind: str | None, selection: Selection, usual: bool) -> None:
    from ..._display import display_for

    display = display_for(display_kind)
    in_terminal = sys.stdout.isatty()
    limit = TERMINAL_ROWS if selection["limit"] is None and in_terminal else selection["limit"]
    # One row more tells whether there are more than are shown.
    ahead = None if limit is None else limit + 1
    first = True
    for scanner, table in _tables(selection, ahead):
        if not first:
            display.print()
        first = False
        count = 0 if table is None else table.num_rows
        shown_count = count if limit is None else min(count, limit)
        more = count > shown_count
        display.print(f"{scanner}: {'first ' if more else ''}{shown_count:,} result{'' if shown_count == 1 else 's'}")
        if table is None or not count:
            continue
        rows = table.slice(0, shown_count).to_pylist()
        if usual:
            rows = [_with_plain_citations(row) for row in rows]
        chosen = _usual_columns(table.column_names, rows) if usual else table.column_names
        headers = [USUAL_COLUMNS.get(name, name) if usual else name for name in chosen]
        lengths = {"transcript_id": SHORT_ID_CHARACTERS} if usual and in_terminal else {}
        display.table("", headers, [_cells(row, chosen, lengths) for row in rows])
        if more:
            display.print("there are more: use --limit, or --format csv for all of them")


def _cells(row: dict[str, Any], columns: Sequence[str], lengths: Mapping[str, int]) -> list[str]:
    return [one_line(cell_text(row.get(name)), lengths.get(name, MAX_CELL_CHARACTERS)) for name in columns]


def _with_plain_citations(row: dict[str, Any]) -> dict[str, Any]:
    """Write the citations of what was not shown as they stand in the explanation; nothing where there are none."""
    listed = str(row.get("unseen_citations") or "")
    return {**row, "unseen_citations": listed.removeprefix("[").removesuffix("]").replace('"', "").replace(",", " ")}


def _usual_columns(available: Sequence[str], rows: Sequence[dict[str, Any]]) -> list[str]:
    """Choose the columns that say something."""
    chosen = [name for name in USUAL_COLUMNS if name in available and any(cell_text(r.get(name)) for r in rows)]
    repeats = {row.get("transcript_task_repeat") for row in rows}
    if len(repeats) <= 1 and "transcript_task_repeat" in chosen:
        chosen.remove("transcript_task_repeat")
    return chosen or list(available[:8])
