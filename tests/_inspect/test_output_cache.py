"""The cache of model outputs, and calls that providers reject."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, ModelOutput
from inspect_ai.model._cache import cache_fetch, cache_store
from inspect_ai.model._model import ModelGenerateError

from inspect_scout._inspect.output_cache import caching_only, rejection
from inspect_scout._inspect.scripted_model import ScriptedModel, scripted_model

CACHED = GenerateConfig(cache=True)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))


def ask(model: ScriptedModel, wanted: Any = None) -> str:
    async def call() -> ModelOutput:
        if wanted is None:
            return await model.generate("?", config=CACHED)
        with caching_only(wanted):
            return await model.generate("?", config=CACHED)

    return asyncio.run(call()).completion


def is_good(output: ModelOutput) -> bool:
    return output.completion == "good"


def test_only_what_is_wanted_is_kept() -> None:
    replies = iter(["bad", "bad", "good", "late"])
    model = scripted_model(lambda _: next(replies))
    assert [ask(model, is_good) for _ in range(4)] == ["bad", "bad", "good", "good"]


def test_what_is_not_wanted_is_not_given_back() -> None:
    replies = iter(["bad", "good"])
    model = scripted_model(lambda _: next(replies))
    assert ask(model) == "bad"
    assert ask(model) == "bad"
    assert ask(model, is_good) == "good"
    assert ask(model) == "good"


def test_outside_everything_is_kept_as_before() -> None:
    replies = iter(["bad", "other"])
    model = scripted_model(lambda _: next(replies))
    with caching_only(is_good):
        pass
    assert [ask(model), ask(model)] == ["bad", "bad"]


def test_names_of_the_cache_are_still_there() -> None:
    calling: Any = import_module("inspect_ai.model._model")
    with caching_only(is_good):
        assert calling.cache_store is not cache_store
        assert calling.cache_fetch is not cache_fetch


def test_words_of_a_provider_are_read() -> None:
    error = ModelGenerateError("Request: ...", status_code=400, provider_message="too long")
    assert rejection(error) == (400, "too long")
    assert rejection(ModelGenerateError("none")) == (None, "none")
    assert rejection(RuntimeError("too long")) is None
