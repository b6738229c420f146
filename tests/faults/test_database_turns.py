"""Whatever one does with a database, another may put its files together in the middle of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, BinaryIO

import pytest

from inspect_scout import TranscriptsDB, transcripts_db
from inspect_scout.testing import Entry, MemoryStorage
from support.stores import Place, contents, versioned

pytestmark = [pytest.mark.anyio, pytest.mark.fault]


class Interrupted(MemoryStorage):
    """A storage that lets somebody else do something before one of its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.deed = -1, lambda: None

    def interrupt(self, call: int, deed: Callable[[], None]) -> None:
        """Do something before a call."""
        self.left, self.deed = call, deed

    @property
    def interrupted(self) -> bool:
        """Whether that was done."""
        return self.left < 0

    def _count(self) -> None:
        self.left -= 1
        if self.left == -1:
            other = threading.Thread(target=self.deed)
            other.start()
            other.join()

    async def read(self, path: str) -> bytes:
        self._count()
        return await super().read(path)

    async def write(self, path: str, data: bytes) -> None:
        self._count()
        await super().write(path, data)

    async def create(self, path: str, data: bytes) -> None:
        self._count()
        await super().create(path, data)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        self._count()
        return await super().list(prefix, recursive=recursive)

    async def stat(self, path: str) -> Entry | None:
        self._count()
        return await super().stat(path)

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        self._count()
        return super().open_read(path, entry)

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        self._count()
        return super().open_write(path)


@pytest.fixture
def storage() -> Iterator[Interrupted]:
    """A place for a database."""
    made = Interrupted()
    place = Place("memory://database", made)
    yield made
    place.close()


async def _verified(db: TranscriptsDB) -> None:
    report = await db.verify(deep=True)
    assert report.ok, report.problems


DEEDS: dict[str, Callable[[TranscriptsDB], Awaitable[Any]]] = {
    "insert": lambda db: db.insert([versioned("new", 1)]),
    "upsert": lambda db: db.upsert([versioned("t0", 2)]),
    "update": lambda db: db.update([versioned("t1", 2)]),
    "delete": lambda db: db.delete(["t2"]),
    "commit": lambda db: db.commit("s"),
    "compact": lambda db: db.compact(),
    "rebuild": lambda db: db.rebuild_index(),
    "verify": _verified,
    "stats": lambda db: db.stats(),
    "read": contents,
}
AFTER: dict[str, dict[str, int | None]] = {
    "insert": {"new": 1},
    "upsert": {"t0": 2},
    "update": {"t1": 2},
    "delete": {"t2": None},
    "commit": {"held0": 1, "held1": 1},
}


async def _made() -> TranscriptsDB:
    """Make a database of several small files, with rows that no longer count and a session that waits."""
    db = transcripts_db("memory://database")
    for number in range(4):
        await db.insert([versioned(f"t{number}", 1), versioned(f"gone{number}", 1)])
    await db.delete([f"gone{number}" for number in range(4)])
    for number in range(2):
        await db.insert([versioned(f"held{number}", 1)], "s", commit=False)
    return db


def _compact() -> None:
    asyncio.run(_compacted())


async def _compacted() -> None:
    await transcripts_db("memory://database").compact()


@pytest.mark.parametrize("name", DEEDS)
async def test_a_compaction_in_the_middle_disturbs_nothing(storage: Interrupted, name: str) -> None:
    expected: dict[str, int | None] = {**{f"t{number}": 1 for number in range(4)}, **AFTER.get(name, {})}
    call = 0
    while True:
        await storage.delete_tree("memory://database")
        db = await _made()
        storage.interrupt(call, _compact)
        await DEEDS[name](db)
        if not storage.interrupted:
            break
        db = transcripts_db("memory://database")
        assert await contents(db) == {id: version for id, version in expected.items() if version is not None}, call
        await _verified(db)
        call += 1
    assert call > 1


async def test_reading_goes_on_as_long_as_others_commit(storage: Interrupted) -> None:
    db = await _made()
    left = 20

    def commit() -> None:
        nonlocal left
        left -= 1
        asyncio.run(_committed(left))
        if left:
            storage.interrupt(2, commit)  # before the index file that was listed is read

    storage.interrupt(2, commit)
    assert await transcripts_db(db.location).count() == 5
    assert not left


async def _committed(number: int) -> None:
    """Commit, and let nothing of what was there before be left."""
    db = transcripts_db("memory://database")
    await db.upsert([versioned("again", number)])
    await db.compact()
