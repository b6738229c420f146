"""How commands end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import NoReturn

import pytest

from inspect_scout import ConfigError
from inspect_scout._types import Error, Status
from support.cli import FakeApp, scout, standing, status


def failing(error: BaseException) -> FakeApp:
    def end() -> NoReturn:
        raise error

    return FakeApp(ends_as=end)


def with_errors() -> Status:
    return status(False, [Error(transcript_id="a", scanner="refusal", error="boom", traceback="", refusal=False)])


@pytest.mark.parametrize("command", [("scan", "scan.py"), ("scan", "resume", "loc")])
def test_scanner_errors_are_3(command: tuple[str, ...]) -> None:
    assert scout(*command).code == 0
    assert scout(*command, app=FakeApp(ends_as=with_errors)).code == 3


def test_accepting_errors_is_success() -> None:
    assert scout("scan", "complete", "loc", app=FakeApp(ends_as=with_errors)).code == 0


def test_showing_a_failed_scan_is_success() -> None:
    assert scout("scan", "status", "loc", app=FakeApp(stands=standing("errors", ["boom"]))).code == 0


@pytest.mark.parametrize("command", [("scan", "scan.py"), ("scan", "resume", "loc"), ("scan", "complete", "loc")])
def test_what_is_refused_is_said_without_a_traceback(command: tuple[str, ...]) -> None:
    ran = scout(*command, app=failing(ConfigError("limit=-1 is too small.\x1b[2J")))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "Error: limit=-1 is too small.\n"


def test_debugging_shows_the_traceback_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = scout("scan", "scan.py", "--log-level", "debug", app=failing(ConfigError("no")))
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert ran.err.endswith("Error: no\n")
    monkeypatch.setenv("SCOUT_LOG_LEVEL", "debug")
    assert "Traceback" in scout("scan", "scan.py", app=failing(ConfigError("no"))).err


def test_a_bug_or_a_scanner_that_raises_shows_its_traceback() -> None:
    ran = scout("scan", "scan.py", "--fail-on-error", app=failing(ZeroDivisionError("in the scanner\x1b[2J\udcff")))
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert "ZeroDivisionError: in the scanner" in ran.err
    assert ran.err.splitlines()[-1].startswith("Error: ZeroDivisionError: in the scanner\ufffd (")
    assert "\x1b" not in ran.err


def test_an_interrupt_is_130() -> None:
    assert scout("scan", "scan.py", app=failing(KeyboardInterrupt())).code == 130


def test_an_exit_of_a_scanner_file_is_passed_on() -> None:
    assert scout("scan", "scan.py", app=failing(SystemExit(7))).code == 7
    assert scout("scan", "scan.py", app=failing(SystemExit("no"))).code == 1


def test_unknown_commands_are_usage_errors_with_a_suggestion() -> None:
    ran = scout("scna")
    assert ran.code == 2
    assert "Did you mean 'scan'?" in ran.err
    assert scout("info", "versoin").code == 2


def test_commands_of_later_versions_say_so() -> None:
    ran = scout("trace", "list")
    assert ran.code == 1
    assert ran.err == "Error: 'scout trace' is not available in this version.\n"


def test_help_and_version_succeed() -> None:
    assert scout("--help").code == 0
    assert scout("--version").out.startswith("scout, version ")
    assert scout("scan", "--help").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_is_no_error_message() -> None:
    code = "import sys; from inspect_scout._cli import main; sys.exit(main(['scan', '--help']))"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() in {0, 1, -signal.SIGPIPE}


def test_arguments_that_are_no_text_are_survived() -> None:
    code = "import sys; from inspect_scout._cli import main; sys.exit(main())"
    ran = subprocess.run([sys.executable, "-c", code, os.fsdecode(b"\xff\x1b[2J")], capture_output=True, check=False)
    assert ran.returncode == 2
    assert b"\x1b" not in ran.stderr
    assert b"No such command" in ran.stderr
