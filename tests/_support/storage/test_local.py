"""What only the storage of this machine has to do."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from inspect_scout._support.errors import LocationError, StorageError
from inspect_scout._support.storage import LocalStorage

pytestmark = pytest.mark.anyio


async def test_missing_folder_on_the_way_is_made(tmp_path: Path) -> None:
    await LocalStorage().write(str(tmp_path / "a" / "b" / "c"), b"x")
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"x"


async def test_relative_locations_stay_relative(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    storage = LocalStorage()
    await storage.write("a/b", b"x")
    await storage.write("top", b"y")
    assert [entry.path for entry in await storage.list("a")] == ["a/b"]
    assert [entry.path for entry in await storage.list(".")] == ["./a/b", "./top"]
    assert await storage.read("./a/b") == b"x"


async def test_no_temporary_file_stays_after_a_write(tmp_path: Path) -> None:
    storage = LocalStorage()
    await storage.write(str(tmp_path / "x"), b"1")
    await storage.create(str(tmp_path / "y"), b"1")
    with pytest.raises(ZeroDivisionError), storage.open_write(str(tmp_path / "z")):
        raise ZeroDivisionError
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x", "y"]


async def test_longest_legal_name_can_be_written(tmp_path: Path) -> None:
    name = "n" * 255
    await LocalStorage().write(str(tmp_path / name), b"x")
    assert (tmp_path / name).read_bytes() == b"x"


async def test_leftovers_of_killed_writers_are_invisible_and_swept(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from inspect_scout._support.storage import LocalStorage\n"
        "with LocalStorage().open_write(sys.argv[1]) as f:\n"
        "    f.write(b'half'); f.flush(); os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "x")], check=False)
    assert done.returncode == 9
    (leftover,) = tmp_path.iterdir()
    assert leftover.name.startswith(".")
    assert leftover.name.endswith(".tmp")
    storage = LocalStorage()
    assert await storage.list(str(tmp_path)) == []
    await storage.sweep(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


async def test_sweeping_spares_a_writer_at_work(tmp_path: Path) -> None:
    storage = LocalStorage()
    with storage.open_write(str(tmp_path / "x")) as file:
        await storage.sweep(str(tmp_path))
        file.write(b"whole")
    assert (tmp_path / "x").read_bytes() == b"whole"


async def test_sweeping_takes_what_is_days_old_and_leaves_strangers(tmp_path: Path) -> None:
    (tmp_path / ".00000000-1-1-a.tmp").write_bytes(b"")
    (tmp_path / ".00000000-1-2-a.tmp").write_bytes(b"")
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(tmp_path / ".00000000-1-1-a.tmp", (long_ago, long_ago))
    await LocalStorage().sweep(str(tmp_path))
    assert [p.name for p in tmp_path.iterdir()] == [".00000000-1-2-a.tmp"]


async def test_links_to_folders_are_followed_and_circles_end(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x").write_bytes(b"")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "back").symlink_to(tmp_path / "root")
    (tmp_path / "root" / "broken").symlink_to(tmp_path / "nothing")
    paths = [entry.path for entry in await LocalStorage().list(str(tmp_path / "root"))]
    assert paths == [str(tmp_path / "root" / "link" / "x")]


async def test_file_in_the_place_of_a_folder_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"file/x.*choose another location"):
        await LocalStorage().write(str(tmp_path / "file" / "x"), b"")


async def test_folder_in_the_place_of_a_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="It is a folder: name a file"):
        await LocalStorage().read(str(tmp_path))
    assert await LocalStorage().stat(str(tmp_path)) is None


async def test_nul_in_a_name_is_a_storage_error() -> None:
    with pytest.raises(StorageError, match="Choose another name"):
        await LocalStorage().read("a\0b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_forbidden_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    (tmp_path / "x").chmod(0)
    with pytest.raises(StorageError, match="permissions"):
        await LocalStorage().read(str(tmp_path / "x"))


async def test_full_disk_while_writing_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    class Full:
        def write(self, data: bytes) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StorageError, match=r"x'.*disk is full"), LocalStorage().open_write(str(tmp_path / "x")):
        cast(BinaryIO, Full()).write(b"much")
    assert list(tmp_path.iterdir()) == []


async def test_missing_file_error_is_both_ours_and_the_builtin(tmp_path: Path) -> None:
    with pytest.raises(LocationError) as caught:
        await LocalStorage().read(str(tmp_path / "x"))
    assert isinstance(caught.value, FileNotFoundError)
    assert "Check the path" in str(caught.value)


async def test_one_of_many_creators_wins(tmp_path: Path) -> None:
    storage, won = LocalStorage(), 0
    for number in range(5):
        try:
            await storage.create(str(tmp_path / "x"), str(number).encode())
            won += 1
        except FileExistsError:
            pass
    assert won == 1
    assert (tmp_path / "x").read_bytes() == b"0"
