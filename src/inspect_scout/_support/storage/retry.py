"""Retries of requests: how often one is sent again, and how long an answer is awaited."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..errors import ConfigError

T = TypeVar("T")

RETRY_SECONDS = 20.0
"""A request that fails is sent again until this time is up ..."""

MIN_ATTEMPTS = 6
"""... and this often in any case: a single one that hangs takes longer."""

TIMEOUT = "SCOUT_STORAGE_TIMEOUT"
"""Variable that says after how many seconds without a byte a request is taken to hang."""

TIMEOUT_SECONDS = 30.0

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 3.0


def timeout_seconds(environ: Mapping[str, str] = os.environ) -> float:
    """Give the seconds without a byte after which a request is taken to hang.

    Raises:
        ConfigError: The variable that says so is not a positive number.
    """
    text = environ.get(TIMEOUT, "").strip()
    if not text:
        return TIMEOUT_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise ConfigError(f"{TIMEOUT}={text!r} cannot be used: give seconds, more than 0 and at most 86400.")
    return seconds


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Which failures may pass.

    Args:
        kinds: What requests raise.
        may_pass: Tells of one of these whether trying again may help.
    """

    kinds: tuple[type[Exception], ...]
    may_pass: Callable[[Exception], bool]


class Attempts:
    """The attempts of one request.

    Args:
        rule: Which failures may pass.
        seconds: Time for which it is sent again.
        least: Attempts that are made however long they take.
    """

    def __init__(self, rule: RetryRule, seconds: float = RETRY_SECONDS, least: int = MIN_ATTEMPTS) -> None:
        self._rule = rule
        self._deadline = time.monotonic() + seconds
        self._left = least
        self._pause, self._longest = _FIRST_PAUSE, min(_LONGEST_PAUSE, seconds / 2)

    def pause(self, error: Exception) -> float | None:
        """Take note of a failure; gives the seconds to wait before the next attempt, or None: there is none."""
        import random  # here and below: local files go without, and light commands with them

        self._left -= 1
        if not self._rule.may_pass(error) or (self._left <= 0 and time.monotonic() >= self._deadline):
            return None
        pause, self._pause = self._pause * (0.5 + random.random()), min(2 * self._pause, self._longest)
        return pause

    async def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call until it succeeds or fails for good."""
        import asyncio

        while True:
            try:
                return await call()
            except self._rule.kinds as error:
                pause = self.pause(error)
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    def run_sync(self, call: Callable[[], T]) -> T:
        """Make a call that blocks until it succeeds or fails for good."""
        while True:
            try:
                return call()
            except self._rule.kinds as error:
                pause = self.pause(error)
                if pause is None:
                    raise
            time.sleep(pause)
