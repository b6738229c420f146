"""What fsspec reads: looked at through its own file system in memory."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]
import pytest

from inspect_scout import ConfigError, LocationError, transcripts_from
from inspect_scout._support.errors import StorageError
from inspect_scout._support.storage.fsspec import FsspecStorage

pytestmark = pytest.mark.anyio

_fsspec: Any = fsspec  # it states no types
HELD: Any = _fsspec.filesystem("memory")
DATA = b"0123456789" * 30_000


@pytest.fixture
def storage(tmp_path: Path) -> Any:
    HELD.pipe(
        {f"/root/{name}": data for name, data in {"b": DATA, "a/z": b"z", "a/b c/#?.x": b"", "ab/x": b"x"}.items()}
    )
    yield FsspecStorage("memory://root")
    HELD.rm("/root", recursive=True)


async def test_reading(storage: FsspecStorage) -> None:
    assert await storage.read("memory://root/a/z") == b"z"
    assert await storage.read_range("memory://root/b", 299_998, 10) == b"89"
    assert await storage.read_range("memory://root/b", 400_000, 10) == b""
    for call in (storage.read, storage.open_read):
        with pytest.raises(LocationError, match="none"):
            found: Any = call("memory://root/none")
            await found
    assert await storage.stat("memory://root/none") is None
    assert await storage.stat("memory://root/a") is None


async def test_listing(storage: FsspecStorage) -> None:
    root = "memory://root"
    assert [e.path for e in await storage.list(root)] == [f"{root}/{n}" for n in ("a/b c/#?.x", "a/z", "ab/x", "b")]
    assert [e.path for e in await storage.list(f"{root}/a")] == [f"{root}/a/b c/#?.x", f"{root}/a/z"]
    assert [(e.path, e.size) for e in await storage.list(root, recursive=False)] == [(f"{root}/b", len(DATA))]
    assert list(await storage.folders(f"{root}/")) == [f"{root}/a", f"{root}/ab"]
    assert await storage.list(f"{root}/none") == []
    assert list(await storage.folders(f"{root}/none")) == []
    for entry in await storage.list(root):
        assert await storage.stat(entry.path) == entry


async def test_opening(storage: FsspecStorage) -> None:
    (entry,) = await storage.list("memory://root", recursive=False)
    with storage.open_read(entry.path, entry) as file:
        file.seek(-3, 2)
        assert file.read() == b"789"
        file.seek(100_000)
        assert file.read(2) == b"01"
    HELD.pipe("/root/b", b"new")
    with pytest.raises(StorageError, match="changed"):
        storage.open_read(entry.path, entry)


async def test_writing_is_refused(storage: FsspecStorage) -> None:
    path = "memory://root/new"
    with pytest.raises(StorageError, match="for reading only"):
        await storage.write(path, b"")
    with pytest.raises(StorageError, match="for reading only"):
        await storage.create(path, b"")
    for call in (storage.delete, storage.delete_tree):
        with pytest.raises(StorageError, match="for reading only"):
            await call(path)
    with pytest.raises(StorageError, match="for reading only"), storage.open_write(path):
        pass
    await storage.sweep("memory://root")
    assert await storage.stat(path) is None


class Refused(Exception):
    """What some library raises."""


async def test_a_failing_service_is_not_quoted(storage: FsspecStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise Refused("401 for https://host/x?token=secret")

    monkeypatch.setattr(HELD, "cat_file", fail)
    with pytest.raises(StorageError, match="did not answer") as caught:
        await storage.read("memory://root/b")
    assert "secret" not in str(caught.value)


def test_an_unknown_scheme() -> None:
    with pytest.raises(ConfigError, match="floppy:// is unknown"):
        FsspecStorage("floppy://a")


@pytest.mark.skipif(importlib.util.find_spec("huggingface_hub") is not None, reason="huggingface_hub is installed")
def test_a_missing_package_is_named() -> None:
    with pytest.raises(StorageError, match=r"pip install 'inspect-scout\[hf\]'"):
        transcripts_from("hf://datasets/org/name")
