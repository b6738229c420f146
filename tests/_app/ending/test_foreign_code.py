"""Whatever code of others does, a scan goes on: what it raises is an error of its pair, and resuming tries that again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from inspect_ai.model import ChatMessage, get_model
from inspect_ai.scorer import SampleScore, Score, Scorer, Target, accuracy, metric, scorer
from inspect_ai.solver import TaskState

from inspect_scout import (
    ConfigError,
    Result,
    Scanner,
    ScannerExitError,
    Status,
    Transcript,
    ValidationCase,
    ValidationSet,
    loader,
    scan,
    scan_results_df,
    scan_resume,
    scanner,
    transcripts_from,
)
from inspect_scout.aio import scan_async
from inspect_scout.testing import scripted_model
from support.hostile import DEEDS, Exits, Leave, Mute, does, loaded
from support.transcripts import length, scanner_of, talk, talks

EVERY = sorted(DEEDS)


def run(scanners: Any, tmp_path: Path, **more: Any) -> Status:
    said: dict[str, Any] = {"scans": str(tmp_path / "scans"), "display": "none", "max_processes": 1, **more}
    return scan(scanners, transcripts_from(talks(3)), **said)


def failed(status: Status) -> list[tuple[str | None, str]]:
    return [(error.scanner, error.transcript_id) for error in status.errors]


def counted(status: Status) -> dict[str, tuple[int, int]]:
    return {name: (one.scans, one.errors) for name, one in status.summary.scanners.items()}


def test_whatever_a_scanner_does_is_an_error_of_its_pair(tmp_path: Path) -> None:
    scanners = {"length": length(), **{deed: does(deed) for deed in EVERY}}
    status = run(scanners, tmp_path)
    assert counted(status) == {"length": (3, 0), **dict.fromkeys(EVERY, (3, 1))}
    assert sorted(failed(status)) == [(deed, "t1") for deed in EVERY]
    assert not status.complete


@pytest.mark.parametrize("deed", EVERY)
def test_a_scanner_on_its_own(deed: str, tmp_path: Path) -> None:
    assert failed(run([does(deed)], tmp_path)) == [("does", "t1")]


def test_whatever_a_loader_does_is_an_error_of_its_pair(tmp_path: Path) -> None:
    status = run({deed: loaded(deed) for deed in EVERY}, tmp_path)
    assert counted(status) == dict.fromkeys(EVERY, (3, 1))
    rows = scan_results_df(status.location).scanners["leaves"]
    assert rows.loc[rows["transcript_id"] == "t1", "value"].fillna("-").tolist() == ["system", "-"]  # what came before


def test_in_an_event_loop_of_the_user(tmp_path: Path) -> None:
    async def main() -> Status:
        task = asyncio.current_task()
        status = await scan_async(
            {deed: does(deed) for deed in EVERY}, transcripts_from(talks(3)), scans=str(tmp_path), max_processes=1
        )
        assert task is not None
        assert not task.cancelling()
        assert asyncio.get_running_loop().get_task_factory() is None
        return status

    assert counted(asyncio.run(main())) == dict.fromkeys(EVERY, (3, 1))


SOMETIMES = """
import asyncio, os, sys
from inspect_scout import Result, Scanner, Transcript, scanner

@scanner(messages="all")
def sometimes(switch: str, how: str) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        if len(transcript.messages) % 2 and not os.path.exists(switch):
            if how == "exit":
                sys.exit(0)
            raise asyncio.CancelledError
        return Result(value=True)

    return scan
"""


@pytest.mark.parametrize("how", ["exit", "cancelled"])
def test_resuming_tries_these_pairs_again(how: str, example_logs: Path, tmp_path: Path) -> None:
    from inspect_scout._scanners import load_scanners

    program, switch = tmp_path / "sometimes.py", tmp_path / "works"
    program.write_text(SOMETIMES)
    scanners = load_scanners(str(program), {"switch": str(switch), "how": how})
    status = scan(scanners, str(example_logs), scans=str(tmp_path / "scans"), display="none", max_processes=1)
    assert status.errors
    assert scan_resume(status.location, display="none").errors  # a resume ends no more than the scan does
    switch.touch()
    assert scan_resume(status.location, display="none").complete


@pytest.mark.parametrize("deed", ["leaves_well", "raises_cancelled", "interrupts", "raises_a_base_exception"])
def test_the_first_error_ends_the_scan_if_asked_and_says_what_it_was(deed: str, tmp_path: Path) -> None:
    with pytest.raises(ScannerExitError, match=r"'does' raised \w+ .*'t1'"):
        run([does(deed)], tmp_path, fail_on_error=True)


def test_the_first_exception_is_raised_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(Mute):
        run([does("is_mute")], tmp_path, fail_on_error=True)


def test_the_end_of_a_loader_that_is_left_early_is_within_the_border(tmp_path: Path) -> None:
    @loader(messages="all")
    def odd() -> Any:
        async def load(transcript: Transcript) -> AsyncIterator[Any]:
            try:
                yield 5
            finally:
                sys.exit(3)

        return load

    @scanner(loader=odd())
    def over() -> Scanner[ChatMessage]:
        async def scan_message(message: ChatMessage) -> Result:
            return Result(value=1)

        return scan_message

    status = run([over()], tmp_path)
    assert counted(status) == {"over": (3, 3)}
    assert all("A loader yielded 'int'" in error.error for error in status.errors)


@pytest.mark.parametrize("deed", ["leaves", "cancelled_future", "raises_a_base_exception", "exits_when_written"])
def test_a_predicate_costs_nobody_the_result(deed: str, tmp_path: Path) -> None:
    async def judge(result: Result, target: Any) -> bool:
        await DEEDS[deed]()
        return True

    cases = ValidationSet(cases=[ValidationCase(id="t1", target=3)], predicate=judge)
    status = run([length()], tmp_path, validation=cases)
    assert counted(status) == {"length": (3, 0)}
    assert status.summary["length"].validation.not_compared == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("error", [SystemExit(0), asyncio.CancelledError(), Leave("x"), Exits(), KeyboardInterrupt()])
def test_a_metric_costs_nobody_the_results(
    error: BaseException, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    @metric
    def leaving() -> Any:
        def compute(scores: list[SampleScore]) -> float:
            raise error

        return compute

    @scanner(messages="all", metrics=[leaving()])
    def measured() -> Scanner[Transcript]:
        async def scan_one(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan_one

    assert run([measured()], tmp_path).complete
    assert type(error).__name__ in caplog.text


@pytest.mark.parametrize("deed", ["leaves", "raises_cancelled", "cancels_itself", "interrupts"])
def test_a_scorer_as_a_scanner(deed: str, tmp_path: Path) -> None:
    @scorer(metrics=[accuracy()])
    def judging() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            if state.sample_id == "1":
                await DEEDS[deed]()
            return Score(value=1)

        return score

    assert failed(run([judging()], tmp_path)) == [("judging", "t1")]


@pytest.mark.parametrize("error", [SystemExit(0), asyncio.CancelledError(), Leave("x"), Mute()])
def test_a_model_that_leaves(error: BaseException, tmp_path: Path) -> None:
    def answer(prompt: str) -> str:
        if "t1" in prompt:
            raise error
        return "yes"

    @scanner(messages="all")
    def asks() -> Scanner[Transcript]:
        async def scan_one(transcript: Transcript) -> Result:
            return Result(value=(await get_model().generate(transcript.transcript_id)).completion)

        return scan_one

    assert failed(run([asks()], tmp_path, model=scripted_model(answer))) == [("asks", "t1")]


class Unwritable:
    """Ends the program, or raises, when it is written."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __str__(self) -> str:
        raise self.error

    __repr__ = __str__


@pytest.mark.parametrize("error", [SystemExit(0), asyncio.CancelledError(), RuntimeError("no"), Leave("x")])
def test_results_that_cannot_be_written(error: BaseException, tmp_path: Path) -> None:
    def of(transcript: Transcript) -> Result:
        held = {"x": Unwritable(error)} if transcript.transcript_id == "t1" else {}
        return Result(value=1, metadata=held)

    status = run([scanner_of(of), length()], tmp_path)
    assert counted(status) == {"probe": (3, 1), "length": (3, 0)}
    assert "cannot be recorded" in status.errors[0].error


@pytest.mark.parametrize("label", [5, b"x", ["a"]])
def test_labels_that_are_no_text(label: Any, tmp_path: Path) -> None:
    def of(transcript: Transcript) -> Result:
        result = Result(value=1)
        if transcript.transcript_id == "t1":
            result.label = label
        return result

    assert failed(run([scanner_of(of)], tmp_path)) == [("probe", "t1")]


def test_metadata_of_a_transcript_that_cannot_be_written(tmp_path: Path) -> None:
    odd = talk(1).model_copy(update={"metadata": {"x": Unwritable(SystemExit(0))}})
    given = transcripts_from([talk(0), odd])
    status = scan([length()], given, scans=str(tmp_path), display="none", max_processes=1)
    assert counted(status) == {"length": (2, 1)}


def test_a_cancellation_of_the_scan_ends_it_also_if_a_scanner_catches_it(tmp_path: Path) -> None:
    begun: list[str] = []

    async def stubborn(transcript: Transcript) -> Result:
        begun.append(transcript.transcript_id)
        try:
            await asyncio.sleep(30)
        except BaseException:
            pass
        return Result(value=1)

    async def main() -> None:
        given = transcripts_from(talks(20))
        running = asyncio.create_task(
            scan_async([scanner_of(stubborn)], given, scans=str(tmp_path), max_processes=1, max_transcripts=2)
        )
        while len(begun) < 2:
            await asyncio.sleep(0.01)
        running.cancel()
        await running

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert len(begun) == 2


def test_a_real_signal_ends_the_scan(tmp_path: Path) -> None:
    def signals(transcript: Transcript) -> Result:
        if transcript.transcript_id == "t1":
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(10)
        return Result(value=1)

    # Programs that are started in the background ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run([scanner_of(signals)], tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_handler_of_the_program_that_exits_is_obeyed(tmp_path: Path) -> None:
    def leave(number: int, frame: object) -> NoReturn:
        sys.exit(42)

    def signals(transcript: Transcript) -> Result:
        if transcript.transcript_id == "t1":
            os.kill(os.getpid(), signal.SIGUSR1)
            threading.Event().wait(5)
        return Result(value=1)

    before = signal.signal(signal.SIGUSR1, leave)
    try:
        with pytest.raises(SystemExit, match="42"):
            run([scanner_of(signals)], tmp_path)
    finally:
        signal.signal(signal.SIGUSR1, before)


FACTORY = """
import sys
from inspect_scout import Scanner, Transcript, scanner
{top}

@scanner(messages="all")
def never() -> Scanner[Transcript]:
    {inside}
"""


@pytest.mark.parametrize("code", ["sys.exit(0)", "raise BaseException('x')", "raise GeneratorExit"])
@pytest.mark.parametrize("where", ["top", "inside"])
def test_a_file_that_leaves_when_it_is_loaded_is_refused(where: str, code: str, tmp_path: Path) -> None:
    program = tmp_path / "never.py"
    program.write_text(FACTORY.format(**{"top": "", "inside": "return None", where: code}))
    (tmp_path / "t.json").write_text("{}")
    from inspect_scout._scanners import load_scanners

    with pytest.raises(ConfigError, match=r"SystemExit|BaseException|GeneratorExit"):
        load_scanners(str(program), {})


EXCEPTHOOK = """
import sys

def mine(kind, error, trace): print(kind, error)

sys.excepthook = mine
import tempfile
from inspect_scout import scan, transcripts_from
from support.transcripts import talks, scanner_of
from inspect_ai.model import get_model
from inspect_scout import Result

async def ask(transcript):
    assert sys.excepthook is mine
    get_model("mockllm/model")
    return Result(value=1)

status = scan([scanner_of(ask)], transcripts_from(talks(2)), scans=tempfile.mkdtemp(), display="none",
              model="mockllm/model", max_processes=1)
assert status.complete, status.errors
assert sys.excepthook is mine, sys.excepthook
"""


def test_the_excepthook_stays_that_of_the_program() -> None:
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    subprocess.run([sys.executable, "-c", EXCEPTHOOK], check=True, env={**os.environ, "PYTHONPATH": path})
