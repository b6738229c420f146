"""Metering: what calls to models were made and what they used, counted in each worker and added up by the parent."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_ai.model import ModelUsage

from ..._inspect.meter import ModelCall


@dataclass(frozen=True, slots=True)
class MeterReading:
    """Calls of a worker so far.

    Args:
        acquired: Calls that were begun, each attempt by itself.
        settled: Calls that have ended, with an answer or without.
        cached: Calls among these that the cache answered.
        tokens: Tokens that they used.
    """

    acquired: int = 0
    settled: int = 0
    cached: int = 0
    tokens: int = 0

    def __add__(self, other: MeterReading) -> MeterReading:
        """Add the calls of two workers."""
        return MeterReading(
            self.acquired + other.acquired,
            self.settled + other.settled,
            self.cached + other.cached,
            self.tokens + other.tokens,
        )


class CallMeter:
    """The meter of a worker: admits all calls, and counts them."""

    def __init__(self) -> None:
        self.reading = MeterReading()

    async def acquire(self, call: ModelCall) -> None:  # noqa: ARG002 - the contract's
        """Take note of a call that is about to be made."""
        self.reading += MeterReading(acquired=1)

    def settle(self, call: ModelCall, usage: ModelUsage | None) -> None:
        """Take note of a call that has ended."""
        tokens = 0 if usage is None else usage.total_tokens
        self.reading += MeterReading(settled=1, cached=int(call.origin == "cache"), tokens=tokens)


class CallTotals:
    """Adds up what all workers have counted, those that died included: their calls under way count as settled, once."""

    def __init__(self) -> None:
        self._readings: dict[str, MeterReading] = {}
        self._gone = MeterReading()

    @property
    def total(self) -> MeterReading:
        """The calls of all workers."""
        return sum(self._readings.values(), start=self._gone)

    def report(self, worker: str, reading: MeterReading) -> None:
        """Take note of what a worker has read last."""
        self._readings[worker] = reading

    def leave(self, worker: str) -> None:
        """Count what a worker that is gone had under way as ended."""
        last = self._readings.pop(worker, MeterReading())
        self._gone += MeterReading(last.acquired, last.acquired, last.cached, last.tokens)
