"""Folders of a store that are listed once."""

from __future__ import annotations

import asyncio

import pytest

from inspect_scout import LocationError, StorageError
from inspect_scout._support.storage import listed_storage
from inspect_scout._support.storage.listed import WHOLE_BYTES
from inspect_scout.testing import FaultStorage, LocalStorage, MemoryStorage, Storage, join, storage_for
from inspect_scout.testing.storage_laws import StorageLaws
from support.s3 import S3Server

pytestmark = pytest.mark.anyio

FOLDER = "memo://folder"
FILE = join(FOLDER, "file")


async def test_what_many_ask_for_at_the_same_time_is_asked_for_once() -> None:
    inner = MemoryStorage()
    await inner.write(FILE, b"here")
    counted = FaultStorage(inner)
    files = listed_storage(FOLDER, counted)
    assert await asyncio.gather(*(files.read(FILE) for _ in range(5))) == [b"here"] * 5
    assert [entry.path for entry in await files.list(FOLDER)] == [FILE]
    with files.open_read(FILE) as file:
        assert file.read() == b"here"
    assert counted.calls == 2  # one listing, one file


async def test_what_is_not_listed_is_not_asked_for() -> None:
    counted = FaultStorage(MemoryStorage())
    files = listed_storage(FOLDER, counted)
    assert await files.stat(FILE) is None
    for _ in range(2):
        with pytest.raises(LocationError, match="file"):
            await files.read(FILE)
        with pytest.raises(LocationError, match="file"):
            files.open_read(FILE)
    assert counted.calls == 1


async def test_a_folder_beside_it_is_read_as_ever() -> None:
    inner = MemoryStorage()
    files = listed_storage(FOLDER, inner)
    assert await files.list(FOLDER) == []
    beside = "memo://folder-2/file"
    await inner.write(beside, b"beside")
    assert await files.read(beside) == b"beside"
    assert [entry.path for entry in await files.list("memo://folder-2")] == [beside]


async def test_a_file_that_changes_is_read_anew_and_never_mixed_up() -> None:
    inner = MemoryStorage()
    await inner.write(FILE, b"old!")
    first = listed_storage(FOLDER, inner)
    assert await first.stat(FILE) is not None
    await inner.write(FILE, b"new!")
    with pytest.raises(StorageError, match="changed"):
        first.open_read(FILE)
    assert await first.read(FILE) == b"new!"
    assert await listed_storage(FOLDER, inner).read(FILE) == b"new!"


async def test_a_file_that_is_gone_makes_the_folder_be_listed_again() -> None:
    inner = MemoryStorage()
    await inner.write(FILE, b"here")
    files = listed_storage(FOLDER, inner)
    assert await files.stat(FILE) is not None
    await inner.delete(FILE)
    with pytest.raises(LocationError, match="file"):
        await files.read(FILE)
    assert await files.list(FOLDER) == []


async def test_parts_of_a_large_file_are_fetched_alone() -> None:
    inner = MemoryStorage()
    data = bytes(range(256)) * (2 * WHOLE_BYTES // 256)
    await inner.write(FILE, data)
    files = listed_storage(FOLDER, inner)
    await files.list(FOLDER)
    with files.open_read(FILE) as file:
        for place in (len(data) - 10, 5, 1_000_000):
            file.seek(place)
            assert file.read(8) == data[place : place + 8]


async def test_files_of_two_storages_are_told_apart() -> None:
    for text in (b"one", b"two"):
        inner = MemoryStorage()
        await inner.write(FILE, text)
        assert await listed_storage(FOLDER, inner).read(FILE) == text


async def test_what_one_has_read_the_next_does_not_fetch(bucket: str, s3: S3Server) -> None:
    await storage_for(bucket).write(f"{bucket}/folder/file", b"here")
    assert await listed_storage(f"{bucket}/folder").read(f"{bucket}/folder/file") == b"here"
    with s3.counting() as asked:
        assert await listed_storage(f"{bucket}/folder").read(f"{bucket}/folder/file") == b"here"
    assert len(asked) == 1  # the listing
    await storage_for(bucket).write(f"{bucket}/folder/file", b"more")
    assert await listed_storage(f"{bucket}/folder").read(f"{bucket}/folder/file") == b"more"


def test_local_folders_are_read_directly() -> None:
    assert isinstance(listed_storage("/somewhere"), LocalStorage)


class TestListed(StorageLaws):
    @pytest.fixture
    def root(self) -> str:
        return "memo://elsewhere/root"

    @pytest.fixture
    def storage(self, root: str) -> Storage:
        return listed_storage(root, MemoryStorage())

    async def test_an_entry_spares_asking_and_holds_to_its_content(self, storage: Storage, root: str) -> None:
        """What was read of a file as an entry describes it is kept, and still told when the file has changed."""
        await storage.write(path := join(root, "x"), b"before")
        (entry,) = await storage.list(root)
        assert storage.open_read(path, entry).read() == b"before"
        await storage.write(path, b"changed")
        assert storage.open_read(path, entry).read() == b"before"
        assert storage.open_read(path, await storage.stat(path)).read() == b"changed"
