"""The commands of `scout scanner`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .._support.terminal import one_line
from .exit_codes import DONE
from .lazy import LazyGroup
from .options import Shown, location_command, logged
from .output import write_json
from .scanner_text import asks, lines_of, report_json, sees

if TYPE_CHECKING:
    from .._app import ScannerSource

MAX_CELL_CHARACTERS = 80

command = LazyGroup(
    name="scanner",
    lazy={
        "list": (".scanner:list_scanners", "List the scanners of a file or folder, and what each asks."),
        "show": (".scanner:show_scanners", "Show all that a file says of its scanners."),
    },
    help="Say what the scanners of a file ask, without running it.",
    epilog="""\b
Examples:
  scout scanner list ./scanners
  scout scanner show scanners.py@refusal
""",
    no_args_is_help=True,
)


@location_command(
    "list",
    "scout scanner list scanners.py",
    "scout scanner list . --json",
    metavar="FILE|DIR",
)
def list_scanners(location: str, **options: Any) -> int:
    """List the scanners of a file, or of all files below a folder, and what each asks.

    Files are read, and never run. "by hand" are scanners that have code of their own or arguments that are computed;
    `scout scanner show` says why.
    """
    how = logged(options)
    found = _scanners(location, how)
    if found:
        rows = [_row(path, scanner) for path, scanner in found]
        how.screen().table("", ("file", "scanner", "kind", "sees", "asks", "changed"), rows)
    return DONE


@location_command(
    "show",
    "scout scanner show scanners.py",
    "scout scanner show scanners.py@refusal --json",
    metavar="FILE[@NAME]",
)
def show_scanners(location: str, **options: Any) -> int:
    """Show all that a file says of its scanners, or of the one called NAME: inputs, parameters, question, answer.

    The file is read, and never run.
    """
    how = logged(options)
    lines: list[str] = []
    for path, scanner in _scanners(location, how):
        lines += ["", *lines_of(path, scanner)]
    if lines:
        display = how.screen()
        for line in lines[1:]:
            display.print(line)
    return DONE


def _scanners(location: str, how: Shown) -> list[tuple[str, ScannerSource]]:
    """Read the scanners that are to be shown, each with its file; none if they are written as JSON, which is done here."""
    from .._app import describe_scanner_files

    reports = describe_scanner_files(location)
    if how.as_json:
        write_json([report_json(report) for report in reports])
        return []
    for report in reports:
        if report.problem is not None:
            click.echo(one_line(report.problem, 300), file=sys.stderr)
    found = [(report.path, scanner) for report in reports for scanner in report.scanners]
    if not found:
        click.echo(f"No scanners in {location!r}.", file=sys.stderr)
    return found


def _row(path: str, scanner: ScannerSource) -> list[str]:
    changed = "here" if scanner.editable else "by hand"
    cells = (path, scanner.name, scanner.kind, sees(scanner), asks(scanner), changed)
    return [one_line(cell, MAX_CELL_CHARACTERS) for cell in cells]
