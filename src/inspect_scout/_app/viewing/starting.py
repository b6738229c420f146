"""Starting a scan in a process of its own, which goes on when the server ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from pydantic import JsonValue, ValidationError

from ..._project import ScanJobConfig
from ..._results import ActiveScans
from ..._support.errors import ConfigError, ScanStateError
from ..._support.json import loads
from ..._support.shapes import is_mapping
from ..._support.storage import run_in_thread
from .paging import refusal
from .scan_status import status_json

MAX_SECONDS: Final = 120.0
_LOOK_SECONDS: Final = 0.2
_TAIL_CHARACTERS: Final = 2000
_PROGRAM: Final = "from inspect_scout._cli import main; main()"


def parse_job(body: JsonValue, check: Callable[[str], str]) -> dict[str, JsonValue]:
    """Read a scan job; files and places that it names must be among those that the server may read.

    Args:
        body: The job, as job files have it.
        check: Refuses a place that may not be read.

    Raises:
        ConfigError: It is not a scan job, or names such a place.
    """
    try:
        job = ScanJobConfig.model_validate(body)
    except ValidationError as error:
        raise ConfigError(f"The scan job cannot be used: {refusal(error)}.") from None
    scanners = job.scanners.values() if isinstance(job.scanners, Mapping) else job.scanners or ()
    transcripts = [job.transcripts] if isinstance(job.transcripts, str) else job.transcripts or ()
    for place in (job.scans, *transcripts, *(scanner.file for scanner in scanners)):
        if place:
            check(place)
    fields: dict[str, JsonValue] = job.model_dump(mode="json", exclude_unset=True)
    return fields


async def start_scan_process(
    folder: str, job: Mapping[str, JsonValue], seconds: float = MAX_SECONDS
) -> dict[str, object]:
    """Start a scan, and tell how it stands as soon as it has begun (or has ended already).

    Args:
        folder: The project.
        job: The scan job.
        seconds: How long it may take to begin.

    Raises:
        ConfigError: The scan is refused, or fails before it has begun.
        ScanStateError: It has not begun after that time, and was stopped.
    """
    with contextlib.ExitStack() as made:
        place = Path(made.enter_context(tempfile.TemporaryDirectory(prefix="scout-job-")))
        job_file, said, complaints = place / "job.json", place / "out", place / "err"
        command = [sys.executable, "-P", "-c", _PROGRAM, "scan", str(job_file), "--json"]

        def start() -> subprocess.Popen[bytes]:
            job_file.write_text(json.dumps(job), encoding="utf-8")
            with said.open("wb") as out, complaints.open("wb") as err:
                return subprocess.Popen(  # noqa: S603 - ourselves
                    command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
                )

        process = await run_in_thread("", start)
        files = made.pop_all()  # the process reads and writes them
    try:
        location = await asyncio.wait_for(_location(process, said, complaints), seconds)
    except TimeoutError:
        process.terminate()
        raise ScanStateError(f"The scan has not begun after {seconds:g} seconds, so it was stopped.") from None
    finally:
        # In a thread, because the scan may go on for longer than the loop.
        threading.Thread(target=_close_at_end, args=(process, files), daemon=True).start()
    return await status_json(location)


async def _location(process: subprocess.Popen[bytes], said: Path, complaints: Path) -> str:
    """Wait until a scan has begun: gives its directory."""
    while process.poll() is None:
        active = await run_in_thread("", ActiveScans().all)
        if process.pid in active:
            return active[process.pid].location
        await asyncio.sleep(_LOOK_SECONDS)
    answer = await run_in_thread("", lambda: _parsed(said))
    if is_mapping(answer) and isinstance(answer.get("location"), str):
        return str(answer["location"])
    text = await run_in_thread("", lambda: _text(complaints))
    raise ConfigError(f"The scan could not be started: {text[-_TAIL_CHARACTERS:].strip() or 'it says nothing'}")


def _close_at_end(process: subprocess.Popen[bytes], files: contextlib.ExitStack) -> None:
    """Remove the files of a scan when it has ended."""
    process.wait()
    files.close()


def _parsed(path: Path) -> object:
    try:
        return loads(_text(path))
    except ValueError:
        return None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if os.path.exists(path) else ""
