"""The command `scout db export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..._app import export_transcripts
from ..._exporters import EXPORT_FORMATS
from ..._support.terminal import plural, printable
from ..contract import DONE
from ..options import SectionCommand, json_option
from ..stdout import write_json
from ..use_cases import run_use_case
from ..values import WholeNumber
from .progress import progress_line

if TYPE_CHECKING:
    from ..._exporters import Exported, ExportFormat

EPILOG = """\b
Examples:
  scout db export ./transcripts all.jsonl --format jsonl
  scout db export ./logs chats.jsonl --format openai --where "success" --mask
  scout db export ./transcripts ./trajectories --format atif
  scout db export ~/.claude/projects ./logs --format eval --limit 100
"""


@click.command("export", cls=SectionCommand, epilog=EPILOG)
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
@click.option(
    "--format",
    "form",
    type=click.Choice(EXPORT_FORMATS),
    required=True,
    help="jsonl: everything, one line each. openai: conversations, one line each. atif: trajectories, one file each. "
    "eval: logs of Inspect, one for each task and model.",
)
@click.option(
    "--where", multiple=True, metavar="SQL", help="Only transcripts that meet this condition; can be repeated."
)
@click.option("--limit", type=WholeNumber(1), metavar="N", help="Write so many transcripts at most.")
@click.option("--mask", is_flag=True, help="Mask what looks like a secret: keys, tokens, passwords.")
@click.option("--overwrite", is_flag=True, help="Replace what is at DST.")
@json_option
def command(
    source: str,
    target: str,
    form: ExportFormat,
    where: tuple[str, ...],
    limit: int | None,
    mask: bool,
    overwrite: bool,
    as_json: bool,
) -> int:
    """Write transcripts of SRC in the format of another program.

    SRC is a database, logs, or traces. DST is a file (jsonl, openai) or a folder (atif, eval); it appears when all is written. What
    the format has no place for is counted at the end.
    """
    with progress_line("Writing transcripts:", quiet=as_json) as show:
        done, masked = run_use_case(
            export_transcripts,
            source,
            target,
            form,
            where,
            limit,
            overwrite=overwrite,
            mask=mask,
            progress=lambda count: show(count, 0),
        )
    if as_json:
        write_json(
            {
                "target": target,
                "transcripts": done.transcripts,
                "files": done.files,
                "masked": masked,
                "losses": dict(done.losses.most_common()),
            }
        )
    else:
        _report(done, masked, target)
    return DONE


def _report(done: Exported, masked: int, target: str) -> None:
    files = f", {plural(done.files, 'file')}" if done.files != 1 else ""
    click.echo(f"Wrote {plural(done.transcripts, 'transcript')} to {printable(target)}{files}.")
    if masked:
        click.echo(f"Masked {plural(masked, 'secret')}.")
    if done.losses:
        click.echo("The format has no place for:")
        for what, count in done.losses.most_common():
            click.echo(f"{count:8,}  {printable(what)}")
