"""The command `scout validate`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from .._support.terminal import one_line, plural
from .contract import DONE
from .options import SectionOption, json_command, pop_output_options
from .scan_argument import scan_argument, scans_option
from .stdout import write_json
from .use_cases import run_use_case

if TYPE_CHECKING:
    from .._display import Display
    from .._validation import Agreement, Rate, ScannerReport

SECTION = "Report options"
# Terminals of this width show the counts beside the rates.
WIDE_CELLS = 120
MAX_LISTED = 5
MAX_CLASS_COLUMNS = 8
MAX_TEXT_CHARACTERS = 200


@json_command(
    "validate",
    "scout validate",
    "scout validate 4Kd8xQ2m --by split",
    "scout validate ./scans/scan_id=... --json | jq '.[].rows[0].recall'",
)
@scan_argument()
@scans_option
@click.option("--scanner", metavar="NAME", cls=SectionOption, section=SECTION, help="Only this scanner.")
@click.option(
    "--by",
    type=click.Choice(["split", "task", "model"]),
    cls=SectionOption,
    section=SECTION,
    help="Also report on each split of the cases, or on each task or model of the transcripts.",
)
def command(location: str, scanner: str | None, by: Any, **options: Any) -> int:
    """Show how far the scanners of a scan agree with their labelled cases.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one the newest is taken.

    Rates stand with their 95 % interval: 82% (71-90) says that the true rate is likely between 71 and 90 percent.
    """
    from .._app import validation_reports

    output = pop_output_options(options, log=True)
    reports = run_use_case(validation_reports, location, scanner, by)
    if output.as_json:
        write_json([_report_json(report) for report in reports])
        return DONE
    display = output.make_display()
    if not reports:
        display.print("No scanner of this scan has labelled cases; give them with -V or validation= when scanning.")
    for number, report in enumerate(reports):
        if number:
            display.print()
        _show_report(display, report)
    return DONE


def _report_json(report: ScannerReport) -> dict[str, Any]:
    from .._validation import agreement_record

    return {
        "scanner": report.scanner,
        "rows": [agreement_record(row) for row in report.rows],
        "unlisted_labels": dict(report.unlisted),
        "problems": dict(report.problems),
        "failed": list(report.failed),
        "missing": list(report.missing),
        "confusion": {expected: dict(given) for expected, given in report.confusion.items()},
    }


def _show_report(display: Display, report: ScannerReport) -> None:
    total = report.rows[0]
    display.print(f"{report.scanner}: {plural(total.cases, 'labelled case')}, {plural(total.compared, 'verdict')}")
    wide = shutil.get_terminal_size().columns >= WIDE_CELLS
    display.table("", *_rates_table(report.rows, wide))
    for row in report.rows:
        if row.numbers is not None:
            display.print(_numbers_line(row, alone=len(report.rows) == 1))
    if report.confusion:
        display.print()
        display.print("expected (rows) and given (columns):")
        display.table("", *_confusion_table(report.confusion))
    for line in _remarks(report):
        display.print(line)


def _rates_table(rows: Sequence[Agreement], wide: bool) -> tuple[list[str], list[list[str]]]:
    classes = any(row.class_name is not None for row in rows)
    if classes:
        made = [
            [row.group, row.class_name or "(all)", f"{row.compared:,}", _format_rate(row.match_rate)] for row in rows
        ]
        return ["cases", "class", "n", "match"], made
    keyed = any(row.key is not None for row in rows)
    headers = ["cases", *(["key"] if keyed else []), "n", "match", "precision", "recall", "specificity"]
    headers += ["F1", "balanced", "tp", "fp", "tn", "fn"] if wide else ["F1"]
    counted: list[list[str]] = []
    for row in rows:
        cells = [row.group, *([row.key or "(all keys)"] if keyed else []), f"{row.compared:,}"]
        cells += [_format_rate(rate) for rate in (row.match_rate, row.precision, row.recall, row.specificity)]
        counts = row.counts
        cells.append(_format_number(row.f1))
        if wide:
            cells += [_format_number(row.accuracy), *(str(n) for n in (counts.tp, counts.fp, counts.tn, counts.fn))]
        counted.append(cells)
    return headers, counted


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


def _numbers_line(row: Agreement, alone: bool) -> str:
    numbers = row.numbers
    if numbers is None:
        return ""
    of = "" if alone else " of " + ", ".join(one_line(name, 40) for name in (row.group, row.key) if name is not None)
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
    if report.missing:
        lines.append(f"{plural(len(report.missing), 'case')} not scanned: {_list_ids(report.missing)}")
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
