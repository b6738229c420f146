"""The commands that scan: `scout scan FILE`, `scout scan resume` and `scout scan complete`."""

from __future__ import annotations

import difflib
import os
import shlex
from typing import TYPE_CHECKING, Any

import click

from ..._project import OPTION_BY_NAME
from ..._support.terminal import one_line
from ..contract import DONE, SCANNER_ERRORS
from ..first_sign import first_sign
from ..lazy import write_commands
from ..options import OutputOptions, display_options, json_command, json_option, pop_output_options, table_options
from ..root import SCAN_COMMANDS
from ..scan_argument import scan_argument, scans_option
from ..stdout import write_json
from ..use_cases import read_use_case, run_use_case
from .options import ScanOptionsCommand, command_line_only, make_scan_request, option_values

if TYPE_CHECKING:
    from ..._types import DryRun, Phase, Status

UNFINISHED: tuple[Phase, ...] = ("errors", "interrupted")
MAX_TARGETS = 12
MAX_TARGET_CHARACTERS = 60

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
        write_commands(formatter, SCAN_COMMANDS)


@click.command("scan", cls=ScanCommand, epilog=EPILOG)
@click.argument("file", metavar="FILE", required=False)
@table_options("command line")
@json_option
@display_options
@click.pass_context
def command(ctx: click.Context, /, file: str | None, **options: Any) -> int:
    """Scan transcripts with the scanners of FILE.

    FILE is a Python file with a scan job or with scanners ("file.py", or "file.py@name" for one of them), a YAML or
    JSON file of a scan job, or a job or scanner of an installed package ("package/name"). What neither the command line
    nor the job says comes from the project (scout.yaml), then from the environment. Results are kept in a directory of
    their own below the scans location.
    """
    if file is None:
        raise click.UsageError(_what_is_here())
    _refuse_mistyped_command(file)
    output = pop_output_options(options)
    with first_sign(output):
        from ..._app import refuse_scan_early

        request = make_scan_request(ctx, file, output)
        read_use_case(refuse_scan_early, file, request)
        from ..._app import run_scan
    return _finish(output, run_use_case(run_scan, request))


def _what_is_here() -> str:
    """Say what there is in this folder that one can scan with."""
    from ..._app import find_scan_files

    targets = [target for file in find_scan_files() for target in file.targets]
    if not targets:
        return (
            "Name the scanners or the scan job to scan with. There are none in this folder: 'scout init' writes some."
        )
    shown = [(f"scout scan {shlex.quote(target)}", what) for target, what in targets[:MAX_TARGETS]]
    width = max(len(typed) for typed, _ in shown)
    lines = [f"  {typed:{width}}  {one_line(what, MAX_TARGET_CHARACTERS)}" for typed, what in shown]
    more = [f"  and {len(targets) - MAX_TARGETS:,} more"] if len(targets) > MAX_TARGETS else []
    return "\n".join(["Name the scanners or the scan job to scan with. In this folder there are:", *lines, *more])


def _refuse_mistyped_command(file: str) -> None:
    close = difflib.get_close_matches(file, SCAN_COMMANDS, n=1)
    if close and file.isalpha() and not os.path.exists(file):
        raise click.UsageError(f"There is no file {file!r}. Did you mean the command 'scout scan {close[0]}'?")


@json_command(
    "resume",
    "scout scan resume",
    "scout scan resume 4Kd8xQ2m --model openai/gpt-4o-mini",
    "scout scan resume 4Kd8xQ2m --model-base-url http://localhost:8000/v1 --max-connections 10",
    "scout scan resume s3://bucket/scans/scan_id=... --executor ray --wait",
)
@scan_argument(phases=UNFINISHED)
@scans_option
@table_options("resume")
def resume(location: str, **options: Any) -> int:
    """Go on with a scan: what is missing is scanned, failed scanners are tried again.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one, the newest that
    is interrupted or has errors is taken.

    A scan whose question, answer or template has changed since is refused, unless --rescan-changed or --accept-changed says
    what to do with its rows. So is a model other than the recorded one; how it is reached may change.
    """
    if options["rescan_changed"] and options["accept_changed"]:
        raise click.UsageError("--rescan-changed and --accept-changed exclude each other.")
    output = pop_output_options(options)
    with first_sign(output):
        from ..._app import ResumeRequest, refuse_complete_scan

        if not options["wait"]:
            read_use_case(refuse_complete_scan, location, "resume")
        merged = {OPTION_BY_NAME[name].field: value for name, value in option_values(options).items()}
        request = ResumeRequest(
            location=location,
            **{**command_line_only(options), **merged, "display": output.display, "log_level": output.log_level},
        )
        from ..._app import resume_scan
    return _finish(output, run_use_case(resume_scan, request))


@json_command(
    "complete",
    "scout scan complete 4Kd8xQ2m",
    "scout scan complete ./scans/scan_id=... --json",
)
@scan_argument(phases=UNFINISHED)
@scans_option
def complete(location: str, **options: Any) -> int:
    """Declare a scan complete: its errors, and the logs that were not read, stay listed and are not tried again.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one, the newest that
    is interrupted or has errors is taken.
    """
    from ..._app import refuse_complete_scan

    output = pop_output_options(options)
    with first_sign(output):
        read_use_case(refuse_complete_scan, location, "complete")
        from ..._app import complete_scan
    _finish(output, run_use_case(complete_scan, location, output.display, output.log_level))
    return DONE


def _finish(output: OutputOptions, status: Status) -> int:
    """Write the JSON that was asked for, and say by the exit code whether all went well."""
    if output.as_json and status.dry_run is not None:
        write_json(_dry_run_json(status, status.dry_run))
    elif output.as_json:
        from ..._app import overview_json, read_overview

        # Problems that concern no scanner, as a log that could not be read, are known only to the run that met them.
        problems = [error.error for error in status.errors if not error.scanner]
        write_json({**overview_json(read_use_case(read_overview, status.location)), "problems": problems})
    return DONE if status.complete and not status.errors else SCANNER_ERRORS


def _dry_run_json(status: Status, counts: DryRun) -> dict[str, Any]:
    return {
        "name": status.spec.scan_name,
        "location": status.location,
        "state": "dry-run",
        "complete": status.complete,
        "transcripts": counts.transcripts,
        "total": counts.total,
        "scanners": dict(counts.scanners),
        "problems": [error.error for error in status.errors],
    }
