"""What a worker that died has recorded all the same, and what becomes of pairs that cost workers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..._results import clean_id, counts_of_record
from ..._support.errors import WorkerError
from ..._types import PairRecorded, ResultReport, TranscriptInfo
from ..recording.recorder import DurableRecorder
from ..recording.reports import report_of_error, timeout_error
from ..workers.protocol import Committed, Overdue
from .contract import Job
from .work_queue import Lease


async def recorded_pairs(
    job: Job, writer_id: str, leases: Sequence[Lease], told: Mapping[str, set[str]]
) -> set[tuple[int, str]]:
    """Find the pairs that a worker had written before it died, and count those that it has not reported.

    Args:
        job: The job.
        writer_id: Name of its journal files.
        leases: Units that it had.
        told: Scanners that it has told of as recorded, by transcript.

    Returns:
        Pairs of position and scanner.
    """
    found = await job.store.pairs_of_writer(writer_id)
    pairs: set[tuple[int, str]] = set()
    for lease in leases:
        transcript_id = job.plan.index.ids[lease.unit.position]
        for key in lease.unit.scanners:
            record = found.get(key, {}).get(clean_id(transcript_id))
            if record is not None:
                pairs.add((lease.unit.position, key))
                if key not in told.get(transcript_id, ()):
                    job.feed.emit(PairRecorded(at=time.time(), scanner=key, counts=counts_of_record(record)))
    return pairs


def overdue_pair(overdue: Overdue, job: Job, leases: Sequence[Lease]) -> tuple[int, str] | None:
    """Find the pair of position and scanner that a worker killed itself for."""
    positions = [lease.unit.position for lease in leases if overdue.scanner in lease.unit.scanners]
    return next(((p, overdue.scanner) for p in positions if job.plan.index.ids[p] == overdue.transcript_id), None)


async def record_overdue(job: Job, position: int, overdue: Overdue) -> Committed:
    """Record the error of a scanner that held up its worker when its time was over.

    Raises:
        ScannerTimeoutError: The error, if errors end the scan.
    """
    info = job.plan.index.info(position)
    seconds = job.setup.spec.options.scanner_timeout or 0.0
    error = timeout_error(overdue.scanner, info.transcript_id, seconds, None)
    if job.setup.fail_on_error:
        raise error
    report = report_of_error(overdue.scanner, info, error)
    assert report.error is not None
    shown = report.error.model_copy(update={"traceback": overdue.trace + report.error.traceback})
    return await _record(job, info, {overdue.scanner: replace(report, error=shown)})


async def mark_failed(job: Job, lease: Lease, how: str) -> Committed:
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
    return await _record(job, info, {key: report_of_error(key, info, error) for key in lease.unit.scanners})


async def _record(job: Job, info: TranscriptInfo, reports: Mapping[str, ResultReport]) -> Committed:
    recorder = DurableRecorder(
        await job.store.open_journal(job.setup.fingerprints, job.setup.record_input, spec=job.setup.spec)
    )
    for scanner, report in reports.items():
        await recorder.record(info, scanner, [report])
    return await recorder.write(now=True)
