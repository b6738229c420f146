"""How `scout scan FILE` reads its options about models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import BatchConfig, CachePolicy, GenerateConfig, ModelConfig

from support.cli import FakeApp, scout


def requested(*arguments: str) -> Any:
    """Give the request that a command line makes."""
    app = FakeApp()
    ran = scout("scan", "scan.py", *arguments, app=app)
    assert ran.code == 0, ran.err
    return app.request


def test_model_and_its_settings_reach_the_request(tmp_path: Path) -> None:
    settings = tmp_path / "args.yaml"
    settings.write_text("a: 1\nb: 2\n")
    request = requested(
        *("--model", "openai/x", "--model-base-url", "http://127.0.0.1/v1"),
        *("--model-config", str(settings), "-M", "b=3", "-M", "c-d=true"),
    )
    assert request.model == "openai/x"
    assert request.model_base_url == "http://127.0.0.1/v1"
    assert request.model_args == {"a": 1, "b": 3, "c_d": True}


def test_roles_are_names_lists_or_descriptions() -> None:
    request = requested(
        *("--model-role", "one=openai/x", "--model-role", "two=openai/x, openai/y"),
        *("--model-role", "three={model: openai/z, temperature: 0.5, model_args: {k: v}}"),
    )
    assert request.model_roles == {
        "one": "openai/x",
        "two": ["openai/x", "openai/y"],
        "three": ModelConfig(model="openai/z", config=GenerateConfig(temperature=0.5), args={"k": "v"}),
    }


@pytest.mark.parametrize(
    ("arguments", "config"),
    [
        (("--max-connections", "3"), GenerateConfig(max_connections=3)),
        (("--max-retries", "0"), GenerateConfig(max_retries=0)),
        (("--timeout", "30"), GenerateConfig(timeout=30)),
        (("--attempt-timeout", "20"), GenerateConfig(attempt_timeout=20)),
        (("--max-tokens", "3"), GenerateConfig(max_tokens=3)),
        (("--temperature", "0"), GenerateConfig(temperature=0.0)),
        (("--top-p", "0.5"), GenerateConfig(top_p=0.5)),
        (("--top-k", "3"), GenerateConfig(top_k=3)),
        (("--reasoning-effort", "low"), GenerateConfig(reasoning_effort="low")),
        (("--reasoning-tokens", "3"), GenerateConfig(reasoning_tokens=3)),
        (("--reasoning-summary", "auto"), GenerateConfig(reasoning_summary="auto")),
        (("--reasoning-history", "none"), GenerateConfig(reasoning_history="none")),
        (("--cache",), GenerateConfig(cache=CachePolicy(expiry="7D"))),
        (("--cache=3",), GenerateConfig(cache=CachePolicy(expiry="3D"))),
        (("--cache=12h",), GenerateConfig(cache=CachePolicy(expiry="12h"))),
        (("--batch",), GenerateConfig(batch=100)),
        (("--batch", "10"), GenerateConfig(batch=10)),
        (("--batch={size: 5}",), GenerateConfig(batch=BatchConfig(size=5))),
    ],
)
def test_generation_options_make_a_config(arguments: tuple[str, ...], config: GenerateConfig) -> None:
    assert requested(*arguments).model_config == config


def test_response_schema_reaches_the_config() -> None:
    schema = {"name": "verdict", "json_schema": {"type": "object", "properties": {"ok": {"type": "boolean"}}}}
    config = requested("--response-schema", json.dumps(schema)).model_config
    assert config.response_schema is not None
    assert config.response_schema.name == "verdict"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model-role", "grader"), "role=model"),
        (("--model-role", "grader={temperature: 1}"), "needs 'model'"),
        (("--model-role", "grader={model: x/y, warmth: 1}"), "'warmth' is not a generation option"),
        (("--batch=many",), "'many' is neither a number"),
        (("--response-schema", "{}"), "--response-schema"),
        (("-M", "novalue"), "-M 'novalue'"),
        (("--max-connections", "0"), "0 is less than 1."),
    ],
)
def test_mistakes_are_usage_errors(arguments: tuple[str, ...], said: str) -> None:
    app = FakeApp()
    ran = scout("scan", "scan.py", *arguments, app=app)
    assert ran.code == 2
    assert said in ran.err
    assert app.requests == []


def test_settings_of_the_environment_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of them are about the model that is used is decided where sources are merged."""
    monkeypatch.setenv("SCOUT_SCAN_MODEL", "openai/environment")
    monkeypatch.setenv("SCOUT_SCAN_MODEL_BASE_URL", "http://127.0.0.1/v1")
    monkeypatch.setenv("SCOUT_SCAN_MODEL_ARGS", "a=1")
    monkeypatch.setenv("SCOUT_SCAN_TEMPERATURE", "0.5")
    request = requested("--model", "openai/typed")
    assert (request.model, request.model_base_url, request.model_args) == ("openai/typed", None, None)
    assert request.environment == {
        "model": "openai/environment",
        "model_base_url": "http://127.0.0.1/v1",
        "model_args": {"a": 1},
        "generate_config": GenerateConfig(temperature=0.5),
    }
