"""Large transcripts, one at a time over all workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from inspect_scout._engine.budget import ByteBudget
from inspect_scout._engine.turns import Turns


def test_turns_come_in_the_order_of_asking() -> None:
    turns, begun = Turns(), list[str]()
    for who in ("a", "b", "a", "c"):
        turns.ask(who, lambda who=who: begun.append(who))  # type: ignore[misc]
    assert (begun, turns.waiting) == (["a"], 3)
    turns.end("a")
    assert begun == ["a", "b"]
    turns.end("c")  # gives up before it began
    turns.end("b")
    assert begun == ["a", "b", "a"]
    turns.end("a")
    turns.ask("d", lambda: begun.append("d"))
    assert begun[-1] == "d"


def test_who_leaves_holds_up_nobody() -> None:
    turns, begun = Turns(), list[str]()
    for who in ("a", "a", "b"):
        turns.ask(who, lambda who=who: begun.append(who))  # type: ignore[misc]
    turns.leave("a")
    assert begun[-1] == "b"
    assert turns.waiting == 0


@pytest.mark.anyio
async def test_only_what_exceeds_a_budget_waits_for_its_turn() -> None:
    entered: list[str] = []

    @asynccontextmanager
    async def alone() -> AsyncGenerator[None]:
        entered.append("turn")
        yield

    budget = ByteBudget(10, alone)
    async with budget.hold(10):
        assert entered == []
        large = asyncio.create_task(_hold(budget, 11))
        await asyncio.sleep(0)
        assert (entered, budget.statistics().waiting) == (["turn"], 1)
    await large
    assert budget.used == 0


async def _hold(budget: ByteBudget, size: int) -> None:
    async with budget.hold(size):
        assert budget.used == size
