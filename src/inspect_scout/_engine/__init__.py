"""Running a plan: executors, the worker, progress. Knows no terminal, no HTTP, no configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .choose import executor_for
    from .contract import Executor, Job
    from .feed import Feed
    from .governor import Governor
    from .inline import InlineExecutor
    from .patience import GivenUp
    from .recorder import Recorder
    from .seat import wants_diagnostics
    from .setup import WorkerSetup, worker_setup
    from .worker import ScannerStopped

__getattr__, __dir__ = lazy_door(__name__)
