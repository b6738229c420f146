"""The command `scout label`."""

from __future__ import annotations

import functools
import shlex
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from ..._support.terminal import one_line, plural, printable
from ..contract import DONE
from ..options import SectionCommand, SectionOption, display_options, pop_output_options
from ..scan_argument import relative_to_cwd, scan_argument, scans_option
from ..use_cases import run_use_case
from ..values import WholeNumber

if TYPE_CHECKING:
    from ..._app import LabelSample, StratifyBy
    from ..._results import RecordedVerdict

EPILOG = """\b
Examples:
  scout label --scanner refusal
  scout label latest --sample 50 --stratify value --seed 7
  scout label latest --blind --cases cases.csv
  scout label latest -o to-fill-in.csv
"""
SECTION = "Label options"
SAMPLE = 20
MAX_MESSAGE_CHARACTERS = 1500
MAX_TEXT_CHARACTERS = 200
WRAP_CELLS = 100
_HOW_TO_FILL_IN = "Fill in the column 'target' (true, false, or the value), and delete the rows that you leave out."


_option = functools.partial(click.option, cls=SectionOption, section=SECTION)


@click.command("label", cls=SectionCommand, epilog=EPILOG)
@scan_argument()
@scans_option
@_option("--scanner", metavar="NAME", help="Label results of this scanner. Default: the only one.")
@_option(
    "--sample",
    type=WholeNumber(1),
    default=SAMPLE,
    metavar="N",
    help=f"Label at most N results. Default: {SAMPLE}.",
)
@_option(
    "--stratify",
    type=click.Choice(["value", "task", "model", "none"]),
    default="value",
    help="Take equally many results of each value, task or model, so that rare ones are included. Default: value.",
)
@_option("--seed", type=WholeNumber(), default=0, metavar="N", help="Other seeds choose other results. Default: 0.")
@_option("--blind", is_flag=True, help="Do not show what the scanner said.")
@_option(
    "--cases",
    metavar="FILE",
    help="File of cases to add labels to; what it has a case for is left out. Default: cases-SCANNER.csv.",
)
@_option("-o", "--output", metavar="FILE", help="Ask nothing; write a CSV file with a column to fill in.")
@display_options
def command(
    location: str,
    scanner: str | None,
    sample: int,
    stratify: StratifyBy,
    seed: int,
    cases: str | None,
    output: str | None,
    blind: bool,
    **options: object,
) -> int:
    """Label results of a scan, to see how far its scanner can be trusted.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one the newest is taken.

    On a terminal, each result is shown with the messages that it cites, and the label is asked for; every answer is kept
    at once. Without one, or with -o, a file is written that has a column to fill in. Either file is what -V of `scout
    validate` and `scout scan` reads. What has a case already, in the file or in the scan, is not asked again.
    """
    from ..._app import sample_to_label, write_to_fill_in
    from ..._display import fitting

    pop_output_options(options, log=True)
    chosen = run_use_case(sample_to_label, location, scanner, sample, stratify, seed, cases)
    if not chosen.verdicts:
        none = f"{chosen.scanner}: no result is without a label ({chosen.labelled:,} have one)."
        click.echo("\n".join(fitting(none)))
        return DONE
    if output is None and sys.stdin.isatty() and sys.stdout.isatty():
        path, kept = chosen.path, _ask_all(location, chosen, blind)
        click.echo(f"Kept {plural(kept, 'label')} in {printable(path)}", err=True)
    else:
        path = chosen.path if output is None else output
        run_use_case(write_to_fill_in, path, chosen, blind)
        wrote = f"Wrote {plural(len(chosen.verdicts), 'result')} to {printable(path)}. {_HOW_TO_FILL_IN}"
        click.echo("\n".join(fitting(wrote)), err=True)
    named = f"{chosen.scanner}:{printable(path)}"
    click.echo(f"next: scout validate {shlex.quote(relative_to_cwd(location))} -V {shlex.quote(named)}", err=True)
    return DONE


def _ask_all(location: str, sample: LabelSample, blind: bool) -> int:
    """Ask for the label of each result; returns how many were given. What was given is kept, whatever happens later."""
    from ..._app import keep_label, read_label
    from ..._display import fitting

    kept, total = 0, len(sample.verdicts)
    if sample.question is not None:
        click.echo(_wrapped(sample.question))
    click.echo("\n".join(fitting(_answers(sample))))
    for number, verdict in enumerate(sample.verdicts, 1):
        click.echo("\n".join(["", *fitting(f"{number} of {total}: {_about(verdict)}")]))
        _show_evidence(location, sample, verdict, blind)
        text = click.prompt("label", default="", show_default=False).strip()
        if text.lower() in {"q", "quit"}:
            break
        if text and text.lower() not in {"s", "skip"}:
            run_use_case(keep_label, sample.path, verdict, text if text in sample.classes else read_label(text))
            kept += 1
    return kept


def _answers(sample: LabelSample) -> str:
    listed = ", ".join(one_line(name, 40) for name in sample.classes)
    value = f"a value ({listed})" if listed else "y (yes), n (no), or a value"
    return f"Answer with {value}; s or nothing skips a result, q ends."


def _about(verdict: RecordedVerdict) -> str:
    task_set, task_id, epoch = verdict.task
    named = [f"transcript {verdict.transcript_id}"]
    named += [f"task {task_set or ''}/{task_id}"] if task_id is not None else []
    named += [f"epoch {epoch}"] if epoch is not None else []
    named += [str(verdict.model)] if verdict.model is not None else []
    return one_line(", ".join(named), MAX_TEXT_CHARACTERS)


def _show_evidence(location: str, sample: LabelSample, verdict: RecordedVerdict, blind: bool) -> None:
    from ..._app import cited_messages, shown_value
    from ..._display import fitting

    if not blind:
        said = f"{sample.scanner} says: {one_line(shown_value(verdict), MAX_TEXT_CHARACTERS)}"
        click.echo("\n".join(fitting(said)))
        if verdict.explanation:
            click.echo(_wrapped(verdict.explanation))
    cited = run_use_case(cited_messages, location, sample.scanner, verdict)
    for message in cited:
        click.echo(f"\n{one_line(message.cite, 40)} {one_line(message.role, 20)}")
        click.echo(_wrapped(message.text))
    if not cited:
        click.echo("(it cites no messages)")


def _wrapped(text: str) -> str:
    """Fold text to the terminal, safe to print, and shortened."""
    shown = printable(text)
    shown = shown if len(shown) <= MAX_MESSAGE_CHARACTERS else shown[:MAX_MESSAGE_CHARACTERS] + "…"
    width = max(20, min(WRAP_CELLS, shutil.get_terminal_size().columns) - 4)
    lines = [part for line in shown.splitlines() for part in textwrap.wrap(line, width) or [""]]
    return "\n".join(f"    {line}".rstrip() for line in lines)
