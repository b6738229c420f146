"""The command `scout scan results`."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..._support.terminal import plural
from ..contract import DONE
from ..options import (
    OutputOptions,
    SectionCommand,
    SectionOption,
    display_options,
    json_option,
    pop_output_options,
)
from ..scan_argument import relative_to_cwd, scan_argument, scans_option
from ..stdout import (
    document_in_file,
    document_stream,
    reserve_stdout_if,
    write_bytes,
    write_csv,
    write_json_lines,
    write_json_rows,
)
from ..use_cases import read_use_case
from ..values import WholeNumber, split_names
from .found import breakdown_section, findings_section, remark_sections
from .rows import Selection, read_records, read_text_records, row_sections
from .sections import Section, show_records, show_tables, write_latex, write_markdown

if TYPE_CHECKING:
    from ..._app import ScannerBreakdown, ScannerFindings

EPILOG = """\b
Examples:
  scout scan results
  scout scan results latest~1 --scanner refusal --by model,task
  scout scan results 4Kd8xQ2m --where "value > 2 AND task_set = 'gaia'" --columns task_id,value
  scout scan results ./scans/scan_id=... --positive -o results.csv
"""
F = TypeVar("F", bound=Callable[..., Any])
# More than a person reads; who wants more says how many.
TERMINAL_ROWS = 200
SECTION = "Result options"
FOR_PEOPLE = ("table", "record", "markdown", "latex")
FOR_PROGRAMS = ("json", "jsonl", "csv", "parquet")
SUFFIXES = {
    ".txt": "table",
    ".md": "markdown",
    ".tex": "latex",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}


def _option(*declarations: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*declarations, cls=SectionOption, section=SECTION, **settings)


@click.command("results", cls=SectionCommand, epilog=EPILOG)
@scan_argument()
@scans_option
@_option("--scanner", metavar="NAME", help="Only results of this scanner.")
@_option("--where", metavar="SQL", help="Only results for which this holds; short names such as task_id will do.")
@_option("--positive", is_flag=True, help="Only results that found something; the default of formats for people.")
@_option("--all", "everything", is_flag=True, help="All results; the default of json, jsonl, csv and parquet.")
@_option(
    "--by", metavar="A,B", help="Instead of results, how often something was found by model, task, label, score, ..."
)
@_option("--columns", metavar="A,B", help='Columns to print; "all" for every column but the recorded input and events.')
@_option(
    "--rows",
    type=click.Choice(["results", "transcripts"]),
    help="A row for each result (lists of results in rows of their own), or rows as recorded. Default: results.",
)
@_option("--limit", type=WholeNumber(1), metavar="N", help="At most N rows of each scanner.")
@_option(
    "--format",
    "form",
    type=click.Choice([*FOR_PEOPLE, *FOR_PROGRAMS]),
    callback=reserve_stdout_if(lambda form: form not in {None, "table", "record"}),
    help="How to print; csv leaves out control characters. Default: by the suffix of -o, else table.",
)
@_option(
    "-o", "--output", "file", metavar="FILE", help="Write to FILE: .txt, .md, .tex, .json, .jsonl, .csv, .parquet."
)
@_option("--overwrite", is_flag=True, help="Let -o replace a file.")
@json_option
@display_options
def command(location: str, **options: Any) -> int:
    """Print what a scan found.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one the newest is taken.

    Formats for people (table, record, markdown, latex) first say how much each scanner found, with the 95% interval of
    the rate, then show the results that found something, as the summary counts them: the usual columns, on a terminal
    shortened to fit, and through a pager where they are longer than the screen.

    Formats for programs (json, jsonl, csv, parquet) hold all results, with whole values of all columns but the recorded
    input and events, unless --columns names others. What is JSON stays JSON there; in csv and parquet it is text.
    """
    output = pop_output_options(options, log=True)
    file, overwrite = options.pop("file"), options.pop("overwrite")
    form = _format(options.pop("form"), output.as_json, file)
    by = _names("--by", options.pop("by"))
    if by is not None:
        _refuse_beside_by(options)
    if overwrite and file is None:
        raise click.UsageError("--overwrite says that -o may replace a file; give -o FILE as well.")
    selection = _selection(location, form, options)
    with document_in_file(file, overwrite=overwrite) if file is not None else contextlib.nullcontext():
        if form in FOR_PROGRAMS:
            _write_data(form, selection, by)
        else:
            _show(form, selection, by, output, to_file=file is not None)
    if file is not None:
        click.echo(f"Wrote {file}", err=True)
    return DONE


def _format(form: str | None, as_json: bool, file: str | None) -> str:
    if as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json cannot be combined with --format {form}.")
    if form is None and not as_json and file is not None:
        suffix = os.path.splitext(file)[1].lower()
        if suffix not in SUFFIXES:
            raise click.UsageError(
                f"-o {file!r} does not end in a suffix that tells its format; use {', '.join(SUFFIXES)}, or add --format."
            )
        return SUFFIXES[suffix]
    chosen = "json" if as_json else form or "table"
    if chosen == "parquet" and file is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is not text for a terminal; write it to a file with -o results.parquet.")
    return chosen


def _names(option: str, text: str | None) -> list[str] | None:
    names = split_names(text)
    if names is not None and not names:
        raise click.UsageError(f"{option} names no column.")
    return names


def _refuse_beside_by(options: Mapping[str, Any]) -> None:
    flags = {"positive": "--positive", "everything": "--all", "columns": "--columns", "rows": "--rows"}
    for name, flag in flags.items():
        if options[name]:
            raise click.UsageError(f"--by counts results and shows none, so {flag} has no meaning beside it.")


def _selection(location: str, form: str, options: Mapping[str, Any]) -> Selection:
    if options["positive"] and options["everything"]:
        raise click.UsageError("--positive and --all exclude each other.")
    columns = _names("--columns", options["columns"])
    return Selection(
        location,
        scanner=options["scanner"],
        where=options["where"],
        columns=None if columns == ["all"] else columns,
        rows=options["rows"] or "results",
        limit=options["limit"],
        positive=options["positive"] or (form in FOR_PEOPLE and not options["everything"]),
        usual=columns is None,
    )


def _write_data(form: str, selection: Selection, by: Sequence[str] | None) -> None:
    if form == "parquet":
        write_bytes(_parquet(selection, by))
        return
    if form == "csv":
        write_csv(*(read_text_records(selection) if by is None else _group_table(selection, by)))
        return
    records = read_records(selection) if by is None else _group_records(selection, by)
    (write_json_lines if form == "jsonl" else write_json_rows)(records)


def _group_table(selection: Selection, by: Sequence[str]) -> tuple[list[str], list[dict[str, object]]]:
    records = list(_group_records(selection, by))
    return list(records[0]) if records else ["scanner", *by], records


def _parquet(selection: Selection, by: Sequence[str] | None) -> bytes:
    from ..._app import records_parquet, results_parquet

    if by is not None:
        return records_parquet(list(_group_records(selection, by)))
    asked = (selection.columns, selection.rows, selection.limit, selection.positive)
    return read_use_case(results_parquet, selection.location, selection.scanner, selection.where, *asked)


def _group_records(selection: Selection, by: Sequence[str]) -> Iterator[dict[str, object]]:
    from ..._app import group_records

    for breakdown in _breakdowns(selection, by):
        yield from group_records(breakdown)[: selection.limit]


def _breakdowns(selection: Selection, by: Sequence[str]) -> list[ScannerBreakdown]:
    from ..._app import findings_by

    return read_use_case(findings_by, selection.location, by, selection.scanner, selection.where)


def _show(form: str, selection: Selection, by: Sequence[str] | None, output: OutputOptions, *, to_file: bool) -> None:
    from ..._display import paged_display

    tabular = form in {"table", "record"}
    in_terminal = sys.stdout.isatty() and not to_file and tabular
    limit = TERMINAL_ROWS if selection.limit is None and in_terminal else selection.limit
    if by is None:
        sections = _sections(selection, limit, short_ids=in_terminal and form == "table", hints=tabular)
    else:
        sections = (breakdown_section(each, limit) for each in _breakdowns(selection, by))
    if not tabular:
        (write_markdown if form == "markdown" else write_latex)(sections)
        return
    with contextlib.redirect_stdout(document_stream()) if to_file else contextlib.nullcontext():
        made = list(sections)  # what is wrong with the question is said before anything is shown
        with paged_display(output.display) as display:
            (show_tables if form == "table" else show_records)(display, made)


def _sections(selection: Selection, limit: int | None, *, short_ids: bool, hints: bool) -> Iterator[Section]:
    from ..._app import scanner_findings

    found = read_use_case(scanner_findings, selection.location, selection.scanner, selection.where)
    if found:
        yield findings_section(found)
    first: Sequence[str] = ()
    for section in row_sections(selection, limit, short_ids=short_ids):
        first = first or section.first
        yield section
    yield from remark_sections(found, selection.where is not None)
    if hints and selection.positive:
        yield from _hints(selection.location, found, first)


def _hints(location: str, found: Sequence[ScannerFindings], first: Sequence[str]) -> Iterator[Section]:
    scan = relative_to_cwd(location)
    errors = sum(each.errors for each in found)
    if errors:
        yield Section(f"{plural(errors, 'call')} failed", command=f"scout scan errors {shlex.quote(scan)}")
    if first:
        yield Section("see the evidence of the first", command=f"scout show {shlex.join((scan, *first))}")
    if any(each.found.positive < each.found.n for each in found):
        yield Section("--all also shows results that found nothing")
