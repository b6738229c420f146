"""Calls to models, with the real clients, against a provider that misbehaves and counts."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inspect_ai.model import CachePolicy, GenerateConfig, Model, get_model

from inspect_scout import Result, Scanner, Transcript, scan, scan_results_df, scan_status, scanner, transcripts_from
from inspect_scout._inspect.models import ActiveModels, using_models
from inspect_scout._inspect.outcomes import CallFailure, listening
from support.provider import behaviours as b
from support.provider.asking import ask, ask_cases
from support.provider.behaviours import Behaviour, error_with_200, no_choices, ok, rate
from support.provider.cases import CASES, FEW, TIMED, Case, CaseScript
from support.provider.dialects import DIALECTS, MODEL_ARGS, MODELS, Dialect
from support.provider.server import Provider, serving_provider
from support.transcripts import talks
from support.use_cases import read_overview

LONG = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0")) > 0


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving_provider(Provider()) as served:
        yield served


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_client_is_understood_and_answered_with_one_call(
    provider: Provider, dialect: Dialect, tmp_path: Path
) -> None:
    status, rows = ask(provider, dialect, tmp_path, transcripts=3)
    assert status.complete
    assert list(rows["value"]) == ['{"answer": true}'] * 3
    assert list(rows["scan_total_tokens"]) == [120] * 3
    assert (len(provider.calls), provider.answered, provider.strays) == (3, 3, [])


def check(provider: Provider, dialect: Dialect, scans: Path, cases: tuple[Case, ...]) -> None:
    """Run cases, and compare what the server counted and what was recorded with what is right."""
    cases = tuple(case.in_dialect(dialect) for case in cases)
    status, rows = ask_cases(provider, dialect, scans, cases, max_transcripts=len(cases))
    script = provider.script
    assert isinstance(script, CaseScript)
    assert sorted(rows) == list(range(len(cases)))
    wrong = {
        case.name: found
        for number, case in enumerate(cases)
        if (found := difference(case, script.seen[number], rows[number])) is not None
    }
    assert wrong == {}
    summary = status.summary["asks_cases"]
    assert len(provider.calls) == sum(case.calls for case in cases)
    assert summary.errors == sum(case.said is not None for case in cases)
    assert summary.tokens == sum(case.tokens for case in cases)
    assert summary.calls_without_usage == sum(case.untold for case in cases)


def difference(case: Case, calls: int, row: Any) -> object:
    error = None if pd.isna(row.scan_error) else str(row.scan_error)
    as_said = error is None if case.said is None else error is not None and re.search(case.said, error, re.DOTALL)
    right = (calls, row.scan_total_tokens) == (case.calls, case.tokens) and as_said
    return None if right else (calls, row.scan_total_tokens, error)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_provider_that_misbehaves_costs_the_calls_and_tells_the_tokens_that_it_should(
    provider: Provider, dialect: Dialect, tmp_path: Path
) -> None:
    check(provider, dialect, tmp_path, FEW)


@pytest.mark.parametrize("dialect", ["openai", "google"])
def test_a_call_that_hangs_ends_when_its_time_is_over(provider: Provider, dialect: Dialect, tmp_path: Path) -> None:
    began = time.monotonic()
    check(provider, dialect, tmp_path, TIMED)
    assert time.monotonic() - began < 60


@pytest.mark.fault
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_case_of_a_provider_that_misbehaves(provider: Provider, dialect: Dialect, tmp_path: Path) -> None:
    check(provider, dialect, tmp_path / "cases", CASES)


@pytest.mark.fault
@pytest.mark.parametrize("dialect", DIALECTS if LONG else DIALECTS[:1])
def test_every_case_of_a_provider_that_keeps_one_waiting(provider: Provider, dialect: Dialect, tmp_path: Path) -> None:
    check(provider, dialect, tmp_path, TIMED)


# How often a call is sent


@pytest.mark.parametrize("retries", [0, 1])
def test_the_number_of_retries_is_that_of_the_requests_but_one(
    provider: Provider, retries: int, tmp_path: Path
) -> None:
    provider.script = [b.BROKEN] * 20
    ask(provider, "openai", tmp_path, config=GenerateConfig(max_retries=retries))
    assert len(provider.calls) == retries + 1


def user_model(provider: Provider, dialect: Dialect = "openai", **config: Any) -> Model:
    options: dict[str, Any] = {"base_url": provider.base_url(dialect), "api_key": "none", **MODEL_ARGS[dialect]}
    return get_model(MODELS[dialect], config=GenerateConfig(**config), memoize=False, **options)


def call(model: Model) -> None:
    """Call a model outside of a scan."""

    async def run() -> None:
        try:
            await model.generate("Does it?")
        finally:
            await model.api.aclose()

    asyncio.run(run())


def test_the_model_of_a_user_is_conducted_and_stays_as_it_was(provider: Provider, tmp_path: Path) -> None:
    provider.script = [b.BROKEN] * 20
    model = user_model(provider, max_retries=1)
    names, kind, client = list(vars(model.api)), type(model.api), vars(model.api)["client"]
    ask(provider, "openai", tmp_path, model=model, model_base_url=None, model_args=None)
    assert len(provider.calls) == 2
    assert list(vars(model.api)) == names
    assert type(model.api) is kind
    assert vars(model.api)["client"] is client
    assert client.max_retries == 2


def test_outside_of_a_scan_models_do_what_they_did(provider: Provider, tmp_path: Path) -> None:
    ask(provider, "openai", tmp_path)
    provider.calls.clear()
    provider.script = [b.BROKEN] * 20
    with pytest.raises(Exception, match="RetryError"):
        call(user_model(provider, max_retries=0))
    assert len(provider.calls) == 3  # its client alone sends a call again twice


@scanner(messages="all")
def asks_elsewhere(url: str, role: str | None = None) -> Scanner[Transcript]:
    """Ask a model that the scan does not know, or one with a role."""

    async def ask_once(transcript: Transcript) -> Result:
        options: dict[str, Any] = {} if role else {"base_url": url, "api_key": "none", "memoize": False}
        model = get_model(role=role) if role else get_model("openai/gpt-4o-mini", responses_api=False, **options)
        try:
            return Result(value=(await model.generate("Does it?")).completion)
        finally:
            await model.api.aclose()

    return ask_once


@pytest.mark.parametrize("role", [None, "judge"])
def test_models_that_scanners_get_and_models_with_a_role_are_conducted(
    provider: Provider, role: str | None, tmp_path: Path
) -> None:
    provider.script = [b.BROKEN, b.HANG, b.HANG]
    url = provider.base_url("openai")
    status = scan(
        [asks_elsewhere(url, role)],
        transcripts_from(talks(1)),
        scans=str(tmp_path),
        display="none",
        model="mockllm/model",
        model_roles={"judge": user_model(provider)},
        model_config=GenerateConfig(max_retries=1, attempt_timeout=1),
    )
    assert len(provider.calls) == 2
    assert "did not answer within 1 s (attempt_timeout), tried 2 times" in status.errors[0].error


# Who hears of calls


class Heard:
    """Hears of calls, and of each keeps what it was."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.failures: list[CallFailure] = []

    def answered(self, model: str) -> None:
        self.told.append(f"{model} answered")

    def failed(self, failure: CallFailure) -> None:
        self.told.append(failure.kind)
        self.failures.append(failure)


def hear(model: Model, calls: int = 1, **config: Any) -> Heard:
    """Call a model as a scan does, and give what is heard."""
    heard = Heard()

    async def run() -> None:
        with using_models(ActiveModels(model)), listening(heard):
            for number in range(calls):
                try:
                    await model.generate(f"Does it? {number}", config=GenerateConfig(**config))
                except Exception:
                    heard.told.append("raised")
        await model.api.aclose()

    asyncio.run(run())
    return heard


KINDS: list[tuple[Behaviour, str]] = [
    (b.QUOTA, "quota"),
    (b.NO_CREDIT, "quota"),
    (b.BAD_KEY, "unauthorized"),
    (b.UNAUTHORIZED, "unauthorized"),
    (b.FORBIDDEN, "forbidden"),
    (b.NOT_FOUND, "not_found"),
    (b.NO_TOOLS, "rejected"),
    (b.VLLM_CONTEXT, "rejected"),
    (b.BROKEN, "server"),
    (b.BAD_GATEWAY, "server"),
    (b.RESET, "server"),
    (b.HTML, "no_completion"),
    (b.HALF, "no_completion"),
    (rate(), "rate"),
    (b.OVERLOADED, "server"),
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_failed_attempt_is_told_with_its_kind(provider: Provider, dialect: Dialect) -> None:
    provider.script = [behaviour for behaviour, _ in KINDS]
    heard = hear(user_model(provider, dialect), calls=len(KINDS), max_retries=0)
    assert heard.told == [told for _, kind in KINDS for told in (kind, "raised")]
    for (behaviour, _), failure in zip(KINDS, heard.failures):
        assert (failure.model, failure.next_try) == (MODELS[dialect], None)
        assert "\n" not in failure.said
        assert 0 < len(failure.said) <= 300
        if behaviour.body == "error":
            assert (failure.status, failure.said) == (behaviour.status, f"HTTP {behaviour.status}: {behaviour.said}")


def test_an_answer_after_failures_is_told_after_them_with_the_time_of_each_next_try(provider: Provider) -> None:
    provider.script = [rate(0.2), b.BROKEN]
    heard = hear(user_model(provider))
    assert heard.told == ["rate", "server", "openai/gpt-4o-mini answered"]
    assert heard.failures[0].next_try == pytest.approx(0.2)
    assert 0 < (heard.failures[1].next_try or 0) <= 1


def test_a_time_that_is_over_is_told(provider: Provider) -> None:
    provider.script = [b.HANG] * 9
    assert hear(user_model(provider), timeout=1).told == ["timeout", "raised"]
    assert hear(user_model(provider), attempt_timeout=1, max_retries=1).told == ["timeout", "timeout", "raised"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_server_that_nobody_runs_is_told_as_no_connection(dialect: Dialect) -> None:
    with serving_provider(Provider()) as gone:
        pass
    assert hear(user_model(gone, dialect), max_retries=1).told == ["no_connection", "no_connection", "raised"]


def test_an_answer_out_of_the_cache_is_not_told(provider: Provider) -> None:
    model = user_model(provider)
    policy = CachePolicy(expiry="1D", per_epoch=False)
    heard = hear(model, cache=policy)
    again = hear(user_model(provider), cache=policy)
    assert (heard.told, again.told) == (["openai/gpt-4o-mini answered"], [])
    assert len(provider.calls) == 1


def test_a_model_that_is_missing_is_no_failed_call() -> None:
    assert hear(get_model("none/none", memoize=False)).told == ["raised"]


# What an answer tells


@pytest.mark.parametrize("read", [scan_status, read_overview])
def test_answers_without_usage_are_counted(provider: Provider, read: Callable[[str], Any], tmp_path: Path) -> None:
    provider.script = [ok(usage=None), ok(), ok(usage=(10**15, 1)), ok()]
    status, rows = ask(provider, "openai", tmp_path, transcripts=4)
    assert sorted(rows["scan_total_tokens"]) == [0, 0, 120, 120]
    found = read(status.location)
    counts = found.state.scanners["asks"] if hasattr(found, "state") else found.summary["asks"]
    assert (counts.calls_without_usage, counts.tokens) == (2, 240)
    assert status.summary["asks"].model_usage["openai/gpt-4o-mini"].total_tokens == 240


def test_tokens_that_came_without_a_completion_are_counted_where_the_call_failed(
    provider: Provider, tmp_path: Path
) -> None:
    provider.script = [error_with_200("Boom", (7, 3)), no_choices((5, 0))]
    status, rows = ask(provider, "openai", tmp_path, config=GenerateConfig(max_retries=1))
    assert list(rows["scan_total_tokens"]) == [15]
    assert status.summary["asks"].tokens == 15
    assert scan_results_df(status.location).scanners["asks"]["value"].isna().all()


# What is kept


def test_attempts_that_were_made_again_leave_little_behind(provider: Provider, tmp_path: Path) -> None:
    provider.script = [b.BROKEN] * 2
    status, _ = ask(provider, "openai", tmp_path)
    rows = scan_results_df(status.location, exclude_columns=[]).scanners["asks"]
    events = [event for event in json.loads(str(rows["scan_events"][0])) if event["event"] == "model"]
    assert len(events) == len(provider.calls) == 3
    *failed, last = events
    assert all(event["error"] and event["input"] == [] and "call" not in event for event in failed)
    assert all(0 < len(event["traceback"]) <= 8100 for event in failed)
    assert (len(last["input"]), last["call"]["request"]["messages"][0]["role"]) == (1, "user")


def test_the_traceback_of_a_failed_attempt_is_written_without_drawing_it(provider: Provider) -> None:
    provider.script = [b.BROKEN] * 40
    model = user_model(provider)
    hear(model, calls=2, max_retries=0)  # what is loaded at the first failure
    began = time.process_time()
    hear(user_model(provider), calls=30, max_retries=0)
    assert time.process_time() - began < 3  # drawn, it takes 200 ms each


@pytest.mark.fault
@pytest.mark.skipif(not LONG, reason="make faults makes many calls")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_memory_does_not_grow_with_the_calls(provider: Provider, dialect: Dialect, tmp_path: Path) -> None:
    provider.script = lambda number, _: b.BROKEN if number % 3 == 0 else b.OK
    used = [0]

    @scanner(messages="all", name="asks_much")
    def asks_much() -> Scanner[Transcript]:
        async def ask_once(transcript: Transcript) -> Result:
            output = await get_model().generate("word " * 4000 + transcript.transcript_id)
            provider.calls[-1].body.clear()  # what the server keeps is not the question
            used.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
            return Result(value=output.completion)

        return ask_once

    scan(
        [asks_much()],
        transcripts_from(talks(900)),
        scans=str(tmp_path),
        display="none",
        model=user_model(provider, dialect, max_connections=20),
    )
    assert used[900] - used[300] < 50 * 2**20
