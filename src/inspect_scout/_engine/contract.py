"""What runs a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .._plan import ScanPlan
from .._results import RecordInput
from .recorder import Recorder
from .tally import Tally

MEMORY_BYTES = 256 * 2**20
"""Bytes of transcript JSON in work at once. Parsed transcripts take several times their JSON."""


@dataclass(frozen=True, slots=True)
class Job:
    """A plan and how to run it.

    Args:
        plan: What is to be done.
        recorder: Where results go.
        tally: Counts.
        fail_on_error: Stop at the first scanner that raises.
        record_input: Whether results hold a copy of their input.
        memory_bytes: Bytes of transcript JSON in work at once.
    """

    plan: ScanPlan
    recorder: Recorder
    tally: Tally
    fail_on_error: bool = False
    record_input: RecordInput = "auto"
    memory_bytes: int = MEMORY_BYTES


class Executor(Protocol):
    """Starts workers and gives them units; owns no results."""

    async def run(self, job: Job) -> None:
        """Run all units of the plan.

        Raises the exception of a scanner if `fail_on_error` is set, and whatever makes recording impossible; what
        was handed to the recorder before stays recorded.
        """
        ...
