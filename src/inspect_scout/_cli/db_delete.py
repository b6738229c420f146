"""The command `scout db delete`."""

from __future__ import annotations

import sys

import click

from .._support.terminal import printable
from .calling import call
from .exit_codes import DONE
from .options import SectionCommand, json_option
from .output import write_json

EPILOG = """\b
Examples:
  scout db delete ./transcripts --id 4xJ2mQ --id 9bTz1k
  scout db delete ./transcripts --where "task_set = 'demo'" --yes
"""


@click.command("delete", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@click.option("--id", "ids", multiple=True, metavar="ID", help="A transcript to delete; may be given several times.")
@click.option("--where", metavar="SQL", help="Delete the transcripts that meet this condition.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def command(location: str, ids: tuple[str, ...], where: str | None, yes: bool, as_json: bool) -> int:
    """Delete transcripts from the database at LOC, by ids or by a condition.

    Their bytes stay on the disk until `scout db compact`.
    """
    from .._app import count_transcripts, delete_transcripts

    if bool(ids) == (where is not None):
        raise click.UsageError("Say what to delete: either --id (once or several times) or --where.")
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked whether to delete: add --yes.")
        count = call(count_transcripts, location, ids, where)
        question = f"Delete {count:,} transcripts from {printable(location)}?"
        if not click.confirm(question, err=True):
            raise click.Abort
    deleted = call(delete_transcripts, location, ids, where)
    if as_json:
        write_json({"deleted": deleted})
    else:
        click.echo(f"Deleted {deleted:,} transcripts.")
    return DONE
