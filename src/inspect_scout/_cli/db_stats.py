"""The command `scout db stats`."""

from __future__ import annotations

from dataclasses import asdict

import click

from .._support.terminal import printable
from .calling import call
from .exit_codes import DONE
from .options import SectionCommand, json_option
from .output import write_json

EPILOG = """\b
Examples:
  scout db stats ./transcripts
  scout db stats ./transcripts --json | jq .transcripts
"""


@click.command("stats", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@json_option
def command(location: str, as_json: bool) -> int:
    """Count the transcripts, files and bytes of the database at LOC."""
    from .._app import database_stats

    found = call(database_stats, location)
    if as_json:
        write_json(asdict(found))
        return DONE
    lines = [
        ("location", found.location),
        ("transcripts", f"{found.transcripts:,}"),
        ("files", f"{found.files:,}"),
        ("bytes", f"{found.bytes:,}"),
        ("dead rows", f"{found.dead_rows:,}"),
        ("index files", f"{found.index_files:,}"),
        ("commits", f"{found.log_version:,}"),
        ("metadata", f"{found.metadata_columns:,} columns, {found.other_keys:,} other keys"),
        ("dates", f"{found.first_date} to {found.last_date}" if found.first_date else "-"),
    ]
    lines += [("uncommitted", f"{session} ({count} files)") for session, count in found.uncommitted.items()]
    for name, text in lines:
        click.echo(printable(f"{name:12} {text}"))
    return DONE
