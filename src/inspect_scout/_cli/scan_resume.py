"""The command `scout scan resume`."""

from __future__ import annotations

from typing import Any

import click

from .app import app_of
from .finish import finish, run_shown
from .options import SectionCommand, display_options, fail_on_error_option, json_option, shown

EPILOG = """\b
Examples:
  scout scan resume ./scans/scan_id=...
  scout scan resume ./scans/scan_id=... --fail-on-error
"""


@click.command("resume", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@fail_on_error_option
@json_option
@display_options
@click.pass_context
def command(ctx: click.Context, /, location: str, fail_on_error: bool, **options: Any) -> int:
    """Go on with the scan at LOC: what is missing is scanned, failed scanners are tried again."""
    how, app = shown(options), app_of(ctx)
    status = run_shown(how, lambda: app.resume_scan(location, how.display, how.log_level, fail_on_error))
    return finish(how, app, status)
