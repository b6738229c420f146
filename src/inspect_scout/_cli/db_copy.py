"""The command `scout db copy`."""

from __future__ import annotations

import click

from .calling import call
from .exit_codes import DONE
from .options import SectionCommand, json_option
from .output import write_json
from .progress import progress

EPILOG = """\b
Examples:
  scout db copy ./logs ./transcripts
  scout db copy ./transcripts s3://bucket/transcripts --where "score > 0.5"
"""


@click.command("copy", cls=SectionCommand, epilog=EPILOG)
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
@click.option(
    "--where", multiple=True, metavar="SQL", help="Copy what meets this condition; may be given several times."
)
@click.option("--replace", is_flag=True, help="Replace transcripts that DST has already (default: leave them).")
@json_option
def command(source: str, target: str, where: tuple[str, ...], replace: bool, as_json: bool) -> int:
    """Copy transcripts of SRC (a database, an eval log, or a folder of logs) into the database DST.

    DST is made if it does not exist. What was copied stays if the command is killed: run it again to go on.
    """
    from .._app import copy_transcripts

    with progress("Copying transcripts:", quiet=as_json) as show:
        count = 0

        def added(_: str) -> None:
            nonlocal count
            count += 1
            show(count, 0)

        copied = call(copy_transcripts, source, target, where, replace, added)
    if as_json:
        write_json({"copied": copied})
    else:
        click.echo(f"Copied {copied:,} transcripts.")
    return DONE
