"""A signal cuts no call that is answered within the grace time: what the server has answered is recorded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspect_scout import scan_results_df, scan_status
from support.provider.chat_server import Asked, ChatServer, serving
from support.waiting import happens

pytestmark = pytest.mark.fault
LONG = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0")) > 0
"""Whether to try all ways with all signals; else each way and each signal is tried once."""
ANSWER_SECONDS = 3.0
PATIENCE_SECONDS = 100.0
NAMES = ("one", "two", "three", "four")

JUDGES = "from inspect_scout import Scanner, Transcript, llm_scanner, scanner\n" + "".join(
    f"""

@scanner(messages="all")
def {name}() -> Scanner[Transcript]:
    return llm_scanner(question="Is it {name}?", answer="boolean")
"""
    for name in NAMES
)
WAYS = {"inline": ["--max-processes", "1"], "processes": ["--max-processes", "2"], "default": []}


@contextmanager
def judging(server: ChatServer, logs: Path, folder: Path, way: str, grace: float) -> Generator[subprocess.Popen[str]]:
    """Start a scan of 48 pairs that asks a server."""
    (folder / "judges.py").write_text(JUDGES)
    command = [Path(sys.executable).with_name("scout"), "scan", "judges.py", "-T", logs, "--scans", "scans"]
    command += ["--model", "openai-api/local/judge", "--model-base-url", server.url, "--display", "plain", *WAYS[way]]
    program = subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        env={**os.environ, "LOCAL_API_KEY": "none", "SCOUT_GRACE_SECONDS": str(grace)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate()


def slowly(_: Asked) -> str:
    time.sleep(ANSWER_SECONDS)
    return "Because.\n\nANSWER: yes"


def recorded(folder: Path) -> int:
    """Count rows; none is an error, and the scan is not complete."""
    (location,) = folder.glob("scans/scan_id=*")
    status = scan_status(str(location))
    assert not status.complete
    assert not status.errors
    rows = scan_results_df(str(location), rows="transcripts").scanners
    return sum(len(rows[name]) for name in NAMES if name in rows)


@pytest.mark.parametrize(
    ("way", "how"),
    [("inline", signal.SIGTERM), ("processes", signal.SIGINT), ("default", signal.SIGTERM), ("inline", signal.SIGINT)][
        : 4 if LONG else 2
    ],
)
def test_answers_under_way_are_recorded(way: str, how: int, example_logs: Path, tmp_path: Path) -> None:
    with serving(ChatServer(slowly)) as server, judging(server, example_logs, tmp_path, way, 60) as program:
        assert happens(lambda: len(server.answered) >= 14)
        program.send_signal(how)
        began = time.monotonic()
        output, _ = program.communicate(timeout=PATIENCE_SECONDS)
        took = time.monotonic() - began
        calls = len(server.answered)
    assert program.returncode == 130, output
    assert "Stopping: waiting up to 60 s for " in output
    assert "press Ctrl-C again to stop at once" in output
    assert "scout scan resume" in output
    assert "Traceback" not in output
    assert took < 40  # 4 on a machine that does nothing else
    assert 14 <= calls < 48
    assert recorded(tmp_path) == calls == server.requests


@pytest.mark.parametrize("way", ["processes", "inline"][: 2 if LONG else 1])
def test_answers_that_do_not_come_are_waited_for_no_longer_than_said(
    way: str, example_logs: Path, tmp_path: Path
) -> None:
    server = ChatServer(lambda _: "Because.\n\nANSWER: yes", hold_after=5)
    with serving(server), judging(server, example_logs, tmp_path, way, 1) as program:
        server.wait_until_held(3)
        assert happens(lambda: recorded(tmp_path) == 5)
        program.send_signal(signal.SIGINT)
        began = time.monotonic()
        output, _ = program.communicate(timeout=PATIENCE_SECONDS)
        took = time.monotonic() - began
    assert program.returncode == 130, output
    assert "Stopping: waiting up to 1 s for " in output
    assert "Traceback" not in output
    assert took < 20  # 2 on a machine that does nothing else
    assert recorded(tmp_path) == 5


@pytest.mark.parametrize("way", ["inline", "processes"][: 2 if LONG else 1])
def test_the_second_signal_waits_for_no_answer(way: str, example_logs: Path, tmp_path: Path) -> None:
    server = ChatServer(lambda _: "Because.\n\nANSWER: yes", hold_after=5)
    with serving(server), judging(server, example_logs, tmp_path, way, 90) as program:
        server.wait_until_held(3)
        assert happens(lambda: recorded(tmp_path) == 5)
        program.send_signal(signal.SIGINT)
        assert program.stdout is not None
        assert any("Stopping: waiting up to 90 s" in line for line in program.stdout)
        program.send_signal(signal.SIGTERM)
        began = time.monotonic()
        output, _ = program.communicate(timeout=PATIENCE_SECONDS)
        took = time.monotonic() - began
    assert program.returncode == 130, output
    assert "Traceback" not in output
    assert "scout scan resume" in output
    assert took < 20  # 1 on a machine that does nothing else
    assert recorded(tmp_path) == 5
