"""The commands of `scout info`, but for the one that reads what a scan would use."""

from __future__ import annotations

import json
import os
import sys

import click

from .contract import DONE, version
from .help_page import HelpCommand
from .lazy import LazyGroup

command = LazyGroup(
    name="info",
    lazy={
        "version": (".info:print_version", "Print the version and where the package is."),
        "config": (".scans.config", "Print the settings that a scan would use, and where they come from."),
        "schema": (".info:print_schema", "Print the JSON schema of project files or job files."),
    },
    help="Show the version, and the settings that apply here.",
    epilog="""\b
Examples:
  scout info version
  scout info config --explain
  scout info schema scanjob
""",
    no_args_is_help=True,
)

EPILOG_VERSION = """\b
Examples:
  scout info version
  scout info version --json
"""


@click.command("version", cls=HelpCommand, epilog=EPILOG_VERSION)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, and nothing else, to standard output.")
def print_version(as_json: bool) -> int:
    """Print the version and where the package is."""
    path = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if as_json:
        print(json.dumps({"version": version(), "path": path}, indent=2))
    else:
        print(f"version: {version()}\npath: {path}")
    return DONE


EPILOG_SCHEMA = """\b
Examples:
  scout info schema > project.schema.json
  scout info schema scanjob > scanjob.schema.json

\b
An editor with the YAML language server checks a file that begins with
  # yaml-language-server: $schema=project.schema.json
"""


@click.command("schema", cls=HelpCommand, epilog=EPILOG_SCHEMA)
@click.argument("name", type=click.Choice(["project", "scanjob"]), default="project")
def print_schema(name: str) -> int:
    """Print the JSON schema of project files (project, the default) or of job files (scanjob)."""
    from .._project import schema_text

    sys.stdout.write(schema_text(name))
    return DONE
