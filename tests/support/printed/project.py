"""A folder in which commands are typed: the examples, some files of scanners, and five scans of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import inspect_scout
from inspect_scout import __version__

EXAMPLES = Path(__file__).parents[3] / "examples"
PACKAGE = str(Path(inspect_scout.__file__).parent)
HOME = "/home/me"
"""What stands in snapshots for the folder that holds the project."""
_SCAN_ID = re.compile(r"scan_id=(\w{22})")
# What differs from time to time -> what stands in snapshots, as long as it.
_MARKS = (
    (r"20\d\d(-\d\d-\d\dT\d\d.\d\d.\d\d)(\.\d+|Z)?", "2026-01-02T03:04:05.000000"),
    (r'(?<="uuid": ")\w{22}(?=")', f"{'result':1<22}"),
    (r"(?<=_manifest_)\w+(?=\.idx)", "2" * 40),
)
_SIZE = re.compile(r'\d[\d.]* [kM]B\b|"bytes\w*": \d+|bytes +\d[\d,]*( -> [\d,]+)?')
_OUR_CODE = re.compile(r'(?<=File )(\\?").*?/(inspect_scout/[^"\\]+)(\\?", line )\d+')
_CARETS = re.compile(r"(?:\n|\\n)[ ~]*\^[ ~^]*(?=\n|\\n)")

JUDGED = '''"""Scanners that ask a scripted model."""

from inspect_scout import ScanJob, llm_scanner, scanjob, scanner
from judging import ending, judge, tampering


@scanner(messages="all", name="tampering")
def asked_otherwise():
    return llm_scanner(question="Did the agent change any test? Look at tool calls only.", answer="boolean")


@scanjob
def judged():
    return ScanJob(scanners=[tampering(), ending()], model=judge, tags=["trial"], validation={"tampering": "cases.csv"})


@scanjob
def again():
    return ScanJob(scanners=[asked_otherwise()], model=judge, tags=["trial", "second try"])
'''
TROUBLE = '''"""Scanners that fail, or are stopped."""

import asyncio
import os
import signal

from inspect_scout import Result, scanner


@scanner(messages="all")
def fails():
    async def scan(transcript):
        if transcript.task_id == "leap-year":
            raise KeyError("days")
        if transcript.task_set == "fix-the-bug":
            raise ValueError(f"{transcript.message_count} messages are too many")
        return Result(value=True)

    return scan


def stop(transcript):
    if transcript.task_id == "leap-year":
        os.kill(os.getpid(), signal.SIGINT)
    return asyncio.sleep(60 if transcript.task_id == "leap-year" else 0)


@scanner(messages="all")
def stops():
    async def scan(transcript):
        await stop(transcript)
        return Result(value=False)

    return scan


@scanner(messages="all")
def stopped():
    async def scan(transcript):
        if os.path.exists("stop-here"):
            await stop(transcript)
        return Result(value=False)

    return scan


@scanner(messages="all")
def unasked():
    from inspect_scout import llm_scanner

    return llm_scanner(question="Did it work?", answer="boolean")
'''
CASES = """task_id,epoch,target
off-by-one,1,true
sorting,1,false
seats,1,true
rounding,1,false
"""
SCANS = {
    "fine": ("scan scanners.py -T logs", timedelta(days=9, hours=5)),
    "judged": ("scan judged.py@judged -T logs", timedelta(days=4, hours=5)),
    "again": ("scan judged.py@again -T logs", timedelta(hours=30.5)),
    "failed": ("scan trouble.py@fails -T logs", timedelta(hours=5.5)),
    "stopped": ("scan trouble.py@stopped -T logs --max-transcripts 1", timedelta(hours=3.5)),
}
"""Scans by what their ids begin with in snapshots: how they were made, and their age."""


def make_project(parent: Path) -> Path:
    """Make the folder, and its scans.

    Args:
        parent: Folder in which it is made.
    """
    folder = parent / "review"
    left_out = shutil.ignore_patterns("extension", "make_logs.py", "stories.py", "__pycache__")
    shutil.copytree(EXAMPLES, folder, ignore=left_out)
    (folder / "empty").mkdir()
    for name, text in {"judged.py": JUDGED, "trouble.py": TROUBLE, "cases.csv": CASES}.items():
        (folder / name).write_text(text)
    (folder / "stop-here").touch()
    _type("db copy logs transcripts", folder)
    for line, age in SCANS.values():
        known = set((folder / "scans").glob("*"))
        said = _type(line, folder)
        made = set((folder / "scans").glob("*")) - known
        assert len(made) == 1, said
        _make_older(made.pop(), age)
    (folder / "stop-here").unlink()
    return folder


def _type(line: str, folder: Path) -> str:
    """Run a command in a process of its own: what earlier tests have left in this one does not matter."""
    command = [sys.executable, "-m", "inspect_scout", *line.split()]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return f"{line}: exit code {ran.returncode}\n{ran.stdout}\n{ran.stderr}"


def _make_older(scan: Path, age: timedelta) -> None:
    spec = json.loads((scan / "_scan.json").read_text())
    spec["timestamp"] = (datetime.now(UTC) - age).isoformat()
    (scan / "_scan.json").write_text(json.dumps(spec))


def _as_long(mark: str) -> Callable[[re.Match[str]], str]:
    return lambda found: mark[: len(found[0])]


def marks(project: Path) -> Callable[[str], str]:
    """Make what replaces paths, ids and times by marks of the same length, so that columns stay where they are."""
    made = {json.loads((scan / "_scan.json").read_text())["timestamp"]: scan.name for scan in project.glob("scans/*")}
    names = {made[time].removeprefix("scan_id="): name for time, name in zip(sorted(made), SCANS, strict=True)}

    def replace(text: str) -> str:
        text = text.replace(str(project.parent), HOME)
        for id in dict.fromkeys([*names, *_SCAN_ID.findall(text)]):
            mark = f"{names.get(id, 'new'):1<{len(id)}}"
            text = re.sub(f"{id[:8]}(?:{id[8:]})?", _as_long(mark), text)
        for pattern, mark in _MARKS:
            text = re.sub(pattern, _as_long(mark), text)
        text = _SIZE.sub(lambda found: re.sub(r"\d", "9", found[0]), text)
        text = _CARETS.sub("", _OUR_CODE.sub(r"\1/home/me/\2\g<3>9", text))
        return text.replace(PACKAGE, f"{HOME}/inspect_scout").replace(__version__, "1.2.3")

    return replace
