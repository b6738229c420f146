"""The command `scout scan status`."""

from __future__ import annotations

from typing import Any

import click

from .app import app_of
from .exit_codes import DONE
from .options import SectionCommand, display_options, json_option, prepare_logging, shown
from .output import write_json
from .shapes import outcome_of, status_json

EPILOG = """\b
Examples:
  scout scan status ./scans/scan_id=...
  scout scan status ./scans/scan_id=... --json | jq .state
"""


@click.command("status", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@json_option
@display_options
@click.pass_context
def command(ctx: click.Context, /, location: str, **options: Any) -> int:
    """Show how the scan at LOC stands: counts by scanner, errors, and the commands that lead on."""
    how = shown(options)
    prepare_logging(how.log_level)
    status = app_of(ctx).read_outcome(location)
    if how.as_json:
        write_json(status_json(status))
        return DONE
    from .._display import display_for

    display_for(how.display).outcome(outcome_of(status))
    return DONE
