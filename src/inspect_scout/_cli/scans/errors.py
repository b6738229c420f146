"""The command `scout scan errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..._support.terminal import plural
from ..contract import DONE
from ..options import SectionOption, location_command, pop_output_options
from ..stdout import write_json_rows
from ..use_cases import read_use_case

if TYPE_CHECKING:
    from ..._support.causes.grouping import ErrorGroup

SECTION = "Error options"


@location_command(
    "errors",
    "scout scan errors ./scans/scan_id=...",
    "scout scan errors ./scans/scan_id=... --scanner refusal --limit 3",
    "scout scan errors ./scans/scan_id=... --json | jq -r '.[] | \"\\(.count) \\(.error)\"'",
)
@click.option("--scanner", metavar="NAME", cls=SectionOption, section=SECTION, help="Only errors of this scanner.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    cls=SectionOption,
    section=SECTION,
    help="At most N kinds, the most frequent first.",
)
def command(location: str, scanner: str | None, limit: int | None, **options: Any) -> int:
    """Print what went wrong in the scan at LOC: each kind once, with its traceback, its count and its transcripts.

    Errors are of one kind if they differ only in addresses, ids, temporary paths and numbers of things. The scan may be
    running, interrupted or damaged.
    """
    from ..._app import read_error_groups

    output = pop_output_options(options, log=True)
    groups = read_use_case(read_error_groups, location, scanner)
    told = groups if limit is None else groups[:limit]
    if output.as_json:
        from ..._app import group_json

        write_json_rows(group_json(group) for group in told)
        return DONE
    display = output.make_display()
    for group in told:
        display.print(_group_headline(group))
        display.print(f"  {group.error}")
        for line in group.traceback.rstrip().splitlines():
            display.print(f"    {line}")
        display.print()
    if len(groups) > len(told):
        left = groups[len(told) :]
        display.print(f"and {sum(group.count for group in left):,} errors of {plural(len(left), 'more kind')}")
    elif not groups:
        display.print("no errors")
    return DONE


def _group_headline(group: ErrorGroup) -> str:
    """Say how many errors a kind has, and where."""
    from ..._app import MAX_IDS

    if not group.scanners:
        return f"{plural(group.count, 'log')} not read"
    scanners = [name if len(group.scanners) == 1 else f"{name} {n:,}" for name, n in group.scanners.items()]
    count, ids = len(group.transcripts), ", ".join(group.transcripts[:MAX_IDS])
    more = f" and {count - MAX_IDS:,} more" if count > MAX_IDS else ""
    what = "refusal" if group.refusal else "error"
    of = f" of {', '.join(scanners)} in {'' if count == 1 else f'{count:,} '}transcript{'' if count == 1 else 's'}"
    return f"{plural(group.count, what)}{of} {ids}{more}"
