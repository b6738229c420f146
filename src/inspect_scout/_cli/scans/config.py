"""The command `scout info config`."""

from __future__ import annotations

from typing import Any

import click

from ..contract import DONE
from ..options import display_option, display_options, json_option, pop_output_options, table_options
from ..stdout import cell_text, write_json
from ..use_cases import run_use_case
from .options import ScanOptionsCommand, make_scan_request

EPILOG = """\b
Examples:
  scout info config
  scout info config --explain
  scout info config job.yaml --limit 10 --explain
  scout info config --json | jq .settings.scans

With FILE and options of a scan it shows what `scout scan FILE` with these options would use.
"""


@click.command("config", cls=ScanOptionsCommand, epilog=EPILOG)
@click.argument("file", required=False)
@display_option(
    "--explain",
    is_flag=True,
    help="Say where each value comes from, and also list what nobody set.",
)
@click.option("--run-files/--no-run-files", default=True, hidden=True)  # who only looks at a project runs nothing of it
@json_option
@display_options
@table_options("command line", without=("fail_on_error",))
@click.pass_context
def command(ctx: click.Context, /, file: str | None, explain: bool, run_files: bool, **options: Any) -> int:
    """Print the settings that a scan started here would use.

    A setting of the command line goes before one of the job, then come project (scout.local.yaml before scout.yaml),
    environment and defaults. Conditions, tags, metadata and worklists of all of them count together. Secrets are not
    shown.
    """
    from ..._app import explain_settings

    output = pop_output_options(options)
    settings = run_use_case(explain_settings, make_scan_request(ctx, file, output), run_files)
    if output.as_json:
        write_json(
            {
                "settings": {name: each.value for name, each in settings.items()},
                "sources": {name: list(each.sources) or ["default"] for name, each in settings.items()},
            }
        )
        return DONE
    rows = [
        [name, cell_text(each.value) if each.value is not None else "-", each.source]
        for name, each in settings.items()
        if explain or each.value is not None
    ]
    headers = ["setting", "value", "from"]
    if not explain:
        rows, headers = [row[:2] for row in rows], headers[:2]
    output.make_display().table("", headers, rows, whole=tuple(headers))
    return DONE
