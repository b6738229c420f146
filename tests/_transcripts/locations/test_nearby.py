"""Folders nearby that hold transcripts, and messages that name them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inspect_scout import LocationError
from inspect_scout._cli import main
from inspect_scout._transcripts import NearbyFolder, find_nearby

LOGS = Path(__file__).parents[3] / "examples" / "logs"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own" / "here"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def touch(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_logs_and_databases_are_found_nearest_first() -> None:
    touch("runs/old/a.eval", "logs/a.eval", "logs/2026-01-02T03-04-05+00-00_task_x.json", "db/part.parquet", "x/y.json")
    assert find_nearby() == [NearbyFolder("db", 0), NearbyFolder("logs", 2), NearbyFolder("runs/old", 1)]


def test_results_hidden_and_installed_folders_are_passed_over() -> None:
    touch("scans/scan_id=x/words.parquet", ".git/a.eval", "node_modules/a.eval", "a/b/c/d/e/f.eval")
    assert find_nearby() == []


def test_folders_beside_the_working_directory_are_found_where_it_has_none() -> None:
    touch("../logs/a.eval")
    assert find_nearby() == [NearbyFolder("../logs", 1)]


def test_what_is_missing_is_looked_for_where_its_path_still_leads(tmp_path: Path) -> None:
    touch("../../data/logs/a.eval")
    place = tmp_path / "data" / "lgos"
    assert find_nearby(str(place)) == [NearbyFolder("../../data/logs", 1)]


def test_large_folders_are_looked_at_in_part() -> None:
    touch(*(f"many/{n}.txt" for n in range(4_100)), "logs/a.eval")
    assert [found.path for found in find_nearby()] == ["logs"]


def test_a_missing_folder_is_refused_with_those_nearby(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(LOGS, "runs")
    shutil.copy(LOGS.parent / "scanners.py", ".")
    assert main(["scan", "scanners.py", "-T", "lgos"]) == 1
    said = capsys.readouterr().err
    assert "there is no such file or folder. There are some in 'runs' (2 logs)." in said


def test_a_missing_file_far_from_any_transcripts_asks_to_check_the_path() -> None:
    from inspect_scout import transcripts_from

    with pytest.raises(LocationError, match="Check the path"):
        transcripts_from("nowhere/a.eval")
