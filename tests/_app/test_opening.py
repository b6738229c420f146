"""What `scout view` opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_scout import LocationError
from inspect_scout._app import Opened, ServedPlaces, make_scans_folder, open_place, served_places


def test_a_folder_with_a_project_file_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "scout.yaml").write_text("name: x")
    (tmp_path / "a.eval").write_text("")
    assert open_place(str(tmp_path)) == Opened(str(tmp_path))


@pytest.mark.parametrize("name", ["transcripts", "logs", "scans"])
def test_a_folder_with_the_usual_folders_is_a_project(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / "a.eval").write_text("")
    assert open_place(str(tmp_path)) == Opened(str(tmp_path))


@pytest.mark.parametrize("name", ["a.eval", "part.parquet"])
def test_a_folder_of_logs_or_tables_is_opened_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    path = str(tmp_path)
    assert open_place(path) == Opened(path, transcripts=path, file=path)


@pytest.mark.parametrize("name", ["a.eval", "a.json", "a.parquet", "A.EVAL"])
def test_a_file_needs_no_project(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    path = str(tmp_path / name)
    assert open_place(path) == Opened(str(tmp_path), transcripts=path, file=path)
    assert open_place((tmp_path / name).as_uri()) == open_place(path)


def test_a_scan_is_shown_among_those_beside_it(tmp_path: Path) -> None:
    scan = tmp_path / "scan_id=L3aavDT5nsTHpoaVBfah7J"
    scan.mkdir()
    assert open_place(str(scan)) == Opened(str(tmp_path), scans=str(tmp_path), file=str(scan))
    other = tmp_path / "renamed"
    other.mkdir()
    (other / "_scan.json").write_text("{}")
    assert open_place(str(other)) == Opened(str(tmp_path), scans=str(tmp_path), file=str(other))


def test_remote_places_are_told_apart_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here, scan = str(tmp_path), "s3://bucket/scans/scan_id=L3aavDT5nsTHpoaVBfah7J"
    assert open_place("s3://bucket/logs/") == Opened(here, transcripts="s3://bucket/logs", file="s3://bucket/logs")
    assert open_place(scan) == Opened(here, scans="s3://bucket/scans", file=scan)
    assert open_place(None) == Opened(here)


@pytest.mark.parametrize("name", ["nowhere", "nowhere.eval", "notes.txt"])
def test_what_is_not_there_or_is_something_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(LocationError):
        open_place(str(tmp_path / name))


def test_places_are_those_of_the_project_seen_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "scout.yaml").write_text("transcripts: [logs, ../more, s3://bucket/logs]\nscans: ./out\n")
    assert served_places(str(tmp_path)) == ServedPlaces(
        (str(tmp_path / "logs"), str(tmp_path.parent / "more"), "s3://bucket/logs"), str(tmp_path / "out")
    )
    (tmp_path / "scout.local.yaml").write_text("transcripts: mine")
    assert served_places(str(tmp_path), scans="/elsewhere") == ServedPlaces((str(tmp_path / "mine"),), "/elsewhere")
    assert served_places(str(tmp_path), "given").transcripts == (str(tmp_path / "given"),)


def test_without_settings_the_usual_folders_are_shown(tmp_path: Path) -> None:
    assert served_places(str(tmp_path)) == ServedPlaces((), str(tmp_path / "scans"))
    (tmp_path / "logs").mkdir()
    assert served_places(str(tmp_path)).transcripts == (str(tmp_path / "logs"),)


@pytest.mark.parametrize("text", ["transcripts: {a: 1}", "transcripts: [1]", "scans: 3", "a: ["])
def test_a_broken_project_is_shown_so_that_it_can_be_mended(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "scout.yaml").write_text(text)
    assert served_places(str(tmp_path)) == ServedPlaces((), str(tmp_path / "scans"))
    assert "shown without its settings" in caplog.text


def test_a_folder_of_scans_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocationError, match="Cannot make the folder of scans"):
        make_scans_folder(str(tmp_path / "file" / "scans"))
    make_scans_folder(str(tmp_path / "a" / "scans"))
    make_scans_folder("s3://bucket/scans")
    assert (tmp_path / "a" / "scans").is_dir()
