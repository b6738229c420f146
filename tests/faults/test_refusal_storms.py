"""Storms of refusals: calls flow again as soon as the provider accepts one, and no answer is lost or counted twice."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from support.provider.asking import ask
from support.provider.behaviours import OK, Behaviour, ok, rate
from support.provider.dialects import DIALECTS, Dialect
from support.provider.server import Provider, serving_provider

LONG = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0")) > 0


class Storm:
    """Accepts some calls, refuses all for some seconds, and is healthy again."""

    def __init__(self, before: int, seconds: float, retry_after: float | None) -> None:
        self.before, self.seconds, self.refusal = before, seconds, rate(retry_after)
        self.began: float | None = None

    def __call__(self, number: int, _: str) -> Behaviour:
        if number <= self.before:
            return ok(delay=0.05)
        now = time.monotonic()
        self.began = self.began if self.began is not None else now
        return self.refusal if now < self.began + self.seconds else OK


def check(dialect: Dialect, folder: Path, storm: Storm, transcripts: int) -> None:
    with serving_provider(Provider(storm)) as provider:
        status, rows = ask(provider, dialect, folder, transcripts=transcripts)
    accepted = [call.at for call in provider.calls if call.behaviour.is_answer]
    after = accepted[storm.before :]
    assert status.complete
    assert list(rows["scan_total_tokens"]) == [120] * transcripts
    assert provider.answered == len(accepted) == transcripts
    assert storm.began is not None
    assert after[0] - (storm.began + storm.seconds) < 6
    assert sum(at < after[0] + 5 for at in after) >= min(20, len(after))
    refused = [call.at for call in provider.calls if not call.behaviour.is_answer]
    # Once nothing is accepted, one call at a time asks.
    assert len(refused) < 60 + 3 * storm.seconds


@pytest.mark.parametrize("retry_after", [None, 2.0])
def test_calls_flow_again_after_a_short_storm(retry_after: float | None, tmp_path: Path) -> None:
    check("openai", tmp_path, Storm(20, 3.0, retry_after), 60)


@pytest.mark.fault
@pytest.mark.skipif(not LONG, reason="make faults tries storms of 20 seconds and more")
@pytest.mark.parametrize("seconds", [20.0, 60.0])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_calls_flow_again_after_a_long_storm(dialect: Dialect, seconds: float, tmp_path: Path) -> None:
    check(dialect, tmp_path, Storm(40, seconds, None), 200)
