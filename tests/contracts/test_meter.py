"""The laws of meters: every call to a model is acquired once and settled once, however it ends."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, Model, get_model

from inspect_scout import Result, Scanner, Status, Transcript, scan, scan_results_df, scanner, transcripts_from
from inspect_scout.aio import scan_async
from inspect_scout.testing import ModelCall, RecordingMeter, metering, scripted_model
from support.transcripts import talks

pytestmark = pytest.mark.timeout(120)


@scanner(messages=["user"])
def asks() -> Scanner[Transcript]:
    """Ask the model of the scan about each transcript."""

    async def ask(transcript: Transcript) -> Result:
        output = await get_model().generate(f"About {transcript.transcript_id}")
        return Result(value=output.completion)

    return ask


@pytest.fixture
def meter() -> Iterator[RecordingMeter]:
    """Hear of all calls of a test."""
    with metering(RecordingMeter()) as heard:
        yield heard


def run(model: Model, folder: Path, count: int = 6, **more: Any) -> Status:
    said: dict[str, Any] = {"scans": str(folder), "display": "none", "max_processes": 1, "model": model, **more}
    return scan([asks()], transcripts_from(talks(count)), **said)


def check_settled(meter: RecordingMeter) -> None:
    """Each call that was acquired was settled, none twice, and none that was not acquired."""
    assert Counter(id(call) for call in meter.acquired) == Counter(id(call) for call, _ in meter.settled)
    assert not [1 for n in Counter(map(id, meter.acquired)).values() if n > 1]


def of(meter: RecordingMeter, transcript: str) -> list[ModelCall]:
    return [call for call in meter.acquired if call.transcript == transcript]


def test_calls_are_those_of_their_scanner_and_transcript(meter: RecordingMeter, tmp_path: Path) -> None:
    status = run(scripted_model("yes"), tmp_path)
    check_settled(meter)
    assert {(call.scanner, call.transcript) for call in meter.acquired} == {("asks", f"t{n}") for n in range(6)}
    assert {(call.origin, call.attempt, call.model) for call in meter.acquired} == {
        ("provider", 1, "scripted/scripted")
    }
    assert meter.acquired[0].characters() == len("About t0")
    used = sum(usage.total_tokens for _, usage in meter.settled if usage is not None)
    assert used == status.summary["asks"].tokens > 0


def test_each_attempt_is_a_call(meter: RecordingMeter, tmp_path: Path) -> None:
    status = run(scripted_model("yes", overload={2, 3}), tmp_path, count=3, max_transcripts=1)
    assert status.complete
    check_settled(meter)
    assert [call.attempt for call in of(meter, "t1")] == [1, 2, 3]
    told = [usage is not None for call, usage in meter.settled if call.transcript == "t1"]
    assert told == [False, False, True]


def test_answers_out_of_the_cache_are_calls(
    meter: RecordingMeter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))
    model = scripted_model("yes")
    options = {"model_config": GenerateConfig(cache=True)}
    run(model, tmp_path / "a", count=3, **options)
    run(model, tmp_path / "b", count=3, **options)
    check_settled(meter)
    assert Counter(call.origin for call in meter.acquired) == {"provider": 3, "cache": 3}
    assert all(usage is not None for _, usage in meter.settled)


def test_calls_of_scanners_that_take_too_long_are_settled(meter: RecordingMeter, tmp_path: Path) -> None:
    status = run(scripted_model("yes", latency=30), tmp_path, count=2, scanner_timeout=0.3)
    assert status.summary["asks"].errors == 2
    check_settled(meter)
    assert [usage for _, usage in meter.settled] == [None, None]


async def cancelled(folder: Path) -> None:
    numbers = itertools.count()
    model = scripted_model(lambda _: "yes", latency=lambda _: 0.0 if next(numbers) < 4 else 60.0)
    given = transcripts_from(talks(30))
    task = asyncio.create_task(scan_async([asks()], given, scans=str(folder), model=model, max_processes=1))
    await asyncio.sleep(2)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


def test_calls_of_a_scan_that_is_cancelled_are_settled(meter: RecordingMeter, tmp_path: Path) -> None:
    asyncio.run(cancelled(tmp_path))
    assert len(meter.acquired) > 4
    check_settled(meter)


def test_a_meter_may_refuse_calls(tmp_path: Path) -> None:
    class Miser(RecordingMeter):
        async def acquire(self, call: ModelCall) -> None:
            if call.transcript == "t2":
                raise RuntimeError("no money left")
            await super().acquire(call)

    with metering(Miser()) as meter:
        status = run(scripted_model("yes"), tmp_path, count=4)
    check_settled(meter)
    assert len(meter.acquired) == 3
    (error,) = status.errors
    assert (error.transcript_id, "no money left" in error.error) == ("t2", True)
    values = scan_results_df(status.location).scanners["asks"].set_index("transcript_id")["value"]
    assert values.drop("t2").tolist() == ["yes"] * 3
