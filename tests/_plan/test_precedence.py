"""Every option through every pair of sources: which value applies, and where it is said to come from."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from inspect_ai.model import GenerateConfig

from inspect_scout import ConfigError, ScanJob, ScanJobConfig, Worklist
from inspect_scout._plan import ScanRequest, Setting, resolve_request
from inspect_scout._project import MERGED_OPTIONS, OPTION_BY_NAME, Option
from support.cli import FakeApp, scout
from support.transcripts import length

SCANNERS = """
from inspect_ai.model import GenerateConfig
from inspect_scout import Result, ScanJob, Transcript, Worklist, scanjob, scanner

@scanner(messages="all")
def length():
    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))
    return scan
"""
SOURCES = ("api", "command line", "job object", "job file", "project", "environment")
LEVELS = {"api": 0, "command line": 0, "job object": 1, "job file": 1, "project": 2, "environment": 3}


@dataclass(frozen=True)
class Values:
    """Two values of an option, as project files write them, and how other sources write them.

    Args:
        weak: The value of the weaker source.
        strong: That of the stronger one.
        merged: What both make together.
        flag: Option of the command line; None if there is none.
        beside: What every source also sets, so that the option has something to apply to.
    """

    weak: Any
    strong: Any
    merged: Any
    flag: str | None = None
    beside: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def sources(self) -> tuple[str, ...]:
        return SOURCES if self.flag else tuple(s for s in SOURCES if s not in {"command line", "environment"})


def replacing(weak: Any, strong: Any, flag: str | None = None, **beside: Any) -> Values:
    return Values(weak, strong, strong, flag, beside)


T0, T1 = ({"scanner": "length", "transcripts": [t]} for t in ("t0", "t1"))
VALUES = {
    "name": replacing("weak", "strong"),
    "transcripts": replacing(["weak"], ["strong", "other"], "-T"),
    "filter": Values(["x = 'a b'"], ["y = 2"], ["x = 'a b'", "y = 2"], "-F"),
    "worklist": Values([T0], [T1], [T0, T1], "--worklist"),
    "validation": Values({"a": "a.csv", "b": "a.csv"}, {"b": "b.csv"}, {"a": "a.csv", "b": "b.csv"}),
    "scans": replacing("weak", "strong", "--scans"),
    "model": replacing("mockllm/weak", "mockllm/strong", "--model"),
    "model_base_url": replacing("http://weak", "http://strong", "--model-base-url", model="mockllm/model"),
    "model_args": replacing({"a": 1, "b": 1}, {"b": 2}, "-M", model="mockllm/model"),
    "generate_config": Values(
        {"temperature": 0.5, "timeout": 1},
        {"temperature": 0.7, "max_tokens": 5},
        {"temperature": 0.7, "timeout": 1, "max_tokens": 5},
        "--",
    ),
    "model_roles": Values(
        {"a": "mockllm/a", "b": "mockllm/a"}, {"b": "mockllm/b"}, {"a": "mockllm/a", "b": "mockllm/b"}, "--model-role"
    ),
    "max_transcripts": replacing(3, 4, "--max-transcripts"),
    "max_processes": replacing(2, 3, "--max-processes"),
    "executor": replacing("ray", "processes", "--executor"),
    "ray_address": replacing("weak:1", "strong:2", "--ray-address", executor="ray"),
    "limit": replacing(5, 0, "--limit"),
    "shuffle": replacing(7, False, "--shuffle"),
    "results_buffer": replacing(9, 10, "--results-buffer"),
    "tags": Values(["a", "b"], ["b", "c"], ["a", "b", "c"], "--tags"),
    "metadata": Values({"a": 1, "b": 1}, {"b": 2}, {"a": 1, "b": 2}, "--metadata"),
    "log_level": replacing("info", "error", "--log-level"),
    "record_input": replacing("copy", "reference", "--record-input"),
    "duplicates": replacing("all", "newest", "--duplicates"),
    "scanner_timeout": replacing(2.5, 60, "--scanner-timeout"),
}
PAIRS = [
    pytest.param(name, strong, weak, id=f"{name}: {strong} over {weak}")
    for name, values in VALUES.items()
    for strong, weak in itertools.permutations(values.sources, 2)
    if LEVELS[strong] < LEVELS[weak]
]
SINGLE = [
    pytest.param(name, source, id=f"{name}: {source}") for name, values in VALUES.items() for source in values.sources
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    Path("scanners.py").write_text(SCANNERS)


def parts(value: Any) -> tuple[dict[str, Any], list[Any]]:
    """Give a value as a mapping and as a list; empty where it is none."""
    return (
        cast("dict[str, Any]", value) if isinstance(value, dict) else {},
        cast("list[Any]", value) if isinstance(value, list) else [],
    )


def words(name: str, values: Values, value: Any) -> list[str]:
    """Write a value on the command line."""
    pairs, items = parts(value)
    if values.flag is None:
        raise ValueError(name)
    if name == "generate_config":
        return [word for key, item in pairs.items() for word in (f"--{key.replace('_', '-')}", str(item))]
    if name == "worklist":
        return [values.flag, worklist_file(items)]
    if name == "tags":
        return [values.flag, ",".join(items)]
    if pairs:
        return [word for key, item in pairs.items() for word in (values.flag, f"{key}={item}")]
    if items:
        return [word for item in items for word in (values.flag, item)]
    return [f"{values.flag}={value}"] if values.flag.startswith("--") else [values.flag, str(value)]


def variables(name: str, value: Any) -> dict[str, str]:
    """Write a value into the environment."""
    pairs, items = parts(value)
    if name == "generate_config":
        return {f"SCOUT_SCAN_{key.upper()}": str(item) for key, item in pairs.items()}
    variable = OPTION_BY_NAME[name].variables[0]
    if name == "worklist":
        return {variable: worklist_file(items)}
    if name == "filter":
        return {variable: items[0]}
    if name == "tags":
        return {variable: ",".join(items)}
    return {variable: " ".join([*(f"{key}={item}" for key, item in pairs.items()), *items]) or str(value)}


def worklist_file(items: list[Any]) -> str:
    name = f"work-{items[0]['transcripts'][0]}.json"
    Path(name).write_text(json.dumps(items))
    return name


def python(name: str, value: Any) -> Any:
    """Give a value as Python takes it."""
    if name == "generate_config":
        return GenerateConfig(**value)
    return [Worklist(**item) for item in value] if name == "worklist" else value


def resolved(said: Mapping[str, Mapping[str, Any]]) -> dict[str, Setting]:
    """Merge what sources say: source -> option -> value."""
    if project := said.get("project"):
        Path("scout.yaml").write_text(json.dumps(project))
    for name, value in said.get("environment", {}).items():
        os.environ.update(variables(name, value))
    file = "scanners.py"
    if job := said.get("job object"):
        text = ", ".join(f"{name}={python(name, value)!r}" for name, value in job.items())
        Path("job.py").write_text(
            f"{SCANNERS}\n@scanjob\ndef job():\n    return ScanJob(scanners=[length()], {text})\n"
        )
        file = "job.py"
    if job := said.get("job file"):
        Path("job.yaml").write_text(json.dumps({"scanners": [{"name": "length", "file": "scanners.py"}], **job}))
        file = "job.yaml"
    if "api" in said:
        given = {OPTION_BY_NAME[name].field: python(name, value) for name, value in said["api"].items()}
        return dict(resolve_request(ScanRequest(scanners=file, **given)).settings)
    app = FakeApp()
    typed = [w for name, value in said.get("command line", {}).items() for w in words(name, VALUES[name], value)]
    ran = scout("scan", file, *typed, app=app)
    assert ran.code == 0, ran.err
    return dict(resolve_request(app.request).settings)


def plain(name: str, value: Any) -> Any:
    """Write a resolved value as project files do."""
    if isinstance(value, GenerateConfig):
        return value.model_dump(exclude_none=True)
    if name == "worklist":
        parts = [json.loads(Path(p).read_text()) if isinstance(p, str) else [p.model_dump()] for p in value]
        return [item for part in parts for item in part]
    return value


def test_the_table_of_this_test_has_every_option() -> None:
    assert VALUES.keys() | {"scanners"} == {option.name for option in MERGED_OPTIONS}
    assert VALUES.keys() == ScanJobConfig.model_fields.keys() - {"scanners", "results"}


@pytest.mark.parametrize(("name", "source"), SINGLE)
def test_an_option_is_set_by_each_source(name: str, source: str) -> None:
    values = VALUES[name]
    setting = resolved({source: {**values.beside, name: values.strong}})[name]
    assert plain(name, setting.value) == values.strong
    assert len(setting.sources) == 1
    told = {
        "api": "argument",
        "command line": "command line",
        "job object": "job job.py",
        "job file": "job job.yaml",
        "project": "scout.yaml:1",
        "environment": "SCOUT_",
    }[source]
    assert told in setting.source


@pytest.mark.parametrize(("name", "strong", "weak"), PAIRS)
def test_the_stronger_source_applies_or_both_do(name: str, strong: str, weak: str) -> None:
    values = VALUES[name]
    setting = resolved({strong: {name: values.strong}, weak: {**values.beside, name: values.weak}})[name]
    ignored = (strong, weak) == ("api", "environment") and not OPTION_BY_NAME[name].everywhere
    if ignored:
        assert plain(name, setting.value) == values.strong
        return
    assert plain(name, setting.value) == values.merged
    both = OPTION_BY_NAME[name].merge in {"join", "union", "generation"}
    assert len(setting.sources) == (2 if both else 1)


@pytest.mark.parametrize("option", MERGED_OPTIONS, ids=lambda option: option.name)
def test_what_nobody_says_has_its_default(option: Option) -> None:
    Path("logs").mkdir()
    setting = resolved({})[option.name]
    assert setting.sources == () or option.name == "scanners"
    expected = {
        "name": Path.cwd().name,
        "transcripts": "./logs",
        "scans": "./scans",
        "max_transcripts": 25,
        "record_input": "auto",
    }
    if option.name != "scanners":
        assert setting.value == expected.get(option.name)


def test_python_hears_only_the_variables_that_are_for_everybody() -> None:
    os.environ.update(SCOUT_SCAN_LIMIT="3", SCOUT_SCAN_MODEL="mockllm/model", SCOUT_SCAN_RESULTS="old")
    settings = resolve_request(ScanRequest(scanners=[length()])).settings
    assert (settings["limit"].value, settings["model"].value, settings["scans"].value) == (None, "mockllm/model", "old")
    os.environ["SCOUT_SCAN_SCANS"] = "new"
    assert resolve_request(ScanRequest(scanners=[length()])).settings["scans"].source == "SCOUT_SCAN_SCANS"


@pytest.mark.parametrize("weak", ["job object", "job file", "project", "environment"])
def test_settings_of_a_model_do_not_leak_onto_another(weak: str) -> None:
    about = {
        "model": "mockllm/weak",
        "model_base_url": "http://weak",
        "model_args": {"a": 1},
        "generate_config": {"temperature": 0.5},
        "model_roles": {"judge": "mockllm/judge"},
    }
    settings = resolved({"command line": {"model": "mockllm/strong"}, weak: about})
    assert settings["model"].value == "mockllm/strong"
    assert [settings[n].value for n in ("model_base_url", "model_args", "generate_config")] == [None, None, None]
    assert settings["model_roles"].value == {"judge": "mockllm/judge"}


def test_a_stronger_door_refines_the_model_of_a_weaker_one() -> None:
    typed = {"model_base_url": "http://mine", "generate_config": {"temperature": 0.7}}
    shared = {"model": "mockllm/shared", "generate_config": {"temperature": 0.5, "timeout": 3}}
    settings = resolved({"command line": typed, "project": shared})
    assert (settings["model"].value, settings["model_base_url"].value) == ("mockllm/shared", "http://mine")
    assert plain("", settings["generate_config"].value) == {"temperature": 0.7, "timeout": 3}


def test_generation_options_without_a_model_are_about_every_model() -> None:
    settings = resolved(
        {"command line": {"model": "mockllm/mine"}, "project": {"generate_config": {"temperature": 0.5}}}
    )
    assert plain("", settings["generate_config"].value) == {"temperature": 0.5}


def test_a_base_url_of_a_project_is_not_used_for_a_model_named_elsewhere() -> None:
    settings = resolved({"command line": {"model": "mockllm/mine"}, "project": {"model_base_url": "http://shared"}})
    assert settings["model_base_url"].value is None


def test_settings_of_a_model_that_the_environment_does_not_name_are_not_used() -> None:
    assert resolved({"environment": {"model_base_url": "http://x"}})["model_base_url"].value is None


def test_scanners_of_project_and_job_come_together() -> None:
    spec = {"name": "length", "file": "scanners.py"}
    Path("scout.yaml").write_text(json.dumps({"scanners": {"shared": spec, "both": spec}}))
    mine = length()
    settings = resolve_request(ScanRequest(scanners=ScanJob(scanners={"both": mine, "own": mine}))).settings
    assert list(settings["scanners"].value) == ["shared", "both", "own"]
    assert settings["scanners"].value["both"] is mine


def test_cases_of_the_project_are_heard_where_their_scanner_is() -> None:
    Path("scout.yaml").write_text("validation: {length: cases.csv, other: cases.csv}\n")
    assert resolve_request(ScanRequest(scanners=[length()])).request.validation == {
        "length": os.path.abspath("cases.csv")
    }
    Path("scout.yaml").write_text("validation: {other: cases.csv}\n")
    assert resolve_request(ScanRequest(scanners=[length()])).request.validation is None
    given = {"other": "own.csv"}
    assert resolve_request(ScanRequest(scanners=[length()], validation=given)).request.validation == {
        "other": os.path.abspath("own.csv")
    }


def test_one_validation_for_all_takes_the_place_of_those_by_scanner() -> None:
    Path("scout.yaml").write_text("validation: {length: cases.csv}\n")
    assert resolve_request(
        ScanRequest(scanners=[length()], validation="own.csv")
    ).request.validation == os.path.abspath("own.csv")


def test_the_same_condition_is_said_once() -> None:
    settings = resolved({"command line": {"filter": ["x = 1"]}, "project": {"filter": ["x = 1"]}})
    assert settings["filter"].value == ["x = 1"]


@pytest.mark.parametrize(
    "said",
    [
        {"api": {"worklist": [T0]}, "project": {"limit": 3}},
        {"job file": {"worklist": [T0]}, "project": {"limit": 3}},
        {"project": {"limit": 3, "worklist": [T0]}},
    ],
)
def test_a_worklist_and_a_limit_contradict_whichever_doors_say_them(said: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(ConfigError, match=r"A worklist \(.*cannot be combined with a limit \(scout\.yaml:1\)"):
        resolved(said)


def test_tags_are_a_list_through_every_door() -> None:
    for scanners in ([length()], ScanJob(scanners=[length()], tags="one")):
        with pytest.raises(ConfigError, match="give a list of tags"):
            resolve_request(ScanRequest(scanners=scanners, tags=None if isinstance(scanners, ScanJob) else "one"))
