"""The command `scout db validate`."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from .._support.terminal import printable
from .calling import call
from .exit_codes import DONE, FAILED
from .options import SectionCommand, json_option
from .output import write_json

EPILOG = """\b
Examples:
  scout db validate ./transcripts
  scout db validate s3://bucket/transcripts --json
"""


@click.command("validate", cls=SectionCommand, epilog=EPILOG)
@click.argument("location", metavar="LOC")
@json_option
def command(location: str, as_json: bool) -> int:
    """Check that all data files at LOC have the columns of a transcript database, with the right types.

    Ends with 1 if not. Whether the index fits the data files is what `scout db verify` finds out.
    """
    from .._app import validate_database

    errors = call(validate_database, location)
    if as_json:
        write_json({"valid": not errors, "errors": [asdict(error) for error in errors]})
    elif errors:
        click.echo("Schema validation failed:", file=sys.stderr)
        for error in errors:
            click.echo(printable(f"  - {error.field}: {error.message}"), file=sys.stderr)
    else:
        click.echo("Schema validation passed.")
    return FAILED if errors else DONE
