"""The command `scout view`."""

from __future__ import annotations

import os
from functools import partial

import click
import msgspec

from .._support.errors import ConfigError
from .contract import DONE
from .first_sign import first_sign
from .options import OPTIONS, SectionCommand, SectionOption, display_options, json_option, pop_output_options

NETWORK, EXPORT = "Network options", "Export options"
EPILOG = """\b
Examples:
  scout view
  scout view logs/2026-01-31T12-00-00+00-00_gaia_x.eval
  scout view --scans s3://bucket/scans --mode scans
  scout view --export for-alice --scan latest
"""

ROOT_PATH_VARIABLE = "UVICORN_ROOT_PATH"

_network_option = partial(click.option, cls=SectionOption, section=NETWORK, usual=False)
_export_option = partial(click.option, cls=SectionOption, section=EXPORT)


class _ViewCommand(SectionCommand):
    """The command; a `.env` may have come with the project, so it cannot trust the pages of other origins."""

    own_variables = frozenset({ROOT_PATH_VARIABLE})


@click.command("view", cls=_ViewCommand, epilog=EPILOG)
@click.argument("place", metavar="[DIR|FILE]", required=False)
@click.option("-T", "--transcripts", metavar="LOC", help="Where transcripts are. Default: the project says.")
@click.option(
    "--scans", metavar="LOC", help="Where scans are; the folder is made if it is not there. Default: the project says."
)
@click.option(
    "--trust-content/--no-trust-content",
    default=None,
    cls=SectionOption,
    section=OPTIONS,
    envvar="SCOUT_VIEW_TRUST_CONTENT",
    variable="SCOUT_VIEW_TRUST_CONTENT",
    help="--no-trust-content shows what is in transcripts as plain text, whatever the project says.",
)
@click.option("--mode", type=click.Choice(["default", "scans"]), default="default", help="`scans` shows scans only.")
@click.option("--browser/--no-browser", default=False, help="Open the page in a browser.")
@click.option(
    "--host", metavar="HOST", default="127.0.0.1", help="Address to listen on. [default: 127.0.0.1, this machine only]"
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=7576,
    cls=SectionOption,
    section=OPTIONS,
    envvar="SCOUT_VIEW_PORT",
    variable="SCOUT_VIEW_PORT",
    metavar="PORT",
    help="Port to listen on; if another program has it, the next free one. [default: 7576]",
)
@_network_option(
    "--root-path",
    default="",
    envvar=ROOT_PATH_VARIABLE,
    variable=ROOT_PATH_VARIABLE,
    metavar="PATH|URL",
    help="Path or URL under which a proxy serves it.",
)
@_network_option(
    "--trusted-origin",
    "trusted_origins",
    multiple=True,
    metavar="ORIGIN",
    help="Pages of this origin may ask too, as in https://machine.example.",
)
@_network_option(
    "--trusted-host",
    "trusted_hosts",
    multiple=True,
    metavar="HOST[:PORT]",
    help="It may be asked under this name too.",
)
@_network_option(
    "--unsafe-allow-unauthenticated",
    is_flag=True,
    help="Let other machines ask without a token: anybody there can read, change and delete.",
)
@_export_option(
    "--export",
    metavar="DIR",
    help="Write a folder that shows scans without a server: open its index.html. Nothing is served.",
)
@_export_option(
    "--scan",
    "exported",
    multiple=True,
    metavar="SCAN",
    help="A scan to export, with the transcripts that it cites: its path, id or name, or `latest`. Repeatable. "
    "[default: the newest]",
)
@_export_option("--yes", is_flag=True, help="Write the export without asking.")
@json_option
@display_options
def command(place: str | None, export: str | None, exported: tuple[str, ...], yes: bool, **options: object) -> int:
    """Look at transcripts, scans and results in a browser.

    DIR is the folder of a project (default: here). FILE is a log, a database or a scan directory, which needs no project.
    Relative places are seen from DIR.

    It listens on this machine only. Set INSPECT_VIEW_AUTHORIZATION_TOKEN, and clients must send that token in the header
    Authorization; browsers get a link that lets them in once.
    """
    output = pop_output_options(options, log=True)
    _refuse_without_export(export, exported, yes, output.as_json)
    with first_sign(output):
        from .._view import TITLE, ViewRequest, serve, settings_for, take_token

        if place is not None and os.path.isdir(place):
            os.chdir(place)  # scanners and settings of a project are seen from there
            place = "."
        request = msgspec.convert({"place": place, "token": take_token(), **options}, ViewRequest)
    try:
        settings = settings_for(request)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    if export is not None:
        from .scans.exporting import export_scans

        return export_scans(settings, export, exported, output, yes=yes)
    click.echo(TITLE)
    serve(settings, request.browser, partial(click.echo, color=False))
    return DONE


def _refuse_without_export(export: str | None, exported: tuple[str, ...], yes: bool, as_json: bool) -> None:
    given = [name for name, value in (("--scan", exported), ("--yes", yes), ("--json", as_json)) if value]
    if given and export is None:
        raise click.UsageError(f"{given[0]} belongs to --export DIR. To open a scan, name it: scout view SCAN.")
