"""Running a plan: executors, the worker, progress. Knows no terminal, no HTTP, no configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .choose import executor_for as executor_for
    from .contract import Executor as Executor
    from .contract import Job as Job
    from .feed import Feed as Feed
    from .feed import Listener as Listener
    from .governor import Governor as Governor
    from .patience import GivenUp as GivenUp
    from .recorder import Recorder as Recorder
    from .seat import wants_diagnostics as wants_diagnostics
    from .setup import WorkerSetup as WorkerSetup
    from .setup import worker_setup as worker_setup
    from .worker import ScannerStopped as ScannerStopped

_MODULES = {
    ".choose": "executor_for",
    ".contract": "Executor Job",
    ".feed": "Feed Listener",
    ".governor": "Governor",
    ".patience": "GivenUp",
    ".recorder": "Recorder",
    ".seat": "wants_diagnostics",
    ".setup": "WorkerSetup worker_setup",
    ".worker": "ScannerStopped",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
