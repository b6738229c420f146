"""The command `scout scan resume`."""

from __future__ import annotations

from typing import Any

import click

from .app import app_of
from .finish import finish
from .options import (
    SectionCommand,
    SectionOption,
    display_options,
    executor_options,
    fail_on_error_option,
    json_option,
    shown,
)

EPILOG = """\b
Examples:
  scout scan resume ./scans/scan_id=...
  scout scan resume ./scans/scan_id=... --fail-on-error
  scout scan resume s3://bucket/scans/scan_id=... --executor ray --wait
"""


@click.command("resume", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@executor_options
@click.option(
    "--wait",
    is_flag=True,
    cls=SectionOption,
    section="Scan options",
    help="If another process is at work on the scan, wait for it instead of refusing.",
)
@fail_on_error_option
@json_option
@display_options
@click.pass_context
def command(ctx: click.Context, /, location: str, fail_on_error: bool, wait: bool, **options: Any) -> int:
    """Go on with the scan at LOC: what is missing is scanned, failed scanners are tried again."""
    executor, address = options.pop("executor"), options.pop("ray_address")
    how, app = shown(options), app_of(ctx)
    status = app.resume_scan(location, how.display, how.log_level, fail_on_error, executor, address, wait)
    return finish(how, app, status)
