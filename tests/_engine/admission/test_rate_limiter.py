"""The limiter: decisions as tables, a simulated provider, and tasks at a gate."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._engine.admission.limiter_state import (
    LEAST_RATE,
    START_RATE,
    CallRate,
    LimiterState,
    raised_rate,
    ramped_rate,
    reduced_rate,
    widened_limit,
)
from inspect_scout._engine.admission.quota import held_back
from inspect_scout._engine.admission.rate_limiter import ModelLimiter, RateLimiter, units_for
from support.clocks import run_jumping


@pytest.mark.parametrize(
    ("before", "accepted", "heavy", "rate", "converged"),
    [
        (None, 100.0, False, 75.0, False),
        (None, 100.0, True, 75.0, False),
        (CallRate(100.0, 0, 0), 98.0, False, 94.0, True),
        (CallRate(100.0, 0, 0), 50.0, True, 45.0, False),
        (CallRate(100.0, 0, 0), 200.0, True, 90.0, False),
        (CallRate(0.2, 0, 0), 0.0, False, 0.2, True),
    ],
)
def test_a_refusal_slows_down(
    before: CallRate | None, accepted: float, heavy: bool, rate: float, converged: bool
) -> None:
    found = reduced_rate(before, 7.0, accepted, heavy)
    assert (round(found.per_second, 6), found.converged, found.refused_at, found.risen_at) == (
        rate,
        converged,
        7.0,
        7.0,
    )


@pytest.mark.parametrize(
    ("calm", "converged", "least", "most"), [(1, True, 1.005, 1.01), (1, False, 1.04, 1.05), (60, True, 1.2, 1.25)]
)
def test_calm_lets_the_rate_rise_ever_quicker(calm: float, converged: bool, least: float, most: float) -> None:
    found = raised_rate(CallRate(100.0, 0.0, calm - 1, converged), calm)
    assert least <= found.per_second / 100 <= most
    assert found.risen_at == calm


@pytest.mark.parametrize(
    ("limit", "most", "peak", "limited", "found"),
    [
        (25, 200, 25, False, 50),
        (25, 200, 20, False, 50),
        (25, 200, 19, False, 25),
        (25, 200, 25, True, 37),
        (150, 200, 150, False, 200),
        (1, 200, 1, True, 2),
    ],
)
def test_connections_grow_while_they_are_in_use(limit: int, most: int, peak: int, limited: bool, found: int) -> None:
    assert widened_limit(limit, most, peak, limited) == found


@pytest.mark.parametrize(("connections", "units"), [(0, 0), (1, 1), (25, 31), (100, 125)])
def test_units_keep_connections_busy(connections: int, units: int) -> None:
    assert units_for(connections) == units


def test_a_valve_admits_as_many_as_its_limit() -> None:
    limiter = LimiterState(2, 2)
    for _ in range(2):
        assert limiter.delay(0.0) == 0.0
        limiter.start(0.0)
    assert limiter.delay(0.0) is None
    limiter.end()
    assert limiter.delay(0.0) == 0.0


def test_the_first_refusal_stops_admission_as_long_as_the_provider_says() -> None:
    limiter = LimiterState(25, 200, START_RATE)
    limiter.start(0.0)
    limiter.refused(0.5, retry_after=2.0)
    assert limiter.delay(1.0) == pytest.approx(1.5)
    limiter.refused(0.6, retry_after=60.0)  # the same episode
    assert limiter.delay(2.5) == 0.0


def test_a_refusal_among_the_first_calls_is_no_measure_of_the_rate() -> None:
    limiter = LimiterState(25, 200, START_RATE)
    limiter.start(0.0)
    limiter.refused(0.0)
    assert limiter.rate is not None
    assert limiter.rate.per_second == pytest.approx(START_RATE / 4)


def test_a_pause_is_never_long() -> None:
    limiter = LimiterState(25, 200, START_RATE)
    limiter.refused(0.0, retry_after=3600.0)
    assert limiter.delay(0.0) == 5.0


@dataclass
class Provider:
    """A provider in simulated time that refuses above a rate, as a server with windows of one second does.

    Args:
        rate: Calls a second that it accepts.
        latency: Seconds of a call.
        client_retries: Whether clients send refused calls again of their own accord; else they wait at the limiter.
        storm: From when until when it refuses everything.
    """

    rate: float
    latency: float
    client_retries: bool = False
    storm: tuple[float, float] = (0.0, 0.0)
    arrivals: list[float] = field(default_factory=list[float])
    resting: int = 0
    window: float = float("-inf")
    in_window: int = 0
    accepted: int = 0
    refused: int = 0
    peak: int = 0
    free: float = 0.0
    woken_at: float = float("inf")
    events: list[tuple[float, int, str, bool]] = field(default_factory=list[tuple[float, int, str, bool]])
    counter: itertools.count[int] = field(default_factory=itertools.count)

    def run(self, limiter: LimiterState, seconds: float) -> None:
        """Let a limiter with more than enough work call the provider; sending a call takes 4 ms."""
        chance = random.Random(1)
        if not self.events:
            self.at(0.0, "wake")
        while self.events:
            now, _, event, clean = heapq.heappop(self.events)
            if now > seconds:
                self.at(now, event, clean)
                return
            if now >= self.woken_at:
                self.woken_at = float("inf")
            if event == "arrival":
                if self.accepts(now):
                    self.at(now + self.latency * chance.uniform(0.9, 1.1), "answer", clean)
                else:
                    limiter.refused(now, 1.0)
                    if self.client_retries:
                        self.at(now + 1.0 + chance.random() * 0.05, "retry")
                    else:
                        self.resting += 1
            elif event == "retry":
                limiter.sent(now)
                self.at(now, "arrival", clean=False)
            elif event == "answer":
                limiter.accepted(now)
                limiter.end()
                if clean:
                    limiter.succeeded(now)
            self.peak = max(self.peak, limiter.in_flight)
            while (delay := limiter.delay(now, again=self.resting > 0)) == 0.0:
                self.free = max(self.free, now) + 0.004
                self.at(self.free, "arrival", clean=not self.resting)
                if self.resting:
                    self.resting -= 1
                    limiter.sent(now)
                else:
                    limiter.start(now)
            if delay is not None and now + delay < self.woken_at:
                self.woken_at = now + delay + chance.random() * 0.005
                self.at(self.woken_at, "wake")

    def accepts(self, now: float) -> bool:
        if now - self.window >= 1:
            self.window, self.in_window = now, 0
        self.in_window += 1
        self.arrivals.append(now)
        accepted = self.in_window <= self.rate and not self.storm[0] <= now < self.storm[1]
        self.accepted += accepted
        self.refused += not accepted
        return accepted

    def at(self, time: float, event: str, clean: bool = False) -> None:
        heapq.heappush(self.events, (time, next(self.counter), event, clean))


@pytest.mark.parametrize("client_retries", [False, True])
@pytest.mark.parametrize("rate", [10, 20, 40, 60, 100])
@pytest.mark.parametrize("latency", [0.01, 0.05, 0.2, 1.0, 4.0])
def test_a_hidden_rate_is_used_and_hardly_ever_exceeded(rate: int, latency: float, client_retries: bool) -> None:
    provider = Provider(rate, latency, client_retries)
    provider.run(LimiterState(25, 200, START_RATE), seconds=60)
    # Connections grow with answers, and 200 are all there are.
    assert provider.accepted >= 0.85 * (60 - 2 * latency) * min(rate, 0.8 * 200 / latency - 8)
    assert provider.refused < 0.05 * (provider.accepted + provider.refused)


def test_a_provider_that_takes_everything_gets_ever_more_calls() -> None:
    provider = Provider(10_000, 2.0)
    provider.run(LimiterState(25, 200, START_RATE), seconds=20)
    assert provider.refused == 0
    assert provider.peak == 200


def test_a_rate_that_rises_again_is_found() -> None:
    provider, limiter = Provider(20, 0.2), LimiterState(25, 200, START_RATE)
    provider.run(limiter, seconds=30)
    provider.rate, provider.accepted = 80, 0
    provider.run(limiter, seconds=90)
    assert provider.accepted >= 0.75 * 60 * 80


@pytest.mark.parametrize("client_retries", [False, True])
@pytest.mark.parametrize("rate", [20, 1000])
@pytest.mark.parametrize("storm", [(0.0, 20.0), (5.0, 25.0), (5.0, 185.0)])
def test_calls_flow_again_soon_after_a_storm(storm: tuple[float, float], rate: float, client_retries: bool) -> None:
    provider, limiter = Provider(rate, 0.5, client_retries, storm), LimiterState(25, 200, START_RATE)
    provider.run(limiter, storm[1] + 30)
    after = [time for time in provider.arrivals if time >= storm[1]]
    assert after[0] < storm[1] + 5
    assert sum(time < after[0] + 5 for time in after) >= 40
    assert sum(time > storm[1] + 10 for time in after) >= 0.75 * 20 * min(rate, 50)


def test_a_provider_that_refuses_everything_is_asked_one_call_at_a_time() -> None:
    provider, limiter = Provider(1000, 0.5, storm=(0.0, 600.0)), LimiterState(25, 200, START_RATE)
    provider.run(limiter, 599)
    late = [time for time in provider.arrivals if time > 60]
    assert 599 / 5 * 0.8 <= len(late) <= 1.2 * 599
    assert min(b - a for a, b in itertools.pairwise(late)) > 0.5


TIMES = st.floats(allow_nan=False) | st.floats(0, 1e4)
CALLS = st.lists(
    st.tuples(
        st.sampled_from(["start", "sent", "end", "accepted", "succeeded", "refused"]), TIMES, st.none() | st.floats()
    ),
    max_size=60,
)


@given(calls=CALLS, rate=st.none() | st.floats(0.5, 100))
def test_no_time_and_no_order_makes_a_valve_fail_or_hold_calls_back_for_long(
    calls: list[tuple[str, float, float | None]], rate: float | None
) -> None:
    limiter, now = LimiterState(25, 200, rate), 0.0
    for name, now, retry_after in calls:
        match name:
            case "refused":
                limiter.refused(now, retry_after)
            case "end":
                limiter.end()
            case _:
                getattr(limiter, name)(now)
        for again in (False, True):
            assert 0 <= (limiter.delay(now, again) or 0.0) <= 5
        assert limiter.rate is None or LEAST_RATE <= limiter.rate.per_second < 1e7
        assert 25 <= limiter.limit <= 200
    if math.isfinite(now) and abs(now) < 1e6:
        assert not limiter.delay(now + 5.001, again=True)


@pytest.mark.parametrize("seconds", [647.0, 1e6, float("inf"), float("nan"), -5.0])
def test_an_answer_after_any_time_lets_calls_come_faster(seconds: float) -> None:
    assert 16 <= (ramped_rate(16.0, seconds) or 100.0) <= 19


@pytest.mark.parametrize(
    ("rate", "seconds", "faster"), [(16.0, 1.0, 19.0), (16.0, 0.0, 16.0), (16.0, 0.1, 17.86), (98.0, 1.0, None)]
)
def test_answers_let_the_first_calls_come_faster(rate: float, seconds: float, faster: float | None) -> None:
    assert ramped_rate(rate, seconds) == (None if faster is None else pytest.approx(faster, abs=0.01))


def test_first_calls_are_spread_until_answers_come() -> None:
    limiter, counts = LimiterState(200, 400, START_RATE), list[int]()
    for second in range(3):
        before = limiter.in_flight
        for hundredth in range(100):
            now = second + hundredth / 100
            while limiter.delay(now) == 0.0:
                limiter.start(now)
            if second > 0 and hundredth % 5 == 0:
                limiter.succeeded(now)
        counts.append(limiter.in_flight - before)
    assert counts[0] == pytest.approx(START_RATE, abs=2)
    assert 2 * START_RATE < counts[1] < 4 * START_RATE
    assert limiter.in_flight == 200


@pytest.mark.parametrize(
    ("key", "fixed", "bounds"),
    [("OpenAIAPI:m", 25, None), ("OpenAIAPI:m", None, (25, 50)), ("ModelMockLLM:default", None, None)],
)
def test_connections_that_were_asked_for_are_used_at_once(
    key: str, fixed: int | None, bounds: tuple[int, int] | None
) -> None:
    async def work() -> None:
        model_limiter = RateLimiter().limiter(key, fixed, bounds)
        calls = [asyncio.create_task(hold(model_limiter, 10)) for _ in range(25)]
        await asyncio.sleep(0)
        assert model_limiter.in_flight == 25
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    run(work)


async def hold(model_limiter: ModelLimiter, seconds: float = 0.0) -> None:
    await model_limiter.acquire()
    try:
        await asyncio.sleep(seconds)
    finally:
        model_limiter.release()


def run(work: Any) -> Any:
    return asyncio.run(work())


def test_tasks_wait_at_a_gate_and_are_admitted_in_order() -> None:
    async def work() -> list[int]:
        model_limiter = RateLimiter().limiter("m", 2, None)
        order: list[int] = []

        async def call(number: int) -> None:
            await model_limiter.acquire()
            order.append(number)
            assert model_limiter.in_flight <= 2
            await asyncio.sleep(0)
            model_limiter.release()

        await asyncio.gather(*(call(number) for number in range(10)))
        assert model_limiter.in_flight == 0
        return order

    assert run(work) == list(range(10))


def test_cancelled_tasks_give_their_place_back() -> None:
    async def work() -> None:
        model_limiter = RateLimiter().limiter("m", 1, None)
        holder = asyncio.create_task(hold(model_limiter, 10))
        waiting = [asyncio.create_task(hold(model_limiter)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        holder.cancel()
        await asyncio.gather(holder, waiting[0], return_exceptions=True)
        await asyncio.gather(*waiting[1:])
        assert model_limiter.in_flight == 0

    run(work)


def test_a_task_cancelled_as_it_is_admitted_gives_its_place_back() -> None:
    async def work() -> None:
        model_limiter = RateLimiter().limiter("m", 1, None)
        await model_limiter.acquire()
        waiting = asyncio.create_task(hold(model_limiter))
        await asyncio.sleep(0)
        model_limiter.release()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert model_limiter.in_flight == 0

    run(work)


def test_a_pause_ends_by_itself() -> None:
    async def work() -> None:
        model_limiter = RateLimiter().limiter("m", None, None)
        model_limiter.refused(0.02)
        await asyncio.wait_for(hold(model_limiter), 2)

    run(work)


def test_calls_that_wait_because_of_refusals_are_told_with_their_rate() -> None:
    async def work() -> None:
        limiter = RateLimiter()
        model_limiter = limiter.limiter("m", 9, None)
        await model_limiter.acquire()
        assert held_back(limiter.demands()) is None
        model_limiter.refused(2.0)
        waiting = asyncio.create_task(model_limiter.acquire())
        await asyncio.sleep(0)
        held = held_back(limiter.demands())
        assert held is not None
        assert held.rate == pytest.approx(4.0)
        assert held.seconds == pytest.approx(2.0, abs=0.5)
        await waiting
        assert held_back(limiter.demands()) is None

    run_jumping(work)


def test_a_call_that_rests_is_sent_again_after_its_time() -> None:
    async def work() -> float:
        model_limiter = RateLimiter().limiter("m", 2, None)
        await asyncio.gather(model_limiter.acquire(), model_limiter.acquire())
        began = asyncio.get_running_loop().time()
        await model_limiter.wait_to_resend(0.05)
        return asyncio.get_running_loop().time() - began

    assert run(work) >= 0.05


def test_an_answer_ends_the_rest_of_all_and_they_go_before_new_calls() -> None:
    async def work() -> list[str]:
        model_limiter = RateLimiter().limiter("m", 3, None)
        order: list[str] = []

        async def again(name: str) -> None:
            await model_limiter.acquire()
            await model_limiter.wait_to_resend(600)
            order.append(name)

        async def new() -> None:
            await model_limiter.acquire()
            order.append("new")

        resting = [asyncio.create_task(again(name)) for name in ("one", "two")]
        await model_limiter.acquire()
        tasks = [*resting, asyncio.create_task(new())]
        await asyncio.sleep(0)
        assert order == []
        model_limiter.accepted()
        model_limiter.release()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        return order

    assert run(work) == ["one", "two", "new"]


def test_one_call_asks_after_a_while_where_all_rest() -> None:
    async def work() -> None:
        model_limiter = RateLimiter().limiter("m", 2, None)
        await asyncio.gather(model_limiter.acquire(), model_limiter.acquire())
        tasks = [asyncio.create_task(model_limiter.wait_to_resend(3600)) for _ in range(2)]
        await asyncio.sleep(0)
        done, resting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=30)
        assert (len(done), len(resting)) == (1, 1)
        for task in resting:
            task.cancel()
        await asyncio.gather(*resting, return_exceptions=True)
        assert asyncio.get_running_loop().time() < 11

    run_jumping(work)


def test_a_call_that_is_given_up_while_it_rests_leaves_nothing_behind() -> None:
    async def work() -> None:
        model_limiter = RateLimiter().limiter("m", 1, None)
        await model_limiter.acquire()
        task = asyncio.create_task(model_limiter.wait_to_resend(600))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        model_limiter.release()
        await asyncio.wait_for(model_limiter.acquire(), 1)

    run(work)


def test_a_limiter_tells_when_more_work_is_of_use() -> None:
    async def work() -> list[int]:
        told: list[int] = []
        limiter = RateLimiter()
        with limiter.notifying(lambda: told.append(limiter.units())):
            limiter.limiter("a", 8, None)
            assert limiter.limiter("a", 8, None) is limiter.limiter("a", 8, None)
            limiter.limiter("b", None, (4, 9))
        limiter.limiter("c", 1, None)
        assert (limiter.limit, limiter.in_flight, limiter.retries) == (13, 0, 0)
        return told

    assert run(work) == [10, 10]
