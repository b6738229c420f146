"""The command `scout scan complete`."""

from __future__ import annotations

from typing import Any

import click

from .calling import call
from .exit_codes import DONE
from .finish import finish
from .options import SectionCommand, display_options, json_option, shown

EPILOG = """\b
Examples:
  scout scan complete ./scans/scan_id=...
  scout scan complete ./scans/scan_id=... --json
"""


@click.command("complete", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@json_option
@display_options
def command(location: str, **options: Any) -> int:
    """Declare the scan at LOC complete: its errors, and the logs that were not read, stay listed and are not tried again."""
    from .._app import complete_scan

    how = shown(options)
    finish(how, call(complete_scan, location, how.display, how.log_level))
    return DONE
