"""Commands that only look, and refusals: each is timed whole, as the one who typed it waits, beside what it should take."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import refusals
from .refusals import FIRST_SIGN_SECONDS, REFUSAL_SECONDS, REFUSED

RUNS = 5
RESULTS, LARGER = 200, 500
"""Transcripts of the two scans; the logs of `make_data` hold as many as the larger one has."""

SCANNERS = """
from inspect_scout import grep_scanner, scanner

@scanner(messages="all")
def commits():
    return grep_scanner("commit")
"""

# A process inherits the peak memory of the one that starts it: this one is small.
LAUNCHER = """
import os, subprocess, sys, time
began = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that is timed.

    Args:
        arguments: Its words; `{logs}`, `{scans}`, `{results}`, `{larger}`, `{transcript}` and `{scan}` stand for what was
            prepared.
        seconds: What it should take at most, from its start to its end.
        ends: How it must end.
        cold: Whether nothing is kept of runs before it.
        first_sign: Whether it is timed until it writes something on a terminal.
    """

    arguments: Sequence[str]
    seconds: float
    ends: frozenset[int] = frozenset({0})
    cold: bool = False
    first_sign: bool = False


COMMANDS: Mapping[str, Command] = {
    "cli_help": Command(["--help"], 0.3),
    "cli_version": Command(["--version"], 0.3),
    "cli_scan_list": Command(["scan", "list", "{scans}"], 0.3),
    "cli_scan_status": Command(["scan", "status", "{results}"], 0.3),
    "cli_scan_results": Command(["scan", "results", "{results}"], 0.5),
    "cli_show": Command(["show", "{larger}", "{transcript}"], 0.5),
    "cli_show_log": Command(["show", "-T", "{logs}", "{transcript}"], 0.4),
    "cli_transcripts": Command(["transcripts", "-T", "{logs}"], 0.4),
    "cli_transcripts_cold": Command(["transcripts", "-T", "{logs}"], 0.6, cold=True),
    **{
        f"refuse_{name.replace(': ', '_').replace(' ', '_')}": Command(words, REFUSAL_SECONDS, frozenset({1, 2}))
        for name, words in REFUSED.items()
    },
    "first_sign": Command(["scan", "scanners.py@refusals", "-T", "logs"], FIRST_SIGN_SECONDS, first_sign=True),
}


class CommandBench:
    """Times commands in a folder of its own.

    Args:
        scout: The scout command that makes what they look at.
        folder: The folder, empty.
        logs: Folder of the logs that are looked at.
        environment: Variables of the processes.
    """

    def __init__(self, scout: str, folder: Path, logs: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._cache = folder, folder / "cache"
        self._environment = {**environment, "HOME": str(folder), "XDG_CACHE_HOME": str(self._cache)}
        self._words = self._prepare(scout, str(logs))

    def measure(self, name: str, scout: str) -> dict[str, Any]:
        """Run a command some times: medians of seconds of wall and CPU, and of peak memory.

        Raises:
            RuntimeError: It ended as it should not.
        """
        command = COMMANDS[name]
        typed = [scout, *(word.format(**self._words) for word in command.arguments)]
        if command.first_sign:
            took = [refusals.first_sign_seconds(typed, self._folder, self._environment) for _ in range(RUNS)]
            return {"wall": statistics.median(took), "cpu": None, "peak_mb": None}
        self._time(typed, command)  # writes byte code, and the index of the logs
        runs = [self._time(typed, command) for _ in range(RUNS)]
        wall, cpu, peak = (statistics.median(figures) for figures in zip(*runs, strict=True))
        return {"wall": wall, "cpu": cpu, "peak_mb": peak}

    def _time(self, typed: Sequence[str], command: Command) -> tuple[float, float, float]:
        if command.cold:
            shutil.rmtree(self._cache, ignore_errors=True)
        ran = self._run([sys.executable, "-S", "-c", LAUNCHER, *typed], command.ends)
        wall, cpu, kilobytes = map(float, ran.stderr.split()[-3:])
        return wall, cpu, kilobytes / 1024

    def _run(self, typed: Sequence[str], ends: Container[int] = (0,)) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(
            typed, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        if ran.returncode not in ends:
            raise RuntimeError(f"{' '.join(typed)} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        return ran

    def _prepare(self, scout: str, logs: str) -> Mapping[str, str]:
        """Make the scans that are looked at, and what the refused commands name."""
        words = {"logs": logs, "scans": "scans", "scan": refusals.prepare(self._folder, scout, self._environment)}
        (self._folder / "commits.py").write_text(SCANNERS)
        for name, count in (("results", RESULTS), ("larger", LARGER)):
            chosen = ["-T", logs, "--limit", str(count), "--scans", name, "--display", "none"]
            self._run([scout, "scan", "commits.py", *chosen])
            words[name] = str(next((self._folder / name).iterdir()))
        first = ["--limit", "1", "--format", "csv", "--columns", "transcript_id"]
        words["transcript"] = (
            self._run([scout, "scan", "results", words["larger"], *first]).stdout.split(",")[-1].strip()
        )
        return words
