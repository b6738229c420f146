"""What scanning commands do when the scan has ended: JSON if asked for, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calling import look
from .exit_codes import DONE, SCANNER_ERRORS
from .options import Shown
from .output import write_json

if TYPE_CHECKING:
    from .._types import Status

DRY_RUN = "(dry-run)"


def finish(how: Shown, status: Status) -> int:
    """Write the JSON that was asked for, and say by the exit code whether all went well."""
    if how.as_json:
        write_json(_dry_run_json(status) if status.location == DRY_RUN else _final_json(status))
    return DONE if status.complete and not status.errors else SCANNER_ERRORS


def _final_json(status: Status) -> dict[str, Any]:
    from .._app import read_standing, standing_json

    # Problems that concern no scanner, as a log that could not be read, are known only to the run that met them.
    problems = [error.error for error in status.errors if not error.scanner]
    return {**standing_json(look(read_standing, status.location)), "problems": problems}


def _dry_run_json(status: Status) -> dict[str, Any]:
    spec = status.spec
    transcripts = len(spec.transcripts.transcript_ids) if spec.transcripts else 0
    counts = dict.fromkeys(spec.scanners, transcripts)
    if spec.worklist is not None:
        listed = {work.scanner: len(work.transcripts) for work in spec.worklist}
        counts = {name: listed.get(name, 0) for name in spec.scanners}
    return {
        "name": spec.scan_name,
        "location": status.location,
        "state": "dry-run",
        "complete": status.complete,
        "transcripts": transcripts,
        "total": sum(counts.values()),
        "scanners": counts,
        "problems": [error.error for error in status.errors],
    }
