"""The command `scout transcripts`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from .._support.terminal import one_line, plural, printable
from .contract import DONE
from .first_sign import first_sign
from .options import SectionCommand, SectionOption, display_options, json_option, pop_output_options, table_options
from .scans.found import RATE, rate_text
from .stdout import cell_text, write_json
from .use_cases import run_use_case
from .values import split_names

if TYPE_CHECKING:
    from .._app import TranscriptCounts, TranscriptsSummary

EPILOG = """\b
Examples:
  scout transcripts -T ./logs
  scout transcripts -T ./logs --by model,score
  scout transcripts -T ./logs -F "task_set = 'popularity' AND error IS NULL" --by task_id
  scout transcripts -T ./logs --json | jq .tokens
"""
MAX_CELL_CHARACTERS = 300
MAX_GROUPS = 50
MAX_PROBLEMS = 5
OPTIONAL = ("errors", "mean score", "tokens", RATE, "time", "messages", "limits")
"""Columns that are left out where the terminal is too narrow for all, the last one first."""

Column = tuple[str, "Callable[[TranscriptCounts], str]"]


@click.command("transcripts", cls=SectionCommand, epilog=EPILOG)
@table_options("command line", "transcripts", "filter")
@click.option(
    "--by",
    metavar="A,B",
    cls=SectionOption,
    section="Count options",
    help="What to count by: task, model, score, epoch, agent, error, any other field or a key of the metadata; "
    "none for the totals only. Default: task,model.",
)
@json_option
@display_options
def command(transcripts: tuple[str, ...], filter: tuple[str, ...], by: str | None, **options: object) -> int:
    """Say which transcripts there are: how many, of which tasks and models, their scores, tokens, times and errors.

    Nothing but the index of the logs is read.
    """
    output = pop_output_options(options, log=True)
    chosen = _names(by)
    with first_sign(output):
        from .._app import summarise_transcripts_async

        summary = run_use_case(summarise_transcripts_async, transcripts, filter, by=chosen)
    if output.as_json:
        from .._app import transcripts_json

        write_json(transcripts_json(summary))
        return DONE
    _print(summary, output.display)
    if filter and not summary.total.transcripts and not summary.problems:
        click.echo("No transcript meets the conditions.", err=True)
    return DONE


def _names(by: str | None) -> list[str]:
    if by is None:
        return ["task", "model"]
    return [] if by.strip().lower() in {"", "none"} else split_names(by) or []


def _print(summary: TranscriptsSummary, kind: str | None) -> None:
    from .._display import fitting, paged_display

    with paged_display(kind) as display:
        display.print(_headline(summary), "title")
        if summary.total.transcripts:
            for line in fitting(_details(summary.total)):
                display.print(line)
        if summary.groups:
            display.print()
            columns = _columns(summary)
            rows = [_row(group, summary.by, columns) for group in summary.groups[:MAX_GROUPS]]
            display.table("", [*summary.by, *(name for name, _ in columns)], rows, optional=OPTIONAL)
        if len(summary.groups) > MAX_GROUPS:
            more = len(summary.groups) - MAX_GROUPS
            display.print(f"and {plural(more, 'more group')}: --json has them all")
    for problem in summary.problems[:MAX_PROBLEMS]:
        click.echo(printable(problem), file=sys.stderr)
    if len(summary.problems) > MAX_PROBLEMS:
        click.echo(f"and {plural(len(summary.problems) - MAX_PROBLEMS, 'more problem')}", file=sys.stderr)


def _headline(summary: TranscriptsSummary) -> str:
    said = f"{plural(summary.total.transcripts, 'transcript')} in {plural(summary.sources, 'file')}"
    first, last = (_day(date) for date in (summary.first_date, summary.last_date))
    if not first:
        return said
    return f"{said}, {first}" + ("" if last == first else f" to {last}")


def _day(date: str | None) -> str:
    return one_line((date or "")[:10], 10)


def _details(total: TranscriptCounts) -> str:
    counted = ((total.messages, "message"), (total.tokens, "token"))
    said = [plural(count, noun) for count, noun in counted if count is not None]
    said += [f"time {_time(total)}"] if total.seconds is not None else []
    said += [f"success {_success(total)}, {_rate(total)}"] if total.judged else []
    said += [plural(total.errors, "error")] if total.errors else []
    said += [f"{total.limits:,} ended by a limit"] if total.limits else []
    return ", ".join(said)


def _columns(summary: TranscriptsSummary) -> list[Column]:
    """Choose the columns that say something."""
    every: dict[str, tuple[Callable[[TranscriptCounts], str], bool]] = {
        "n": (lambda group: f"{group.transcripts:,}", True),
        "success": (_success, summary.total.judged > 0),
        RATE: (_rate, summary.total.judged > 0),
        "mean score": (_score, any(group.mean_score is not None for group in summary.groups)),
        "messages": (lambda group: _number(group.messages), summary.total.messages is not None),
        "tokens": (lambda group: _number(group.tokens), summary.total.tokens is not None),
        "time": (_time, summary.total.seconds is not None),
        "errors": (lambda group: _number(group.errors or None), summary.total.errors > 0),
        "limits": (lambda group: _number(group.limits or None), summary.total.limits > 0),
    }
    return [(name, write) for name, (write, wanted) in every.items() if wanted]


def _row(group: TranscriptCounts, by: Sequence[str], columns: Sequence[Column]) -> list[str]:
    values = [one_line(cell_text(group.by[name]), MAX_CELL_CHARACTERS) or "-" for name in by]
    return [*values, *(write(group) for _, write in columns)]


def _number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _success(group: TranscriptCounts) -> str:
    return f"{group.successes:,}/{group.judged:,}" if group.judged else "-"


def _rate(group: TranscriptCounts) -> str:
    return rate_text(group.success)


def _score(group: TranscriptCounts) -> str:
    return "-" if group.mean_score is None else f"{group.mean_score:.2f}"


def _time(group: TranscriptCounts) -> str:
    from .._display import duration

    return "-" if group.seconds is None else duration(group.seconds)
