"""What every executor must do: whatever runs a scan, its results are the same, and so is how it fails and stops."""

from __future__ import annotations

import asyncio
import importlib
import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    get_model,
)

from .._app import in_sync, scan, scan_results_df, scan_resume
from .._inspect.outcomes import CallFailure, failed
from .._inspect.scripted_model import scripted_model
from .._scanners import scanner
from .._support.errors import ConfigError, RefusalError, StorageError
from .._transcripts import transcripts_db, transcripts_from
from .._types import Result, Scanner, Status, Transcript

Run = Callable[..., Status]

RANDOM = {"uuid", "timestamp", "scan_events", "scan_id"}
"""Columns that are random, or say when something happened."""


def talks(count: int) -> list[Transcript]:
    """Make the transcripts t0, t1, ...; each ends with its number."""

    def said(number: int) -> list[ChatMessage]:
        more = [ChatMessageAssistant(id=f"b{number}-{n}", content=f"thought {n}") for n in range(number % 3)]
        return [
            ChatMessageSystem(id=f"s{number}", content="Be good."),
            ChatMessageUser(id=f"u{number}", content="Which number?"),
            *more,
            ChatMessageAssistant(id=f"a{number}", content=f"number {number}"),
        ]

    numbers = range(count)
    return [Transcript(transcript_id=f"t{n}", source_type="test", task_id=str(n), messages=said(n)) for n in numbers]


@scanner(messages="all")
def counts(failing: str = "") -> Scanner[Transcript]:
    """Count messages; fail at one task."""

    async def scan(transcript: Transcript) -> Result:
        if transcript.task_id == failing:
            raise ValueError(f"not {transcript.task_id}")
        return Result(value={"messages": len(transcript.messages), "events": len(transcript.events)})

    return scan


@scanner(messages=["assistant", "tool"])
def each() -> Scanner[ChatMessage]:
    """Give a result for each message."""

    async def scan(message: ChatMessage) -> Result:
        return Result(value=message.text[:40], label=message.role)

    return scan


@scanner(messages="all")
def refuses() -> Scanner[Transcript]:
    """Refuse, or give several results, or none."""

    async def scan(transcript: Transcript) -> list[Result]:
        if len(transcript.messages) % 3 == 0:
            raise RefusalError("I would rather not")
        return [Result(value=n, uuid=f"{transcript.transcript_id}-{n}") for n in range(len(transcript.messages) % 3)]

    return scan


@scanner(messages=["user"])
def nth() -> Scanner[Transcript]:
    """Count its own calls."""
    calls = 0

    async def scan(transcript: Transcript) -> Result:
        nonlocal calls
        calls += 1
        return Result(value=calls, answer=transcript.transcript_id, explanation=str(os.getpid()))

    return scan


@scanner(messages=["user"])
def asks(judge: Model | None = None) -> Scanner[Transcript]:
    """Ask a model: one that it was given, or that of the scan."""

    async def scan(transcript: Transcript) -> Result:
        model = judge or get_model()
        output = await model.generate(transcript.messages[0].text[:100])
        return Result(value=output.completion, answer=str(model))

    return scan


@scanner(messages=["user"])
def deadly(word: str, marks: str, signal_number: int = signal.SIGKILL) -> Scanner[Transcript]:
    """End the process at transcripts whose task id has a word in it; leave a mark for each try."""

    async def scan(transcript: Transcript) -> Result:
        if word in (transcript.task_id or ""):
            (Path(marks) / f"{transcript.transcript_id}-{os.getpid()}").touch()
            os.kill(os.getpid(), signal_number)
        return Result(value=True)

    return scan


def rows(location: str, name: str) -> Any:
    """Give the results of a scanner as a data frame."""
    return scan_results_df(location).scanners[name]


def table(location: str, name: str) -> list[dict[Any, Any]]:
    """Give the rows of a scanner as they are stored, without what is random."""
    frame = scan_results_df(location, scanner=name, rows="transcripts", exclude_columns=[]).scanners[name]
    kept = frame.drop(columns=[c for c in frame.columns if c in RANDOM])
    return kept.astype(object).where(kept.notna(), None).to_dict("records")


def runner(folder: Path, **options: Any) -> Run:
    """Make a function that scans with some options, and keeps its scans in a folder."""

    def run(scanners: Any, transcripts: Any, **more: Any) -> Status:
        said: dict[str, Any] = {"scans": str(folder / "scans"), "display": "none", **options, **more}
        return scan(scanners, transcripts_from(transcripts), **said)

    return run


class ExecutorLaws:
    """Inherit, and say how to scan with the executor."""

    options: ClassVar[dict[str, Any]]
    """Options of `scan` that choose it, such as `{"executor": "name of its entry point"}`."""

    @pytest.fixture
    def run(self, tmp_path: Path) -> Run:
        """Scan with the executor."""
        return runner(tmp_path, **self.options)

    def test_tables_are_those_of_one_process(self, run: Run, tmp_path: Path) -> None:
        scanners = [counts("2"), each(), refuses()]
        one, other = runner(tmp_path, executor="inline")(scanners, talks(12)), run(scanners, talks(12))
        for name in ("counts", "each", "refuses"):
            assert table(other.location, name) == table(one.location, name)
        assert other.summary.model_dump() == one.summary.model_dump()
        errors = [Counter((e.transcript_id, e.error) for e in status.errors) for status in (one, other)]
        assert errors[0] == errors[1] != Counter()

    def test_scanners_keep_what_they_remember(self, run: Run) -> None:
        found = rows(run([nth()], talks(12), max_transcripts=2).location, "nth")
        for _, of_process in found.groupby("explanation"):
            assert sorted(of_process["value"]) == list(range(1, len(of_process) + 1))

    def test_models_cross(self, run: Run) -> None:
        scanners = [("given", asks(scripted_model([(r"Which", "yes")], name="held"))), ("active", asks())]
        status = run(scanners, talks(3), model=scripted_model(lambda prompt: prompt[:5].upper(), name="active"))
        assert status.complete, status.errors[:1]
        given, active = rows(status.location, "given"), rows(status.location, "active")
        assert (given["value"].tolist(), active["value"].tolist()) == (["yes"] * 3, ["WHICH"] * 3)
        assert set(active["answer"]) == {"scripted/active"}

    def test_a_scan_without_a_model_says_so(self, run: Run) -> None:
        with pytest.raises(ConfigError, match="No model specified"):
            run([asks()], talks(3))

    def test_the_exception_of_a_scanner_ends_the_scan_if_asked(self, run: Run, tmp_path: Path) -> None:
        @scanner(messages="all")
        def fails() -> Scanner[Transcript]:
            async def scan(transcript: Transcript) -> Result:
                if transcript.transcript_id == "t2":
                    raise ZeroDivisionError("never by zero")
                return Result(value=1)

            return scan

        with pytest.raises(ZeroDivisionError, match="never by zero"):
            run([fails()], talks(4), fail_on_error=True)
        (location,) = (tmp_path / "scans").iterdir()
        assert not any(row["scan_error"] for row in table(str(location), "fails"))

    def test_a_model_that_fails_for_good_ends_the_scan_after_what_is_under_way(self, run: Run, tmp_path: Path) -> None:
        @scanner(messages="all")
        def asks_for_good() -> Scanner[Transcript]:
            async def ask(transcript: Transcript) -> Result:
                if int(transcript.transcript_id[1:]) < 2:
                    await asyncio.sleep(2)
                    return Result(value=True)
                await asyncio.sleep(0.1)
                failed(CallFailure("openai/gpt", "unauthorized", "401 bad key"))
                raise RuntimeError("no answer")

            return ask

        with pytest.raises(ConfigError, match=r"calls to 'openai/gpt' failed \(401 bad key\).*scout scan resume"):
            run([asks_for_good()], talks(200), max_transcripts=6)
        (location,) = (tmp_path / "scans").iterdir()
        found = table(str(location), "asks_for_good")
        assert [row["transcript_id"] for row in found if not row["scan_error"]] == ["t0", "t1"]
        assert 3 <= len(found) - 2 < 100

    def test_whatever_scanners_raise_is_an_error_of_its_pair(self, run: Run) -> None:
        kinds = (ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError)
        named = {kind.__name__.lower(): kind for kind in kinds}

        def raising(error: type[BaseException]) -> Scanner[Transcript]:
            @scanner(messages="all")
            def raises() -> Scanner[Transcript]:
                async def scan(transcript: Transcript) -> Result:
                    if transcript.transcript_id == "t1":
                        raise error("enough")
                    return Result(value=1)

                return scan

            return raises()

        status = run({"counts": counts(), **{name: raising(kind) for name, kind in named.items()}}, talks(3))
        assert {(error.scanner, error.transcript_id) for error in status.errors} == {(name, "t1") for name in named}
        assert {one.scans for one in status.summary.scanners.values()} == {3}

    def test_scanners_that_take_too_long_are_errors(self, run: Run) -> None:
        @scanner(messages="all")
        def hangs() -> Scanner[Transcript]:
            async def scan(transcript: Transcript) -> Result:
                await asyncio.sleep(1000 if transcript.transcript_id == "t2" else 0)
                return Result(value=1)

            return scan

        status = run([hangs(), counts()], talks(4), scanner_timeout=2)
        assert [(error.scanner, error.transcript_id) for error in status.errors] == [("hangs", "t2")]
        assert "scanner_timeout=2 seconds" in status.errors[0].error

    def test_failed_pairs_are_scanned_again_on_resume(self, run: Run, tmp_path: Path) -> None:
        works = tmp_path / "works"

        @scanner(messages="all")
        def sometimes() -> Scanner[Transcript]:
            async def scan(transcript: Transcript) -> Result:
                if len(transcript.messages) % 2 and not works.exists():
                    raise RuntimeError("not now")
                return Result(value="again" if works.exists() else "first")

            return scan

        async def store() -> None:
            async with transcripts_db(tmp_path / "stored") as database:
                await database.insert(talks(6))

        in_sync(store)()
        status = run([sometimes()], tmp_path / "stored")
        again = {error.transcript_id for error in status.errors}
        assert again == {"t0", "t2", "t3", "t5"} and not status.complete
        works.touch()
        status = scan_resume(status.location, display="none")
        assert status.complete and status.summary["sometimes"].scans == 6
        found = rows(status.location, "sometimes")
        assert found["transcript_id"].tolist() == [f"t{n}" for n in range(6)]
        assert set(found.loc[found["value"] == "again", "transcript_id"]) == again

    @pytest.mark.parametrize("folder", ["file", "file/below"])
    def test_a_location_that_cannot_be_written_is_refused(self, run: Run, tmp_path: Path, folder: str) -> None:
        (tmp_path / "file").write_text("no folder")
        with pytest.raises(StorageError, match=r"Cannot write .*is a file, not a folder: choose another location"):
            run([counts()], talks(3), scans=str(tmp_path / folder))
        assert (tmp_path / "file").read_text() == "no folder"


class WorkerLaws(ExecutorLaws):
    """Laws of executors that have workers of their own."""

    death = "SIGKILL"
    """How the error of a pair tells that a worker was killed (a pattern)."""

    def test_a_transcript_that_ends_its_workers_becomes_an_error(self, run: Run, tmp_path: Path) -> None:
        marks = tmp_path / "marks"
        marks.mkdir()
        status = run([deadly("3", str(marks)), counts()], talks(10), max_transcripts=6)
        assert not status.complete
        (error,) = [error for error in status.errors if error.scanner == "deadly"]
        assert error.transcript_id == "t3" and "3 workers ended" in error.error
        assert re.search(self.death, error.error)
        assert len(list(marks.iterdir())) == 3
        assert status.summary["deadly"].scans == status.summary["counts"].scans == 10
        assert rows(status.location, "deadly")["transcript_id"].tolist() == [f"t{n}" for n in range(10)]

    def test_what_cannot_travel_is_refused_before_anything_is_created(self, run: Run, tmp_path: Path) -> None:
        lock = threading.Lock()

        @scanner(messages="all")
        def locked() -> Scanner[Transcript]:
            async def scan(transcript: Transcript) -> Result:  # noqa: ARG001
                with lock:
                    return Result(value=1)

            return scan

        with pytest.raises(ConfigError, match="locked"):
            run([locked()], talks(2))
        assert not (tmp_path / "scans").exists()

    def test_a_module_that_workers_cannot_import_is_named(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "only_in_this_process.py").write_text("def answer():\n    return 42")
        with monkeypatch.context() as patch:
            patch.setattr(sys, "path", [str(tmp_path), *sys.path])
            answer = importlib.import_module("only_in_this_process").answer

        @scanner(messages="all")
        def imports() -> Scanner[Transcript]:
            async def scan(transcript: Transcript) -> Result:  # noqa: ARG001
                return Result(value=answer())

            return scan

        monkeypatch.setitem(sys.modules, "only_in_this_process", sys.modules.pop("only_in_this_process"))
        with pytest.raises(ConfigError, match=r"cannot load the scanners.*only_in_this_process.*PYTHONPATH"):
            run([imports()], talks(2))
        assert not (tmp_path / "scans").exists()

    @pytest.mark.parametrize("connections", [1, 3])
    def test_workers_keep_the_limit_of_connections_together(self, run: Run, connections: int, tmp_path: Path) -> None:
        calls = tmp_path / "calls"
        calls.mkdir()

        @scanner(messages=["user"])
        def asks_slowly() -> Scanner[Transcript]:
            async def scan(transcript: Transcript) -> Result:  # noqa: ARG001
                await get_model().generate("hello")
                return Result(value=max(int(p.name.split("-")[0]) for p in calls.iterdir()))

            return scan

        def begin(number: int) -> float:
            # Each call leaves a file while it is under way, named by how many there were when it began.
            (calls / f"{len(list(calls.glob('*.now'))) + 1}-{os.getpid()}-{number}.now").touch()
            return 0.05

        def answer(_: str) -> str:
            mine = min(calls.glob(f"*-{os.getpid()}-*.now"), key=lambda path: path.stat().st_ctime_ns)
            mine.rename(mine.with_suffix(".over"))
            return "yes"

        config = GenerateConfig(max_connections=connections)
        model = scripted_model(answer, latency=begin, config=config)
        status = run([asks_slowly()], talks(16), model=model, model_config=config)
        assert status.complete, status.errors[:1]
        assert len(list(calls.glob("*.over"))) == 16
        assert max(rows(status.location, "asks_slowly")["value"]) <= connections
