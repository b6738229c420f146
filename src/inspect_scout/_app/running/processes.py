"""Scans in processes of their own, as the command line runs them: they go on when the one that has started them ends.

Of each run there is a folder, which only its user can read: the job, what the process prints, and what is known of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec
import platformdirs

from ..._results import ActiveScans, scan_id_of
from ..._support.errors import ConfigError, ScanStateError
from ..._support.ids import new_id
from ..._support.json import dumps, loads
from ..._support.shapes import is_mapping
from ..._support.storage import normalize, process_exists, run_in_thread

RunKind = Literal["scan", "resume", "complete"]
RunPhase = Literal["running", "ended", "failed"]

MAX_PRINTED: Final = 16_000
"""Bytes that are told of what a process has printed last."""

KEPT_SECONDS: Final = 7 * 24 * 3600.0
"""How long ended runs are listed."""

ANSWER_SECONDS: Final = 120.0
"""How long a command may take that is waited for."""

START_SECONDS: Final = 45.0
"""How long to wait for a scan to begin, or to be refused."""

_POLL_SECONDS = 0.05
_DONE_CODES = frozenset((0, 3, 130))
"""Done, done with errors of scanners, interrupted."""


class _RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a run."""

    run_id: str
    kind: RunKind
    pid: int
    started: float
    folder: str
    location: str | None = None
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A scan that runs, or ran, in a process of its own.

    Args:
        run_id: Its name.
        kind: What it does.
        state: Whether its process runs, has ended, or failed.
        started: When it was started, in seconds since the epoch.
        scan_id: Id of its scan (None: not known yet).
        location: Directory of its scan.
        exit_code: How its process ended (None: it runs, or this is not known).
        problem: What it printed last, if it failed.
    """

    run_id: str
    kind: RunKind
    state: RunPhase
    started: float
    scan_id: str | None
    location: str | None
    exit_code: int | None
    problem: str | None


class Runs:
    """The runs that were started for a project.

    Args:
        project: Folder of the project; the processes work there.
        folder: Where their folders are (None: in the user's folder for what runs).
    """

    def __init__(self, project: str, folder: Path | None = None) -> None:
        self._project = project
        self._folder = folder or _usual_folder()
        self._codes: dict[str, int | None] = {}

    async def start(self, kind: RunKind, arguments: Sequence[str], job: Mapping[str, object] | None = None) -> Run:
        """Start a process, and wait until its scan has begun, or is refused.

        Args:
            kind: What it does.
            arguments: Arguments of the command behind `scout scan`.
            job: The scan job, which is the first argument then.

        Raises:
            ConfigError: It is refused; the message is that of the command.
        """
        record = await run_in_thread("", lambda: self._launch(kind, arguments, job))
        end = time.monotonic() + START_SECONDS
        while True:
            run = await run_in_thread("", lambda: self._look(record))
            if run.state != "running" or run.location is not None or time.monotonic() > end:
                break
            await asyncio.sleep(_POLL_SECONDS)
        if run.state == "failed":
            raise ConfigError(run.problem or f"The process ended with exit code {run.exit_code}.")
        return run

    async def dry_run(self, job: Mapping[str, object]) -> dict[str, object]:
        """Count what a scan job would scan.

        Raises:
            ConfigError: It is refused; the message is that of the command.
        """
        place = self._make_folder(f"dry-{new_id()}")
        try:
            file = _write(place / "job.json", dumps(job).encode("utf-8", "replace"))
            return await run_for_json(["scan", str(file), "--dry-run", "--json", "--display", "none"], self._project)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def list(self) -> list[Run]:
        """List the runs, the newest first; forgets those that ended long ago. Blocks."""
        found: list[Run] = []
        for record in self._records():
            run = self._look(record)
            if run.state != "running" and run.started < time.time() - KEPT_SECONDS:
                shutil.rmtree(self._folder / record.run_id, ignore_errors=True)
            else:
                found.append(run)
        return sorted(found, key=lambda run: -run.started)

    def owns(self, pid: int) -> bool:
        """Tell whether a process is one of these runs. Blocks."""
        return any(record.pid == pid and record.exit_code is None for record in self._records())

    def _records(self) -> Iterator[_RunRecord]:
        for file in self._folder.glob("*/run.json"):
            with contextlib.suppress(OSError, ValueError):
                record = msgspec.json.decode(file.read_bytes(), type=_RunRecord)
                if record.folder == self._project:
                    yield record

    def _launch(self, kind: RunKind, arguments: Sequence[str], job: Mapping[str, object] | None) -> _RunRecord:
        run_id = new_id()
        place = self._make_folder(run_id)
        given = list(arguments)
        if job is not None:
            given.insert(0, str(_write(place / "job.json", dumps(job).encode("utf-8", "replace"))))
        out, log = _write(place / "out.json", b""), _write(place / "log.txt", b"")
        with open(out, "ab") as printed, open(log, "ab") as said:
            child = subprocess.Popen(  # noqa: S603 - our own command, without a shell; the job is a file
                [*command(), "scan", *given, "--json", "--display", "plain"],
                cwd=self._project,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=said,
                start_new_session=True,
            )
        self._codes[run_id] = None
        record = _RunRecord(run_id=run_id, kind=kind, pid=child.pid, started=time.time(), folder=self._project)
        self._keep(record)
        threading.Thread(target=self._await_end, args=(run_id, child), name="scout-run", daemon=True).start()
        return record

    def _await_end(self, run_id: str, child: subprocess.Popen[bytes]) -> None:
        self._codes[run_id] = child.wait()

    def _look(self, record: _RunRecord) -> Run:
        """Tell how a run stands, and keep what was learned."""
        is_child = record.run_id in self._codes
        code = record.exit_code if record.exit_code is not None else self._codes.get(record.run_id)
        alive = code is None and (is_child or process_exists(record.pid) is True)
        location = record.location
        if location is None:
            location = self._active_location(record.pid) if alive else self._printed_location(record.run_id)
        if (location, code) != (record.location, record.exit_code):
            record = msgspec.structs.replace(record, location=location, exit_code=code)
            self._keep(record)
        failed = code is not None and code not in _DONE_CODES
        return Run(
            record.run_id,
            record.kind,
            "running" if alive else "failed" if failed else "ended",
            record.started,
            None if location is None else scan_id_of(location),
            location,
            code,
            self._problem(record.run_id) if failed else None,
        )

    def _active_location(self, pid: int) -> str | None:
        found = ActiveScans().all().get(pid)
        return None if found is None else normalize(found.location)

    def _printed_location(self, run_id: str) -> str | None:
        with contextlib.suppress(OSError, ValueError):
            told = loads((self._folder / run_id / "out.json").read_bytes())
            location = told.get("location") if is_mapping(told) else None
            return location if isinstance(location, str) else None
        return None

    def _problem(self, run_id: str) -> str:
        with contextlib.suppress(OSError):
            return error_text((self._folder / run_id / "log.txt").read_bytes())
        return ""

    def _keep(self, record: _RunRecord) -> None:
        _write(self._folder / record.run_id / "run.json", msgspec.json.encode(record))

    def _make_folder(self, name: str) -> Path:
        """Make a folder that only this user can enter.

        Raises:
            ScanStateError: The one above it is somebody else's.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = self._folder.lstat()
        if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o022):
            raise ScanStateError(
                f"Others can write to {str(self._folder)!r}, where runs are kept: remove it, or make it yours (mode 700)."
            )
        made = self._folder / name
        made.mkdir(mode=0o700)
        return made


def _usual_folder() -> Path:
    """Name the user's own folder for what runs; where the system has none, one in the cache."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    place = Path(runtime) / "inspect_scout" if runtime else platformdirs.user_cache_path("inspect_scout")
    return place / "runs"


def command() -> list[str]:
    """Name the command line of this very Python, without modules of the folder in which it is started."""
    return [sys.executable, "-P", "-m", "inspect_scout"]


async def run_for_json(arguments: Sequence[str], folder: str) -> dict[str, object]:
    """Run a command that prints JSON, in a process of its own; it is ended when nobody waits for it.

    Args:
        arguments: Its arguments.
        folder: Where it works.

    Raises:
        ConfigError: It was refused, or took too long.
    """
    child = await asyncio.create_subprocess_exec(
        *command(),
        *arguments,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        printed, said = await asyncio.wait_for(child.communicate(), ANSWER_SECONDS)
    except TimeoutError:
        raise ConfigError(f"It took longer than {ANSWER_SECONDS:.0f} seconds. Run it in a terminal.") from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    with contextlib.suppress(ValueError):
        told = loads(printed)
        if is_mapping(told):
            return told
    raise ConfigError(error_text(said) or f"The process ended with exit code {child.returncode}.")


def error_text(said: bytes) -> str:
    """Take the error out of what a command has printed: what stands behind its last `Error:`, or else the end."""
    text = said[-MAX_PRINTED:].decode("utf-8", "replace").strip()
    return text.rpartition("Error: ")[2].strip()


def _write(path: Path, data: bytes) -> Path:
    """Write a file that only this user can read, so that others see the old text or the new one."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    os.replace(beside, path)
    return path
