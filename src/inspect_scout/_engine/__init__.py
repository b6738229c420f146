"""Running a plan: executors, the worker, progress. Knows no terminal, no HTTP, no configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .contract import Executor as Executor
    from .contract import Job as Job
    from .governor import Governor as Governor
    from .inline import InlineExecutor as InlineExecutor
    from .progress import Progress as Progress
    from .progress import ProgressSink as ProgressSink
    from .recorder import Recorder as Recorder
    from .tally import Tally as Tally
    from .worker import ScannerStopped as ScannerStopped

_MODULES = {
    ".contract": "Executor Job",
    ".governor": "Governor",
    ".inline": "InlineExecutor",
    ".progress": "Progress ProgressSink",
    ".recorder": "Recorder",
    ".tally": "Tally",
    ".worker": "ScannerStopped",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
