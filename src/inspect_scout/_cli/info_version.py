"""The command `scout info version`."""

from __future__ import annotations

import json
import os

import click

from .exit_codes import DONE
from .version import version

EPILOG = """\b
Examples:
  scout info version
  scout info version --json
"""


@click.command("version", epilog=EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(as_json: bool) -> int:
    """Print the version and where the package is."""
    path = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if as_json:
        print(json.dumps({"version": version(), "path": path}, indent=2))
    else:
        print(f"version: {version()}\npath: {path}")
    return DONE
