"""What every storage must do."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .._support.errors import LocationError, StorageError
from .._support.storage import Storage, join


@pytest.mark.anyio
class StorageLaws:
    """Inherit, and give the two fixtures."""

    @pytest.fixture
    def storage(self) -> Storage:
        raise NotImplementedError

    @pytest.fixture
    def root(self, tmp_path: Path) -> str:
        return str(tmp_path / "root")

    async def test_what_was_written_is_read(self, storage: Storage, root: str) -> None:
        path = join(root, "a", "b c", "ü#?.bin")
        await storage.write(path, b"one")
        await storage.write(path, b"\x00two")
        assert await storage.read(path) == b"\x00two"

    async def test_empty_file_is_a_file(self, storage: Storage, root: str) -> None:
        await storage.write(join(root, "empty"), b"")
        assert await storage.read(join(root, "empty")) == b""
        entry = await storage.stat(join(root, "empty"))
        assert entry is not None
        assert entry.size == 0

    async def test_missing_file_is_a_location_error_that_names_it(self, storage: Storage, root: str) -> None:
        path = join(root, "none")
        with pytest.raises(LocationError, match="none"):
            await storage.read(path)
        with pytest.raises(LocationError, match="none"):
            await storage.read_range(path, 0, 1)
        with pytest.raises(FileNotFoundError):
            storage.open_read(path).close()
        assert await storage.stat(path) is None

    @pytest.mark.parametrize(
        ("start", "length", "expected"),
        [(0, 3, b"012"), (8, 5, b"89"), (20, 5, b""), (4, 0, b""), (0, 100, b"0123456789")],
    )
    async def test_ranges(self, storage: Storage, root: str, start: int, length: int, expected: bytes) -> None:
        await storage.write(join(root, "x"), b"0123456789")
        assert await storage.read_range(join(root, "x"), start, length) == expected

    async def test_of_many_creators_at_the_same_time_one_succeeds(self, storage: Storage, root: str) -> None:
        def create(path: str, number: int) -> bool:
            try:
                asyncio.run(storage.create(path, b"%d" % number))
            except FileExistsError:
                return False
            return True

        with ThreadPoolExecutor(max_workers=4) as threads:
            for round_ in range(20):
                path = f"{root}/race-{round_}"
                won = list(threads.map(create, [path] * 4, range(4)))
                assert won.count(True) == 1
                assert await storage.read(path) == b"%d" % won.index(True)

    async def test_create_refuses_an_existing_file(self, storage: Storage, root: str) -> None:
        path = join(root, "one", "only")
        await storage.create(path, b"first")
        with pytest.raises(FileExistsError):
            await storage.create(path, b"second")
        assert await storage.read(path) == b"first"

    async def test_list_is_sorted_and_complete(self, storage: Storage, root: str) -> None:
        for name in ("b", "a/z", "a/b/c", "d"):
            await storage.write(join(root, name), name.encode())
        entries = await storage.list(root)
        assert [entry.path for entry in entries] == [join(root, name) for name in ("a/b/c", "a/z", "b", "d")]
        assert [entry.size for entry in entries] == [5, 3, 1, 1]
        assert [entry.path for entry in await storage.list(root, recursive=False)] == [join(root, "b"), join(root, "d")]
        assert [entry.path for entry in await storage.list(root + "/", recursive=False)] == [
            join(root, "b"),
            join(root, "d"),
        ]

    async def test_listed_paths_can_be_read(self, storage: Storage, root: str) -> None:
        await storage.write(join(root, "a", "ä"), b"x")
        for entry in await storage.list(root):
            assert await storage.read(entry.path) == b"x"
            assert await storage.stat(entry.path) == entry

    async def test_folders(self, storage: Storage, root: str) -> None:
        for name in ("b/x", "a/y/z", "c"):
            await storage.write(join(root, name), b"")
        assert list(await storage.folders(root)) == [join(root, "a"), join(root, "b")]

    async def test_missing_folder_is_empty(self, storage: Storage, root: str) -> None:
        assert await storage.list(join(root, "none")) == []
        assert list(await storage.folders(join(root, "none"))) == []
        await storage.delete_tree(join(root, "none"))
        await storage.delete(join(root, "none"))
        await storage.sweep(join(root, "none"))

    async def test_etag_changes_with_the_content(self, storage: Storage, root: str) -> None:
        path = join(root, "x")
        await storage.write(path, b"one")
        before = await storage.stat(path)
        await storage.write(path, b"three")
        after = await storage.stat(path)
        assert before is not None
        assert after is not None
        assert before.etag != after.etag

    async def test_delete(self, storage: Storage, root: str) -> None:
        for name in ("a/x", "a/b/y", "ab/z"):
            await storage.write(join(root, name), b"")
        await storage.delete(join(root, "ab/z"))
        await storage.delete_tree(join(root, "a"))
        assert await storage.list(root) == []

    async def test_delete_tree_spares_folders_with_a_longer_name(self, storage: Storage, root: str) -> None:
        await storage.write(join(root, "a/x"), b"")
        await storage.write(join(root, "ab/x"), b"")
        await storage.delete_tree(join(root, "a"))
        assert [entry.path for entry in await storage.list(root)] == [join(root, "ab/x")]

    async def test_writing_in_pieces_appears_at_the_end(self, storage: Storage, root: str) -> None:
        path = join(root, "x")
        await storage.write(path, b"old")
        with storage.open_write(path) as file:
            file.write(b"ne")
            assert await storage.read(path) == b"old"
            file.write(b"w")
        assert await storage.read(path) == b"new"

    async def test_writing_in_pieces_that_fails_leaves_the_old(self, storage: Storage, root: str) -> None:
        path = join(root, "x")
        await storage.write(path, b"old")
        with pytest.raises(ZeroDivisionError), storage.open_write(path) as file:
            file.write(b"new")
            raise ZeroDivisionError
        assert await storage.read(path) == b"old"
        assert [entry.path for entry in await storage.list(root)] == [path]

    async def test_open_read_seeks(self, storage: Storage, root: str) -> None:
        await storage.write(join(root, "x"), b"0123456789")
        with storage.open_read(join(root, "x")) as file:
            file.seek(4)
            assert file.read(2) == b"45"
            file.seek(-1, os.SEEK_END)
            assert file.read() == b"9"

    async def test_an_entry_spares_asking_and_holds_to_its_content(self, storage: Storage, root: str) -> None:
        path = join(root, "x")
        await storage.write(path, b"0123456789" * 20_000)
        (entry,) = await storage.list(root)
        with storage.open_read(path, entry) as file:
            file.seek(100_003)
            assert file.read(3) == b"345"
        await storage.write(path, b"changed")
        with pytest.raises(StorageError, match="changed"), storage.open_read(path, entry) as file:
            file.read(3)

    async def test_of_eight_creators_one_wins(self, storage: Storage, root: str) -> None:
        path = join(root, "claim")

        async def create(number: int) -> int | None:
            try:
                await storage.create(path, b"same" if number % 2 else b"other")
            except FileExistsError:
                return None
            return number

        won = [n for n in await asyncio.gather(*map(create, range(8))) if n is not None]
        assert len(won) == 1
        assert await storage.read(path) == (b"same" if won[0] % 2 else b"other")

    @pytest.mark.parametrize(
        "name", ["100%", "a%20b", "a#b?c=d", "a+b&c", "~x's", "[a]{b}*", "\u00e9", "e\u0301", "\U0001f600", "<&>"]
    )
    async def test_odd_names_are_kept(self, storage: Storage, root: str, name: str) -> None:
        path = join(root, f"sub {name}", name)
        await storage.write(path, name.encode())
        assert await storage.read(path) == name.encode()
        assert [entry.path for entry in await storage.list(root)] == [path]
        assert list(await storage.folders(root)) == [join(root, f"sub {name}")]
        with storage.open_read(path) as file:
            assert file.read() == name.encode()
        await storage.delete(path)
        assert await storage.stat(path) is None

    async def test_what_is_written_is_listed_at_once(self, storage: Storage, root: str) -> None:
        for number in range(3):
            path = join(root, f"{number}")
            await storage.create(path, b"")
            assert path in [entry.path for entry in await storage.list(root)]
            await storage.delete(path)
            assert await storage.list(root) == []
