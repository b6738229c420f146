"""The command `scout db compact`."""

from __future__ import annotations

from dataclasses import asdict

import click

from .calling import call
from .exit_codes import DONE
from .options import SectionCommand, json_option
from .output import write_json
from .progress import progress

EPILOG = """\b
Examples:
  scout db compact ./transcripts
  scout db compact s3://bucket/transcripts --json
"""


@click.command("compact", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@json_option
def command(location: str, as_json: bool) -> int:
    """Drop from the data files at LOC what was deleted or replaced, and put small files together.

    Others may read and write the database meanwhile. If it is killed, nothing is lost.
    """
    from .._app import compact_database

    with progress("Copying transcripts:", quiet=as_json) as show:
        report = call(compact_database, location, show)
    if as_json:
        write_json(asdict(report))
        return DONE
    click.echo(f"files  {report.files_before:,} -> {report.files_after:,}")
    click.echo(f"bytes  {report.bytes_before:,} -> {report.bytes_after:,}")
    click.echo(f"rows dropped  {report.rows_dropped:,}")
    if report.abandoned:
        click.echo(f"files of killed writers deleted  {report.abandoned:,}")
    return DONE
