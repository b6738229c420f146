"""Running a plan: executors, workers, admission, recording. Knows no terminal, no HTTP, no configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .admission.call_failures import GiveUpReason
    from .admission.rate_limiter import RateLimiter
    from .executors import executor_for
    from .executors.contract import Executor, Job, RunJob, StopRequest
    from .executors.pool import LocalExecutor
    from .recording.feed import Feed, Listener
    from .recording.recorder import TableSync
    from .workers.recall import PairKey, PairReports, Recall
    from .workers.setup import WorkerSetup, wants_diagnostics, worker_setup

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
