"""Models of inspect_ai: made, described, active."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, Model, get_model, model_roles
from inspect_ai.model._generate_config import active_generate_config

from inspect_scout import ConfigError
from inspect_scout._inspect.invocation import PrerequisiteError
from inspect_scout._inspect.models import (
    ActiveModels,
    ModelError,
    as_refusal,
    make_model,
    no_model,
    public_values,
    to_config,
    using_models,
    with_role,
)
from inspect_scout._inspect.scripted_model import scripted_model


def mock(**options: Any) -> Model:
    return make_model("mockllm/model", **options)


@pytest.mark.parametrize(
    ("name", "says"), [("nobody/x", "nobody.*provider/name"), ("plain", "plain.*provider/name"), ("", "provider/name")]
)
def test_unknown_providers_are_refused(name: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        make_model(name)


def test_a_provider_without_its_package_is_refused_in_plain_text() -> None:
    with pytest.raises(ConfigError, match="groq/x") as refused:
        make_model("groq/x")
    assert "[bold]" not in str(refused.value)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ConfigError, match="mockllm/model"):
        mock(args={"custom_outputs": 3})


def test_models_are_made_anew() -> None:
    assert mock() is not mock()


def test_a_missing_model_fails_with_advice_when_it_is_called() -> None:
    with pytest.raises(ModelError, match=r"No model specified.*SCOUT_SCAN_MODEL"):
        asyncio.run(no_model().generate("hello"))
    assert issubclass(ModelError, PrerequisiteError)


def test_refusals_of_inspect_become_ours() -> None:
    refused = as_refusal(PrerequisiteError("[bold]No[/bold] key"))
    assert str(refused) == "No key"
    assert as_refusal(refused) is refused


def test_the_block_sees_its_models_and_others_do_not() -> None:
    model, judge = mock(), with_role(mock(), "judge")
    config = GenerateConfig(temperature=0.5)
    with using_models(ActiveModels(model, {"judge": judge, "panel": [judge, model]}, config)):
        assert get_model() is model
        assert get_model(role="judge") is judge
        assert get_model(role="panel") is judge
        assert get_model(role="other") is model
        assert active_generate_config() == config
    assert "judge" not in model_roles()
    assert active_generate_config() == GenerateConfig()


def test_tasks_side_by_side_see_models_of_their_own() -> None:
    async def one(answer: str) -> list[str]:
        model = scripted_model(answer)
        said: list[str] = []
        with using_models(ActiveModels(model)):
            for _ in range(2):
                said.append((await get_model().generate("?")).completion)
                await asyncio.sleep(0)
        return said

    async def both() -> list[list[str]]:
        return list(await asyncio.gather(one("a"), one("b")))

    assert asyncio.run(both()) == [["a", "a"], ["b", "b"]]


def test_a_role_is_given_to_a_copy() -> None:
    model = mock()
    assert with_role(model, "judge").role == "judge"
    assert model.role is None


def test_a_description_holds_no_secrets() -> None:
    config = GenerateConfig(extra_headers={"X-Api-Key": "1", "X-Team": "a"}, extra_body={"token": "1", "n": 1})
    model = make_model("mockllm/model", config, "https://me:word@host:1/v1?api_key=1&v=2")
    model.model_args = {
        "api_key": "1",
        "aws_region": "x",
        "clientSecret": "1",
        "auth_token": "1",
        "max_tokens": 3,
        "tokenizer": "t",
        "given": "sk-abcdef",
        "headers": {"Authorization": "Bearer x", "n": [1, "sk-x"]},
        "stream": iter([1]),
        "call": print,
    }
    found = to_config(model, GenerateConfig(timeout=3))
    assert found.args == {"max_tokens": 3, "tokenizer": "t", "headers": {"n": [1]}}
    assert found.base_url == "https://host:1/v1?v=2"
    assert found.config.extra_headers == {"X-Team": "a"}
    assert found.config.extra_body == {"n": 1}
    assert (found.model, found.config.timeout) == ("mockllm/model", 3)
    assert model.config.extra_headers == {"X-Api-Key": "1", "X-Team": "a"}


@pytest.mark.parametrize(
    "name", ["password", "db_passwd", "API-KEY", "apiKey", "secret_access", "credentials", "AWS_x"]
)
def test_names_of_secrets(name: str) -> None:
    assert public_values({name: "x"}) == {}


@pytest.mark.parametrize("name", ["max_tokens", "keyboard", "monkey", "author", "designs"])
def test_names_of_no_secrets(name: str) -> None:
    assert public_values({name: "x"}) == {name: "x"}
