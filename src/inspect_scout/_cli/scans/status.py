"""The command `scout scan status`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..._support.terminal import one_line, plural, printable
from ..contract import DONE
from ..options import display_option, json_command, pop_output_options
from ..scan_argument import scan_argument, scans_option
from ..stdout import write_json
from ..use_cases import iterate_use_case, read_use_case

if TYPE_CHECKING:
    from ..._app import WatchedScan


MAX_TROUBLE_CHARACTERS = 300


@json_command(
    "status",
    "scout scan status",
    "scout scan status latest~1 --json | jq .state",
    "scout scan status 4Kd8xQ2m --watch",
    "scout scan status ./scans/scan_id=... s3://bucket/scans/scan_id=...",
)
@scan_argument("locations", several=True)
@scans_option
@display_option(
    "--watch",
    is_flag=True,
    help="While the scan runs, show how it gets on: on one line of a terminal, or as a line each time in a pipe.",
)
def command(locations: Sequence[str], watch: bool, **options: Any) -> int:
    """Show how scans stand: counts by scanner, errors, and the commands that lead on.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on; without one the newest is shown.
    """
    from ..._app import read_overview

    output = pop_output_options(options, log=True)
    if watch:
        from ..._app import watch_scan

        if len(locations) > 1:
            raise click.UsageError(f"--watch follows one scan, not {len(locations)}.")
        for location in locations:
            _print_progress(iterate_use_case(watch_scan, location))
    overviews = [read_use_case(read_overview, location) for location in locations]
    if output.as_json:
        from ..._app import overview_json

        described = [overview_json(overview) for overview in overviews]
        write_json(described[0] if len(described) == 1 else described)
        return DONE
    display = output.make_display()
    for number, overview in enumerate(overviews):
        if number:
            display.print()
        display.outcome(overview.state)
    return DONE


def _print_progress(looks: Iterable[WatchedScan]) -> None:
    """Write a line whenever something has changed: on a terminal over the one before.

    On standard error, because what ends up in a file is how it ended.
    """
    in_place, before = sys.stderr.isatty(), ""
    for seen in looks:
        line = printable(watched_line(seen))
        if seen.state.phase == "running" and line != before:
            fitting = line[: shutil.get_terminal_size().columns - 1]
            click.echo(f"\r\x1b[K{fitting}" if in_place else line, err=True, nl=not in_place)
            before = line
    if in_place and before:
        click.echo("\r\x1b[K", err=True, nl=False)


def watched_line(seen: WatchedScan) -> str:
    """Write how a running scan gets on."""
    state = seen.state
    done, total = state.done, state.due
    share = f"{100 * done // total}%" if total else "100%"
    parts = [f"running: {share} ({done:,}/{total:,})"]
    if state.error_count:
        parts.append(plural(state.error_count, "error"))
    if seen.rate:
        parts.append(f"{seen.rate:.3g} a second")
    if seen.left_seconds is not None:
        parts.append(f"{_duration(seen.left_seconds)} left")
    if state.workers:
        doing = state.doing
        parts.append(f"{doing.reading} reading, {doing.scanning} scanning")
        if len(state.workers) > 1:
            parts.append(f"{len(state.workers)} processes")
        if doing.trouble:
            parts.append(one_line(doing.trouble, MAX_TROUBLE_CHARACTERS))
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m" if hours else f"{minutes}m {rest:02d}s" if minutes else f"{rest}s"
