"""The command `scout info config`."""

from __future__ import annotations

from typing import Any

import click

from .calling import call
from .contract import DONE
from .options import display_option, display_options, json_option, shown, table_options
from .scan_options import ScanOptionsCommand, request_of
from .stdout import cell_text, write_json

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
    help="Say where each value comes from, and list what nobody set, too.",
)
@json_option
@display_options
@table_options("command line", without=("fail_on_error",))
@click.pass_context
def command(ctx: click.Context, /, file: str | None, explain: bool, **options: Any) -> int:
    """Print the settings that a scan started here would use.

    A setting of the command line goes before one of the job, then come project (scout.local.yaml before scout.yaml),
    environment and defaults. Conditions, tags, metadata and worklists of all of them count together. Secrets are not
    shown.
    """
    from .._app import explain_settings

    how = shown(options)
    settings = call(explain_settings, request_of(ctx, file, how))
    if how.as_json:
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
    how.screen().table("", headers, rows, whole=tuple(headers))
    return DONE
