"""Databases for tests: where they can be, what is in them, and storages that give other writers a turn."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, BinaryIO

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser

from inspect_scout import Transcript, TranscriptContent, TranscriptsDB
from inspect_scout.testing import Entry, MemoryStorage, Storage, register_storage

ALL = TranscriptContent(messages="all", events="all", timeline="all")


def versioned(id: str, version: int, own_keys: int = 0) -> Transcript:
    """Make a transcript whose description and content tell its version; its metadata may have keys of its own."""
    return Transcript(
        transcript_id=id,
        source_type="test",
        task_repeat=version,
        metadata=metadata_of(id, version, own_keys),
        messages=[ChatMessageUser(content=f"Which version of {id}?"), ChatMessageAssistant(content=f"{id}={version}")],
    )


def metadata_of(id: str, version: int, own_keys: int) -> dict[str, Any]:
    """Make metadata whose keys, but one or two, no other transcript and no other version has."""
    values = ("text", number := version, number / 2, True, "1", {"a": [number]}, math.inf)
    own = {f"{id!r} {version} {key}": values[key % len(values)] for key in range(own_keys)}
    return {"version": version, **({"own": own_keys} if own_keys else {}), **own}


async def contents(db: TranscriptsDB) -> dict[str, int]:
    """Read the version of each transcript; none may be there twice, and content must fit its description."""
    found: dict[str, int] = {}
    async for info in db.select():
        assert info.transcript_id not in found, f"{info.transcript_id} is there twice"
        transcript = await db.read(info, ALL)
        version = info.metadata["version"]
        assert info.task_repeat == version
        assert dict(info.metadata) == metadata_of(info.transcript_id, version, info.metadata.get("own", 0))
        assert transcript.messages[-1].text == f"{info.transcript_id}={version}"
        found[info.transcript_id] = version
    return found


class TakingTurns:
    """A storage that gives other tasks a turn before and after each call, as a slow network does."""

    def __init__(self, inner: Storage, seed: int) -> None:
        self._inner = inner
        self._random = random.Random(seed)

    async def read(self, path: str) -> bytes:
        await self._turn()
        return await self._inner.read(path)

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        await self._turn()
        return await self._inner.read_range(path, start, length)

    async def write(self, path: str, data: bytes) -> None:
        await self._turn()
        await self._inner.write(path, data)
        await self._turn()

    async def create(self, path: str, data: bytes) -> None:
        await self._turn()
        await self._inner.create(path, data)
        await self._turn()

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        await self._turn()
        found = await self._inner.list(prefix, recursive=recursive)
        await self._turn()
        return found

    async def stat(self, path: str) -> Entry | None:
        await self._turn()
        return await self._inner.stat(path)

    async def delete(self, path: str) -> None:
        await self._turn()
        await self._inner.delete(path)

    async def delete_tree(self, prefix: str) -> None:
        await self._turn()
        await self._inner.delete_tree(prefix)

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        return self._inner.open_read(path, entry)

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        return self._inner.open_write(path)

    async def folders(self, prefix: str) -> Sequence[str]:
        await self._turn()
        return await self._inner.folders(prefix)

    async def sweep(self, prefix: str) -> None:
        await self._inner.sweep(prefix)

    async def _turn(self) -> None:
        for _ in range(self._random.choice((0, 0, 1, 2, 5))):
            await asyncio.sleep(0)


class Place:
    """Where a database of a test is. Its storage can be exchanged while the database stays.

    Args:
        location: The database.
        storage: What serves it.
        undo: Puts everything back.
    """

    def __init__(self, location: str, storage: Storage, undo: Iterable[Callable[[], None]] = ()) -> None:
        self.location, self.plain = location, storage
        self.current = storage
        scheme = location.partition("://")[0] if "://" in location else "file"
        self._undo = [register_storage(scheme, lambda _: self.current), *undo]

    def close(self) -> None:
        """Put everything back."""
        for undo in self._undo:
            undo()


def in_memory() -> Place:
    """Put a database into memory."""
    return Place("memory://database", MemoryStorage())
