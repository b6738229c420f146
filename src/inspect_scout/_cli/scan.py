"""The command `scout scan FILE`."""

from __future__ import annotations

import difflib
import os
from typing import Any

import click

from .calling import call
from .finish import finish
from .lazy import write_commands
from .options import display_options, json_option, shown, table_options
from .scan_commands import SUBCOMMANDS
from .scan_options import ScanOptionsCommand, request_of

EPILOG = """\b
Examples:
  scout scan job.yaml
  scout scan scanners.py@refusal -T ./logs --limit 10 --dry-run
  scout scan scanners.py@refusal -T ./logs -V cases.csv
  scout scan scanners.py -F "task_set = 'popularity'" --model openai/gpt-4o-mini

To scan with a file named like one of the commands, write ./list
"""


class ScanCommand(ScanOptionsCommand):
    """The command that scans; its help page also lists the commands beside it."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both ways to use the command."""
        super().format_usage(ctx, formatter)
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        super().format_options(ctx, formatter)
        write_commands(formatter, SUBCOMMANDS)


@click.command("scan", cls=ScanCommand, epilog=EPILOG)
@click.argument("file")
@table_options("command line")
@json_option
@display_options
@click.pass_context
def command(ctx: click.Context, /, file: str, **options: Any) -> int:
    """Scan transcripts with the scanners of FILE.

    FILE is a Python file with a scan job or with scanners ("file.py", or "file.py@name" for one of them), a YAML or
    JSON file of a scan job, or a job or scanner of an installed package ("package/name"). What neither the command line
    nor the job says comes from the project (scout.yaml), then from the environment. Results are kept in a directory of
    their own below the scans location.
    """
    from .._app import run_scan

    _refuse_mistyped_command(file)
    how = shown(options)
    request = request_of(ctx, file, how)
    return finish(how, call(run_scan, request))


def _refuse_mistyped_command(file: str) -> None:
    close = difflib.get_close_matches(file, SUBCOMMANDS, n=1)
    if close and file.isalpha() and not os.path.exists(file):
        raise click.UsageError(f"There is no file {file!r}. Did you mean the command 'scout scan {close[0]}'?")
