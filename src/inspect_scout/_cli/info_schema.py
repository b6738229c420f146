"""The command `scout info schema`."""

from __future__ import annotations

import sys

import click

from .exit_codes import DONE

EPILOG = """\b
Examples:
  scout info schema > project.schema.json
  scout info schema scanjob > scanjob.schema.json

An editor with the YAML language server checks a file that begins with
  # yaml-language-server: $schema=project.schema.json
"""


@click.command("schema", epilog=EPILOG)
@click.argument("name", type=click.Choice(["project", "scanjob"]), default="project")
def command(name: str) -> int:
    """Print the JSON schema of project files (project, the default) or of job files (scanjob)."""
    from .._project import schema_text

    sys.stdout.write(schema_text(name))
    return DONE
