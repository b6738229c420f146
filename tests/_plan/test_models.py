"""Which models a scan uses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, Model, ModelConfig, get_model

from inspect_scout import ConfigError, LocationError
from inspect_scout._plan import ResumeRequest, ScanRequest, parse_mapping, read_model_args
from inspect_scout._plan.models import PlannedModels, plan_models
from inspect_scout._plan.resumed_models import resumed_models
from inspect_scout._types import ScanSpec


def request(**fields: Any) -> ScanRequest:
    return ScanRequest(scanners="x.py", **fields)


def restored(spec: ScanSpec) -> PlannedModels:
    return resumed_models(spec, ResumeRequest(location="scan"))


def names(models: Model | list[Model]) -> list[str]:
    return [str(model) for model in (models if isinstance(models, list) else [models])]


def test_the_model_of_the_request_is_made() -> None:
    assert str(plan_models(request(model="mockllm/given")).active.model) == "mockllm/given"


def test_of_several_names_the_first_counts() -> None:
    assert str(plan_models(request(model=" mockllm/a , mockllm/b")).active.model) == "mockllm/a"


def test_the_model_of_evals_is_not_asked() -> None:
    os.environ["INSPECT_EVAL_MODEL"] = "mockllm/evals"
    planned = plan_models(request())
    assert (str(planned.active.model), planned.model, planned.roles) == ("none/none", None, None)


def test_a_model_that_is_made_already_is_used_as_it_is() -> None:
    model = get_model("mockllm/mine", config=GenerateConfig(temperature=0.5), memoize=False)
    planned = plan_models(request(model=model, model_config=GenerateConfig(timeout=3)))
    assert planned.active.model is model
    assert planned.active.own == ()
    assert planned.model is not None
    assert (planned.model.config.temperature, planned.model.config.timeout) == (0.5, 3)
    for wrong in ({"model_base_url": "http://x"}, {"model_args": {"a": 1}}):
        with pytest.raises(ConfigError, match="made already"):
            plan_models(request(model=model, **wrong))


def test_settings_belong_to_the_model_and_not_to_roles() -> None:
    planned = plan_models(
        request(
            model="mockllm/a",
            model_base_url="http://a/v1",
            model_args={"flavour": 1, "api_key": "hush"},
            model_config=GenerateConfig(temperature=0.5),
            model_roles={"judge": "mockllm/b"},
        )
    )
    assert planned.model == ModelConfig(
        model="mockllm/a", base_url="http://a/v1", args={"flavour": 1}, config=GenerateConfig(temperature=0.5)
    )
    assert planned.roles == {"judge": ModelConfig(model="mockllm/b")}


def test_settings_without_a_model_are_refused() -> None:
    with pytest.raises(ConfigError, match="belong to a model"):
        plan_models(request(model_base_url="http://a"))


def test_roles_are_names_models_descriptions_or_lists() -> None:
    model = get_model("mockllm/b", memoize=False)
    given = {"one": "mockllm/a", "two": model, "three": ["mockllm/c", model], "four": ModelConfig(model="mockllm/d")}
    roles = plan_models(request(model_roles=given)).active.roles
    assert {role: names(models) for role, models in roles.items()} == {
        "one": ["mockllm/a"],
        "two": ["mockllm/b"],
        "three": ["mockllm/c", "mockllm/b"],
        "four": ["mockllm/d"],
    }
    assert isinstance(roles["three"], list)
    assert [m.role for m in roles["three"]] == ["three", "three"]
    assert model.role is None


@pytest.mark.parametrize(
    ("given", "config", "connections"),
    [
        (None, None, None),
        (7, None, 7),
        (7, GenerateConfig(max_connections=3), 3),
        (7, GenerateConfig(adaptive_connections=True), None),
        (7, GenerateConfig(batch=True), None),
    ],
)
def test_transcripts_that_were_fixed_fix_connections(
    given: int | None, config: GenerateConfig | None, connections: int | None
) -> None:
    planned = plan_models(request(model="mockllm/a", max_transcripts=given, model_config=config))
    assert planned.active.config.max_connections == connections


@pytest.mark.parametrize("wrong", [{"max_connections": 0}, {"max_retries": -1}, {"timeout": 0}, {"attempt_timeout": 0}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="too small"):
        plan_models(request(model_config=GenerateConfig(**wrong)))


def test_models_are_made_again_from_what_was_recorded() -> None:
    planned = plan_models(
        request(
            model="mockllm/a",
            model_config=GenerateConfig(temperature=0.5, max_connections=4),
            model_roles={"judge": "mockllm/b", "panel": ["mockllm/c"]},
        )
    )
    spec = ScanSpec(scan_name="x", scanners={}, model=planned.model, model_roles=planned.roles)
    again = restored(ScanSpec.model_validate_json(spec.model_dump_json()))
    assert str(again.active.model) == "mockllm/a"
    assert again.active.config == GenerateConfig(temperature=0.5, max_connections=4)
    assert {role: names(models) for role, models in again.active.roles.items()} == {
        "judge": ["mockllm/b"],
        "panel": ["mockllm/c"],
    }
    assert len(again.active.own) == 3


def test_options_outlast_a_scan_that_has_roles_only() -> None:
    planned = plan_models(
        request(
            model_config=GenerateConfig(temperature=0.5, extra_headers={"authorization": "hush"}),
            model_roles={"judge": "mockllm/b"},
        )
    )
    spec = ScanSpec(scan_name="x", scanners={}, model_roles=planned.roles, generate_config=planned.config)
    written = spec.model_dump_json(exclude_none=True)
    assert "hush" not in written
    assert restored(ScanSpec.model_validate_json(written)).active.config.temperature == 0.5


def test_a_scan_without_models_is_restored_without_models() -> None:
    assert str(restored(ScanSpec(scan_name="x", scanners={})).active.model) == "none/none"


@pytest.mark.parametrize("text", ['{"a": 1, "b": {"c": [2]}}', "a: 1\nb:\n  c: [2]\n", "{a: 1, b: {c: [2]}}"])
def test_arguments_are_read_from_json_and_yaml(text: str, tmp_path: Path) -> None:
    file = tmp_path / "args"
    file.write_text(text)
    assert read_model_args(str(file)) == {"a": 1, "b": {"c": [2]}}


def test_a_file_of_arguments_must_exist_and_hold_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(LocationError, match="nowhere"):
        read_model_args(str(tmp_path / "nowhere.yaml"))
    with pytest.raises(ConfigError, match="cannot be read"):
        read_model_args(str(tmp_path))


@pytest.mark.parametrize("text", ['{"a": "é"}', "a: é\r\n"])
def test_files_of_arguments_are_read_as_powershell_writes_them(tmp_path: Path, text: str) -> None:
    file = tmp_path / "args"
    file.write_bytes(text.encode("utf-16"))
    assert read_model_args(file) == {"a": "é"}
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"args' cannot be read: it is not UTF-8 \(byte 0xe9 on line 1\)\. Save it"):
        read_model_args(file)


@pytest.mark.parametrize("text", ["[1]", "a: [", "{", "!!python/object:os.system {}", ""])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="It is"):
        parse_mapping(text, "It")
