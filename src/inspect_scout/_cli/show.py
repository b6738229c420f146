"""The command `scout show`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click
import msgspec

from .._app import is_location
from .contract import DONE
from .first_sign import first_sign
from .options import SectionCommand, SectionOption, display_options, json_option, pop_output_options
from .scan_argument import scans_option, take_scan
from .stdout import document_stream, write_json
from .use_cases import read_use_case, run_use_case
from .values import WholeNumber

if TYPE_CHECKING:
    from .._app import Evidence, ScanEvidence, Shown

SECTION = "Evidence options"
EPILOG = """\b
Examples:
  scout show NQ7dDdcK
  scout show latest~1 NQ7dDdcK --scanner refusal --context 3
  scout show -T ./logs NQ7dDdcK M5..M9
  scout show NQ7dDdcK --markdown --budget 2000 > evidence.md
"""
_LATEST = re.compile(r"latest(~\d+)?")
_NUMBERS = re.compile(r"\[?\d+\s*(?:\.\.|-)\s*\d+\]?", re.ASCII)
_MESSAGES = re.compile(r"\[?[Mm]\d+(?:\s*(?:\.\.|-)\s*[Mm]?\d+)?\]?", re.ASCII)


_option = partial(click.option, cls=SectionOption, section=SECTION)


@click.command("show", cls=SectionCommand, epilog=EPILOG)
@click.argument("words", nargs=-1, required=True, metavar="[SCAN] RESULT|TRANSCRIPT [M5..M9]...")
@_option(
    "-T",
    "--transcripts",
    multiple=True,
    metavar="LOC",
    help="Show a transcript of these logs, without verdicts; with SCAN, say where its logs are now.",
)
@_option("--scanner", metavar="NAME", help="Only results of this scanner.")
@_option("--cite", "cited_only", is_flag=True, help="Only messages that are cited.")
@_option(
    "--context",
    type=WholeNumber(0),
    metavar="N",
    help="Messages before and after each cited one. Default: 1; with --cite, 0.",
)
@_option("--all", "every", is_flag=True, help="All messages, and results that found nothing.")
@_option("--full", is_flag=True, help="Do not fold long messages.")
@_option(
    "--budget", type=WholeNumber(1), metavar="TOKENS", help="Fold messages until they have about this many tokens."
)
@_option("--markdown", is_flag=True, help="Write Markdown.")
@scans_option
@json_option
@display_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    words: tuple[str, ...],
    transcripts: tuple[str, ...],
    scanner: str | None,
    markdown: bool,
    **options: object,
) -> int:
    """Show what a result rests on: the verdict, then the messages that it cites, the cited words between » and «.

    RESULT or TRANSCRIPT is an id, or its beginning if no other id of the scan begins with it. SCAN is a path, the
    beginning of an id, a name, or "latest", "latest~1" and so on; without it the newest is taken. Messages have the
    numbers by which they are cited, and long ones are folded. M5..M9 shows these messages instead of the cited ones.
    """
    output = pop_output_options(options, log=True)
    if markdown and output.as_json:
        raise click.UsageError("--json and --markdown exclude each other.")
    named, ranges = _split_words(words)
    if output.as_json and options["budget"] is None:
        options["full"] = True  # programs get whole messages, unless they say how much they can take
    shown = _shown(ranges, **options)
    found: ScanEvidence | Evidence
    if transcripts and len(named) == 1:
        with first_sign(output):
            found = _show_transcript(transcripts, named[0], scanner, shown)
    else:
        from .._app import scan_evidence_async

        location, id = take_scan(ctx, named[0] if len(named) > 1 else None), named[-1]
        found = read_use_case(scan_evidence_async, location, id, scanner=scanner, shown=shown, transcripts=transcripts)
    if output.as_json:
        from .._app import evidence_json

        write_json(evidence_json(found))
    elif markdown:
        from .._app import evidence_markdown

        click.echo(evidence_markdown(found), file=document_stream())
    else:
        _print(found, output.display)
    return DONE


def _split_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tell the names of scan and result from the messages behind them."""
    named = list(words)
    ranges: list[str] = []
    while len(named) > 1 and _MESSAGES.fullmatch(named[-1]):
        ranges.insert(0, named.pop())
    if _NUMBERS.fullmatch(named[-1]):
        raise click.UsageError(f"{named[-1]!r} is not a range of messages. Write it as M5..M9.")
    if len(named) > 2 or is_location(named[-1]) or _LATEST.fullmatch(named[-1]):
        raise click.UsageError(
            f"{named[-1]!r} is not the id of a result or a transcript. Write scout show [SCAN] RESULT [M5..M9], or scout show "
            "-T LOGS TRANSCRIPT; `scout scan results SCAN` lists the ids."
        )
    return named, ranges


def _shown(ranges: Sequence[str], **options: object) -> Shown:
    from .._app import Shown, parse_message_range

    return msgspec.convert({"ranges": list(map(parse_message_range, ranges)), **options}, Shown)


def _show_transcript(transcripts: Sequence[str], id: str, scanner: str | None, shown: Shown) -> Evidence:
    from .._app import transcript_evidence_async

    if scanner is not None:
        raise click.UsageError("--scanner is for results of a scan: scout show SCAN RESULT --scanner NAME.")
    return run_use_case(transcript_evidence_async, transcripts, id, shown=shown)


def _print(found: ScanEvidence | Evidence, kind: str | None) -> None:
    from .._app import evidence_lines
    from .._display import output_width, paged_display

    with paged_display(kind) as display:
        for line in evidence_lines(found, output_width()):
            display.print(line.text, line.tone)
