"""Models in a form that another process can make them of again."""

from __future__ import annotations

import asyncio
from typing import Any

from inspect_ai.model import GenerateConfig, Model, get_model

from inspect_scout._inspect.pickling import from_bytes, to_bytes


def model(max_connections: int | None = None, max_tokens: int | None = None) -> Model:
    config = GenerateConfig(max_connections=max_connections, max_tokens=max_tokens)
    return get_model("mockllm/model", config=config, memoize=False, marker="kept")


def test_models_that_share_a_provider_share_one_again() -> None:
    first = model(max_connections=3)
    second = Model(first.api, GenerateConfig(max_tokens=7), first.model_args)
    made: dict[str, Model] = from_bytes(to_bytes({"one": first, "two": second, "other": model()}))
    assert made["one"].api is made["two"].api
    assert made["other"].api is not made["one"].api
    assert made["one"].config.max_connections == 3
    assert made["two"].config.max_tokens == 7


def test_what_was_made_for_one_scan_is_not_used_for_another() -> None:
    # Programs give addresses of objects that are gone to new ones: an address says nothing to another process.
    written = to_bytes(model())
    assert from_bytes(written).api is not from_bytes(written).api


def test_a_provider_that_met_its_own_method_travels() -> None:
    one = model()
    api = one.api

    async def generate(*_arguments: object) -> object:
        return api

    vars(api)["generate"] = generate
    made: Any = from_bytes(to_bytes(one)).api
    assert asyncio.run(made.generate()) is made


def test_name_role_and_arguments_are_kept() -> None:
    one = model(max_tokens=5)
    made = from_bytes(to_bytes({"grader": one}))["grader"]
    assert (made.name, str(made), made.model_args, made.config) == (one.name, str(one), one.model_args, one.config)
