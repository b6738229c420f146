"""The laws of trace readers, held by the smallest reader there is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from inspect_ai.model import ChatMessage, ChatMessageUser

from inspect_scout import Transcript
from inspect_scout.sources import TraceProblem, TraceReader, TraceRef, changed_since
from inspect_scout.testing import TraceReaderLaws


class LinesReader:
    """Reads files with a transcript on each line: `{"id": ..., "says": [...]}`."""

    name = "lines"

    def recognises(self, location: str, head: bytes) -> bool:
        return location.endswith(".jsonl") and head.startswith(b'{"id"')

    async def discover(self, where: str, since: str | None = None) -> AsyncIterator[TraceRef]:
        is_wanted = changed_since(since)
        for path in sorted(Path(where).glob("*.jsonl")):
            found = path.stat()
            ref = TraceRef(path.name, str(path), f"{found.st_size}-{found.st_mtime_ns}")
            if is_wanted(ref):
                yield ref

    async def read(self, ref: TraceRef) -> AsyncIterator[Transcript | TraceProblem]:
        try:
            lines = Path(ref.location).read_bytes().splitlines()
        except OSError as error:
            yield TraceProblem(ref.location, f"it cannot be read: {error.strerror}")
            return
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                messages: list[ChatMessage] = [
                    ChatMessageUser(id=f"{n}", content=text) for n, text in enumerate(said["says"])
                ]
                transcript = Transcript(transcript_id=said["id"], source_uri=ref.location, messages=messages)
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                yield TraceProblem(ref.location, f"it is not a transcript: {type(error).__name__}", number)
            else:
                yield transcript


def line(id: str) -> str:
    return json.dumps({"id": id, "says": ["Hello", "Goodbye"]}) + "\n"


class TestLines(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return LinesReader()

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in "abc":
            (tmp_path / f"{name}.jsonl").write_text(line(f"{name}1") + line(f"{name}2"))
        return tmp_path

    def grow(self, file: Path) -> None:
        with file.open("a") as end:
            end.write(line(f"{file.stem}3"))
