"""The log of commits: it stays short, and a writer who is far behind loses nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspect_scout import transcripts_db
from inspect_scout._transcripts.database.journal.commit_log import (
    KEPT_ENTRIES,
    PRUNE_EVERY,
    LogState,
    append_entry,
    log_entries,
)
from inspect_scout._transcripts.database.journal.snapshot import load_snapshot
from inspect_scout.testing import Storage
from support.stores import Place, in_memory, versioned

pytestmark = pytest.mark.anyio


@pytest.fixture
def place() -> Iterator[Place]:
    """An empty place for a database."""
    made = in_memory()
    yield made
    made.close()


async def numbers(storage: Storage, location: str) -> list[int]:
    """List the numbers of the entries."""
    return [number for number, _ in log_entries(await storage.list(f"{location}/_index"))]


async def test_the_log_stays_short(place: Place) -> None:
    db = transcripts_db(place.location)
    for number in range(KEPT_ENTRIES + 3 * PRUNE_EVERY):
        await db.delete(["nothing"])
        await db.upsert([versioned(f"t{number % 3}", number)])
    found = await numbers(place.plain, place.location)
    assert len(found) <= KEPT_ENTRIES + 2 * PRUNE_EVERY
    assert found[0] == 1
    assert found[1:] == list(range(found[1], found[-1] + 1))
    assert await transcripts_db(place.location).count() == 3


@pytest.mark.parametrize("behind", ["the first commit", "a later commit"])
async def test_a_writer_far_behind_finds_that_it_has_not_committed(place: Place, behind: str) -> None:
    db = transcripts_db(place.location)
    if behind == "a later commit":
        await db.insert([versioned("a", 1)])
    old = (await load_snapshot(place.location)).state
    for number in range(KEPT_ENTRIES + 3 * PRUNE_EVERY):
        await db.upsert([versioned("b", number)])
    before = await numbers(place.plain, place.location)
    assert old.number == 0 or old.number + 1 not in before  # its number is free again
    assert not await append_entry(place.plain, place.location, LogState(old.number + 1, old.live))
    assert await numbers(place.plain, place.location) == before


async def test_an_entry_on_top_of_the_newest_counts(place: Place) -> None:
    await transcripts_db(place.location).insert([versioned("a", 1)])
    newest = (await load_snapshot(place.location)).state
    assert await append_entry(place.plain, place.location, LogState(newest.number + 1, newest.live))
    assert not await append_entry(place.plain, place.location, LogState(newest.number + 1, newest.live))
    assert await transcripts_db(place.location).count() == 1
