"""The command `scout scanner show`."""

from __future__ import annotations

import sys
from typing import Any

import click

from .._support.terminal import one_line
from .exit_codes import DONE
from .options import SectionCommand, display_options, json_option, prepare_logging, shown
from .output import write_json
from .scanner_text import lines_of, report_json

EPILOG = """\b
Examples:
  scout scanner show scanners.py
  scout scanner show scanners.py@refusal --json
"""


@click.command("show", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="FILE[@NAME]")
@json_option
@display_options
def command(location: str, **options: Any) -> int:
    """Show all that a file says of its scanners, or of the one called NAME: inputs, parameters, question, answer.

    The file is read, and never run.
    """
    from .._app import describe_scanner_files

    how = shown(options)
    prepare_logging(how.log_level)
    reports = describe_scanner_files(location)
    if how.as_json:
        write_json([report_json(report) for report in reports])
        return DONE
    from .._display import display_for

    display = display_for(how.display)
    shown_any = False
    for report in reports:
        if report.problem is not None:
            click.echo(one_line(report.problem, 300), file=sys.stderr)
        for scanner in report.scanners:
            if shown_any:
                display.print()
            shown_any = True
            for line in lines_of(report.path, scanner):
                display.print(line)
    if not shown_any:
        click.echo(f"No scanners in {location!r}.", file=sys.stderr)
    return DONE
