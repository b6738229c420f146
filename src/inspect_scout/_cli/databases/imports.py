"""The command `scout import`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, cast

import click

from ..._app import import_traces, known_sources, preview_import, wanted_origin
from ..._support.errors import ConfigError
from ..._support.terminal import one_line, plural, printable
from ..contract import DONE
from ..options import SectionCommand, display_options, json_option, pop_output_options
from ..stdout import write_json
from ..use_cases import run_use_case
from ..values import SplitText, WholeNumber
from .progress import progress_line

if TYPE_CHECKING:
    from ..._app import Existing, ImportReport
    from ..._importers import ImportOrigin
    from ..._types import TranscriptInfo

EPILOG = """\b
Examples:
  scout import ~/.claude/projects/my-project -T ./sessions
  scout import claude_code -P path=./sessions --from 2026-11-01 --dry-run
  scout import langsmith -P project=my-agent --since-last
  scout import --sources
"""
MAX_PROBLEMS = 10


@click.command("import", cls=SectionCommand, epilog=EPILOG)
@click.argument("source", metavar="[SOURCE]", required=False)
@click.option(
    "-T", "--transcripts", "target", metavar="DIR", default="./transcripts", show_default=True, help="The database."
)
@click.option("--limit", type=WholeNumber(1), metavar="N", help="Import so many transcripts at most.")
@click.option("--from", "from_time", metavar="TIME", help="Only what was written at this time or later: 2026-11-01.")
@click.option("--to", "to_time", metavar="TIME", help="Only what was written before this time.")
@click.option(
    "-P",
    "parameters",
    type=SplitText(),
    multiple=True,
    metavar="K=V",
    help="A parameter of the source; can be repeated.",
)
@click.option("--sources", is_flag=True, help="Show what can be imported, with the parameters of each.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and write nothing.")
@click.option(
    "--append", is_flag=True, help="Add to a database that is there. What has grown replaces what was read before."
)
@click.option("--overwrite", is_flag=True, help="Delete a database that is there.")
@click.option("--yes", is_flag=True, help="Do not ask: add to a database that is there.")
@click.option("--since-last", is_flag=True, help="Look only at what is newer than the newest in the database.")
@click.option("--watch", is_flag=True, help="Go on importing what is written, until interrupted.")
@json_option
@display_options
def command(source: str | None, target: str, sources: bool, dry_run: bool, watch: bool, **options: object) -> int:
    """Bring transcripts of other programs into a database.

    SOURCE is one of those that --sources shows, or a file or folder, whose format shows in its content. What is in the
    database already and has not changed is not read again.
    """
    output = pop_output_options(options, log=True)
    if sources or source is None:
        if source is None and not sources:
            raise click.UsageError(
                "Say what to import: a source (scout import --sources shows them), a file or a folder."
            )
        return _print_sources(output.as_json)
    try:
        origin = wanted_origin(source, _pairs(cast("Sequence[str]", options["parameters"])), _chosen(options))
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    if dry_run:
        found, report = run_use_case(preview_import, origin, target)
        return _print_preview(found, report, output.as_json)
    existing = _existing(target, options)
    since_last = bool(options["since_last"])
    report = _import(origin, target, existing, since_last, output.as_json)
    _print_report(report, target, output.as_json)
    while watch:
        time.sleep(origin.pause_seconds)
        report = _import(origin, target, "add", True, quiet=True)
        if report.added or report.updated:
            _print_report(report, target, output.as_json)
    return DONE


def _import(origin: ImportOrigin, target: str, existing: Existing, since_last: bool, quiet: bool) -> ImportReport:
    with progress_line("Importing transcripts:", quiet=quiet) as show:
        return run_use_case(
            import_traces, origin, target, existing, since_last=since_last, progress=lambda count: show(count, 0)
        )


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for each in given:
        name, is_pair, value = each.partition("=")
        if not is_pair or not name:
            raise click.UsageError(f"-P {each!r} has no '=': write -P name=value.")
        pairs[name] = value
    return pairs


def _chosen(options: Mapping[str, object]) -> dict[str, object]:
    chosen: dict[str, object] = {"limit": options["limit"]}
    for name, flag in (("from_time", "--from"), ("to_time", "--to")):
        text = cast("str | None", options[name])
        try:
            chosen[name] = None if text is None else datetime.fromisoformat(text)
        except ValueError as error:
            raise click.UsageError(
                f"{flag} {text!r} is not a time: write 2026-11-01 or 2026-11-01T12:00:00."
            ) from error
    return chosen


def _existing(target: str, options: Mapping[str, object]) -> Existing:
    if options["overwrite"] and options["append"]:
        raise click.UsageError("--append and --overwrite contradict each other: give one of them.")
    if options["overwrite"]:
        return "overwrite"
    if (
        options["append"]
        or options["yes"]
        or options["since_last"]
        or not sys.stdin.isatty()
        or not os.path.exists(target)
    ):
        return "add"
    click.echo(f"{printable(target)} is there already.", err=True)
    answer = click.prompt(
        "Add to it, overwrite it, or cancel", type=click.Choice(["add", "overwrite", "cancel"]), default="add", err=True
    )
    if answer == "cancel":
        raise click.Abort
    return "overwrite" if answer == "overwrite" else "add"


def _print_sources(as_json: bool) -> int:
    found = known_sources()
    if as_json:
        write_json([{**asdict(each), "parameters": dict(each.parameters)} for each in found])
        return DONE
    for each in found:
        click.echo(f"{click.style(each.name, bold=True)}  {each.title}")
        click.echo(f"    {each.example}")
        for name, kind in each.parameters.items():
            click.echo(f"    {name:20}{kind}")
    return DONE


def _print_preview(found: Sequence[TranscriptInfo], report: ImportReport, as_json: bool) -> int:
    if as_json:
        rows = [
            {
                "transcript_id": i.transcript_id,
                "date": i.date,
                "model": i.model,
                "messages": i.message_count,
                "tokens": i.total_tokens,
            }
            for i in found
        ]
        write_json({"transcripts": rows, "problems": list(report.problems)})
        return DONE
    if found:
        click.echo(_row("ID", "Date", "Model", "Messages", "Tokens"))
        click.echo("-" * len(_row("", "", "", "", "")))
        for info in found:
            tokens = "" if info.total_tokens is None else f"{info.total_tokens:,}"
            click.echo(
                _row(info.transcript_id, (info.date or "")[:10], info.model or "", info.message_count or 0, tokens)
            )
    click.echo(f"{plural(len(found), 'transcript')} found.")
    _print_problems(report)
    return DONE


def _row(id: str, date: str, model: str, messages: object, tokens: object) -> str:
    texts = (
        one_line(text, width - 1).ljust(width) for text, width in zip((id, date, model), (40, 12, 25), strict=True)
    )
    return f"{''.join(texts)}{messages:>8}{tokens:>14}"


def _print_report(report: ImportReport, target: str, as_json: bool) -> None:
    if as_json:
        write_json({"transcripts": target, **asdict(report), "problems": list(report.problems)})
        return
    parts = [f"Imported {plural(report.added, 'transcript')} into {printable(target)}"]
    parts += [f"{report.updated:,} updated"] if report.updated else []
    parts += [f"{report.unchanged:,} unchanged"] if report.unchanged else []
    if report.added or report.updated or report.unchanged:
        click.echo(", ".join(parts) + ".")
        click.echo(f"Look at them: scout view -T {printable(target)}")
    else:
        click.echo("No transcripts were imported (the source produced none).")
    _print_problems(report)


def _print_problems(report: ImportReport) -> None:
    for problem in report.problems[:MAX_PROBLEMS]:
        click.echo(printable(problem), err=True)
    left = len(report.problems) - MAX_PROBLEMS
    if left > 0:
        click.echo(f"... and {plural(left, 'problem')} more.", err=True)
