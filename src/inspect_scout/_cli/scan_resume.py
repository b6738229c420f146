"""The command `scout scan resume`."""

from __future__ import annotations

from typing import Any

import click

from .._project import OPTION, OPTIONS
from .calling import call
from .finish import finish
from .options import SectionCommand, display_options, json_option, shown, table_options
from .scan_options import values_of

EPILOG = """\b
Examples:
  scout scan resume ./scans/scan_id=...
  scout scan resume ./scans/scan_id=... --model openai/gpt-4o-mini
  scout scan resume ./scans/scan_id=... --model-base-url http://localhost:8000/v1 --max-connections 10
  scout scan resume s3://bucket/scans/scan_id=... --executor ray --wait
"""


@click.command("resume", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@table_options("resume")
@json_option
@display_options
def command(location: str, **options: Any) -> int:
    """Go on with the scan at LOC: what is missing is scanned, failed scanners are tried again.

    A scan whose question, answer or template has changed since is refused: say what is to become of the rows that it has.
    So is another model than was recorded; how it is reached may change.
    """
    from .._app import ResumeRequest, resume_scan

    if options["rescan_changed"] and options["accept_changed"]:
        raise click.UsageError("--rescan-changed and --accept-changed exclude each other.")
    how = shown(options)
    once = {option.field: options[option.name] for option in OPTIONS if option.name in options and not option.settled}
    said = {OPTION[name].field: value for name, value in values_of(options).items()}
    request = ResumeRequest(location=location, **{**once, **said, "display": how.display, "log_level": how.log_level})
    return finish(how, call(resume_scan, request))
