"""What `scout view --export` says, asks and writes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ..._support.terminal import format_size, plural
from ..contract import DONE
from ..scan_argument import relative_to_cwd
from ..stdout import write_json
from ..use_cases import run_use_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..._view import PlannedExport, ViewSettings, WrittenExport
    from ..options import OutputOptions

MAX_MISSING = 5
"""Transcripts that are named when they were not found."""


def export_scans(
    settings: ViewSettings, folder: str, references: Sequence[str], output: OutputOptions, *, yes: bool
) -> int:
    """Say what would be written, ask, and write it.

    Args:
        settings: What is shown.
        folder: Where the export is to be.
        references: Which scans (none: the newest).
        output: How it is shown.
        yes: Whether not to ask.
    """
    from ..._app import refuse_target
    from ..._view import plan_export, write_export

    if not (yes or output.as_json or sys.stdin.isatty()):
        raise click.UsageError("There is no terminal to ask on: add --yes, or --json.")
    refuse_target(folder)
    planned = run_use_case(plan_export, settings, references)
    for scan in planned.scans:
        click.echo(f"Scan {relative_to_cwd(scan.location)}: {_scan_line(scan.results, len(scan.cited))}", err=True)
    held = f"{plural(len(planned.scans), 'scan')}, {plural(planned.transcripts, 'transcript')}"
    about = f"{held}, about {format_size(planned.size)}"
    replaces = f", in place of the export that is in {folder!r}" if os.path.isdir(folder) and os.listdir(folder) else ""
    if not (yes or output.as_json) and not click.confirm(f"Write {about}{replaces}?", default=True, err=True):
        click.echo("Nothing was written.", err=True)
        raise click.Abort
    written = run_use_case(write_export, settings, planned, folder, _Progress())
    if output.as_json:
        write_json(_as_json(planned, written))
    else:
        _tell(planned, written)
    return DONE


class _Progress:
    """Says how far the export is: on a line of a terminal, and nowhere else."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = 0

    def __call__(self, what: str, done: int, total: int) -> None:
        if not self._shown:
            return
        text = f"Writing {what}: {done:,} of {total:,}"
        click.echo(f"\r{text.ljust(self._last)}", nl=False, err=True)
        self._last = len(text)
        if what == "transcripts" and done == total:
            click.echo(f"\r{' ' * self._last}\r", nl=False, err=True)


def _scan_line(results: int, transcripts: int) -> str:
    return f"{plural(results, 'result')}, {plural(transcripts, 'transcript')} cited"


def _tell(planned: PlannedExport, written: WrittenExport) -> None:
    scans, transcripts = plural(len(planned.scans), "scan"), plural(written.transcripts, "transcript")
    click.echo(f"Exported {scans}, {transcripts}, {format_size(written.size)}.")
    if written.masked:
        click.echo(f"Masked {plural(written.masked, 'place')} that looked like keys, tokens or passwords.")
    else:
        click.echo("Nothing looked like a key, a token or a password.")
    if written.missing:
        named = ", ".join(written.missing[:MAX_MISSING])
        more = f" and {len(written.missing) - MAX_MISSING:,} more" if len(written.missing) > MAX_MISSING else ""
        click.echo(
            f"Left out {plural(len(written.missing), 'transcript')} that {'is' if len(written.missing) == 1 else 'are'} not "
            f"where the project has its transcripts: {named}{more}. Say where with -T.",
            err=True,
        )
    if written.unread:
        click.echo(
            f"The messages of {plural(written.unread, 'result')} could not be read: the logs are not where the scan read them. "
            "Say where with -T.",
            err=True,
        )
    click.echo(f"Open {os.path.join(written.folder, 'index.html')}")


def _as_json(planned: PlannedExport, written: WrittenExport) -> dict[str, object]:
    return {
        "folder": os.path.abspath(written.folder),
        "scans": [{"scan_id": scan.id, "location": scan.location} for scan in planned.scans],
        "transcripts": written.transcripts,
        "missing": list(written.missing),
        "results": planned.results,
        "results_without_messages": written.unread,
        "masked": written.masked,
        "bytes": written.size,
    }
