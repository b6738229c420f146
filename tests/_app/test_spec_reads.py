"""How often the file that defines a scan is read: once by each command, also to show how it ended."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    LocationError,
    Result,
    Status,
    Transcript,
    scan,
    scan_complete,
    scan_list,
    scan_resume,
    scan_status,
    scanner,
    transcripts_from,
)
from inspect_scout.testing import LocalStorage, register_storage


class CountingStorage(LocalStorage):
    """Counts the reads of files that define a scan."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    async def read(self, path: str) -> bytes:
        self.reads += path.endswith("/_scan.json")
        return await super().read(path)


@scanner(messages="all")
def fails_at_first() -> Any:
    """Count messages, some day."""

    async def scan(transcript: Transcript) -> Result:
        if os.environ.get("FAIL"):
            raise RuntimeError("not now")
        return Result(value=len(transcript.messages))

    return scan


@pytest.fixture
def storage() -> Iterator[CountingStorage]:
    counting = CountingStorage()
    undo = register_storage("file", lambda _: counting)
    yield counting
    undo()


@pytest.fixture
def failed(storage: CountingStorage, example_logs: Path, tmp_path: Path) -> Status:
    """A scan that failed, and is to be gone on with."""
    os.environ["FAIL"] = "yes"
    logs = transcripts_from(str(example_logs))
    status = scan([fails_at_first()], logs, scans=str(tmp_path), limit=3, display="none", max_processes=1)
    assert not status.complete
    assert storage.reads == 1  # to show how it ended
    storage.reads = 0
    return status


COMMANDS: dict[str, tuple[Callable[[str], Any], int]] = {
    "resume": (lambda location: scan_resume(location, display="none"), 1),
    "complete": (lambda location: scan_complete(location, display="none"), 1),
    "status": (scan_status, 1),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_reads_what_defines_the_scan_once(command: str, failed: Status, storage: CountingStorage) -> None:
    os.environ["FAIL"] = ""
    run, reads = COMMANDS[command]
    run(failed.location)
    assert storage.reads == reads


def test_what_a_resume_changes_is_put_into_the_file_as_it_is_then(failed: Status, storage: CountingStorage) -> None:
    os.environ["FAIL"] = ""
    status = scan_resume(failed.location, display="none", scanner_timeout=90)
    assert storage.reads == 2  # to know the scan, and to change the file
    assert status.complete
    assert status.spec.options.scanner_timeout == 90
    assert scan_status(failed.location).spec == status.spec


def test_a_list_leaves_what_defines_its_scans_for_later(failed: Status, storage: CountingStorage) -> None:
    (listed,) = scan_list(os.path.dirname(failed.location))
    assert (storage.reads, listed.complete, len(listed.errors)) == (1, False, 3)
    assert listed.spec.scan_id == failed.spec.scan_id
    assert listed.spec is listed.spec
    assert storage.reads == 2
    assert listed == scan_status(failed.location)


def test_a_copy_of_a_listed_status_has_read_what_defines_the_scan(failed: Status) -> None:
    (listed,) = scan_list(os.path.dirname(failed.location))
    copy = pickle.loads(pickle.dumps(listed))
    shutil.rmtree(failed.location)
    assert copy.spec == listed.spec == failed.spec
    with pytest.raises(AttributeError, match="no attribute 'specs'"):
        _ = listed.specs  # type: ignore[attr-defined]


def test_a_listed_scan_that_was_deleted_says_so(failed: Status) -> None:
    (listed,) = scan_list(os.path.dirname(failed.location))
    shutil.rmtree(failed.location)
    with pytest.raises(LocationError, match="There is no scan at"):
        _ = listed.spec
