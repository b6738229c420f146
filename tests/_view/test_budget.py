"""Bytes that requests share."""

from __future__ import annotations

import asyncio

import pytest

from inspect_scout._view.budget import RequestBudget

pytestmark = pytest.mark.anyio


class Request:
    """Holds bytes until it is told to end."""

    def __init__(self, budget: RequestBudget, size: int) -> None:
        self.end, self.runs = asyncio.Event(), False
        self.task = asyncio.create_task(self._run(budget, size))

    async def _run(self, budget: RequestBudget, size: int) -> None:
        async with budget.hold(size):
            self.runs = True
            await self.end.wait()
        self.runs = False


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def running(*requests: Request) -> list[bool]:
    await settle()
    return [request.runs for request in requests]


async def end_all(*requests: Request) -> None:
    for request in requests:
        request.end.set()
    await asyncio.gather(*(request.task for request in requests), return_exceptions=True)


async def test_what_fits_runs_at_once_and_the_rest_waits_in_order() -> None:
    budget = RequestBudget(100)
    requests = [Request(budget, size) for size in (60, 30, 50, 10)]
    assert await running(*requests) == [True, True, False, False]  # 10 would fit, but would overtake 50
    assert budget.held == 90
    requests[0].end.set()
    assert await running(*requests) == [False, True, True, True]
    await end_all(*requests)
    assert budget.held == 0


async def test_what_is_larger_than_the_budget_runs_alone() -> None:
    budget = RequestBudget(100)
    small, huge = Request(budget, 1), Request(budget, 10**12)
    assert await running(small, huge) == [True, False]
    small.end.set()
    assert await running(small, huge) == [False, True]
    await end_all(small, huge)
    assert budget.held == 0


async def test_a_client_that_leaves_while_it_waits_lets_the_next_go_on() -> None:
    budget = RequestBudget(100)
    first, leaving, next_one = Request(budget, 60), Request(budget, 60), Request(budget, 30)
    assert await running(first, leaving, next_one) == [True, False, False]
    leaving.task.cancel()
    assert await running(first, next_one) == [True, True]
    await end_all(first, next_one)
    assert budget.held == 0


async def test_a_client_that_leaves_when_its_turn_has_come_gives_its_bytes_back() -> None:
    budget = RequestBudget(100)
    first, leaving, next_one = Request(budget, 100), Request(budget, 100), Request(budget, 100)
    await settle()
    first.end.set()
    await asyncio.sleep(0)  # the first has given back, the second has not gone on yet
    leaving.task.cancel()
    assert await running(next_one) == [True]
    await end_all(first, leaving, next_one)
    assert budget.held == 0


async def test_a_request_that_fails_gives_its_bytes_back() -> None:
    budget = RequestBudget(100)
    with pytest.raises(ZeroDivisionError):
        async with budget.hold(50):
            raise ZeroDivisionError
    assert budget.held == 0
