"""The commands that delete scans: `scout scan rm` and `scout scan prune`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click

from ..._support.clock import format_age
from ..._support.terminal import format_size, plural
from ..contract import DONE
from ..options import OutputOptions, SectionOption, json_command, location_command, pop_output_options
from ..scan_argument import SAME_AS_DIR, relative_to_cwd, scan_argument, scans_folder, scans_option
from ..stdout import write_json
from ..use_cases import run_use_case
from ..values import Age
from .selection import make_selection, selection_option, selection_options

if TYPE_CHECKING:
    from ..._app import RemovableScan

F = TypeVar("F", bound=Callable[..., int])

_WHOLE = ("id", "age", "state", "size", "location")


def _consent_options(function: F) -> F:
    option = partial(click.option, cls=SectionOption, section="Deletion options", is_flag=True)
    dry_run = option("--dry-run", help="Show what would be deleted, and delete nothing.")
    return dry_run(option("--yes", help="Do not ask.")(function))


@json_command(
    "rm",
    "scout scan rm 4Kd8xQ2m",
    "scout scan rm latest latest~1 --dry-run",
    "scout scan rm s3://bucket/scans/scan_id=... --yes",
)
@scan_argument("locations", required=True, several=True)
@scans_option
@_consent_options
def remove(locations: tuple[str, ...], dry_run: bool, yes: bool, **options: object) -> int:
    """Delete scans, with all their results.

    SCAN is a path, the beginning of an id, a name, or "latest", "latest~1" and so on. A terminal shows what would be
    deleted, and asks. Refused are scans that are running, directories that are not scans or whose name is not that of
    theirs, and those that hold other files.
    """
    from ..._app import removable_scans

    output = pop_output_options(options, log=True)
    _refuse_to_guess(dry_run, yes)
    return _remove_all(run_use_case(removable_scans, locations), output, dry_run=dry_run, yes=yes)


@location_command(
    "prune",
    "scout scan prune --state interrupted --older 7d",
    "scout scan prune ./scans --tag trial --dry-run",
    "scout scan prune s3://bucket/scans --state errors --older 4w --yes",
    metavar="[DIR]",
    required=False,
)
@partial(scans_option, about=SAME_AS_DIR)
@selection_options(("complete", "errors", "interrupted"))
@selection_option(
    "--older", type=Age(), metavar="AGE", help="Only scans at least this old, such as 30m, 12h, 7d or 2w."
)
@_consent_options
def prune(location: str | None, older: float | None, dry_run: bool, yes: bool, **options: object) -> int:
    """Delete the scans below DIR that meet all conditions, with all their results.

    DIR is by default where the project keeps scans, else what SCOUT_SCAN_SCANS says, else ./scans. A terminal shows what
    would be deleted, and asks. Running scans are never deleted, nor are directories that hold files of your own.
    """
    from ..._app import ScanSelection, prunable_scans

    output, selection = pop_output_options(options, log=True), make_selection(options, older)
    if selection == ScanSelection():
        raise click.UsageError(
            "Say which scans are to be deleted: by --state, --older, --tag, --scanner or --model. `scout scan list` shows all."
        )
    _refuse_to_guess(dry_run, yes)
    scans = run_use_case(prunable_scans, scans_folder(location), selection)
    return _remove_all(scans, output, dry_run=dry_run, yes=yes)


def _refuse_to_guess(dry_run: bool, yes: bool) -> None:
    if not (dry_run or yes or sys.stdin.isatty()):
        raise click.UsageError("There is no terminal to ask on: add --yes, or --dry-run to see what would be deleted.")


def _remove_all(scans: Sequence[RemovableScan], output: OutputOptions, *, dry_run: bool, yes: bool) -> int:
    """Show scans, ask, and delete them."""
    from ..._app import remove_scan

    display, size = output.make_display(), format_size(sum(scan.size for scan in scans))
    if scans and not output.as_json:
        display.table("", *_table(scans), whole=_WHOLE, optional=("name", "location"))
    elif not scans:
        click.echo("There is nothing to delete.", err=True)
    asks = scans and not (dry_run or yes)
    if asks and not click.confirm(f"Delete {plural(len(scans), 'scan')} ({size})?", err=True):
        click.echo("Nothing was deleted.", err=True)
        raise click.Abort
    if not dry_run:
        for scan in scans:
            run_use_case(remove_scan, scan)
    if output.as_json:
        write_json([_scan_json(scan, deleted=not dry_run) for scan in scans])
    elif scans:
        display.print(f"{'Would delete' if dry_run else 'Deleted'} {plural(len(scans), 'scan')} ({size}).")
    return DONE


def _table(scans: Sequence[RemovableScan]) -> tuple[list[str], list[list[str]]]:
    from ..._app import short_id_length

    length, now = short_id_length([scan.facts.scan_id for scan in scans]), time.time()
    rows = [
        [
            facts.scan_id[:length],
            format_age(now - facts.created_at) if facts.created_at else "?",
            scan.state.phase,
            format_size(scan.size),
            facts.name,
            relative_to_cwd(scan.location),
        ]
        for scan in scans
        for facts in [scan.facts]
    ]
    return ["id", "age", "state", "size", "name", "location"], rows


def _scan_json(scan: RemovableScan, *, deleted: bool) -> dict[str, object]:
    return {
        "scan_id": scan.facts.scan_id,
        "name": scan.facts.name,
        "location": scan.location,
        "timestamp": scan.facts.created,
        "state": scan.state.phase,
        "files": scan.files,
        "bytes": scan.size,
        "deleted": deleted,
    }
