"""What may be opened, and what only looks like a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inspect_scout._support.errors import StorageError
from inspect_scout._support.regular import (
    IrregularFileError,
    describe_skipped,
    irregular_below,
    leads_nowhere,
    open_regular,
)
from inspect_scout._support.storage import LocalStorage
from support.special import FOLDER, SPECIAL, fifo

pytestmark = [
    pytest.mark.timeout(20),
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here"),
]

OPENABLE = ["named pipe", "socket", "device", "named pipe "]


@pytest.mark.parametrize("what", OPENABLE)
def test_nothing_else_is_opened(tmp_path: Path, what: str) -> None:
    SPECIAL[what](tmp_path / "x")
    with pytest.raises(IrregularFileError, match=f"it is a {what.strip()}.*only regular files are read"):
        open_regular(tmp_path / "x")


def test_a_file_and_a_link_to_one_are_opened(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"123")
    (tmp_path / "y").symlink_to("x")
    for name, buffered in (("x", True), ("y", False)):
        with open_regular(tmp_path / name, buffered=buffered) as file:
            assert file.read() == b"123"


def test_a_pipe_that_takes_the_place_of_a_file_is_noticed_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(b"")
    before = os.stat(tmp_path / "x")
    (tmp_path / "x").unlink()
    fifo(tmp_path / "x")

    def as_it_was(path: str) -> os.stat_result:
        return before

    monkeypatch.setattr(os, "stat", as_it_was)
    with pytest.raises(IrregularFileError, match="named pipe"):
        open_regular(tmp_path / "x")


@pytest.mark.anyio
@pytest.mark.parametrize("what", SPECIAL)
async def test_a_storage_has_no_such_files(tmp_path: Path, what: str) -> None:
    storage, path = LocalStorage(), str(tmp_path / "x")
    (tmp_path / "y").write_bytes(b"")
    SPECIAL[what](tmp_path / "x")
    assert [entry.path for entry in await storage.list(str(tmp_path)) if ".pipe" not in entry.path] == [
        str(tmp_path / "y")
    ]
    assert await storage.folders(str(tmp_path)) == ([path] if what == FOLDER else [])
    for call in (storage.read(path), storage.read_range(path, 0, 1)):
        with pytest.raises(OSError, match="Cannot read"):
            await call
    with pytest.raises(OSError, match="Cannot read"):
        storage.open_read(path)
    if what in OPENABLE:
        with pytest.raises(StorageError, match=r"it is a .*, and only regular files are read\. Name a file"):
            await storage.stat(path)


def test_what_is_said_of_each(tmp_path: Path) -> None:
    for number, make in enumerate(SPECIAL.values()):
        make(tmp_path / f"{number}.x")
    (tmp_path / "7.x").write_bytes(b"")
    found = irregular_below(str(tmp_path), lambda name: name.endswith(".x"))
    assert [os.path.basename(one.path) for one in found] == [f"{number}.x" for number in range(len(SPECIAL))]
    assert all(what.strip() in one.what for what, one in zip(SPECIAL, found))
    assert irregular_below(str(tmp_path), lambda name: name.endswith(".y")) == []
    assert irregular_below(str(tmp_path / "none"), lambda name: True) == []


def test_the_sentence(tmp_path: Path) -> None:
    assert describe_skipped([]) is None
    fifo(tmp_path / "a")
    one = irregular_below(str(tmp_path), lambda name: True)
    assert describe_skipped(one) == (
        f"Skipped, because only regular files are read: {str(tmp_path / 'a')!r} is a named pipe (FIFO)."
    )
    fifo(tmp_path / "b")
    two = irregular_below(str(tmp_path), lambda name: True)
    assert describe_skipped(two) == (
        f"Skipped 2 that are not regular files, the only ones that are read; the first, {str(tmp_path / 'a')!r}, is a named "
        "pipe (FIFO)."
    )


def test_links(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "good").symlink_to("file")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "nothing").symlink_to("gone")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert leads_nowhere(str(tmp_path / "good")) is None
    assert leads_nowhere(str(tmp_path / "file")) is None
    assert leads_nowhere(str(tmp_path / "none")) is None
    assert leads_nowhere(str(tmp_path / "self")) == "is a link that leads back to itself"
    assert leads_nowhere(str(tmp_path / "a")) == "is a link that leads back to itself"
    assert leads_nowhere(str(tmp_path / "nothing")) == "is a link to 'gone', which is not there"
