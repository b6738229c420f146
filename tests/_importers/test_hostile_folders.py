"""What stands in a folder and cannot be read is named, and costs none of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from _importers.claude_sessions import small
from _importers.documents import read

pytestmark = pytest.mark.anyio


def too_deep(folder: Path) -> None:
    """Make folders in each other whose path is longer than any that the system opens."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(20):
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
    finally:
        os.chdir(before)


async def test_a_folder_that_cannot_be_read_is_told_and_the_others_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small("a").write(tmp_path / "sessions")
    too_deep(tmp_path / "sessions")
    (found,) = await read(tmp_path / "sessions")
    assert found.source_id == "a"
    assert "cannot be read, and is passed over" in caplog.text
    assert "too long" in caplog.text


async def test_a_damaged_file_is_told_and_the_others_are_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    small("a").write(tmp_path)
    (tmp_path / "b.jsonl.gz").write_bytes(b"\x1f\x8b" + b"\xff" * 50)
    (found,) = await read(tmp_path)
    assert found.source_id == "a"
    assert "b.jsonl.gz' cannot be read, and is passed over" in caplog.text


async def test_what_is_not_a_file_or_leads_round_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "sessions"
    small("a").write(place)
    os.mkfifo(place / "pipe.jsonl")
    (place / "round").symlink_to(place, target_is_directory=True)
    (place / "nowhere.jsonl").symlink_to(tmp_path / "gone.jsonl")
    (place / "empty.jsonl").touch()
    assert [transcript.source_id for transcript in await read(place)] == ["a"]
