"""Scripts that declare scanners and scan by themselves: loaded for another scan, they start none of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    ScannerSpec,
    Status,
    scan,
    scan_list,
    scan_resume,
    transcripts_from,
)
from inspect_scout._app import ScanRequest
from inspect_scout._scanners import load_scanners, scanners_from_specs
from support.use_cases import run_scan

SCANNER = """
import asyncio, os, sys, threading
from concurrent.futures import ThreadPoolExecutor

import inspect_scout
from inspect_scout import Result, Scanner, Transcript, aio, scan, scan_resume, scanner

with open(os.environ["RUNS"], "a") as runs:
    runs.write("run\\n")

@scanner(messages="all")
def words() -> Scanner[Transcript]:
    async def run(transcript: Transcript) -> Result:
        if transcript.task_id in os.environ.get("FAIL", "").split():
            raise RuntimeError("not now")
        return Result(value=len(transcript.messages))
    return run

def options():
    return {"transcripts": "logs", "scans": "scans"}

def quietly():
    return {**options(), "display": "none"}

"""

ENDINGS = {
    "plain": "scan([words()], **quietly())\n",
    "attribute": "inspect_scout.scan([words()], **quietly())\n",
    "inside main": "def main():\n    scan([words()], **quietly())\nmain()\n",
    "async": "asyncio.run(aio.scan_async([words()], **options()))\n",
    "async main": "async def main():\n    await aio.scan_async([words()], **options())\nasyncio.run(main())\n",
    "group": (
        "async def main():\n    async with asyncio.TaskGroup() as group:\n"
        "        group.create_task(aio.scan_async([words()], **options()))\nasyncio.run(main())\n"
    ),
    "gathered": (
        "async def main():\n    await asyncio.gather(aio.scan_async([words()], **options()), return_exceptions=True)\n"
        "asyncio.run(main())\n"
    ),
    "tried": (
        "for _ in range(3):\n    try:\n        status = scan([words()], **quietly())\n"
        "    except Exception as error:\n        print(error)\n        scan([words()], **quietly())\n"
    ),
    "tried hard": ("try:\n    scan([words()], **quietly())\nexcept BaseException:\n    scan([words()], **quietly())\n"),
    "swallowed": (
        "status = None\ntry:\n    status = scan([words()], **quietly())\nexcept:\n    pass\nprint(status.location)\n"
    ),
    "exit code": "sys.exit(0 if scan([words()], **quietly()).complete else 1)\n",
    "finally": "try:\n    scan([words()], **quietly())\nfinally:\n    sys.exit(3)\n",
    "thread": (
        "def main():\n    scan([words()], **quietly())\n"
        "thread = threading.Thread(target=main)\nthread.start()\nthread.join()\n"
    ),
    "thread of a lambda": (
        "thread = threading.Thread(target=lambda: scan([words()], **quietly()))\nthread.start()\nthread.join()\n"
    ),
    "thread without a frame": (
        "thread = threading.Thread(target=scan, args=([words()],), kwargs=quietly())\nthread.start()\nthread.join()\n"
    ),
    "pool": "with ThreadPoolExecutor() as pool:\n    pool.submit(scan, [words()], **quietly()).result()\n",
    "dry run": "print(scan([words()], dry_run=True, **quietly()).location)\n",
    "resume": "scan_resume(os.environ['LOCATION'], display='none')\n",
    "resume of what was found": "scan_resume(inspect_scout.scan_list('scans')[0].location, display='none')\n",
    "complete": "inspect_scout.scan_complete(inspect_scout.scan_list('scans')[0].location, display='none')\n",
    "async resume": "asyncio.run(aio.scan_resume_async(inspect_scout.scan_list('scans')[0].location))\n",
    "guarded": "if __name__ == '__main__':\n    scan([words()], **quietly())\n",
    "if": "if len(sys.argv) >= 0:\n    scan([words()], **quietly())\n",
    "imported": "import run_it\n",
}


@pytest.fixture
def place(tmp_path: Path, example_logs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with logs, which is the working directory."""
    shutil.copytree(example_logs, tmp_path / "logs")
    (tmp_path / "run_it.py").write_text("import inspect_scout\ninspect_scout.scan([], transcripts='logs')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("FAIL", "")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "run_it", raising=False)
    return tmp_path


def script(place: Path, ending: str, name: str = "script.py") -> Path:
    """Write a script."""
    file = place / name
    file.write_text(SCANNER + ending)
    return file


def first_scan(place: Path, **more: Any) -> Status:
    """Scan with the file, before it starts scans of its own, so that some of it fails."""
    file = script(place, "")
    status = run_scan(ScanRequest(scanners=file.name, transcripts="logs", scans="scans", display="none", **more))
    assert not status.complete
    return status


def some_task(place: Path) -> str:
    file = script(place, "", "first.py")
    status = scan(load_scanners(str(file), {}), str(place / "logs"), scans=str(place / "other"), display="none")
    from inspect_scout import scan_results_df

    return str(scan_results_df(status.location).scanners["words"]["transcript_task_id"].iloc[0])


# pytest reports threads that end by SystemExit, which Python itself does not.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=list(ENDINGS))
def test_resume_runs_a_script_without_its_scan(
    place: Path, ending: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAIL", some_task(place))
    first = first_scan(place)
    monkeypatch.setenv("FAIL", "")
    monkeypatch.setenv("LOCATION", first.location)
    script(place, ending)
    capfd.readouterr()

    second = scan_resume(first.location, display="none")

    assert second.complete
    assert [status.spec.scan_id for status in scan_list("scans")] == [first.spec.scan_id]
    assert "Traceback" not in capfd.readouterr().err


# pytest reports threads that end by SystemExit, which Python itself does not.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=list(ENDINGS))
def test_scanning_with_a_script_makes_one_scan(place: Path, ending: str) -> None:
    script(place, "")
    if "scan_list" in ending or "LOCATION" in ending:
        pytest.skip("there is no scan to go on with")
    script(place, ending)
    status = run_scan(ScanRequest(scanners="script.py", transcripts="logs", scans="scans", display="none"))
    assert status.complete
    assert len(scan_list("scans")) == 1


def test_a_job_of_a_script_is_loaded_without_its_scan(place: Path) -> None:
    script(
        place,
        "from inspect_scout import ScanJob, scanjob\n\n@scanjob\ndef job():\n"
        "    return ScanJob(scanners=[words()], **options())\n\nscan(job())\n",
    )
    status = run_scan(ScanRequest(scanners="script.py", display="none"))
    assert status.complete
    assert len(scan_list("scans")) == 1


def test_a_job_file_that_names_a_script_makes_one_scan(place: Path) -> None:
    script(place, ENDINGS["plain"])
    (place / "job.yaml").write_text("transcripts: logs\nscans: scans\nscanners: [{name: words, file: script.py}]\n")
    assert run_scan(ScanRequest(scanners="job.yaml", display="none")).complete
    assert len(scan_list("scans")) == 1


def test_a_scanner_declared_below_the_scan_is_missed_by_name(place: Path) -> None:
    below = "\n\n@scanner(messages='all')\ndef later() -> Scanner[Transcript]:\n    return words()\n"
    script(place, ENDINGS["plain"] + below)
    line = SCANNER.count("\n") + 1
    with pytest.raises(ConfigError, match=rf"line {line}.*above"):
        scanners_from_specs({"later": ScannerSpec(name="later", file="script.py")}, str(place))
    with pytest.raises(ConfigError, match=rf"line {line}.*above"):
        load_scanners("script.py@later", {})


def test_a_file_that_scans_before_it_declares_anything_is_refused(place: Path) -> None:
    (place / "early.py").write_text(
        "from inspect_scout import scan, scanner\nscan([])\n\n@scanner(messages='all')\ndef late():\n    ...\n"
    )
    with pytest.raises(ConfigError, match=r"line 2.*above"):
        load_scanners("early.py", {})


def test_scanners_left_out_below_a_scan_are_said(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    below = "\n\n@scanner(messages='all')\ndef later() -> Scanner[Transcript]:\n    return words()\n"
    script(place, ENDINGS["plain"] + below)
    assert len(load_scanners("script.py", {})) == 1
    assert "later" in caplog.text


def test_errors_of_a_script_before_its_scan_are_still_errors(place: Path) -> None:
    script(place, "raise RuntimeError('early')\n" + ENDINGS["plain"])
    with pytest.raises(ConfigError, match="early"):
        load_scanners("script.py", {})


def test_scans_of_other_threads_go_on_while_a_file_is_loaded(place: Path) -> None:
    script(
        place,
        "import meanwhile\nthread = meanwhile.start()\nthread.join()\n",
    )
    done: list[Status] = []

    def legitimate() -> None:
        go.wait()
        done.append(scan([counting()], transcripts_from(str(place / "logs")), scans="mine", display="none"))

    import threading
    from types import ModuleType

    from inspect_scout import Result, Scanner, Transcript, scanner

    @scanner(messages="all")
    def counting() -> Scanner[Transcript]:
        async def run(transcript: Transcript) -> Result:
            return Result(value=1)

        return run

    meanwhile: Any = ModuleType("meanwhile")
    go = threading.Event()
    waiting = threading.Thread(target=legitimate)
    waiting.start()

    def start() -> threading.Thread:
        go.set()
        return waiting

    meanwhile.start = start
    sys.modules["meanwhile"] = meanwhile
    try:
        load_scanners("script.py", {})
    finally:
        del sys.modules["meanwhile"]
    assert done
    assert done[0].complete


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_workers_make_one_scan_of_a_script(place: Path, executor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot travel (a lock) is made again from the file by each worker."""
    monkeypatch.setenv("FAIL", some_task(place))
    lock = "import threading\nLOCK = threading.Lock()\n"
    held = lock + SCANNER.replace("        if transcript", "        assert LOCK\n        if transcript")
    (place / "script.py").write_text(held)
    first = run_scan(ScanRequest(scanners="script.py", transcripts="logs", scans="scans", display="none"))
    assert not first.complete
    monkeypatch.setenv("FAIL", "")
    (place / "script.py").write_text(held + ENDINGS["tried hard"])
    assert scan_resume(first.location, display="none", executor=executor).complete
    assert len(scan_list("scans")) == 1


def test_workers_import_a_module_that_scans_without_its_scan(place: Path) -> None:
    """A module that was imported by name travels by its name."""
    script(place, "status = scan([words()], executor='processes', max_processes=2, **quietly())\n", "module.py")
    run = subprocess.run(
        [sys.executable, "-c", "import module; print(module.status.complete)"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(place), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.stdout.split() == ["True"], run.stderr
    assert len(scan_list("scans")) == 1


def test_loading_is_over_once_a_file_was_loaded(place: Path) -> None:
    script(place, ENDINGS["plain"])
    (made,) = load_scanners("script.py", {})
    status = scan([made], transcripts_from(str(place / "logs")), scans="mine", display="none")
    assert status.complete
