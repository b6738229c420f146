"""What is told to other programs of the user when a scan ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspect_scout import scan, transcripts_from
from inspect_scout._app import last_scan_file
from inspect_scout._app.serving.signals import WORKSPACE_VARIABLE, tell_scan_ended

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_scan_that_ends_names_its_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_VERSION")
    last_scan_file().unlink(missing_ok=True)
    status = scan(str(EXAMPLES / "scanners.py"), transcripts_from(EXAMPLES / "logs"), tmp_path, limit=1, display="none")
    assert json.loads(last_scan_file().read_text()) == {"location": status.location}


def test_an_editor_is_told_whose_window_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_VERSION")
    monkeypatch.setenv(WORKSPACE_VARIABLE, "w1")
    tell_scan_ended("s3://bucket/scans/scan_id=a")
    assert json.loads(last_scan_file().read_text()) == {"location": "s3://bucket/scans/scan_id=a", "workspace_id": "w1"}
    assert [path.name for path in last_scan_file().parent.iterdir() if path.is_file()] == ["last-scan"]


def test_tests_and_homes_that_cannot_be_written_to_tell_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    last_scan_file().unlink(missing_ok=True)
    tell_scan_ended("/scans/scan_id=a")
    assert not last_scan_file().exists()
    monkeypatch.delenv("PYTEST_VERSION")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    tell_scan_ended("/scans/scan_id=a")
    assert (tmp_path / "file").read_text() == ""
