"""`scout init`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from inspect_scout import scan_status
from inspect_scout._cli import main
from support.cli import scout
from support.terminals import scout_on_terminal

LOGS = Path(__file__).parents[2] / "examples" / "logs"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "review").mkdir()
    monkeypatch.chdir(tmp_path / "review")


def test_it_writes_a_project_that_scans_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(LOGS, "runs/first")
    assert scout("init").out.splitlines() == [
        "wrote scout.yaml",
        "wrote scanners.py",
        "wrote cases.csv",
        "next: scout scan scanners.py",
    ]
    assert "transcripts: ./runs/first\n" in Path("scout.yaml").read_text()
    assert main(["scan", "scanners.py", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    status = scan_status(found["location"])
    assert status.complete
    assert set(status.summary.scanners) == {"refusals", "repeats_itself"}
    assert status.summary["refusals"].results == 1


def test_it_overwrites_nothing() -> None:
    Path("scanners.py").write_text("mine")
    Path("cases.csv").symlink_to("nowhere.csv")
    ran = scout("init", "--json", "-T", "./logs")
    assert json.loads(ran.out) == {
        "folder": ".",
        "written": ["scout.yaml"],
        "kept": ["scanners.py", "cases.csv"],
        "transcripts": "./logs",
    }
    assert Path("scanners.py").read_text() == "mine"
    assert not Path("nowhere.csv").exists()
    assert "kept  scanners.py (it was there already)" in scout("init").out


def test_a_folder_is_made_and_its_paths_lead_back() -> None:
    shutil.copytree(LOGS, "logs")
    assert scout("init", "new one").out.splitlines()[-1] == "next: cd 'new one' && scout scan scanners.py"
    assert "transcripts: ../logs\n" in Path("new one/scout.yaml").read_text()


def test_a_model_gets_a_question() -> None:
    scout("init", "--model", "openai/gpt-5-mini", "-T", "s3://bucket/logs")
    assert "\nmodel: openai/gpt-5-mini\n" in Path("scout.yaml").read_text()
    assert "transcripts: s3://bucket/logs\n" in Path("scout.yaml").read_text()
    listed = json.loads(scout("scanner", "list", "scanners.py", "--json").out)
    assert [scanner["name"] for scanner in listed[0]["scanners"]] == ["refusals", "repeats_itself", "claims_too_much"]


def test_hash_signs_taken_away_make_the_question_a_scanner() -> None:
    scout("init", "-T", "./logs")
    commented = Path("scanners.py").read_text()
    head, _, question = commented.partition("#\n")
    Path("scanners.py").write_text(head + "".join(line[2:] or "\n" for line in question.splitlines(keepends=True)))
    listed = json.loads(scout("scanner", "list", "scanners.py", "--json").out)
    assert [scanner["kind"] for scanner in listed[0]["scanners"]][-1] == "llm"


def test_without_transcripts_nearby_it_says_what_to_do() -> None:
    out = scout("init").out
    assert "No transcripts were found nearby" in out
    assert "transcripts: ./logs\n" in Path("scout.yaml").read_text()


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    Path("file").write_text("")
    ran = scout("init", "file/below")
    assert ran.code == 1
    assert ran.err.startswith("Error: Cannot write into 'file/below'")


def test_on_a_terminal_it_asks_where_transcripts_are() -> None:
    shutil.copytree(LOGS, "logs")
    shown = scout_on_terminal("init", typed="./elsewhere\n").shown
    assert "Where are the transcripts? [logs]:" in shown
    assert "transcripts: ./elsewhere\n" in Path("scout.yaml").read_text()
