"""The command `scout scan list`."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from ..._support.terminal import plural
from ..contract import DONE
from ..options import location_command, pop_output_options
from ..scan_argument import relative_to_cwd
from ..stdout import write_json
from ..use_cases import read_use_case

if TYPE_CHECKING:
    from ..._types import ScanState

# Older scans show their year instead of the time of day.
RECENT_SECONDS = 180 * 86400


@location_command(
    "list",
    "scout scan list",
    "scout scan list ./scans --json",
    "scout scan list ./scans --json | jq -r '.[] | select(.state != \"complete\") | .location'",
    metavar="[DIR]",
    required=False,
)
def command(location: str | None, **options: Any) -> int:
    """List the scans below DIR, newest first.

    DIR is by default what SCOUT_SCAN_SCANS says, else ./scans.
    """
    from ..._app import default_scans, list_states

    output = pop_output_options(options, log=True)
    location = location or default_scans()
    states = read_use_case(list_states, location)
    if output.as_json:
        from ..._app import state_json

        write_json([state_json(state) for state in states])
        return DONE
    if not states:
        missing = "" if "://" in location or os.path.isdir(location) else " (there is no such directory)"
        click.echo(f"No scans in {location!r}{missing}.", file=sys.stderr)
        return DONE
    rows = [_row(state) for state in states]
    headers = ("time", "name", "status", "errors", "location")
    output.make_display().table("", headers, rows, whole=("time", "status", "location"))
    return DONE


def _row(state: ScanState) -> list[str]:
    facts, count = state.facts, state.error_count
    unread = f" ({plural(len(facts.unread), 'log')} unread)" if facts.unread else ""
    errors = f"{count:,}" if count else "-"
    return [_format_time(facts.created_at), facts.name, state.phase + unread, errors, relative_to_cwd(facts.location)]


def _format_time(epoch: float) -> str:
    """Write a moment as people read it: local time, the year only where it is needed."""
    try:
        form = "%d %b %H:%M" if abs(time.time() - epoch) < RECENT_SECONDS else "%d %b %Y"
        return time.strftime(form, time.localtime(epoch))
    except (OverflowError, ValueError, OSError):
        return "?"
