"""What a dead worker has done all the same, and what becomes of units that have cost too many workers."""

from __future__ import annotations

import time

from .._results import clean_id, counts_of_record
from .._support.errors import WorkerError
from .._types import PairRecorded
from .contract import Job
from .ledger import Lease
from .worker import report_of_loss


async def survived(job: Job, writer: str, leases: list[Lease]) -> set[tuple[int, str]]:
    """Find the pairs that a dead worker had written without saying so, and count them.

    Args:
        job: The job.
        writer: Name of its journal files.
        leases: Units that it had and has told nothing of.

    Returns:
        Pairs of position and scanner.
    """
    found = await job.store.recorded_by(writer)
    pairs: set[tuple[int, str]] = set()
    for lease in leases:
        transcript_id = clean_id(job.plan.index.ids[lease.unit.position])
        for key in lease.unit.scanners:
            record = found.get(key, {}).get(transcript_id)
            if record is not None:
                pairs.add((lease.unit.position, key))
                job.feed.emit(PairRecorded(at=time.time(), scanner=key, counts=counts_of_record(record)))
    return pairs


async def give_up(job: Job, lease: Lease, how: str) -> None:
    """Record errors for a unit that has cost too many workers.

    Args:
        job: The job.
        lease: The unit.
        how: How the last worker ended.
    """
    info = job.plan.index.info(lease.unit.position)
    error = WorkerError(
        f"{lease.deaths} workers ended while they scanned this transcript, the last one by {how}; it is not tried "
        "again in this run. Resuming the scan tries it again."
    )
    for key in lease.unit.scanners:
        await job.recorder.record(info, key, [report_of_loss(key, info, error)])
