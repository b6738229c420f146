"""The command `scout db verify`."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from .._support.terminal import printable
from .calling import call
from .exit_codes import DONE, FAILED
from .options import SectionCommand, json_option
from .output import write_json
from .progress import progress

EPILOG = """\b
Examples:
  scout db verify ./transcripts
  scout db verify ./transcripts --deep
"""


@click.command("verify", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@click.option("--deep", is_flag=True, help="Read the content of all transcripts, too.")
@json_option
def command(location: str, deep: bool, as_json: bool) -> int:
    """Hold the index of the database at LOC against its data files; ends with 1 if something is wrong."""
    from .._app import verify_database

    with progress("Verifying data files:", quiet=as_json) as show:
        report = call(verify_database, location, deep, show)
    if as_json:
        write_json({"ok": report.ok, **asdict(report)})
        return DONE if report.ok else FAILED
    for problem in report.problems:
        click.echo(printable(problem), file=sys.stderr)
    for note in report.notes:
        click.echo(printable(note), file=sys.stderr)
    counted = f"{report.transcripts:,} transcripts in {report.files:,} files"
    click.echo(f"Verified {counted}: {'all is well' if report.ok else f'{len(report.problems)} problems'}.")
    return DONE if report.ok else FAILED
