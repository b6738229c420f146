"""A database against a trivial model: whatever happens, no transcript is lost, doubled or resurrected."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from inspect_scout import ConfigError, ScoutError, TranscriptsDB, columns, transcripts_db
from inspect_scout.testing import FaultStorage, LocalStorage, storage_for
from support.stores import Place, TakingTurns, contents, in_memory, versioned

pytestmark = [pytest.mark.fault, pytest.mark.timeout(7200)]

T = TypeVar("T")
Versions = Mapping[str, int]
ROUNDS = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0"))

ids = st.sampled_from(
    [f"t{number}" for number in range(8)] + ["x'; DROP TABLE t; --", "../../up", "*[?]", "nul\0", "é" * 300]
)
some_ids = st.lists(ids, min_size=1, max_size=5, unique=True)
writers = st.integers(0, 2)
sessions = st.sampled_from(["s", "other/../session"])
operations = st.sampled_from(["insert", "upsert", "update", "delete", "compact", "rebuild"])


def local() -> Place:
    """Put a database onto the disk."""
    folder = tempfile.mkdtemp(prefix="scout-database-")
    return Place(str(Path(folder) / "database"), LocalStorage(durable=False), [lambda: shutil.rmtree(folder)])


def after(name: str, before: Versions, chosen: Sequence[str], version: int) -> dict[str, int]:
    """Say what an operation makes of a database."""
    model = dict(before)
    for id in chosen:
        if name == "upsert" or (name == "insert" and id not in model) or (name == "update" and id in before):
            model[id] = version
        elif name == "delete":
            model.pop(id, None)
    return model


async def run(name: str, db: TranscriptsDB, chosen: Sequence[str], version: int) -> None:
    """Do an operation."""
    given = [versioned(id, version) for id in chosen]
    match name:
        case "insert":
            await db.insert(given)
        case "upsert":
            await db.upsert(given)
        case "update":
            await db.update(given)
        case "delete":
            await db.delete(chosen)
        case "compact":
            await db.compact()
        case _:
            await db.rebuild_index()


class DatabaseMachine(RuleBasedStateMachine):
    """Random changes by several writers, some of which die; after each step the database equals the model."""

    @staticmethod
    def make_place() -> Place:
        """Make an empty place for a database."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.place: Place = self.make_place()
        self.model: dict[str, int] = {}
        self.held: dict[str, dict[str, int]] = {}
        self.version = 0

    @initialize()
    def begin(self) -> None:
        self.writers = [transcripts_db(self.place.location) for _ in range(3)]

    def teardown(self) -> None:
        try:
            self.check()
            report = self.wait(transcripts_db(self.place.location).verify(deep=True))
            assert report.ok, report.problems
            self.wait(transcripts_db(self.place.location).rebuild_index())
            self.check()
        finally:
            self.runner.close()
            self.place.close()

    @rule(name=operations, chosen=some_ids, writer=writers)
    def change(self, name: str, chosen: list[str], writer: int) -> None:
        """Do one thing."""
        self.version += 1
        if name == "update" and not set(chosen) <= set(self.model):
            with pytest.raises(ConfigError, match="Cannot update"):
                self.wait(run(name, self.writers[writer], chosen, self.version))
            return
        self.wait(run(name, self.writers[writer], chosen, self.version))
        self.model = after(name, self.model, chosen, self.version)

    @rule(chosen=some_ids, writer=writers, own_keys=st.sampled_from([1, 40, 150]))
    def write_own_keys(self, chosen: list[str], writer: int, own_keys: int) -> None:
        """Write metadata with keys of its own; the rarest is found again, and only where it is."""
        self.version += 1
        given = [versioned(id, self.version, own_keys) for id in chosen]
        self.wait(self.writers[writer].upsert(given))
        self.model = after("upsert", self.model, chosen, self.version)
        key = list(given[0].metadata)[-1]
        found = self.wait(self.writers[writer].transcript_ids(columns[key].is_not_null()))
        assert list(found) == chosen[:1]

    @rule(chosen=some_ids, writer=writers, session=sessions)
    def write_without_commit(self, chosen: list[str], writer: int, session: str) -> None:
        """Write something that nobody sees yet."""
        self.version += 1
        given = [versioned(id, self.version) for id in chosen]
        self.wait(self.writers[writer].insert(given, session_id=session, commit=False))
        held = self.held.setdefault(session, {})
        for id in chosen:
            if id not in self.model:
                held.setdefault(id, self.version)

    @rule(writer=writers, session=sessions)
    def commit_session(self, writer: int, session: str) -> None:
        """Make visible what a session has written."""
        self.wait(self.writers[writer].commit(session))
        self.model = {**self.held.pop(session, {}), **self.model}

    @rule(name=operations, chosen=some_ids, writer=writers, changes=st.integers(0, 12))
    def die(self, name: str, chosen: list[str], writer: int, changes: int) -> None:
        """Die while doing something: it is done, or it is not."""
        self.version += 1
        chosen = chosen if name != "update" else [id for id in chosen if id in self.model]
        self.place.current = FaultStorage(self.place.plain, dies_after=changes)
        self.attempt(run(name, transcripts_db(self.place.location), chosen, self.version))
        self.settle([self.model, after(name, self.model, chosen, self.version)])

    @rule(name=operations, chosen=some_ids, writer=writers, every=st.integers(1, 5))
    def lose_answers(self, name: str, chosen: list[str], writer: int, every: int) -> None:
        """Do something while answers of the storage are lost: it is done, or it is not."""
        self.version += 1
        chosen = chosen if name != "update" else [id for id in chosen if id in self.model]
        self.place.current = FaultStorage(self.place.plain, lose_every=every)
        self.attempt(run(name, self.writers[writer], chosen, self.version))
        self.settle([self.model, after(name, self.model, chosen, self.version)])

    @rule(session=sessions, writer=writers, changes=st.integers(0, 12))
    def die_while_committing(self, session: str, writer: int, changes: int) -> None:
        """Die while committing a session: all of it is visible, or nothing is and it waits for another try."""
        committed = {**self.held.get(session, {}), **self.model}
        if committed == self.model:
            return  # nobody could tell whether it was done
        self.place.current = FaultStorage(self.place.plain, dies_after=changes)
        self.attempt(self.writers[writer].commit(session))
        self.settle([self.model, committed])
        if self.model == committed:
            self.held.pop(session, None)

    @rule(chosen=some_ids, changes=st.integers(0, 4))
    def die_without_commit(self, chosen: list[str], changes: int) -> None:
        """Die before committing: nobody ever sees it."""
        self.version += 1
        self.place.current = FaultStorage(self.place.plain, dies_after=changes)
        given = [versioned(id, self.version) for id in chosen]
        self.attempt(transcripts_db(self.place.location).insert(given, commit=False))
        self.settle([self.model])

    @rule(steps=st.lists(st.tuples(operations, some_ids), min_size=2, max_size=3), seed=st.integers(0, 1000))
    def at_the_same_time(self, steps: list[tuple[str, list[str]]], seed: int) -> None:
        """Do several things at once: for each transcript it is as if they were done one after the other, in some order."""
        first = self.version + 1
        self.version += len(steps)
        self.place.current = TakingTurns(self.place.plain, seed)
        numbered = [(name, chosen, first + number) for number, (name, chosen) in enumerate(steps)]

        async def all_at_once() -> None:
            dbs = [transcripts_db(self.place.location) for _ in numbered]
            # Updates may find that another writer has deleted what they are about.
            await asyncio.gather(*(_unless_refused(run(n, db, c, v)) for db, (n, c, v) in zip(dbs, numbered)))

        self.wait(all_at_once())
        self.place.current = self.place.plain
        found = self.read()
        for id in {*self.model, *found, *(id for _, chosen, _ in numbered for id in chosen)}:
            about = [(name, version) for name, chosen, version in numbered if id in chosen]
            assert found.get(id) in _outcomes(self.model.get(id), about), id
        self.model = found

    @invariant()
    def check(self) -> None:
        """The database equals the model."""
        assert self.read() == self.model

    def settle(self, possible: Sequence[Versions]) -> None:
        """Go on from what is there, which must be one of the possible outcomes."""
        self.place.current = self.place.plain
        found = self.read()
        assert found in possible
        self.model = found

    def read(self) -> dict[str, int]:
        """Read all, as a program would that has just been started."""
        return self.wait(contents(transcripts_db(self.place.location)))

    def attempt(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something that may fail."""
        try:
            self.wait(work)
        except ScoutError:
            pass

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end."""
        return self.runner.run(work)


async def _unless_refused(work: Awaitable[None]) -> None:
    try:
        await work
    except ConfigError as error:
        if "Cannot update" not in str(error):
            raise


def _outcomes(before: int | None, steps: Sequence[tuple[str, int]]) -> set[int | None]:
    """Say what may become of one transcript; updates are refused if any of theirs is missing."""
    found: set[int | None] = set()
    for order in itertools.permutations(steps):
        states = {before}
        for name, version in order:
            done = {after(name, {} if s is None else {"id": s}, ["id"], version).get("id") for s in states}
            states = done | states if name == "update" else done
        found |= states
    return found


class InMemory(DatabaseMachine):
    """In memory, which is quick."""

    make_place = staticmethod(in_memory)


class OnDisk(DatabaseMachine):
    """On the disk."""

    make_place = staticmethod(local)


def run_many(machine: type[DatabaseMachine], examples: int, steps: int = 20) -> None:
    """Run a machine many times."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=ROUNDS or examples,
            stateful_step_count=steps,
            deadline=None,
            # What happens at the same time does not happen the same way again, so that shrinking would lead nowhere.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_in_memory() -> None:
    run_many(InMemory, 6)


def test_on_disk() -> None:
    run_many(OnDisk, 2)


def test_in_an_object_store(bucket: str) -> None:
    storage = storage_for(bucket)
    numbers = itertools.count()

    class InBucket(DatabaseMachine):
        make_place = staticmethod(lambda: Place(f"{bucket}/database-{next(numbers)}", storage))

    run_many(InBucket, 1, steps=10)
