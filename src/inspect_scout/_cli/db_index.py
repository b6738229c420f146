"""The command `scout db index`."""

from __future__ import annotations

import click

from .calling import call
from .exit_codes import DONE
from .options import SectionCommand, json_option
from .output import write_json
from .progress import progress

EPILOG = """\b
Examples:
  scout db index ./transcripts
  scout db index s3://bucket/transcripts
"""


@click.command("index", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@json_option
def command(location: str, as_json: bool) -> int:
    """Make the index of the database at LOC anew from its data files.

    Do this after copying parquet files into the folder, or taking some out. What was deleted stays deleted.
    """
    from .._app import index_database

    with progress("Reading data files:", quiet=as_json) as show:
        path = call(index_database, location, show)
    if as_json:
        write_json({"index": path})
    else:
        click.echo(f"Index created: {path}" if path else "No data files found to index.")
    return DONE
