"""The command `scout init`."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from .._app import guess_transcripts, start_project
from .._support.terminal import printable
from .contract import DONE
from .options import SectionCommand, json_option
from .stdout import write_json
from .use_cases import read_use_case

if TYPE_CHECKING:
    from .._app import NewProject

EPILOG = """\b
Examples:
  scout init
  scout init review -T ./logs --model openai/gpt-5-mini
"""


@click.command("init", cls=SectionCommand, epilog=EPILOG)
@click.argument("folder", metavar="[DIR]", default=".")
@click.option(
    "-T",
    "--transcripts",
    metavar="LOC",
    help="Where the transcripts are. Default: a folder nearby that holds some; on a terminal it is asked for.",
)
@click.option("--model", metavar="NAME", help="Model that scanners call, as provider/name. Default: none.")
@json_option
def command(folder: str, transcripts: str | None, model: str | None, as_json: bool) -> int:
    """Start a project in DIR (default: here): settings, example scanners, and a file for labelled cases.

    Writes scout.yaml, scanners.py and cases.csv. Files that are there already are left as they are.
    """
    if transcripts is None and not as_json and sys.stdin.isatty() and sys.stderr.isatty():
        transcripts = click.prompt(
            "Where are the transcripts?", default=guess_transcripts(folder) or "./logs", err=True
        )
    made = read_use_case(start_project, folder, transcripts, model)
    if as_json:
        write_json(asdict(made))
        return DONE
    for line in _report_lines(made):
        click.echo(printable(line))
    return DONE


def _report_lines(made: NewProject) -> list[str]:
    from .._display import fitting

    def path(name: str) -> str:
        return os.path.normpath(os.path.join(made.folder, name))

    lines = [f"wrote {path(name)}" for name in made.written]
    lines += [f"kept  {path(name)} (it was there already)" for name in made.kept]
    if made.transcripts is None:
        lines += fitting("No transcripts were found nearby: put some into ./logs, or name their place in scout.yaml.")
    inside = "" if os.path.abspath(made.folder) == os.path.abspath(os.curdir) else f"cd {shlex.quote(made.folder)} && "
    return [*lines, f"next: {inside}scout scan scanners.py"]
