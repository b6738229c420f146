"""Scans that end before their time: because a model fails for good, or because their task is cancelled."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    Result,
    Scanner,
    Status,
    Transcript,
    scan,
    scan_list,
    scan_results_df,
    scan_status,
    scanner,
    transcripts_from,
)
from inspect_scout.aio import scan_async
from inspect_scout.testing import CallFailure, answered, failed
from support.transcripts import number_of, talks

MODEL = "openai/gpt"
# So many in a row stop a scan: of a model that never answered, and of one that did.
FIRST_FAILURES, LATER_FAILURES = 3, 5


class CallFailedError(Exception):
    """What a model's client raises."""


def tell(kind: Any, said: str = "401 Incorrect API key provided.", model: str = MODEL) -> None:
    """Fail once, for good."""
    failed(CallFailure(model, kind, said))
    raise CallFailedError(said)


def asking(call: Callable[[int], Any], name: str = "asks") -> Any:
    """Make a scanner that calls a model by telling how the call went."""

    @scanner(messages="all", name=name)
    def asks() -> Scanner[Transcript]:
        async def ask(transcript: Transcript) -> Result:
            outcome = call(number_of(transcript))
            if asyncio.iscoroutine(outcome):
                await outcome
            else:
                await asyncio.sleep(0)
            return Result(value=True)

        return ask

    return asks()


def run(scanners: Any, count: int = 40, **options: Any) -> Status:
    given: dict[str, Any] = {"max_processes": 1, "max_transcripts": 1, "scans": "scans", "display": "none", **options}
    return scan(scanners, transcripts_from(talks(count)), **given)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCOUT_GRACE_SECONDS", "0.2")


def only_scan() -> Any:
    (found,) = scan_list("scans")
    return found


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("unauthorized", "check the API key"),
        ("forbidden", "may use this model"),
        ("not_found", "check the name of the model"),
        ("quota", "no money or quota"),
        ("no_connection", "check that the server runs"),
    ],
)
def test_a_model_that_never_answers_stops_the_scan(kind: Any, advice: str) -> None:
    with pytest.raises(ConfigError) as raised:
        run([asking(lambda _: tell(kind))])
    said, location = str(raised.value), only_scan().location
    assert "\n" not in said
    assert repr(MODEL) in said
    assert "401 Incorrect API key provided" in said
    assert advice in said
    assert said.endswith(f"scout scan resume {shlex.quote(location)}")
    assert not only_scan().complete
    rows = scan_results_df(location, rows="transcripts").scanners["asks"]
    assert len(rows) == FIRST_FAILURES
    assert rows["scan_error"].notna().all()


def test_a_model_that_fails_in_the_middle_stops_the_scan() -> None:
    def call(number: int) -> None:
        if number >= 10:
            tell("quota", "429 You exceeded your current quota")
        answered(MODEL)

    scanners = [asking(call)]
    with pytest.raises(
        ConfigError, match=rf"the last {LATER_FAILURES} calls to 'openai/gpt' failed \(429 You exceeded"
    ):
        run(scanners)
    location = only_scan().location
    rows = scan_results_df(location, rows="transcripts").scanners["asks"]
    assert (len(rows), rows["scan_error"].notna().sum()) == (10 + LATER_FAILURES, LATER_FAILURES)


@pytest.mark.parametrize("kind", ["rate", "server", "timeout", "no_completion", "rejected", "other"])
def test_failures_that_waiting_may_cure_stop_nothing(kind: Any) -> None:
    status = run([asking(lambda _: tell(kind))])
    assert status.summary["asks"].scans == status.summary["asks"].errors == 40


def test_an_answer_now_and_then_keeps_a_scan_going() -> None:
    status = run([asking(lambda number: tell("forbidden") if number % LATER_FAILURES else answered(MODEL))])
    assert (status.summary["asks"].scans, status.summary["asks"].errors) == (40, 32)


def test_what_another_model_answers_is_finished() -> None:
    scanners = [
        asking(lambda _: answered("other/model"), "fine"),
        asking(lambda _: tell("unauthorized"), "broken"),
    ]
    status = run(scanners)
    assert (status.summary["fine"].scans, status.summary["fine"].errors) == (40, 0)
    assert (status.summary["broken"].scans, status.summary["broken"].errors) == (40, 40)


def test_calls_that_are_tried_again_for_ever_are_cut_and_due_again() -> None:
    async def try_again() -> None:
        while True:
            failed(CallFailure(MODEL, "no_connection", "Connection refused", next_try=0.05))
            await asyncio.sleep(0.05)

    with pytest.raises(ConfigError, match="Connection refused"):
        run([asking(lambda _: try_again())], max_transcripts=5)
    found = only_scan()
    assert not found.complete
    assert "asks" not in found.summary.scanners or found.summary["asks"].scans == 0


def test_answers_under_way_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_GRACE_SECONDS", "60")

    async def slow() -> None:
        await asyncio.sleep(0.3)
        answered(MODEL)

    with pytest.raises(ConfigError, match="stopped"):
        run([asking(lambda number: slow() if number < 4 else tell("unauthorized"))], max_transcripts=8)
    rows = scan_results_df(only_scan().location, rows="transcripts").scanners["asks"]
    assert rows["scan_error"].isna().sum() == 4
    assert len(rows) < 40


def test_the_async_door_raises_the_same() -> None:
    given = transcripts_from(talks(20))
    options: dict[str, Any] = {"scans": "scans", "max_processes": 1}
    with pytest.raises(ConfigError, match="scout scan resume"):
        asyncio.run(scan_async([asking(lambda _: tell("forbidden"))], given, **options))


FILE = """
import asyncio
import os

from inspect_scout import Result, Scanner, Transcript, scanner
from inspect_scout.testing import CallFailure, answered, failed


@scanner(messages="all")
def asks(switch: str) -> Scanner[Transcript]:
    async def ask(transcript: Transcript) -> Result:
        if not os.path.exists(switch):
            await asyncio.sleep(0.5)
            failed(CallFailure("openai/gpt", "unauthorized", "401 Incorrect API key provided."))
            raise RuntimeError("no answer")
        answered("openai/gpt")
        return Result(value=True)

    return ask
"""


def scout(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("scout"), *arguments]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("processes", [1, 2])
def test_the_command_says_so_and_resuming_does_what_failed(processes: int, example_logs: Path) -> None:
    Path("asks.py").write_text(FILE)
    options = ["-T", example_logs, "-S", f"switch={Path('works').absolute()}", "--scans", "scans", "--display", "plain"]
    options += ["--max-processes", processes, "--max-transcripts", 2]
    first = scout("scan", "asks.py", *options, "--json")
    location = only_scan().location
    assert first.returncode == 1, first.stderr
    (said,) = [line for line in first.stderr.splitlines() if line.startswith("Error: ")]
    assert "401 Incorrect API key provided" in said
    assert f"scout scan resume {shlex.quote(location)}" in said
    assert "Traceback" not in first.stderr
    rows = scan_results_df(location, rows="transcripts").scanners["asks"]
    assert FIRST_FAILURES <= len(rows) < 12
    Path("works").touch()
    again = scout("scan", "resume", location, "--display", "none")
    assert again.returncode == 0, again.stderr
    status = scan_status(location)
    assert (status.complete, status.summary["asks"].scans, status.summary["asks"].errors) == (True, 12, 0)


@pytest.mark.parametrize("given", ["soon", "-1", "nan", "inf", "5s"])
def test_a_grace_that_is_no_number_of_seconds_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_GRACE_SECONDS", given)
    with pytest.raises(ConfigError, match=f"SCOUT_GRACE_SECONDS is '{given}'.*number of seconds"):
        run([asking(lambda _: None)])
    assert not Path("scans").exists()


def test_a_cancelled_task_ends_at_once_and_keeps_what_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_GRACE_SECONDS", "60")
    sleeping = asyncio.Event()

    async def sleep(number: int) -> None:
        if number >= 3:
            sleeping.set()
            await asyncio.sleep(60)

    async def main() -> float:
        given = transcripts_from(talks(20))
        options: dict[str, Any] = {"scans": "scans", "max_processes": 1, "max_transcripts": 2}
        task = asyncio.create_task(scan_async([asking(sleep)], given, **options))
        await sleeping.wait()
        began = time.monotonic()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        return time.monotonic() - began

    assert asyncio.run(main()) < 20
    assert len(scan_results_df(only_scan().location, rows="transcripts").scanners["asks"]) == 3
