"""Where inspect_ai asks for connections: its registry, its controller, and answers of providers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from inspect_ai._util.retry import report_http_retry
from inspect_ai.model import GenerateConfig, Model
from inspect_ai.model._providers.util.hooks import HttpHooks
from inspect_ai.util import AdaptiveConcurrency, concurrency
from inspect_ai.util._concurrency import AdaptiveConcurrencyController, init_concurrency

from inspect_scout._engine import RateLimiter
from inspect_scout._inspect.connections import admitting, count_retries
from inspect_scout._inspect.scripted_model import scripted_model


class Limiter:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_flight = 0
        self.calls: list[Any] = []

    async def acquire(self) -> None:
        self.in_flight += 1
        self.calls.append("acquire")

    def release(self) -> None:
        self.in_flight -= 1
        self.calls.append("release")

    def succeeded(self) -> None:
        self.calls.append("succeeded")

    def refused(self, retry_after: float | None) -> None:
        self.calls.append(("refused", retry_after))

    def resent(self) -> None:
        self.calls.append("again")

    def accepted(self) -> None:
        self.calls.append("accepted")

    async def wait_to_resend(self, seconds: float) -> None:
        self.calls.append(("rest", seconds))


class Admission:
    def __init__(self) -> None:
        self.asked: list[tuple[int | None, tuple[int, int] | None]] = []
        self.only = Limiter(5)

    def limiter(self, key: str, fixed: int | None, bounds: tuple[int, int] | None) -> Limiter:
        assert key.startswith("Model")
        self.asked.append((fixed, bounds))
        return self.only


def mock() -> Model:
    return scripted_model()


def ask(model: Model, gates: Admission, **config: Any) -> list[Any]:
    async def call() -> None:
        with admitting(gates):
            await model.generate("?", config=GenerateConfig(**config))

    asyncio.run(call())
    return gates.only.calls


def test_calls_pass_the_gate_and_tell_it_how_they_went() -> None:
    gates = Admission()
    assert ask(mock(), gates) == ["acquire", "succeeded", "accepted", "release"]
    assert gates.asked == [(None, None)]


def test_a_fixed_number_reaches_the_gate() -> None:
    gates = Admission()
    assert ask(mock(), gates, max_connections=7) == ["acquire", "accepted", "release"]
    assert gates.asked == [(7, None)]


def test_bounds_that_were_set_reach_the_gate() -> None:
    gates = Admission()
    ask(mock(), gates, adaptive_connections=AdaptiveConcurrency(min=1, start=3, max=9))
    assert gates.asked == [(None, (3, 9))]


def test_a_scan_has_one_gate_for_a_model() -> None:
    gates = Admission()

    async def calls() -> None:
        with admitting(gates):
            model = mock()
            await asyncio.gather(*(model.generate("?") for _ in range(3)))

    asyncio.run(calls())
    assert gates.asked == [(None, None)]


def test_outside_of_a_scan_and_for_other_things_nothing_changes() -> None:
    gates = Admission()

    async def calls() -> None:
        with admitting(gates):
            async with concurrency("lamps", 2) as lamps:
                assert lamps.concurrency == 2
        await mock().generate("?")

    asyncio.run(calls())
    assert gates.asked == []


def test_scans_are_governed_after_an_eval_put_its_registry_in_place() -> None:
    init_concurrency()
    gates = Admission()
    ask(mock(), gates)
    assert gates.asked == [(None, None)]


class Refused(Exception):
    """What a provider's client raises."""


class Answers(HttpHooks):
    """Answers as a provider's client reports them."""

    def __init__(self, *statuses: int) -> None:
        super().__init__()
        self.statuses = statuses

    def play(self) -> None:
        with self.request() as request:
            for status in self.statuses:
                self.update_request_time(request)
                self.record_response(request, status, {"Retry-After": "2"})


@pytest.mark.parametrize(
    ("statuses", "calls"),
    [
        ((200,), []),
        ((429, 200), [("refused", 2.0), "again"]),
        ((529, 503, 200), [("refused", 2.0), "again", ("refused", 2.0), "again"]),
        ((500, 200), ["again"]),
    ],
)
def test_answers_are_heard_when_they_come(
    statuses: tuple[int, ...], calls: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = mock()
    plain = model.api.generate

    async def generate(*args: Any, **options: Any) -> Any:
        Answers(*statuses).play()
        return await plain(*args, **options)

    monkeypatch.setattr(model.api, "generate", generate)
    assert [h for h in ask(model, Admission()) if h not in ("acquire", "release", "succeeded", "accepted")] == calls


def test_a_retry_counts_as_a_refusal_where_answers_are_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    model = mock()
    plain = model.api.generate

    async def generate(*args: Any, **options: Any) -> Any:
        report_http_retry("rate_limit", 3.0)
        return await plain(*args, **options)

    monkeypatch.setattr(model.api, "generate", generate)
    assert ask(model, Admission()) == ["acquire", ("refused", 3.0), "accepted", "release"]


def test_what_inspect_asks_of_a_controller_is_there() -> None:
    assert {"notify_success", "notify_retry", "in_use", "value"} <= set(dir(AdaptiveConcurrencyController))


def test_calls_that_nobody_answered_are_counted_when_they_are_repeated() -> None:
    limiter, before = RateLimiter(), count_retries()
    report_http_retry("transient")
    report_http_retry("rate_limit")
    assert count_retries() - before == limiter.retries == 2
    assert RateLimiter().retries == 0
