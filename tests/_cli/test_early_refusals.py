"""Mistakes that are told before anything is loaded that scans, and what stands on a terminal meanwhile."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from inspect_scout._cli import main
from support.terminals import scout_on_terminal

EXAMPLES = Path(__file__).parents[2] / "examples"
JUDGES = """
from inspect_scout import llm_scanner, scanjob, scanner, ScanJob

@scanner(messages="all")
def plain():
    return llm_scanner(question="Did it work?", answer="boolean")

@scanner(messages="all")
def own_model():
    return llm_scanner(question="Did it work?", answer="boolean", model="openai/gpt-5")
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The examples, as the working directory."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "judges.py").write_text(JUDGES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = main(["scan", *arguments])
    assert code in {1, 2}
    return capsys.readouterr().err.partition("Error: ")[2]


def test_without_a_file_it_lists_what_one_can_scan_with(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree("extension")
    said = error_of(capsys)
    assert [line.split(maxsplit=3)[2:] for line in said.splitlines()[1:]] == [
        ["judges.py", "plain, own_model"],
        ["judging.py", "tampering, ending"],
        ["scanners.py", "edits_tests, reads_hidden_files, environment_errors, claims…"],
        ["project/jobs.py@review", "scan job"],
        ["project/jobs.py@split", "scan job"],
        ["project/nightly.yaml", "scan job"],
        ["project/scanners.py", "edits_tests, long_talk"],
    ]


def test_a_folder_without_scanners_leads_to_init(
    capsys: pytest.CaptureFixture[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "empty").mkdir()
    monkeypatch.chdir(here / "empty")
    (here / "empty" / "broken.py").write_text("import inspect_scout\ndef scanner(:")
    os.mkfifo(here / "empty" / "pipe.py")
    assert "There are none in this folder: 'scout init' writes some." in error_of(capsys)


def test_a_misspelt_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert error_of(capsys, "project/scaners.py") == (
        "The file 'project/scaners.py' does not exist. Did you mean 'project/scanners.py'?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["project/jobs.py"], "has 2 scan jobs (review, split): name one, as in jobs.py@review"),
        (["scanners.py@edits_test"], "Did you mean 'edits_tests'?"),
        (["scanners.py", "-T", "lgos"], "There are some in"),
        (["scanners.py", "-T", "logs", "-V", "cases.csv"], "The file of labelled cases 'cases.csv' does not exist"),
        (["scanners.py", "-T", "logs", "-F", "score ="], "(in the condition 'score =')"),
        (["scanners.py", "-T", "logs", "--cache=often"], "--cache 'often' is neither a number"),
        (["judges.py", "-T", "logs"], "No model specified: scanner 'plain' calls a model"),
    ],
)
def test_what_cannot_be_is_refused(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert said in error_of(capsys, *arguments)
    assert not Path("scans").exists()


@pytest.mark.parametrize("given", ["typed", "project", "environment"])
def test_a_model_that_is_named_anywhere_is_not_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    typed = ["--model", "mockllm/model"] if given == "typed" else []
    if given == "project":
        Path("scout.yaml").write_text("model: mockllm/model\n")
    if given == "environment":
        monkeypatch.setenv("SCOUT_SCAN_MODEL", "mockllm/model")
    assert main(["scan", "judges.py@plain", "-T", "logs", "--limit", "1", "--display", "none", *typed]) in {0, 3}


def test_a_dry_run_needs_no_model() -> None:
    assert main(["scan", "judges.py@plain", "-T", "logs", "--dry-run"]) == 0


def test_jobs_under_a_condition_are_counted_when_the_file_runs(capsys: pytest.CaptureFixture[str]) -> None:
    jobs = Path("project/jobs.py").read_text()
    Path("project/jobs.py").write_text(
        jobs.replace("@scanjob(", "if False:\n  @scanjob(").replace("\ndef d", "\n  def d")
    )
    assert main(["scan", "project/jobs.py", "-T", "logs", "--dry-run"]) == 0


def test_a_scan_shows_at_once_that_it_has_begun_and_erases_it() -> None:
    shown = scout_on_terminal("scan", "scanners.py@refusals", "-T", "logs", "--display", "plain").shown
    assert shown.startswith("Starting ...\r\x1b[K")
    assert "scan complete" in shown
    refused = scout_on_terminal("scan", "scaners.py", "-T", "logs").shown
    assert refused.startswith("Starting ...\r\x1b[KError: The file")


@pytest.mark.parametrize("quiet", [["--json"], ["--display", "none"]])
def test_where_nothing_is_to_be_shown_nothing_is(quiet: list[str]) -> None:
    assert "Starting" not in scout_on_terminal("scan", "scanners.py@refusals", "-T", "logs", *quiet).shown
