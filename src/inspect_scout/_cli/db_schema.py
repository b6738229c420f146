"""The command `scout db schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from .._support.errors import StorageError
from .calling import call
from .exit_codes import DONE
from .options import SectionCommand
from .stdout import document, reserving

if TYPE_CHECKING:
    from .._app import SchemaFormat

EPILOG = """\b
Examples:
  scout db schema
  scout db schema --format json -o transcript.schema.json
"""


@click.command("schema", cls=SectionCommand, epilog=EPILOG)
@click.option(
    "--format",
    "form",
    type=click.Choice(["avro", "pyarrow", "json", "pandas"]),
    default="avro",
    show_default=True,
    callback=reserving(bool),
    help="Form of the schema.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to this file.")
def command(form: str, output: str | None) -> int:
    """Print the columns of transcript databases."""
    from .._app import database_schema

    text = call(database_schema, cast("SchemaFormat", form))
    if output is None:
        click.echo(text, file=document())
        return DONE
    try:
        with open(output, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        raise StorageError(f"Cannot write {output!r}: {error.strerror}. Name another file.") from error
    click.echo(f"Schema written to {output}", file=document())
    return DONE
