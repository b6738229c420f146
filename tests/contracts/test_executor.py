"""Every executor keeps the laws of executors; what needs the logs or the scanners of our tests."""

from __future__ import annotations

import importlib
import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from inspect_scout import ConfigError, Result, Transcript, WorkerError, scan_list, scan_resume
from inspect_scout._scanners import load_scanners
from inspect_scout.testing import ExecutorLaws, WorkerLaws
from inspect_scout.testing.executor_laws import Run, counts, deadly, each, refuses, rows, runner, table, talks
from support.hostile import DEEDS, does
from support.transcripts import length, scanner_of

pytestmark = pytest.mark.timeout(300)


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


class OurLaws(ExecutorLaws):
    def test_tables_of_logs_are_those_of_one_process(self, run: Run, example_logs: Path, tmp_path: Path) -> None:
        scanners = [counts("2"), each(), refuses()]
        one, other = runner(tmp_path, executor="inline")(scanners, example_logs), run(scanners, example_logs)
        for name in ("counts", "each", "refuses"):
            assert table(other.location, name) == table(one.location, name)

    def test_logs_that_could_not_be_read_are_scanned_later(self, run: Run, example_logs: Path, tmp_path: Path) -> None:
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
        ids = [set(rows(status.location, "length")["transcript_id"]) for status in (done, whole)]
        assert ids[0] == ids[1]

    def test_whatever_scanners_do_is_an_error_of_its_pair(self, run: Run) -> None:
        status = run({"length": length(), **{deed: does(deed) for deed in DEEDS}}, talks(3))
        assert {name: (one.scans, one.errors) for name, one in status.summary.scanners.items()} == {
            "length": (3, 0),
            **dict.fromkeys(DEEDS, (3, 1)),
        }
        assert {error.transcript_id for error in status.errors} == {"t1"}

    def test_scanners_of_a_file_that_cannot_travel_are_made_again(
        self, run: Run, example_logs: Path, tmp_path: Path
    ) -> None:
        switch = tmp_path / "works"
        program = tmp_path / "sometimes.py"
        program.write_text(FILE)
        status = run(load_scanners(str(program), {"switch": str(switch)}), example_logs)
        failed = {e.transcript_id for e in status.errors}
        assert failed and not status.complete
        switch.touch()
        status = scan_resume(status.location, display="none")
        assert status.complete and status.spec.transcripts is not None
        assert status.summary["sometimes"].scans == 12
        found = rows(status.location, "sometimes")
        assert found["transcript_id"].tolist() == list(status.spec.transcripts.transcript_ids)
        assert set(found.loc[found["value"] == "again", "transcript_id"]) == failed


class TestInline(OurLaws):
    options: ClassVar = {"max_processes": 1}


class TestProcesses(OurLaws, WorkerLaws):
    options: ClassVar = {"max_processes": 2}

    def test_workers_that_all_end_and_record_nothing_end_the_scan(self, run: Run, tmp_path: Path) -> None:
        marks = tmp_path / "marks"
        marks.mkdir()
        with pytest.raises(WorkerError, match=r"20 workers in a row have ended \(SIGKILL\) and recorded nothing"):
            run([deadly("", str(marks))], talks(200))
        (found,) = scan_list(str(tmp_path / "scans"))
        assert not found.complete
        assert 0 < len(list(marks.iterdir())) < 200

    def test_what_cannot_travel_is_named_with_the_way_out(self, run: Run) -> None:
        lock = threading.Lock()

        def hold(_: Transcript) -> Result:
            with lock:
                return Result(value=1)

        with pytest.raises(ConfigError, match=r"'probe' cannot be sent to worker.*max_processes=1"):
            run([scanner_of(hold)], talks(2))


# What needs the cluster runs in one process of the tests, so that there is one cluster.
@pytest.mark.usefixtures("cluster")
class TestRay(OurLaws, WorkerLaws):
    options: ClassVar = {"executor": "ray", "max_processes": 2}
    death = "SIGKILL|ActorDied"


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
