"""Standard output holds one document, whatever else writes there. Each in a process of its own, as programs run it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import scan_list
from inspect_scout._cli import main

NOISE = """
import atexit, ctypes, logging, os, subprocess, sys, threading
from inspect_scout import Result, Transcript, scanner

def say(where):
    print("NOISE print", where)
    sys.stdout.write("NOISE write\\n")
    sys.stdout.buffer.write(b"NOISE bytes\\n")
    sys.__stdout__.write("NOISE original\\n")
    os.write(1, b"NOISE descriptor\\n")
    subprocess.run(["echo", "NOISE child"])
    os.system("echo NOISE shell")
    libc = ctypes.CDLL(None)
    libc.puts(b"NOISE C")
    logging.getLogger("noise").warning("NOISE log")

logging.getLogger("noise").addHandler(logging.StreamHandler(sys.stdout))
import rich
rich.print("NOISE rich")
say("import")
atexit.register(say, "atexit")
atexit.register(os.write, 1, b"NOISE last words\\n")

@scanner(messages="all")
def noisy(fail: bool = False):
    say("factory")
    async def scan(transcript: Transcript) -> Result:
        say("scan")
        thread = threading.Thread(target=say, args=("thread",))
        thread.start()
        thread.join()
        if fail:
            raise ValueError("NOISE error")
        return Result(value=1)
    return scan
"""

# What may stay behind in a process that goes on: nothing.
PLAIN = """
import os
from inspect_scout import Result, Transcript, scanner

@scanner(messages="all")
def plain(fail: bool = False):
    async def scan(transcript: Transcript) -> Result:
        print("NOISE print")
        os.system("echo NOISE shell")
        return Result(value=1)
    return scan
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    Path("noisy.py").write_text(NOISE)
    Path("plain.py").write_text(PLAIN)


def scout(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    code = "import sys; from inspect_scout._cli import main; sys.exit(main())"
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
    run: Any = subprocess.run  # its overloads do not take settings that are not written out
    ran: subprocess.CompletedProcess[bytes] = run([sys.executable, "-c", code, *arguments], check=False, **settings)
    return ran


@pytest.mark.parametrize("executor", ["inline", "processes"])
def test_a_scan_prints_one_document_whatever_scanners_write(example_logs: Path, executor: str) -> None:
    more = ["--executor", executor, *(["--max-processes", "2"] if executor == "processes" else [])]
    with open("out.json", "wb") as out:
        ran = scout("scan", "noisy.py", "-T", str(example_logs), "--json", *more, stdout=out)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(Path("out.json").read_bytes())["state"] == "complete"
    for kind in (
        "print import",
        "print scan",
        "write",
        "bytes",
        "original",
        "descriptor",
        "child",
        "shell",
        "C",
        "log",
    ):
        assert f"NOISE {kind}".encode() in ran.stderr
    assert b"NOISE print atexit" in ran.stderr
    assert b"NOISE last words" in ran.stderr


def test_errors_resume_and_results_speak_json_as_well(example_logs: Path) -> None:
    failed = scout("scan", "noisy.py", "-T", str(example_logs), "-S", "fail=yes", "--limit", "2", "--json")
    assert failed.returncode == 3
    place = json.loads(failed.stdout)["location"]
    resumed = scout("scan", "resume", place, "--json")
    assert (resumed.returncode, json.loads(resumed.stdout)["state"]) == (3, "errors")
    config = scout("info", "config", "noisy.py", "--json")
    assert json.loads(config.stdout)["settings"]
    assert b"NOISE print import" in config.stderr
    rows = scout("scan", "results", place, "--format", "csv").stdout.decode()
    assert len(list(csv.DictReader(io.StringIO(rows)))) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["scan", "plain.py", "-T", "nowhere", "--json"], 1),
        (["scan", "plain.py", "--json", "--bogus"], 2),
        (["scan", "plain.py", "-S", "bogus=1", "--json"], 1),
    ],
)
def test_what_is_refused_leaves_standard_output_empty(
    capfd: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert main(arguments) == code
    written = capfd.readouterr()
    assert written.out == ""
    assert "Error" in written.err


def test_without_json_scanners_write_where_they_want(example_logs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "plain.py", "-T", str(example_logs), "--limit", "1", "--display", "none"]) == 0
    written = capfd.readouterr().out
    assert "NOISE shell" in written
    assert "NOISE print" in written


@pytest.mark.skipif(os.name == "nt", reason="descriptors of POSIX")
@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_closed_streams_end_no_scan(example_logs: Path, closed: tuple[int, ...]) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    ran = scout("scan", "plain.py", "-T", str(example_logs), "--limit", "1", "--json", preexec_fn=close)
    assert ran.returncode == 0
    assert [status.complete for status in scan_list("scans")] == [True]
    if 1 not in closed:
        assert json.loads(ran.stdout)["complete"] is True


@pytest.mark.skipif(os.name == "nt", reason="descriptors of POSIX")
def test_a_reader_that_leaves_is_no_traceback(example_logs: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = scout("scan", "plain.py", "-T", str(example_logs), "--limit", "1", "--json", stdout=writing)
    os.close(writing)
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr
    assert b"Exception ignored" not in ran.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full disk")
def test_a_full_disk_is_one_line(example_logs: Path) -> None:
    with open("/dev/full", "wb") as full:
        ran = scout("scan", "list", "--json", stdout=full)
    assert ran.returncode == 1
    assert ran.stderr.decode().strip() == "Error: Standard output cannot be written: No space left on device."


def test_standard_output_is_given_back_in_a_process_that_goes_on(
    example_logs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sys.stdout
    assert main(["scan", "plain.py", "-T", str(example_logs), "--limit", "1", "--json"]) == 0
    assert sys.stdout is before
    assert json.loads(capfd.readouterr().out)["complete"] is True
    assert main(["scan", "plain.py", "-T", str(example_logs), "--dry-run", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["state"] == "dry-run"
    assert main(["scan", "plain.py", "--json", "--bogus"]) == 2
    os.write(1, b"after\n")
    print("printed")
    assert sorted(capfd.readouterr().out.split()) == ["after", "printed"]


def test_a_captured_stream_gets_the_document(example_logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "plain.py", "-T", str(example_logs), "--limit", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["complete"] is True
