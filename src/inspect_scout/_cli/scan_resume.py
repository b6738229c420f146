"""The command `scout scan resume`."""

from __future__ import annotations

from typing import Any

import click

from .calling import call
from .finish import finish
from .model_options import model_fields
from .options import (
    SectionCommand,
    SectionOption,
    display_options,
    executor_options,
    fail_on_error_option,
    json_option,
    shown,
)
from .resume_options import resume_options

EPILOG = """\b
Examples:
  scout scan resume ./scans/scan_id=...
  scout scan resume ./scans/scan_id=... --model openai/gpt-4o-mini
  scout scan resume ./scans/scan_id=... --model-base-url http://localhost:8000/v1 --max-connections 10
  scout scan resume s3://bucket/scans/scan_id=... --executor ray --wait
"""


_CHANGES = (
    *("executor", "ray_address", "rescan_changed", "accept_changed", "model", "model_base_url", "scanner_timeout"),
)


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
@click.option(
    "--rescan-changed",
    is_flag=True,
    cls=SectionOption,
    section="Scan options",
    help="Scan again what was recorded when scanners asked something else, or had other code.",
)
@click.option(
    "--accept-changed",
    is_flag=True,
    cls=SectionOption,
    section="Scan options",
    help="Go on although scanners ask something else than before; rows of both versions stay.",
)
@resume_options
@click.option(
    "--scanner-timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    cls=SectionOption,
    section="Scan options",
    help="Time that a scanner may take for a transcript. Default: what was said when the scan was started.",
)
@fail_on_error_option
@json_option
@display_options
def command(location: str, fail_on_error: bool, wait: bool, **options: Any) -> int:
    """Go on with the scan at LOC: what is missing is scanned, failed scanners are tried again.

    A scan whose question, answer or template has changed since is refused: say what is to become of the rows that it has.
    So is another model than was recorded; how it is reached may change.
    """
    from .._app import ResumeRequest, resume_scan

    changes = {name: options.pop(name) for name in _CHANGES}
    if changes["rescan_changed"] and changes["accept_changed"]:
        raise click.UsageError("--rescan-changed and --accept-changed exclude each other.")
    models = model_fields(options)
    models["model_config"] = models.pop("generate_config", None)
    how = shown(options)
    request = ResumeRequest(location, how.display, how.log_level, fail_on_error, wait=wait, **changes, **models)
    return finish(how, call(resume_scan, request))
