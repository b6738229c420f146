"""When calls fail for good: a function of what was heard and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._engine.admission.call_failures import (
    FIRST_FAILURES,
    LATER_FAILURES,
    OTHERS_SECONDS,
    RESTART_SECONDS,
    SHOWN_SECONDS,
    GiveUpPolicy,
    GiveUpReason,
)
from inspect_scout.testing import CallFailure

KINDS: tuple[Any, ...] = get_args(get_type_hints(CallFailure)["kind"])
LASTING = frozenset({"quota", "unauthorized", "forbidden", "not_found", "no_connection"})
AT_ONCE = sorted(LASTING - {"no_connection"})


def failure(kind: Any = "unauthorized", model: str = "m", next_try: float | None = None) -> CallFailure:
    return CallFailure(model, kind, f"{kind} said", next_try=next_try)


def after(
    policy: GiveUpPolicy, times: int, kind: Any, model: str = "m", start: float = 0.0
) -> list[GiveUpReason | None]:
    """Let a model fail once a second."""
    return [policy.failed(failure(kind, model), start + n) for n in range(times)]


@pytest.mark.parametrize("kind", sorted(LASTING))
def test_a_model_that_never_answered_is_given_up_after_a_few_lasting_failures(kind: str) -> None:
    *before, last = after(GiveUpPolicy(), FIRST_FAILURES, kind)
    assert before == [None] * (FIRST_FAILURES - 1)
    assert last == GiveUpReason(failure(kind), FIRST_FAILURES)


@pytest.mark.parametrize("kind", AT_ONCE)
def test_a_model_that_answered_is_given_up_after_some_more(kind: str) -> None:
    policy = GiveUpPolicy()
    policy.answered("m", 0.0)
    *before, last = after(policy, LATER_FAILURES, kind)
    assert before == [None] * (LATER_FAILURES - 1)
    assert last == GiveUpReason(failure(kind), LATER_FAILURES)


def test_a_server_that_answered_has_time_to_start_again() -> None:
    policy = GiveUpPolicy()
    policy.answered("m", 0.0)
    assert after(policy, 50, "no_connection") == [None] * 50
    assert policy.failed(failure("no_connection"), RESTART_SECONDS - 0.1) is None
    assert policy.failed(failure("no_connection"), RESTART_SECONDS) == GiveUpReason(failure("no_connection"), 52)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - LASTING))
def test_what_waiting_may_cure_is_never_given_up(kind: str) -> None:
    assert after(GiveUpPolicy(), 10_000, kind) == [None] * 10_000


def test_another_kind_of_failure_begins_anew() -> None:
    policy = GiveUpPolicy()
    for kind in ("unauthorized", "forbidden", "quota", "server", "unauthorized"):
        assert after(policy, FIRST_FAILURES - 1, kind) == [None] * (FIRST_FAILURES - 1)


def test_a_model_that_fails_does_not_end_what_another_one_answers() -> None:
    policy = GiveUpPolicy()
    for second in range(0, 3000, 10):
        policy.answered("other", float(second))
        assert policy.failed(failure(), float(second)) is None
    silent = 2990 + OTHERS_SECONDS
    assert policy.failed(failure(), silent - 1) is None
    given_up = policy.failed(failure(), silent)
    assert given_up is not None and given_up.failure.model == "m"


def test_rows_of_two_models_that_both_fail_are_counted_apart() -> None:
    policy = GiveUpPolicy()
    seen = [
        policy.failed(failure(kind, model), 0.0)
        for _ in range(3)
        for kind, model in (("quota", "a"), ("forbidden", "b"))
    ]
    assert [found is not None for found in seen] == [False] * 4 + [True, True]


def test_the_trouble_names_the_cause_and_counts_down_to_the_next_try() -> None:
    policy = GiveUpPolicy()
    assert policy.trouble(0.0) is None
    policy.failed(failure("server", "openai/gpt", next_try=20.0), 100.0)
    trouble = policy.trouble(108.0)
    assert trouble is not None
    assert trouble.text == "calls to openai/gpt fail: server said (next try in 12 s)"
    policy.failed(failure("quota", "openai/gpt"), 109.0)
    trouble = policy.trouble(110.0)
    assert trouble is not None
    assert trouble.text == "calls to openai/gpt fail: quota said"
    policy.answered("another", 110.0)
    assert policy.trouble(110.0) == trouble
    policy.answered("openai/gpt", 110.0)
    assert policy.trouble(110.0) is None


def test_trouble_that_is_long_over_is_not_shown() -> None:
    policy = GiveUpPolicy()
    policy.failed(failure("server", next_try=20.0), 0.0)
    assert policy.trouble(20.0 + SHOWN_SECONDS) is not None
    assert policy.trouble(20.1 + SHOWN_SECONDS) is None


events = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([None, None, *KINDS]), st.floats(0, 100)), max_size=60
)


@given(events)
def test_only_enough_equal_lasting_failures_without_an_answer_between_give_up(
    told: Sequence[tuple[str, Any, float]],
) -> None:
    policy, now = GiveUpPolicy(), 0.0
    row: dict[str, list[tuple[Any, float]]] = {"a": [], "b": []}
    answered: dict[str, float] = {}
    for model, kind, passed in told:
        now += passed
        if kind is None:
            policy.answered(model, now)
            row[model], answered[model] = [], now
            continue
        kept = row[model] if row[model] and row[model][-1][0] == kind else []
        row[model] = [*kept, (kind, now)]
        found = policy.failed(failure(kind, model), now)
        other = answered.get("b" if model == "a" else "a")
        if found is not None:
            assert kind in LASTING
            assert found.times == len(row[model]) >= (LATER_FAILURES if model in answered else FIRST_FAILURES)
            assert other is None or now - other >= OTHERS_SECONDS
            assert kind != "no_connection" or model not in answered or now - row[model][0][1] >= RESTART_SECONDS
        else:
            silent = other is None or now - other >= OTHERS_SECONDS
            enough = len(row[model]) >= LATER_FAILURES and now - row[model][0][1] >= RESTART_SECONDS
            assert not (silent and enough and kind in LASTING)


@given(st.lists(st.sampled_from(["answer", *KINDS]), max_size=200))
def test_a_model_that_answers_at_least_each_third_time_is_never_given_up(told: Sequence[Any]) -> None:
    policy = GiveUpPolicy()
    for number, kind in enumerate(told):
        if kind == "answer" or number % FIRST_FAILURES == 0:
            policy.answered("m", float(number))
        else:
            assert policy.failed(failure(kind), float(number)) is None
