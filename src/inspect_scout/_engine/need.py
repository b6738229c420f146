"""Whether a scan that runs in one process needs more: a decision about numbers."""

from __future__ import annotations

import os
from dataclasses import dataclass

MOST_PROCESSES = 4
START_SECONDS = 1.5
"""Time that a worker takes to be ready, until one has been measured."""

_BUSY_SHARE = 0.8


def processors() -> int:
    """Count the processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Load:
    """How a running scan does.

    Args:
        busy: Processor seconds that this process uses in a second.
        left_seconds: Time that what is left takes with the processes there are.
        processes: Processes at work or on their way.
        most: Processes at most.
        start_seconds: Time that a worker takes to be ready.
        calls_models: Whether models are called.
    """

    busy: float
    left_seconds: float
    processes: int
    most: int
    start_seconds: float = START_SECONDS
    calls_models: bool = False


def needs_worker(load: Load) -> bool:
    """Tell whether one more process would end the scan clearly sooner.

    A process that waits (for models, for a disk) has no use for another one. A worker works only once it is ready,
    and until then its start takes time of a processor, so it has to save more time than its start takes.
    """
    if load.calls_models or load.processes >= load.most or load.busy < _BUSY_SHARE:
        return False
    after_start = load.left_seconds - load.start_seconds
    saved = after_start - after_start * load.processes / (load.processes + 1)
    return saved > load.start_seconds
