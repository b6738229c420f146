"""The command `scout scanner list`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .._support.terminal import one_line
from .exit_codes import DONE
from .options import SectionCommand, display_options, json_option, prepare_logging, shown
from .output import write_json
from .scanner_text import asks, report_json, sees

if TYPE_CHECKING:
    from .._app import ScannerFileReport, ScannerSource

EPILOG = """\b
Examples:
  scout scanner list scanners.py
  scout scanner list . --json
"""
MAX_CELL_CHARACTERS = 80


@click.command("list", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="FILE|DIR")
@json_option
@display_options
def command(location: str, **options: Any) -> int:
    """List the scanners of a file, or of all files below a folder, and what each asks.

    Files are read, and never run. "by hand" are scanners that have code of their own or arguments that are computed;
    `scout scanner show` says why.
    """
    from .._app import describe_scanner_files

    how = shown(options)
    prepare_logging(how.log_level)
    reports = describe_scanner_files(location)
    if how.as_json:
        write_json([report_json(report) for report in reports])
        return DONE
    for report in reports:
        if report.problem is not None:
            click.echo(one_line(report.problem, 300), file=sys.stderr)
    rows = [_row(report, scanner) for report in reports for scanner in report.scanners]
    if not rows:
        click.echo(f"No scanners in {location!r}.", file=sys.stderr)
        return DONE
    from .._display import display_for

    display_for(how.display).table("", ("file", "scanner", "kind", "sees", "asks", "changed"), rows)
    return DONE


def _row(report: ScannerFileReport, scanner: ScannerSource) -> list[str]:
    cells = (
        report.path,
        scanner.name,
        scanner.kind,
        sees(scanner),
        asks(scanner),
        "here" if scanner.editable else "by hand",
    )
    return [one_line(cell, MAX_CELL_CHARACTERS) for cell in cells]
