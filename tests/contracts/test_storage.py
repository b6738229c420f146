"""What every storage must do: one suite, run over each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_scout import StorageError
from inspect_scout.testing import FaultStorage, LocalStorage, MemoryStorage, Storage, storage_for
from inspect_scout.testing.storage_laws import StorageLaws

pytestmark = pytest.mark.anyio


class TestLocal(StorageLaws):
    @pytest.fixture
    def storage(self) -> Storage:
        return LocalStorage()


class TestLocalNotDurable(StorageLaws):
    @pytest.fixture
    def storage(self) -> Storage:
        return LocalStorage(durable=False)


class TestFileUrl(StorageLaws):
    @pytest.fixture
    def storage(self) -> Storage:
        return LocalStorage()

    @pytest.fixture
    def root(self, tmp_path: Path) -> str:
        return f"file://{tmp_path}/root"


class TestMemory(StorageLaws):
    @pytest.fixture
    def storage(self) -> Storage:
        return MemoryStorage()

    @pytest.fixture
    def root(self, tmp_path: Path) -> str:
        return "mem://root"


class TestFaultless(StorageLaws):
    @pytest.fixture
    def storage(self) -> Storage:
        return FaultStorage(MemoryStorage())


class TestProcessMemory(StorageLaws):
    @pytest.fixture
    def storage(self) -> Storage:
        return storage_for("memory://here")

    @pytest.fixture
    def root(self, tmp_path: Path) -> str:
        return f"memory://{tmp_path.name}/root"


class TestS3(StorageLaws):
    @pytest.fixture
    def storage(self, bucket: str) -> Storage:
        return storage_for(bucket)

    @pytest.fixture
    def root(self, bucket: str) -> str:
        return f"{bucket}/a folder"


class TestS3Bucket(StorageLaws):
    """The bucket itself as the folder."""

    @pytest.fixture
    def storage(self, bucket: str) -> Storage:
        return storage_for(bucket)

    @pytest.fixture
    def root(self, bucket: str) -> str:
        return bucket


class TestS3Faultless(TestS3):
    @pytest.fixture
    def storage(self, bucket: str) -> Storage:
        return FaultStorage(storage_for(bucket))


async def test_every_third_call_fails_and_does_nothing() -> None:
    inner = MemoryStorage()
    storage = FaultStorage(inner, fail_every=3)
    await storage.write("/a", b"")
    await storage.write("/b", b"")
    with pytest.raises(StorageError, match="/c"):
        await storage.write("/c", b"")
    assert [entry.path for entry in await inner.list("/")] == ["/a", "/b"]


async def test_a_lost_answer_comes_after_the_deed() -> None:
    inner = MemoryStorage()
    storage = FaultStorage(inner, lose_every=1)
    with pytest.raises(StorageError, match="lost"):
        await storage.write("/a", b"x")
    assert await inner.read("/a") == b"x"
    with pytest.raises(StorageError, match="lost"), storage.open_write("/b") as file:
        file.write(b"y")
    assert await inner.read("/b") == b"y"


async def test_a_dead_storage_does_nothing_more() -> None:
    inner = MemoryStorage()
    storage = FaultStorage(inner, dies_after=1)
    await storage.write("/a", b"x")
    for _ in range(2):
        with pytest.raises(StorageError, match=r"died|dead"):
            await storage.write("/b", b"x")
    with pytest.raises(StorageError, match="dead"):
        await storage.read("/a")
    with pytest.raises(StorageError, match="dead"), storage.open_write("/c") as file:
        file.write(b"y")
    assert [entry.path for entry in await inner.list("/")] == ["/a"]


async def test_a_slow_storage_takes_its_time() -> None:
    storage = FaultStorage(MemoryStorage(), delay_seconds=0.001)
    await storage.write("/a", b"x")
    assert await storage.read("/a") == b"x"
    assert storage.calls == 2
    assert storage.changes == 1
