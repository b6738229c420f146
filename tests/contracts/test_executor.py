"""The laws of executors: whatever runs a scan, its results are the same, and so is how it fails and stops."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import shutil
import sys
import threading
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, get_model

from inspect_scout import (
    ConfigError,
    Result,
    Scanner,
    Status,
    StorageError,
    Transcript,
    WorkerError,
    scan,
    scan_list,
    scan_results_df,
    scan_resume,
    scanner,
    transcripts_from,
)
from inspect_scout.testing import CallFailure, failed, scripted_model
from support.executors import asks, counts, deadly, each, nth, refuses, table
from support.hostile import DEEDS, does
from support.transcripts import length, scanner_of, talks

EXECUTORS: dict[str, dict[str, Any]] = {
    "inline": {"max_processes": 1},
    "processes": {"max_processes": 2},
    "ray": {"executor": "ray", "max_processes": 2},
}
# What needs the cluster runs in one process of the tests, so that there is one cluster.
RAY = pytest.param("ray", marks=pytest.mark.xdist_group("ray"))
WORKERS = ["processes", RAY]

pytestmark = pytest.mark.timeout(300)

Run = Callable[..., Status]


def runner(options: dict[str, Any], folder: Path) -> Run:
    def run(scanners: Any, transcripts: Any, **more: Any) -> Status:
        given = transcripts_from(transcripts) if not isinstance(transcripts, Path) else str(transcripts)
        said: dict[str, Any] = {"scans": str(folder / "scans"), "display": "none", **options, **more}
        return scan(scanners, given, **said)

    return run


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Start a Ray cluster of two processors on this machine, which scans find and use."""
    ray: Any = importlib.import_module("ray")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # what workers of the cluster find by name
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        _node_ip_address="127.0.0.1",
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    yield
    ray.shutdown()


def prepared(request: pytest.FixtureRequest, executor: str) -> dict[str, Any]:
    if executor == "ray":
        request.getfixturevalue("cluster")
    return EXECUTORS[executor]


@pytest.fixture(params=["inline", *WORKERS])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Scan with an executor."""
    return runner(prepared(request, request.param), tmp_path)


@pytest.fixture(params=WORKERS)
def run_workers(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Scan with an executor that has workers of its own."""
    return runner(prepared(request, request.param), tmp_path)


def frame(status: Status, name: str) -> Any:
    return scan_results_df(status.location).scanners[name]


def test_tables_are_the_same(run_workers: Run, example_logs: Path, tmp_path: Path) -> None:
    scanners = [counts(["2"]), each(), refuses(), length()]
    inline = runner(EXECUTORS["inline"], tmp_path)(scanners, example_logs)
    other = run_workers(scanners, example_logs)
    for name in ("counts", "each", "refuses", "length"):
        assert table(other.location, name) == table(inline.location, name)
    assert {n: s.model_dump() for n, s in other.summary.scanners.items()} == {
        n: s.model_dump() for n, s in inline.summary.scanners.items()
    }
    assert Counter((e.transcript_id, e.error) for e in other.errors) == Counter(
        (e.transcript_id, e.error) for e in inline.errors
    )


def test_logs_that_could_not_be_read_are_scanned_later(run: Run, example_logs: Path, tmp_path: Path) -> None:
    whole = run([length()], example_logs)
    logs = tmp_path / "logs"
    shutil.copytree(example_logs, logs)
    cut = max(logs.glob("*.eval"))
    content = cut.read_bytes()
    cut.write_bytes(content[:-300])
    first = run([length()], logs)
    assert not first.complete
    cut.write_bytes(content)
    done = scan_resume(first.location, display="none")
    assert done.complete
    assert set(frame(done, "length")["transcript_id"]) == set(frame(whole, "length")["transcript_id"])


def test_scanners_keep_what_they_remember(run: Run) -> None:
    rows = frame(run([nth()], talks(12), max_transcripts=2), "nth")
    for _, of_process in rows.groupby("explanation"):
        assert sorted(of_process["value"]) == list(range(1, len(of_process) + 1))


def test_models_cross(run: Run) -> None:
    judge = scripted_model([(r"Which", "yes")], name="held")
    scanners = [("given", asks(judge)), ("active", asks())]
    status = run(scanners, talks(3), model=scripted_model(lambda prompt: prompt[:5].upper(), name="active"))
    assert status.complete, status.errors[:1]
    assert frame(status, "given")["value"].tolist() == ["yes"] * 3
    assert frame(status, "active")["value"].tolist() == ["WHICH"] * 3
    assert set(frame(status, "active")["answer"]) == {"scripted/active"}


def test_a_scan_without_a_model_says_so(run: Run) -> None:
    with pytest.raises(ConfigError, match="No model specified"):
        run([asks()], talks(3))


def test_the_exception_of_a_scanner_ends_the_scan_if_asked(run: Run, tmp_path: Path) -> None:
    def fail(transcript: Transcript) -> Result:
        if transcript.transcript_id == "t2":
            raise ZeroDivisionError("never by zero")
        return Result(value=1)

    with pytest.raises(ZeroDivisionError, match="never by zero"):
        run([scanner_of(fail)], talks(4), fail_on_error=True)
    (location,) = (tmp_path / "scans").iterdir()
    assert not any(table(str(location), "probe")[n]["scan_error"] for n in range(len(table(str(location), "probe"))))


def test_a_model_that_fails_for_good_ends_the_scan_after_what_is_under_way(run: Run, tmp_path: Path) -> None:
    @scanner(messages="all", name="asks")
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
    rows = table(str(location), "asks")
    assert [row["transcript_id"] for row in rows if not row["scan_error"]] == ["t0", "t1"]
    assert 3 <= len(rows) - 2 < 100


def test_whatever_scanners_do_is_an_error_of_its_pair(run: Run) -> None:
    status = run({"length": length(), **{deed: does(deed) for deed in DEEDS}}, talks(3))
    assert {name: (one.scans, one.errors) for name, one in status.summary.scanners.items()} == {
        "length": (3, 0),
        **dict.fromkeys(DEEDS, (3, 1)),
    }
    assert {error.transcript_id for error in status.errors} == {"t1"}


def test_scanners_that_take_too_long_are_errors(run: Run) -> None:
    async def hang(transcript: Transcript) -> Result:
        if transcript.transcript_id == "t2":
            await asyncio.sleep(1000)
        return Result(value=1)

    status = run([scanner_of(hang), length()], talks(4), scanner_timeout=2)
    assert [(error.scanner, error.transcript_id) for error in status.errors] == [("probe", "t2")]
    assert "scanner_timeout=2 seconds" in status.errors[0].error


def test_failed_pairs_are_scanned_again_on_resume(run: Run, example_logs: Path, tmp_path: Path) -> None:
    switch = tmp_path / "works"
    program = tmp_path / "sometimes.py"
    program.write_text(FILE)
    from inspect_scout._scanners import load_scanners

    status = run(load_scanners(str(program), {"switch": str(switch)}), example_logs)
    failed = {e.transcript_id for e in status.errors}
    assert failed and not status.complete
    switch.touch()
    status = scan_resume(status.location, display="none")
    assert status.complete
    assert status.summary["sometimes"].scans == 12
    rows = frame(status, "sometimes")
    assert rows["transcript_id"].tolist() == list(status.spec.transcripts.transcript_ids)  # type: ignore[union-attr]
    assert set(rows.loc[rows["value"] == "again", "transcript_id"]) == failed


FILE = """
import os
import threading

from inspect_scout import Result, Scanner, Transcript, scanner

LOCK = threading.Lock()


@scanner(messages="all")
def sometimes(switch: str) -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        with LOCK:
            works = os.path.exists(switch)
        if len(transcript.messages) % 2 and not works:
            raise RuntimeError("not now")
        return Result(value="again" if works else "first")

    return scan
"""


def test_a_transcript_that_ends_its_workers_becomes_an_error(run_workers: Run, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    status = run_workers([deadly("3", str(marks)), length()], talks(10), max_transcripts=6)
    assert not status.complete
    (error,) = [e for e in status.errors if e.scanner == "deadly"]
    assert error.transcript_id == "t3"
    assert "3 workers ended" in error.error
    assert "SIGKILL" in error.error or "ActorDied" in error.error
    assert len(list(marks.iterdir())) == 3
    assert status.summary["deadly"].scans == status.summary["length"].scans == 10
    assert frame(status, "deadly")["transcript_id"].tolist() == [f"t{n}" for n in range(10)]


def test_workers_that_all_end_and_record_nothing_end_the_scan(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    run = runner(EXECUTORS["processes"], tmp_path)
    with pytest.raises(WorkerError, match=r"20 workers in a row have ended \(SIGKILL\) and recorded nothing"):
        run([deadly("", str(marks))], talks(200))
    (found,) = scan_list(str(tmp_path / "scans"))
    assert not found.complete
    assert 0 < len(list(marks.iterdir())) < 200


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_a_location_that_cannot_be_written_is_refused(run: Run, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match=r"Cannot write .*is a file, not a folder: choose another location"):
        run([length()], talks(3), scans=str(tmp_path / folder))
    assert (tmp_path / "file").read_text() == "no folder"


def test_what_cannot_travel_is_refused_before_anything_is_created(run_workers: Run, tmp_path: Path) -> None:
    lock = threading.Lock()

    @scanner(messages="all")
    def locked() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            with lock:
                return Result(value=1)

        return scan

    with pytest.raises(ConfigError, match=r"'locked' cannot be sent to worker.*max_processes=1"):
        run_workers([locked()], talks(2))
    assert not (tmp_path / "scans").exists()


def test_a_module_that_workers_cannot_import_is_named(run_workers: Run, tmp_path: Path) -> None:
    hidden = types.ModuleType("only_in_this_process")
    exec("def answer():\n    return 42", hidden.__dict__)
    sys.modules["only_in_this_process"] = hidden
    answer = hidden.answer

    @scanner(messages="all")
    def imports() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=answer())

        return scan

    try:
        with pytest.raises(ConfigError, match=r"cannot load the scanners.*only_in_this_process.*PYTHONPATH"):
            run_workers([imports()], talks(2))
    finally:
        del sys.modules["only_in_this_process"]
    assert not (tmp_path / "scans").exists()


@pytest.mark.parametrize("connections", [1, 3])
def test_workers_keep_the_limit_of_connections_together(run_workers: Run, connections: int, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    calls.mkdir()

    @scanner(messages=["user"])
    def asks_slowly() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            await get_model().generate("hello")
            return Result(value=max(int(p.name.split("-")[0]) for p in calls.iterdir()))

        return scan

    def begin(number: int) -> float:
        # Each call leaves a file while it is under way, named by how many there were when it began.
        (calls / f"{len(list(calls.glob('*.now'))) + 1}-{os.getpid()}-{number}.now").touch()
        return 0.05

    def answer(prompt: str) -> str:
        mine = min(calls.glob(f"*-{os.getpid()}-*.now"), key=lambda path: path.stat().st_ctime_ns)
        mine.rename(mine.with_suffix(".over"))
        return "yes"

    config = GenerateConfig(max_connections=connections)
    model = scripted_model(answer, latency=begin, config=config)
    status = run_workers([asks_slowly()], talks(16), model=model, model_config=config)
    assert status.complete, status.errors[:1]
    assert len(list(calls.glob("*.over"))) == 16
    assert max(frame(status, "asks_slowly")["value"]) <= connections
