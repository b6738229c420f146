"""What workers hear of calls reaches the parent in its order, in few messages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from inspect_scout._engine.admission.call_failures import CallMonitor, CallOutcome, CallRelay
from inspect_scout.testing import CallFailure

REFUSED = CallFailure("m", "rate", "429 too many")
NO_KEY = CallFailure("m", "unauthorized", "401 bad key")


def test_answers_are_kept_and_failures_take_them_along() -> None:
    sent: list[Sequence[CallOutcome]] = []

    async def main() -> None:
        calls = CallRelay(sent.append)
        for _ in range(100):
            calls.answered("m")
        await asyncio.sleep(0.2)
        assert sent == []
        calls.failed(NO_KEY)
        calls.answered("m")
        calls.failed(NO_KEY)
        calls.failed(NO_KEY)
        await asyncio.sleep(0.3)
        assert sent == [["m", NO_KEY, "m", NO_KEY, NO_KEY]]
        calls.answered("n")
        calls.flush()
        calls.flush()
        assert sent[1:] == [["n"]]

    asyncio.run(main())


def test_a_storm_of_refusals_is_one_refusal() -> None:
    sent: list[Sequence[CallOutcome]] = []

    async def main() -> None:
        calls = CallRelay(sent.append)
        for _ in range(1000):
            calls.failed(REFUSED)
        calls.flush()

    asyncio.run(main())
    assert sent == [[REFUSED]]


def test_the_scan_is_given_up_once() -> None:
    told = [0]

    def count() -> None:
        told[0] += 1

    calls = CallMonitor(count, lambda: 0.0)
    calls.record_outcomes([NO_KEY, NO_KEY])
    assert told == [0]
    trouble = calls.trouble()
    assert trouble is not None and trouble.said == "401 bad key"
    calls.record_outcomes([NO_KEY] * 10)
    assert told == [1]
    assert calls.given_up is not None and calls.given_up.failure is NO_KEY


def test_an_answer_of_one_worker_counts_against_the_failures_of_another() -> None:
    calls = CallMonitor(clock=lambda: 0.0)
    for _ in range(20):
        calls.record_outcomes([NO_KEY, NO_KEY])
        calls.record_outcomes(["m"])
    assert calls.given_up is None
