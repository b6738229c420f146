"""Executors: which of them runs a scan, and what they have in common."""

from __future__ import annotations

import os

from ..._plan import executor_plugins
from ..._project import OPTION_BY_NAME
from .contract import Executor


def executor_for(
    units: int, max_processes: int | None = None, executor: str | None = None, ray_address: str | None = None
) -> Executor:
    """Choose an executor.

    Args:
        units: Transcripts that are due.
        max_processes: Worker processes (1: none; None: as the executor decides).
        executor: inline, processes, ray, or one that another package adds, which is made of `units` and `max_processes`
            (None: this process at first, and workers beside it where they save time).
        ray_address: Address of a Ray cluster.
    """
    if executor is not None and executor not in OPTION_BY_NAME["executor"].choices:
        made: Executor = executor_plugins()[executor](units, max_processes)
        return made
    if executor == "ray":
        from .ray import RayExecutor

        return RayExecutor(max_processes, ray_address)
    from .adaptive import AdaptiveExecutor, count_processors
    from .pool import LocalExecutor, ProcessExecutor

    alone = executor == "inline" or (executor is None and max_processes == 1) or units <= 1
    if alone or os.name == "nt":  # no sockets can be handed to processes of Windows
        return LocalExecutor()
    if max_processes is None and executor is None:
        return AdaptiveExecutor()
    return ProcessExecutor(min(max_processes or count_processors(), units))
