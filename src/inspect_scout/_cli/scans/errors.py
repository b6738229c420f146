"""The command `scout scan errors`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..._support.terminal import plural
from ..contract import DONE
from ..options import SectionOption, json_command, pop_output_options
from ..scan_argument import relative_to_cwd, scan_argument, scans_option
from ..stdout import write_json_rows
from ..use_cases import read_use_case
from ..values import WholeNumber

if TYPE_CHECKING:
    from ..._display import Display
    from ..._support.causes.grouping import ErrorGroup

SECTION = "Error options"


@json_command(
    "errors",
    "scout scan errors",
    "scout scan errors 4Kd8xQ2m --scanner refusal --limit 3",
    "scout scan errors latest~1 --json | jq -r '.[] | \"\\(.count) \\(.error)\"'",
    "scout scan errors ./scans/scan_id=... s3://bucket/scans/scan_id=...",
)
@scan_argument("locations", several=True)
@scans_option
@click.option("--scanner", metavar="NAME", cls=SectionOption, section=SECTION, help="Only errors of this scanner.")
@click.option(
    "--limit",
    type=WholeNumber(1),
    metavar="N",
    cls=SectionOption,
    section=SECTION,
    help="At most N kinds, the most frequent first.",
)
def command(locations: tuple[str, ...], scanner: str | None, limit: int | None, **options: Any) -> int:
    """Print what went wrong in scans: each kind once, with its traceback, its count and its transcripts.

    Errors are of one kind if they differ only in addresses, ids, temporary paths and numbers of things. A scan may be
    running, interrupted or damaged. SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on;
    without one the newest is taken.
    """
    from ..._app import read_error_groups

    output = pop_output_options(options, log=True)
    found = [(location, read_use_case(read_error_groups, location, scanner)) for location in locations]
    if output.as_json:
        from ..._app import group_json

        several = len(found) > 1
        write_json_rows(
            {"location": location, **group_json(group)} if several else group_json(group)
            for location, groups in found
            for group in groups[:limit]
        )
        return DONE
    display = output.make_display()
    for number, (location, groups) in enumerate(found):
        if len(found) > 1:
            display.print(("\n" if number else "") + relative_to_cwd(location))
        _print_groups(display, groups, limit)
    return DONE


def _print_groups(display: Display, groups: Sequence[ErrorGroup], limit: int | None) -> None:
    """Print what went wrong in one scan, the rest beyond the limit as a count."""
    told = groups[:limit]
    left = groups[len(told) :]
    for number, group in enumerate(told):
        if number:
            display.print()
        display.print(_group_headline(group))
        display.print(f"  {group.error}")
        for line in group.traceback.rstrip().splitlines():
            display.print(f"    {line}")
    if left:
        display.print()
        display.print(f"and {plural(sum(group.count for group in left), 'error')} of {plural(len(left), 'more kind')}")
    elif not groups:
        display.print("no errors")


def _group_headline(group: ErrorGroup) -> str:
    """Say how many errors a kind has, and where."""
    from ..._app import MAX_IDS

    if not group.scanners:
        return f"{plural(group.count, 'log')} not read"
    scanners = [name if len(group.scanners) == 1 else f"{name} {n:,}" for name, n in group.scanners.items()]
    count, ids = len(group.transcripts), ", ".join(group.transcripts[:MAX_IDS])
    more = f" and {count - MAX_IDS:,} more" if count > MAX_IDS else ""
    what = "refusal" if group.refusal else "error"
    where = f"transcript {ids}" if count == 1 else f"{count:,} transcripts: {ids}"
    return f"{plural(group.count, what)} of {', '.join(scanners)} in {where}{more}"
