"""The command `scout scan list`."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from ..._support.clock import format_age
from ..._support.terminal import plural
from ..contract import DONE
from ..options import location_command, pop_output_options
from ..scan_argument import SAME_AS_DIR, relative_to_cwd, scans_folder, scans_option
from ..stdout import write_json
from ..use_cases import read_use_case
from ..values import WholeNumber
from .selection import make_selection, selection_option, selection_options

if TYPE_CHECKING:
    from ..._types import ScanState

HEADERS = ("id", "age", "state", "scanners", "done", "found", "errors", "cost", "model", "tags", "name", "location")
# What a narrow terminal has no room for is left out from the end; ids, states and counts stay.
OPTIONAL_HEADERS = ("found", "age", "errors", "scanners", "cost", "model", "tags", "name", "location")
# Columns that say nothing of most scans are shown where they say something.
HIDDEN_IF_EMPTY = {"cost", "model", "tags"}


@location_command(
    "list",
    "scout scan list",
    "scout scan list --state interrupted --state errors",
    "scout scan list ./scans --scanner refusal --model 'openai/*' --limit 10",
    "scout scan list ./scans --json | jq -r '.[] | select(.state != \"complete\") | .location'",
    metavar="[DIR]",
    required=False,
)
@partial(scans_option, about=SAME_AS_DIR)
@selection_options(("running", "complete", "errors", "interrupted"))
@selection_option("--limit", type=WholeNumber(1), metavar="N", help="At most N scans, the newest.")
def command(location: str | None, limit: int | None, **options: object) -> int:
    """List the scans below DIR, newest first.

    DIR is by default where the project keeps scans, else what SCOUT_SCAN_SCANS says, else ./scans. The ids can be given to
    all commands about a scan. A terminal that is too narrow leaves out columns; a pipe gets all of them.
    """
    from ..._app import list_states

    output, selection = pop_output_options(options, log=True), make_selection(options)
    location = scans_folder(location)
    states = read_use_case(list_states, location)
    chosen = selection.of(states)[:limit]
    if output.as_json:
        from ..._app import state_json

        write_json([state_json(state) for state in chosen])
        return DONE
    if not states:
        missing = "" if "://" in location or os.path.isdir(location) else ": there is no such directory"
        _remark(f"No scans in {location!r}{missing}. `scout scan FILE` makes one.")
    elif not chosen:
        _remark(f"{plural(len(states), 'scan')} in {location!r}, none of which meets the conditions.")
    else:
        headers, rows = scans_table(chosen)
        output.make_display().table("", headers, rows, whole=_WHOLE, optional=OPTIONAL_HEADERS)
    return DONE


def _remark(sentence: str) -> None:
    from ..._display import fitting

    click.echo("\n".join(fitting(sentence)), err=True)


_WHOLE = ("id", "age", "state", "done", "cost", "location")


def scans_table(states: Sequence[ScanState]) -> tuple[list[str], list[list[str]]]:
    """Write scans as a table: its headers and its rows."""
    from ..._app import short_id_length

    length, now = short_id_length([state.facts.scan_id for state in states]), time.time()
    rows = [_row(state, length, now) for state in states]
    shown = [i for i, header in enumerate(HEADERS) if header not in HIDDEN_IF_EMPTY or any(row[i] for row in rows)]
    return [HEADERS[i] for i in shown], [[row[i] for i in shown] for row in rows]


def _row(state: ScanState, id_length: int, now: float) -> list[str]:
    facts, errors, created = state.facts, state.error_count, state.facts.created_at
    found = sum(counts.results for counts in state.scanners.values())
    unread = f" ({plural(len(facts.unread), 'log')} unread)" if facts.unread else ""
    return [
        facts.scan_id[:id_length],
        format_age(now - created) if created else "?",
        state.phase + unread,
        ", ".join(facts.scanners),
        f"{state.done if state.counted else '?'}/{state.due}",
        (f"{found:,}" if found else "-") if state.counted else "?",
        f"{errors:,}" if errors else "-",
        "" if state.cost is None else f"${state.cost:,.2f}",
        facts.model,
        ", ".join(facts.tags),
        facts.name,
        relative_to_cwd(facts.location),
    ]
