"""Going on with scans that ask models: the models are made again as they were recorded."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, get_model

from inspect_scout import (
    ConfigError,
    Result,
    Scanner,
    ScanStateError,
    Transcript,
    llm_scanner,
    scan,
    scan_results_df,
    scan_resume,
    scan_status,
    scanner,
    transcripts_from,
)
from inspect_scout._cli import main as run
from inspect_scout.aio import scan_resume_async
from inspect_scout.testing import scripted_model


@scanner(messages="all")
def asks_two() -> Scanner[Transcript]:
    """Ask the default model and a judge; fails as long as the environment says so."""

    async def scan(transcript: Transcript) -> Result:
        if os.environ["FAIL"]:
            raise RuntimeError("not now")
        model, judge = get_model(), get_model(role="judge")
        said = [(await each.generate("?")).completion for each in (model, judge)]
        return Result(value=" ".join(said), answer=f"{model} {model.config.temperature} {judge.role}")

    return scan


def test_a_scan_goes_on_with_its_models(example_logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transcripts = transcripts_from(str(example_logs))
    monkeypatch.setenv("FAIL", "yes")
    status = scan(
        [asks_two()],
        transcripts,
        scans=str(tmp_path / "scans"),
        model=scripted_model("yes", name="first"),
        model_config=GenerateConfig(temperature=0.5),
        model_roles={"judge": scripted_model("no", name="second")},
        display="none",
    )
    assert not status.complete
    monkeypatch.setenv("FAIL", "")
    monkeypatch.setenv("SCOUT_SCAN_MODEL", "nobody/model")
    resumed = scan_resume(status.location, display="none")
    assert resumed.complete
    frame = scan_results_df(status.location).scanners["asks_two"]
    assert set(frame["value"]) == {"yes no"}
    assert set(frame["answer"]) == {"scripted/first 0.5 judge"}


@scanner(messages="all")
def judge(role: str | None = None) -> Scanner[Transcript]:
    """Ask the model, or that of a role; fails on some as long as the environment says so."""

    async def ask(transcript: Transcript) -> Result:
        if transcript.transcript_id in os.environ["FAIL"].split():
            raise RuntimeError("not now")
        chosen = get_model(role=role) if role else get_model()
        options = chosen.config
        answer = (await chosen.generate("?")).completion
        return Result(value=answer, answer=f"{chosen} {chosen.api.base_url} {options.temperature}")

    return ask


def made_without(folder: Path, logs: Path, **fields: Any) -> str:
    """Make a scan without a model, as an older version and the published package made it."""
    os.environ["FAIL"] = "nothing"
    model = scripted_model("yes", name="x")
    status = scan([judge()], str(logs), scans=str(folder), model=model, display="none", limit=3, max_processes=1)
    file, location = Path(status.location, "_scan.json"), Path(status.location)
    said = json.loads(file.read_text())
    del said["model"]
    for each in said["scanners"].values():
        for name in ("fingerprint", "code", "asked", "earlier"):
            each.pop(name, None)
    file.write_text(json.dumps({**said, **fields, "of_others": 1}))
    for left in location.iterdir():
        if left.name != "_scan.json":
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return status.location


def partly(folder: Path, logs: Path, **options: Any) -> str:
    """Run a scan that fails on one transcript, and let it succeed from now on."""
    index = asyncio.run(transcripts_from(str(logs)).index())
    os.environ["FAIL"] = next(iter(index.ids))
    given: dict[str, Any] = {"limit": 3, "max_processes": 1, "display": "none", **options}
    scanners = given.pop("scanners", None) or [judge()]
    status = scan(scanners, str(logs), scans=str(folder), **given)
    assert not status.complete
    os.environ["FAIL"] = "nothing"
    return status.location


def rows(location: str) -> Any:
    """Read the rows of the judge."""
    return scan_results_df(location).scanners["judge"]


def test_a_scan_that_was_made_without_a_model_is_given_one(example_logs: Path, tmp_path: Path) -> None:
    location = made_without(tmp_path, example_logs)
    with pytest.raises(ConfigError, match=r"^No model specified: .*scan_resume\(.*--model"):
        scan_resume(location, display="none")
    status = scan_resume(location, display="none", model=scripted_model("yes", name="late"))
    assert status.complete
    assert rows(location)["value"].tolist() == ["yes"] * 3
    assert status.spec.model is not None
    assert status.spec.model.model == "scripted/late"
    said = json.loads(Path(location, "_scan.json").read_text())
    assert (said["model"]["model"], said["of_others"]) == ("scripted/late", 1)


def test_a_scan_that_will_call_a_model_does_not_go_on_without(example_logs: Path, tmp_path: Path) -> None:
    os.environ["SCOUT_DISPLAY"] = "none"
    asks = llm_scanner(question="Is it so?", answer="boolean")
    status = scan([asks], str(example_logs), scans=str(tmp_path), model=scripted_model(refuse=1), limit=2)
    file = Path(status.location, "_scan.json")
    said = json.loads(file.read_text())
    del said["model"]
    file.write_text(json.dumps(said))
    with pytest.raises(ConfigError, match=r"^No model specified: scanner 'llm_scanner' calls .*Nothing was scanned"):
        scan_resume(status.location)
    assert scan_resume(status.location, model=scripted_model("ANSWER: yes", name="late")).complete


def test_the_options_of_a_late_model_are_recorded(example_logs: Path, tmp_path: Path) -> None:
    location = made_without(tmp_path, example_logs, generate_config={"temperature": 0.5, "max_connections": 4})
    status = scan_resume(
        location,
        display="none",
        model="mockllm/late",
        model_args={"flavour": 1, "api_key": "hush"},
        model_base_url="http://user:pw@late/v1",
        model_config=GenerateConfig(max_connections=2),
    )
    recorded = status.spec.model
    assert recorded is not None
    assert (recorded.model, recorded.args, recorded.base_url) == ("mockllm/late", {"flavour": 1}, "http://late/v1")
    assert (recorded.config.temperature, recorded.config.max_connections) == (0.5, 2)
    text = Path(location, "_scan.json").read_text()
    assert "hush" not in text
    assert "generate_config" not in text


def test_a_late_model_may_be_given_by_role_or_on_the_command_line(
    example_logs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number, words in enumerate((["--model", "mockllm/late"], ["--model", "mockllm/late, mockllm/other"])):
        location = made_without(tmp_path / str(number), example_logs)
        assert run(["scan", "resume", location, "--display", "none"]) == 1
        assert "No model specified" in capfd.readouterr().err
        more = [
            "--max-connections",
            "3",
            "--max-retries",
            "2",
            "--timeout",
            "9",
            "--attempt-timeout",
            "4",
            "-M",
            "flavour=1",
        ]
        assert run(["scan", "resume", location, "--display", "none", *words, *more]) == 0
        said = json.loads(Path(location, "_scan.json").read_text())["model"]
        assert said["config"] == {"max_connections": 3, "max_retries": 2, "timeout": 9, "attempt_timeout": 4}
        assert (said["model"], said["args"]) == ("mockllm/late", {"flavour": 1})


def test_a_role_that_was_missing_is_given_later(example_logs: Path, tmp_path: Path) -> None:
    location = partly(
        tmp_path, example_logs, scanners=[judge("grader")], model_roles={"grader": scripted_model("yes", name="old")}
    )
    file = Path(location, "_scan.json")
    said = json.loads(file.read_text())
    del said["model_roles"]
    file.write_text(json.dumps(said))
    status = scan_resume(location, display="none", model_roles={"grader": scripted_model("yes", name="old")})
    assert status.complete
    assert status.spec.model_roles is not None
    assert scan_status(location).spec.model_roles == status.spec.model_roles


@pytest.mark.parametrize(
    "given",
    [
        {"model_base_url": "http://elsewhere/v1"},
        {"model": "mockllm/old", "model_base_url": "http://elsewhere/v1"},
        {"model_args": {"api_key": "new", "timeout": 3, "region": "x"}},
        {"model_args": {"flavour": 1}},
        {"model_config": GenerateConfig(max_connections=2, max_retries=1, timeout=5, attempt_timeout=2)},
        {"model_config": GenerateConfig(temperature=0.5)},
        {"model": "mockllm/old"},
        {"model_roles": {"grader": {"model": "mockllm/grader", "max_connections": 1}}},
        {"model_roles": {"grader": "mockllm/grader"}},
    ],
)
def test_how_models_are_reached_may_change(given: Any, example_logs: Path, tmp_path: Path) -> None:
    location = partly(
        tmp_path,
        example_logs,
        model="mockllm/old",
        model_args={"flavour": 1},
        model_config=GenerateConfig(temperature=0.5),
        model_roles={"grader": "mockllm/grader"},
    )
    before = scan_status(location).spec
    status = scan_resume(location, display="none", **given)
    assert status.complete
    assert status.spec.scanners == before.scanners  # no other version
    if url := given.get("model_base_url"):
        assert sum(url in text for text in rows(location)["answer"]) == 1
    assert scan_status(location).spec.model == status.spec.model
    if options := given.get("model_config"):
        assert status.spec.model is not None
        assert status.spec.model.config == GenerateConfig(temperature=0.5).merge(options)
    frame = rows(location)
    assert {answer.split()[0] for answer in frame["answer"]} == {"mockllm/old"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": "mockllm/new"}, r"judged by 'mockllm/old' and cannot go on with 'mockllm/new'"),
        ({"model": scripted_model("yes", name="new")}, "judged by 'mockllm/old' and cannot go on with 'scripted/new'"),
        ({"model_args": {"flavour": 2}}, r"'mockllm/old' with flavour=1 and cannot go on with flavour=2"),
        ({"model_args": {"sweet": True}}, r"with no sweet and cannot go on with sweet=True"),
        (
            {"model_config": GenerateConfig(temperature=0.9)},
            r"with temperature=0.5 and cannot go on with temperature=0.9",
        ),
        ({"model_config": GenerateConfig(max_tokens=5)}, r"with no max_tokens and cannot go on with max_tokens=5"),
        ({"model_roles": {"grader": "mockllm/new"}}, r"judged by 'mockllm/grader' and cannot go on with 'mockllm/new'"),
        ({"model_roles": {"grader": ["mockllm/grader", "mockllm/x"]}}, r"2"),
        ({"model_roles": {"other": "mockllm/new"}}, r"the role 'other'"),
    ],
)
def test_another_judge_than_was_recorded_is_refused(given: Any, said: str, example_logs: Path, tmp_path: Path) -> None:
    location = partly(
        tmp_path,
        example_logs,
        model="mockllm/old",
        model_args={"flavour": 1},
        model_config=GenerateConfig(temperature=0.5),
        model_roles={"grader": "mockllm/grader"},
    )
    before = Path(location, "_scan.json").read_text()
    with pytest.raises(ScanStateError, match=said) as caught:
        scan_resume(location, display="none", **given)
    assert "\n" not in str(caught.value)
    assert Path(location, "_scan.json").read_text() == before
    assert scan_resume(location, display="none").complete


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": 3}, "neither the name"),
        ({"model_config": GenerateConfig(max_connections=0)}, "too small"),
        ({"model_roles": ["x"]}, "not a mapping"),
        ({"model_base_url": "http://x"}, "belong to a model"),
        ({"model": "nobody/model"}, "cannot be used"),
    ],
)
def test_what_makes_no_sense_is_refused(given: Any, said: str, example_logs: Path, tmp_path: Path) -> None:
    location = made_without(tmp_path, example_logs)
    with pytest.raises(ConfigError, match=said):
        scan_resume(location, display="none", **given)


def test_a_model_object_serves_a_scan_that_it_served_before(example_logs: Path, tmp_path: Path) -> None:
    location = partly(tmp_path, example_logs, model=scripted_model("yes", name="same"))
    assert scan_resume(location, display="none", model=scripted_model("yes", name="same")).complete
    assert rows(location)["value"].tolist() == ["yes"] * 3


def test_the_environment_names_no_model_for_a_scan_that_goes_on(example_logs: Path, tmp_path: Path) -> None:
    os.environ["SCOUT_SCAN_MODEL"] = "mockllm/environment"
    location = partly(tmp_path, example_logs, model="mockllm/old")
    os.environ["SCOUT_SCAN_MAX_CONNECTIONS"] = "1"
    assert run(["scan", "resume", location, "--display", "none"]) == 0
    spec = scan_status(location).spec
    assert spec.model is not None
    assert (spec.model.model, spec.model.config.max_connections) == ("mockllm/old", None)


def test_async_resume_takes_models_as_well(example_logs: Path, tmp_path: Path) -> None:
    os.environ["SCOUT_DISPLAY"] = "none"
    location = made_without(tmp_path, example_logs)
    status = asyncio.run(scan_resume_async(location, model="mockllm/late", model_config=GenerateConfig(timeout=4)))
    assert status.complete
    assert status.spec.model is not None
    assert status.spec.model.config.timeout == 4
