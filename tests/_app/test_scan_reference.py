"""What words mean which scans."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from pathlib import Path

import pytest

from inspect_scout import ConfigError, LocationError
from inspect_scout._app import find_scan, run_read_only, short_id_length
from inspect_scout._types import Phase

FIRST, SECOND, THIRD = "Abcd2345aaaaaaaaaaaaaa", "Abcd9876bbbbbbbbbbbbbb", "Xyzw2345cccccccccccccc"


def make_scan(folder: Path, scan_id: str, day: int, name: str = "refusal", file: str | None = None) -> str:
    """Make a scan of a day of January; with transcripts it is interrupted, as nothing was recorded."""
    place = folder / f"scan_id={scan_id}"
    place.mkdir(parents=True)
    spec = {"scan_id": scan_id, "scan_name": name, "scan_file": file, "scanners": {"a": {"name": "a"}}}
    transcripts = {"type": "eval_log", "transcript_ids": {"t0": None}}
    made = {**spec, "timestamp": f"2026-01-{day:02}T00:00:00+00:00", "transcripts": transcripts}
    (place / "_scan.json").write_text(json.dumps(made))
    return str(place)


def end_scan(place: str, errors: int = 0) -> None:
    counts = {"scans": 1, "results": 0, "errors": errors}
    summary = {"complete": not errors, "scanners": {"a": counts}}
    (Path(place) / "_summary.json").write_text(json.dumps(summary))


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Three scans, the second of them the newest."""
    folder = tmp_path / "scans"
    make_scan(folder, FIRST, 1)
    make_scan(folder, SECOND, 3)
    make_scan(folder / "deeper", THIRD, 2, "words", "jobs/words.py")
    return folder


def found(reference: str | None, scans: Path | None, phases: Collection[Phase] = ()) -> str:
    where = None if scans is None else str(scans)
    location = run_read_only(".", lambda: find_scan(reference, where, phases))
    return location.rpartition("scan_id=")[2]


@pytest.mark.parametrize(
    ("reference", "scan_id"),
    [
        (None, SECOND),
        ("latest", SECOND),
        ("latest~0", SECOND),
        ("latest~1", THIRD),
        ("latest~2", FIRST),
        ("Abcd2", FIRST),
        ("scan_id=Abcd9", SECOND),
        (THIRD, THIRD),
        ("Xyzw", THIRD),
        ("words", THIRD),
        ("words.py", THIRD),
    ],
)
def test_words_mean_scans(reference: str | None, scan_id: str, scans: Path) -> None:
    assert found(reference, scans) == scan_id


def test_scans_are_looked_for_where_the_project_keeps_them(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scans.parent)
    assert found("latest", None) == SECOND
    monkeypatch.setenv("SCOUT_SCAN_SCANS", str(scans / "deeper"))
    assert found("latest", None) == THIRD


def test_the_newest_that_fits_is_taken(scans: Path) -> None:
    end_scan(str(scans / f"scan_id={SECOND}"))
    assert found(None, scans) == SECOND
    assert found(None, scans, ["interrupted"]) == THIRD
    assert found("latest", scans, ["interrupted"]) == SECOND
    end_scan(str(scans / f"scan_id={FIRST}"), errors=1)
    assert found(None, scans, ["errors"]) == FIRST
    with pytest.raises(
        LocationError, match=r"has the state 'running'\. Name a scan; the newest is Abcd9876 \(refusal, "
    ):
        found(None, scans, ["running"])


@pytest.mark.parametrize("path", ["./nowhere", "s3://bucket/scans/scan_id=x", "/x/scan_id=y", "."])
def test_paths_stay_as_they_are(path: str, scans: Path) -> None:
    assert run_read_only(".", lambda: find_scan(path, str(scans))) == path


def test_a_folder_here_is_a_path(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scans)
    name = f"scan_id={FIRST}"
    assert run_read_only(".", lambda: find_scan(name, "nowhere")) == name


@pytest.mark.parametrize("reference", ["Abcd", "refusal"])
def test_a_word_for_several_scans_is_refused(reference: str, scans: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        found(reference, scans)
    said = str(caught.value)
    assert said.startswith(f"{reference!r} means 2 scans in {str(scans)!r}: Abcd9876 (refusal, ")
    assert "Abcd2345 (refusal, " in said
    assert said.endswith("Give the id of one.")


def test_copies_of_a_scan_are_told_apart_by_their_paths(scans: Path) -> None:
    shutil.copytree(scans / f"scan_id={FIRST}", scans / "kept" / f"scan_id={FIRST}")
    with pytest.raises(ConfigError) as caught:
        found("Abcd2345", scans)
    assert f"{scans}/kept/scan_id={FIRST} (refusal, " in str(caught.value)
    assert str(caught.value).endswith("Give the path of one.")


def test_a_scan_in_a_directory_of_another_name_has_its_own_id(scans: Path) -> None:
    (scans / f"scan_id={FIRST}").rename(scans / "scan_id=kept")
    assert found("Abcd2345", scans) == "kept"
    assert found("kept", scans) == "kept"


@pytest.mark.parametrize(
    ("reference", "advice"),
    [
        ("refusl", "Did you mean 'refusal'?"),
        ("Abcd9867", "Did you mean 'Abcd9876'"),
        ("lates", "Did you mean 'latest'?"),
        ("Xy", "Of an id give at least 4 characters."),
        ("latest~3", "the oldest is latest~2"),
        ("nothing like it", "`scout scan list` shows the scans."),
    ],
)
def test_what_is_unknown_is_refused_with_what_is_close(reference: str, advice: str, scans: Path) -> None:
    with pytest.raises(LocationError) as caught:
        found(reference, scans)
    assert advice in str(caught.value)


@pytest.mark.parametrize("reference", [None, "latest", "refusal"])
def test_where_there_are_no_scans_it_is_said_how_to_go_on(reference: str | None, tmp_path: Path) -> None:
    with pytest.raises(LocationError, match=r"no scans in '.*missing' \(there is no such directory\)\. Name a scan by"):
        found(reference, tmp_path / "missing")


def test_a_damaged_scan_is_found_by_its_id(scans: Path) -> None:
    (scans / "deeper" / f"scan_id={THIRD}" / "_scan.json").write_text("{")
    assert found("Xyzw2345", scans) == THIRD


def test_short_ids_are_as_long_as_it_takes_to_tell_them_apart() -> None:
    assert short_id_length([]) == 0
    assert short_id_length(["abc"]) == 3
    assert short_id_length([FIRST, SECOND, THIRD]) == 8
    assert short_id_length(["0" * 20 + "11", "0" * 20 + "12"]) == 22
    assert short_id_length([FIRST, FIRST]) == 8
