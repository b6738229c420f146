"""A meter that keeps what it hears, for tests of what is called and what it costs."""

from __future__ import annotations

from inspect_ai.model import ModelUsage

from .._inspect.meter import ModelCall


class RecordingMeter:
    """Keeps all calls to models: use it as `with metering(RecordingMeter()) as meter`."""

    def __init__(self) -> None:
        self.acquired: list[ModelCall] = []
        """Calls, in the order in which they were begun."""
        self.settled: list[tuple[ModelCall, ModelUsage | None]] = []
        """The same, as they ended, with the tokens that they used."""

    async def acquire(self, call: ModelCall) -> None:
        """Take note of a call that is about to be made."""
        self.acquired.append(call)

    def settle(self, call: ModelCall, usage: ModelUsage | None) -> None:
        """Take note of a call that has ended."""
        self.settled.append((call, usage))
