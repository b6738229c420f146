"""A scan that would judge without a model is refused before anything is created."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import model_graded_qa

from inspect_scout import (
    ConfigError,
    Result,
    ResultReducer,
    ScanJob,
    ScanJobConfig,
    Scanner,
    Transcript,
    as_scanner,
    generate_answer,
    grep_scanner,
    llm_scanner,
    scan,
    scanner,
)
from inspect_scout import transcripts_from as from_memory
from inspect_scout._cli import main as run
from inspect_scout.aio import scan_async
from inspect_scout.testing import scripted_model
from support.transcripts import length, talks

ASKED: dict[str, Any] = {"question": "Is it so?", "answer": "boolean"}


@scanner(messages="all")
def renamed(role: str | None = None) -> Scanner[Transcript]:
    """Be another name of a judging scanner."""
    return llm_scanner(**ASKED, model_role=role)


@scanner(messages="all")
def wrapping() -> Scanner[Transcript]:
    """Hold a judging scanner."""
    judge = llm_scanner(**ASKED)

    async def ask(transcript: Transcript) -> Result:
        found = await judge(transcript)
        assert isinstance(found, Result)
        return found

    return ask


@scanner(messages="all")
def making() -> Scanner[Transcript]:
    """Make a judging scanner when it is called."""

    async def ask(transcript: Transcript) -> Result:
        judge = llm_scanner(question="Is it so?", answer="boolean")
        found = await judge(transcript)
        assert isinstance(found, Result)
        return found

    return ask


@scanner(messages="all")
def answering() -> Scanner[Transcript]:
    """Ask for an answer."""

    async def ask(transcript: Transcript) -> Result:
        found = await generate_answer(f"Is it so? {transcript.transcript_id}", "boolean")
        assert isinstance(found, Result)
        return found

    return ask


@scanner(messages="all")
def calling() -> Scanner[Transcript]:
    """Call the model."""

    async def ask(transcript: Transcript) -> Result:
        model = get_model()
        return Result(value=(await model.generate(str(transcript.transcript_id))).completion)

    return ask


@scanner(messages="all")
def requiring() -> Scanner[Transcript]:
    """Call the model of a role that must be given."""

    async def ask(_: Transcript) -> Result:
        return Result(value=(await get_model(role="grader", required=True).generate("?")).completion)

    return ask


@scanner(messages="all")
def maybe_calling(call: bool = False) -> Scanner[Transcript]:
    """Call the model, if it is told to."""

    async def ask(_: Transcript) -> Result:
        if call:
            return Result(value=(await get_model().generate("?")).completion)
        return Result(value=1)

    return ask


JUDGES: dict[str, Any] = {
    "llm_scanner": lambda: [llm_scanner(**ASKED)],
    "renamed": lambda: [renamed()],
    "wrapping": lambda: [wrapping()],
    "making": lambda: [making()],
    "answering": lambda: [answering()],
    "calling": lambda: [calling()],
    "scorer": lambda: [model_graded_qa()],
    "scorer as scanner": lambda: {"graded": as_scanner(model_graded_qa(model_role=None))},
    "role": lambda: [renamed("grader")],
    "required role": lambda: [requiring()],
    "one of two": lambda: [grep_scanner("x"), ("judge", llm_scanner(**ASKED))],
}


def refused(folder: Path, scanners: Any, **options: Any) -> str:
    """Scan, and tell how that was refused; nothing may have been created."""
    scans = folder / "scans"
    with pytest.raises(ConfigError) as caught:
        scan(scanners, from_memory(talks(2)), scans=str(scans), display="none", **options)
    assert not scans.exists()
    return str(caught.value)


@pytest.mark.parametrize("kind", JUDGES)
def test_a_judging_scan_without_a_model_is_refused(kind: str, tmp_path: Path) -> None:
    said = refused(tmp_path, JUDGES[kind]())
    assert said.startswith("No model specified: scanner '")
    assert "--model" in said
    assert "Nothing was created" in said
    assert "\n" not in said


@pytest.mark.parametrize("model", ["none", "none/none"])
def test_a_model_that_is_none_is_no_model(model: str, tmp_path: Path) -> None:
    assert "No model specified" in refused(tmp_path, [llm_scanner(**ASKED)], model=model)


def test_a_role_that_is_missing_is_named(tmp_path: Path) -> None:
    said = refused(tmp_path, [renamed("grader")], model_roles={"other": "mockllm/model"})
    assert "'renamed'" in said
    assert "--model-role grader=provider/name" in said
    said = refused(tmp_path, [requiring()], model="mockllm/model")
    assert "'grader'" in said


@pytest.mark.parametrize(
    ("scanners", "options"),
    [
        (lambda: [renamed("grader")], {"model_roles": {"grader": scripted_model("ANSWER: yes")}}),
        (lambda: [requiring()], {"model_roles": {"grader": scripted_model("ANSWER: yes")}}),
        (lambda: [renamed("grader")], {"model": scripted_model("ANSWER: yes")}),
        (lambda: [llm_scanner(**ASKED, model=scripted_model("ANSWER: yes"))], {}),
        (lambda: [maybe_calling()], {}),
        (lambda: [grep_scanner("x"), length()], {}),
        (
            lambda: [length(), ("judge", llm_scanner(**ASKED))],
            {"worklist": [{"scanner": "length", "transcripts": ["t0"]}]},
        ),
    ],
)
def test_what_needs_no_model_of_the_scan_runs_without_one(scanners: Any, options: Any, tmp_path: Path) -> None:
    from inspect_scout import Worklist

    if "worklist" in options:
        options = {"worklist": [Worklist(**one) for one in options["worklist"]]}
    status = scan(scanners(), from_memory(talks(2)), scans=str(tmp_path), display="none", max_processes=1, **options)
    assert status.complete


@pytest.mark.parametrize(
    "own",
    [
        lambda: llm_scanner(**ASKED, model="nobody/model"),
        lambda: llm_scanner(**ASKED, model="model"),
        lambda: llm_scanner(**ASKED, model="openai/gpt-4o"),  # there is no key
        lambda: llm_scanner(question="?", answer="string", reducer=ResultReducer.llm("nobody/model")),
    ],
)
def test_a_model_that_a_scanner_names_and_that_cannot_be_used_is_refused(own: Any, tmp_path: Path) -> None:
    said = refused(tmp_path, {"judge": own()}, model="mockllm/model")
    assert said.startswith("Scanner 'judge': the model '")


@pytest.mark.parametrize(
    "options",
    [
        {"model": "nobody/model"},
        {"model": "openai/gpt-4o"},
        {"model": "mockllm/model", "model_roles": {"grader": "nobody/model"}},
        {"model": "mockllm/model", "model_roles": {"grader": ["mockllm/model", "anthropic/claude"]}},
    ],
)
def test_a_model_that_cannot_be_used_is_refused(options: Any, tmp_path: Path) -> None:
    assert "cannot be" in refused(tmp_path, [renamed()], **options)


def test_async_scans_and_jobs_are_refused_as_well(tmp_path: Path) -> None:
    os.environ["SCOUT_DISPLAY"] = "none"
    scans, transcripts = tmp_path / "scans", from_memory(talks(2))
    with pytest.raises(ConfigError, match="No model specified"):
        asyncio.run(scan_async([renamed()], transcripts, scans=str(scans)))
    with pytest.raises(ConfigError, match="No model specified"):
        scan(ScanJob(scanners=[renamed()], transcripts=transcripts, scans=str(scans)))
    assert not scans.exists()


FILE = """
from inspect_scout import Scanner, Transcript, llm_scanner, scanner

@scanner(messages="all")
def judge() -> Scanner[Transcript]:
    return llm_scanner(question="Is it so?", answer="boolean")
"""


@pytest.mark.parametrize("source", ["command line", "job file", "project", "job config"])
def test_files_are_refused_as_well(
    source: str, example_logs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    os.chdir(tmp_path)
    Path("judges.py").write_text(FILE)
    where = ["-T", str(example_logs), "--scans", "scans", "--display", "none"]
    job = "scanners:\n  - {name: judge, file: judges.py}\n"
    match source:
        case "command line":
            assert run(["scan", "judges.py", *where]) == 1
        case "job file":
            Path("job.yaml").write_text(job)
            assert run(["scan", "job.yaml", *where]) == 1
        case "project":
            Path("scout.yaml").write_text(job)
            Path("none.py").write_text("from inspect_scout import grep_scanner, scanner\n")
            with pytest.raises(ConfigError, match="No model specified"):
                scan([], str(example_logs), scans="scans", display="none")
        case _:
            config = ScanJobConfig.model_validate({"scanners": [{"name": "judge", "file": "judges.py"}]})
            with pytest.raises(ConfigError, match="No model specified"):
                scan(config, str(example_logs), scans="scans", display="none")
    if source in {"command line", "job file"}:
        assert "No model specified: scanner 'judge' calls a model" in capfd.readouterr().err
    assert not Path("scans").exists()


def test_a_dry_run_counts_without_a_model_and_warns(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    transcripts = from_memory(talks(2))
    status = scan([renamed()], transcripts, scans=str(tmp_path / "scans"), display="none", dry_run=True)
    assert status.location == "(dry-run)"
    assert "No model specified: scanner 'renamed'" in caplog.text


def test_generation_options_alone_are_no_model(tmp_path: Path) -> None:
    assert "No model" in refused(tmp_path, [renamed()], model_config=GenerateConfig(temperature=0.5))
