"""How often a scan opens a log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import anyio
import pytest

from inspect_scout import Result, Scanner, Transcript, scan, scanner, transcripts_from
from inspect_scout.testing import Entry, MemoryStorage, register_storage
from support.logs import make_log, make_sample, write

SAMPLES = 4


class CountingStorage(MemoryStorage):
    """Counts how often files are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        self.opened.append(path)
        return super().open_read(path, entry)


@pytest.fixture
def storage() -> Iterator[CountingStorage]:
    storage = CountingStorage()
    undo = register_storage("opentest", lambda _: storage)
    yield storage
    undo()


def whole(name: str) -> Scanner[Transcript]:
    """Make a scanner of whole transcripts."""

    @scanner(messages="all", events="all", name=name)
    def make() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=len(transcript.messages))

        return scan

    return make()


@pytest.mark.parametrize("name", ["log.eval", "log.json"])
def test_a_log_is_opened_once_for_each_transcript_however_many_scanners_there_are(
    storage: CountingStorage, tmp_path: Path, name: str
) -> None:
    log = write(make_log([make_sample(number) for number in range(SAMPLES)]), tmp_path / name)
    url = f"opentest://bucket/{name}"
    anyio.run(storage.write, url, log.read_bytes())
    scanners = [whole(f"whole_{number}") for number in range(5)]
    status = scan(scanners, transcripts_from(url), scans=str(tmp_path / "scans"), max_processes=1, display="none")
    assert status.complete
    # Beside those: once for its list of samples, and once to learn where these are.
    assert storage.opened.count(url) <= SAMPLES + 2
