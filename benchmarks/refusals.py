"""How soon one is told of a mistake, sees that a scan has begun, and can ask the server: `python -m benchmarks.refusals`.

Each figure is the best of some runs, in a process of its own. It ends with 1 if one is over its limit.
"""

from __future__ import annotations

import argparse
import os
import pty
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
REFUSAL_SECONDS, FIRST_SIGN_SECONDS, LISTENING_SECONDS = 0.5, 0.2, 1.0

JUDGE = """
from inspect_scout import llm_scanner, scanner

@scanner(messages="all")
def judge():
    return llm_scanner(question="Did it work?", answer="boolean")
"""

REFUSED = {
    "no file": ["scan"],
    "unknown file": ["scan", "scaners.py", "-T", "logs"],
    "unknown scanner": ["scan", "scanners.py@edits_test", "-T", "logs"],
    "two jobs": ["scan", "jobs.py"],
    "missing logs": ["scan", "scanners.py", "-T", "lgos"],
    "missing cases": ["scan", "scanners.py", "-T", "logs", "-V", "cases.csv"],
    "bad option": ["scan", "scanners.py", "--limit", "many"],
    "bad condition": ["scan", "scanners.py", "-T", "logs", "-F", "score ="],
    "bad cache": ["scan", "scanners.py", "-T", "logs", "--cache=often"],
    "missing model": ["scan", "judge.py", "-T", "logs"],
    "resume: complete": ["scan", "resume", "{scan}"],
    "complete: complete": ["scan", "complete", "{scan}"],
    "unknown command": ["scna"],
}


def prepare(folder: Path, scout: str, environment: Mapping[str, str] | None = None) -> str:
    """Make a folder of files to scan with and a complete scan; gives the location of the scan."""
    shutil.copytree(EXAMPLES / "logs", folder / "logs")
    shutil.copy(EXAMPLES / "scanners.py", folder)
    shutil.copy(EXAMPLES / "project" / "jobs.py", folder)
    (folder / "judge.py").write_text(JUDGE)
    command = [scout, "scan", "scanners.py@refusals", "-T", "logs", "--display", "none"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    (made,) = (folder / "scans").iterdir()
    return str(made)


def refusal_seconds(command: Sequence[str], folder: Path) -> float:
    """Time a command that is refused."""
    began = time.perf_counter()
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True)
    took = time.perf_counter() - began
    if ran.returncode not in {1, 2} or "Error: " not in ran.stderr:
        raise SystemExit(f"{' '.join(command)} was not refused: {ran.stdout}{ran.stderr}")
    return took


def first_sign_seconds(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> float:
    """Time what passes until a command writes something on a terminal."""
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(command[0], list(command), dict(os.environ if environment is None else environment))
    os.read(terminal, 1)
    took = time.perf_counter() - began
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:  # as Linux ends the output of a terminal
        pass
    os.close(terminal)
    os.waitpid(child, 0)
    return took


def listening_seconds(command: Sequence[str], folder: Path) -> float:
    """Time what passes until the server says that it listens, and answers a connection."""
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = next((line for line in server.stdout if "Running on http://" in line), "")
        if not line:
            raise SystemExit(f"{' '.join(command)} did not run.")
        port = int(line.split()[3].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)):
            took = time.perf_counter() - began
        server.terminate()
    return took


TIMED = {
    REFUSAL_SECONDS: refusal_seconds,
    FIRST_SIGN_SECONDS: first_sign_seconds,
    LISTENING_SECONDS: listening_seconds,
}
"""What is timed, by its limit."""


def main() -> int:
    """Time all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.refusals", description=__doc__)
    parser.add_argument("--scout", default=str(Path(sys.executable).with_name("scout")), help="the scout command")
    parser.add_argument("--runs", type=int, default=5, help="runs of each command; the best counts")
    options = parser.parse_args()
    late = 0
    with tempfile.TemporaryDirectory(prefix="scout-refusals-") as kept:
        folder = Path(kept)
        made = prepare(folder, options.scout)
        work = {name: ([part.format(scan=made) for part in words], REFUSAL_SECONDS) for name, words in REFUSED.items()}
        work["first sign of a scan"] = (["scan", "scanners.py@refusals", "-T", "logs"], FIRST_SIGN_SECONDS)
        work["the server listens"] = (["view"], LISTENING_SECONDS)
        for name, (words, limit) in work.items():
            best = min(TIMED[limit]([options.scout, *words], folder) for _ in range(options.runs))
            late += best > limit
            print(f"{name:24} {best:6.2f} s {'' if best <= limit else f'  over {limit} s'}", flush=True)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
