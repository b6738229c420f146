"""The command `scout validate`."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from ..._support.terminal import one_line, plural
from ..contract import DONE
from ..options import SectionOption, json_command, pop_output_options
from ..scan_argument import scan_argument, scans_option
from ..stdout import cell_text, write_json
from ..use_cases import run_use_case
from ..values import SplitText, WholeNumber
from .cases import CASES_FORM, parse_cases

if TYPE_CHECKING:
    from ..._display import Display
    from ..._validation import Agreement, Comparison, GroupBy, Rate, ScannerReport

SECTION = "Report options"
RATES = ("match", "precision", "recall", "specificity")
OPTIONAL = ("match", "specificity", "F1", "balanced accuracy")
"""Columns that a narrow terminal does without, the last one first."""
# A narrower terminal does without the counts behind the rates.
COUNTS_CELLS, KEYED_COUNTS_CELLS = 72, 82
MAX_DISAGREEMENTS = 10
MAX_EXPLANATION_CHARACTERS = 300
MAX_LISTED = 5
MAX_CLASS_COLUMNS = 8
MAX_TEXT_CHARACTERS = 200


_option = functools.partial(click.option, cls=SectionOption, section=SECTION)


@json_command(
    "validate",
    "scout validate 4Kd8xQ2m --by split",
    "scout validate latest -V cases.csv",
    "scout validate latest -V refusal:cases.csv:icontains --save",
    "scout validate ./scans/scan_id=... --json | jq '.[].rows[0].recall'",
)
@scan_argument()
@scans_option
@_option("--scanner", metavar="NAME", help="Only this scanner.")
@_option(
    "-V",
    "--validation",
    "validation",
    multiple=True,
    type=SplitText(),
    metavar="SPEC",
    help=f"Compare the recorded results with these cases, as {CASES_FORM}; nothing is judged again. Can be repeated, "
    "for several scanners. Default: the cases that the scan was given.",
)
@_option(
    "--by",
    type=click.Choice(["split", "task", "model"]),
    help="Also report on each split of the cases, or on each task or model of the transcripts.",
)
@_option(
    "--limit",
    type=WholeNumber(0),
    default=MAX_DISAGREEMENTS,
    metavar="N",
    help=f"Show at most N disagreements of each scanner. Default: {MAX_DISAGREEMENTS}.",
)
@_option("--save", is_flag=True, help="Keep the report, with every verdict, as a file in the directory of the scan.")
def command(
    location: str,
    scanner: str | None,
    validation: Sequence[str],
    by: GroupBy | None,
    limit: int,
    save: bool,
    **options: object,
) -> int:
    """Show how far the scanners of a scan agree with their labelled cases.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one the newest is taken.

    Rates are given with their 95% interval: 82% (71-90) says that the true rate is likely between 71 and 90 percent.
    Cohen's kappa is agreement beyond chance: 1 always, 0 as by chance.
    """
    from ..._app import report_json, save_reports, validation_reports

    output = pop_output_options(options, log=True)
    reports = run_use_case(validation_reports, location, scanner, by, parse_cases(validation))
    path = run_use_case(save_reports, location, reports) if save else None
    if output.as_json:
        write_json([report_json(report) for report in reports])
    else:
        _show_reports(output.make_display(), reports, limit)
    if path is not None:
        click.echo(f"Kept the report in {one_line(path, MAX_TEXT_CHARACTERS)}", err=True)
    return DONE


def _show_reports(display: Display, reports: Sequence[ScannerReport], limit: int) -> None:
    if not reports:
        display.print("No scanner of this scan has labelled cases; give them with -V, here or when scanning.")
    for number, report in enumerate(reports):
        if number:
            display.print()
        _show_report(display, report, limit)


def _show_report(display: Display, report: ScannerReport, limit: int) -> None:
    from ..._display import fitting, output_width

    total = report.rows[0]
    display.print(f"{report.scanner}: {plural(total.cases, 'labelled case')}, {plural(total.compared, 'verdict')}")
    width = output_width()
    headers, rates = _rates_table(report.rows)
    display.table("", headers, rates, whole=RATES, optional=OPTIONAL)
    counted = [row for row in report.rows if row.precision or row.recall or row.specificity]
    least = KEYED_COUNTS_CELLS if any(row.key is not None for row in counted) else COUNTS_CELLS
    if counted and (width is None or width >= least):
        display.print()
        display.table("", *_counts_table(counted))
    alone = len(report.rows) == 1
    for said in [make(row, alone) for make in (_kappa_line, _numbers_line) for row in report.rows]:
        for line in fitting(said) if said else ():
            display.print(line)
    if report.confusion:
        display.print()
        display.print("expected (rows) and given (columns):")
        display.table("", *_confusion_table(report.confusion))
    if (listed := report.disagreements) and limit:
        display.print()
        shown = "" if len(listed) <= limit else f", the first {limit:,} of them (--limit shows more)"
        display.print(f"{plural(len(listed), 'disagreement')}{shown}:")
        display.table("", ("case", "expected", "given", "explanation"), list(map(_disagreement, listed[:limit])))
    for remark in _remarks(report):
        for line in fitting(remark):
            display.print(line)


def _disagreement(row: Comparison) -> list[str]:
    from ..._validation import verdict_record

    record = verdict_record(row)
    cells = [one_line(cell_text(record[name]), MAX_TEXT_CHARACTERS) for name in ("id", "expected", "given")]
    return [*cells, one_line(row.explanation or "", MAX_EXPLANATION_CHARACTERS)]


def _rates_table(rows: Sequence[Agreement]) -> tuple[list[str], list[list[str]]]:
    classes = any(row.class_name is not None for row in rows)
    if classes:
        made = [
            [row.group, row.class_name or "(all)", f"{row.compared:,}", _format_rate(row.match_rate)] for row in rows
        ]
        return ["cases", "class", "n", "match"], made
    keyed = any(row.key is not None for row in rows)
    headers = ["cases", *(["key"] if keyed else []), "n", *RATES, "F1", "balanced accuracy"]
    cells = [
        [
            *_group_cells(row, keyed),
            f"{row.compared:,}",
            *map(_format_rate, (row.match_rate, row.precision, row.recall, row.specificity)),
            *map(_format_number, (row.f1, row.accuracy)),
        ]
        for row in rows
    ]
    return headers, cells


def _counts_table(rows: Sequence[Agreement]) -> tuple[list[str], list[list[str]]]:
    keyed = any(row.key is not None for row in rows)
    headers = ["cases", *(["key"] if keyed else [])]
    headers += ["true positives", "false positives", "true negatives", "false negatives"]
    counts = [(row, row.counts) for row in rows]
    return headers, [[*_group_cells(row, keyed), *map(str, (n.tp, n.fp, n.tn, n.fn))] for row, n in counts]


def _group_cells(row: Agreement, keyed: bool) -> list[str]:
    return [row.group, *([row.key or "(all keys)"] if keyed else [])]


def _confusion_table(table: Mapping[str, Mapping[str, int]]) -> tuple[list[str], list[list[str]]]:
    """Lay out a table of classes: those expected down, those given across, expected ones first."""
    given = {name: None for counts in table.values() for name in counts}
    columns = [*(name for name in table), *(name for name in given if name not in table)][:MAX_CLASS_COLUMNS]
    others = len({*given, *table}) > len(columns)
    rows = [
        [
            one_line(expected, 40),
            *(_format_count(counts.get(name, 0)) for name in columns),
            *([_format_count(sum(n for name, n in counts.items() if name not in columns))] if others else []),
        ]
        for expected, counts in table.items()
    ]
    return ["expected", *(one_line(name, 40) for name in columns), *(["others"] if others else [])], rows


def _format_count(count: int) -> str:
    return f"{count:,}" if count else "-"


def _of(row: Agreement, alone: bool) -> str:
    return "" if alone else " of " + ", ".join(one_line(n, 40) for n in (row.group, row.key) if n is not None)


def _kappa_line(row: Agreement, alone: bool) -> str:
    kappa = row.kappa
    if kappa is None:
        return ""
    return f"Cohen's kappa{_of(row, alone)}: {kappa.value:z.2f} ({kappa.low:z.2f} to {kappa.high:z.2f})"


def _numbers_line(row: Agreement, alone: bool) -> str:
    numbers = row.numbers
    if numbers is None:
        return ""
    of = _of(row, alone)
    return (
        f"numbers{of} (n = {numbers.count:,}): mean absolute error {numbers.mean_absolute_error:.3g}, mean error "
        f"{numbers.mean_error:+.3g}, Pearson {_format_number(numbers.pearson)}, Spearman {_format_number(numbers.spearman)}"
    )


def _remarks(report: ScannerReport) -> list[str]:
    """Say what is not in the rates."""
    lines: list[str] = []
    if report.problems:
        lines.append(f"{plural(sum(report.problems.values()), 'result')} could not be compared:")
        lines += [f"  {text}" for text in _count_texts(report.problems)]
    if report.failed:
        lines.append(f"{plural(len(report.failed), 'case')} without a result, because the scan of it failed: ")
        lines[-1] += _list_ids(report.failed)
    if report.unmatched:
        lines.append(f"{plural(len(report.unmatched), 'case')} whose key is not in this scan: ")
        lines[-1] += _list_ids(report.unmatched)
    if waiting := [id for id in report.missing if id not in report.unmatched]:
        lines.append(f"{plural(len(waiting), 'case')} not scanned: {_list_ids(waiting)}")
    if report.unlisted:
        lines.append(f"labels found that the cases do not list: {', '.join(_count_texts(report.unlisted))}")
    return lines


def _count_texts(counts: Mapping[str, int]) -> list[str]:
    items = list(counts.items())
    texts = [
        one_line(text, MAX_TEXT_CHARACTERS) + (f" ({n:,} times)" if n > 1 else "") for text, n in items[:MAX_LISTED]
    ]
    return texts + ([f"and {len(items) - MAX_LISTED:,} more"] if len(items) > MAX_LISTED else [])


def _list_ids(ids: Sequence[str]) -> str:
    more = [f"and {len(ids) - MAX_LISTED:,} more"] if len(ids) > MAX_LISTED else []
    return ", ".join([one_line(id, 60) for id in ids[:MAX_LISTED]] + more)


def _format_rate(rate: Rate | None) -> str:
    return "-" if rate is None else f"{rate.value:.0%} ({100 * rate.low:.0f}-{100 * rate.high:.0f})"


def _format_number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
