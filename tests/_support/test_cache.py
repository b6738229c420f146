"""Values used last, up to some weight."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._support.cache import Cache

KEYS = st.integers(0, 5)


@given(st.lists(st.tuples(st.sampled_from(["put", "get", "drop", "made"]), KEYS, st.integers(0, 12)), max_size=40))
def test_the_values_used_last_are_kept_up_to_the_weight(steps: list[tuple[str, int, int]]) -> None:
    cache: Cache[int, int] = Cache(10, weigh=lambda value: value)
    model: dict[int, int] = {}

    def put(key: int, value: int) -> None:
        model.pop(key, None)
        if value <= 10:
            model[key] = value
        while sum(model.values()) > 10:
            del model[next(iter(model))]

    for step, key, value in steps:
        if key in model and step in {"get", "made"}:
            model[key] = model.pop(key)
        if step == "put":
            cache.put(key, value)
            put(key, value)
        elif step == "drop":
            cache.drop(key)
            model.pop(key, None)
        elif step == "get":
            assert cache.get(key) == model.get(key)
        else:
            assert cache.fetch(key, partial(int, value)) == model.get(key, value)
            if key not in model:
                put(key, value)
    assert {key: cache.get(key) for key in range(6)} == {key: model.get(key) for key in range(6)}


def test_a_number_of_values_is_kept_and_all_can_be_forgotten() -> None:
    cache: Cache[str, str] = Cache(2)
    for name in "abc":
        cache.put(name, name.upper())
    assert [cache.get(name) for name in "abc"] == [None, "B", "C"]
    cache.clear()
    assert cache.get("c") is None


def test_nothing_is_a_value_that_can_be_kept() -> None:
    cache: Cache[str, str | None] = Cache(2)
    asked: list[str] = []
    for _ in range(2):
        assert cache.fetch("a", lambda: asked.append("a")) is None
    assert asked == ["a"]


def test_a_value_is_made_once_for_all_threads_that_ask() -> None:
    cache: Cache[str, int] = Cache(2)
    made: list[int] = []
    together = threading.Barrier(4)

    def make() -> int:
        made.append(1)
        return len(made)

    def ask() -> int:
        together.wait()
        return cache.fetch("a", make)

    with ThreadPoolExecutor(4) as pool:
        assert [task.result() for task in [pool.submit(ask) for _ in range(4)]] == [1] * 4
    assert made == [1]


def test_what_could_not_be_made_is_tried_again() -> None:
    cache: Cache[str, int] = Cache(2)
    with pytest.raises(ZeroDivisionError):
        cache.fetch("a", lambda: 1 // 0)
    assert cache.fetch("a", lambda: 7) == 7
