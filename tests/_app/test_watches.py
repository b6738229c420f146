"""Seeing that files have changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from inspect_scout._app import file_watches, last_eval_file, last_scan_file


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "logs" / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "logs" / "deep" / "a.eval").write_text("a")
    scan = tmp_path / "scans" / "scan_id=L3aavDT5nsTHpoaVBfah7J"
    scan.mkdir(parents=True)
    (scan / "_scan.json").write_text("{}")
    return tmp_path


def later(path: Path, text: str) -> None:
    """Write a file whose time differs from that of all before, also where clocks of disks are coarse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    moment = time.time_ns() + 5_000_000_000
    os.utime(path, ns=(moment, moment))


def touch(folder: Path) -> None:
    moment = os.stat(folder).st_mtime_ns + 5_000_000_000
    os.utime(folder, ns=(moment, moment))


def add_log(project: Path) -> None:
    later(project / "logs" / "deep" / "deeper" / "b.eval", "b")
    touch(project / "logs" / "deep" / "deeper")


def delete_log(project: Path) -> None:
    (project / "logs" / "deep" / "a.eval").unlink()
    touch(project / "logs" / "deep")


CHANGES: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "nothing": (lambda _: None, set()),
    "a new log": (add_log, {"transcripts"}),
    "a deleted log": (delete_log, {"transcripts"}),
    "a log that grows": (lambda p: later(p / "logs/deep/a.eval", "more"), {"transcripts"}),
    "a new scan": (lambda p: later(p / "scans/scan_id=b/_scan.json", "{}"), {"scans"}),
    "a scan that ends": (lambda p: later(p / "scans/scan_id=L3aavDT5nsTHpoaVBfah7J/_summary.json", "{}"), {"scans"}),
    "the project file": (lambda p: later(p / "scout.yaml", "name: x"), {"project", "labels"}),
    "the local project file": (lambda p: later(p / "scout.local.yaml", "name: x"), {"project", "labels"}),
    "labelled cases": (lambda p: later(p / "cases.csv", "id"), {"labels"}),
    "another file": (lambda p: later(p / "notes.txt", "x"), set()),
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_is_seen_in_its_topic_and_no_other(project: Path, what: str) -> None:
    change, topics = CHANGES[what]
    watches = file_watches(str(project), None, None)
    before = {topic: look() for topic, look in watches.items()}
    change(project)
    assert {topic for topic, look in watches.items() if look() != before[topic]} == topics


@pytest.mark.parametrize(
    ("location", "seen"),
    [("scans/scan_id=x", True), ("elsewhere/scans/scan_id=x", False), ("scans-of-others/scan_id=x", False)],
)
def test_the_end_of_a_scan_counts_where_it_is_shown(project: Path, location: str, seen: bool) -> None:
    last_scan_file().unlink(missing_ok=True)
    look = file_watches(str(project), None, None)["scans"]
    before = look()
    later(last_scan_file(), json.dumps({"location": str(project / location)}))
    assert (look() != before) is seen


def test_an_eval_that_wrote_to_a_remote_place_is_seen(tmp_path: Path) -> None:
    last_eval_file().unlink(missing_ok=True)
    look = file_watches(str(tmp_path), "s3://bucket/logs", "s3://bucket/scans")["transcripts"]
    before = look()
    later(last_eval_file(), json.dumps({"location": "s3://bucket/logs/a.eval"}))
    assert look() != before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"location": 1}', "\x00", "{" * 20_000])
def test_a_damaged_signal_means_nothing(project: Path, text: str) -> None:
    last_scan_file().unlink(missing_ok=True)
    look = file_watches(str(project), None, None)["scans"]
    before = look()
    later(last_scan_file(), text)
    assert look() == before


def test_places_that_are_not_there_do_no_harm(tmp_path: Path) -> None:
    looks = file_watches(str(tmp_path), "nowhere", "nowhere-too")
    before = {topic: look() for topic, look in looks.items()}
    add_log(tmp_path)
    (tmp_path / "logs").rename(tmp_path / "nowhere")
    assert looks["transcripts"]() != before["transcripts"]
    assert looks["scans"]() == before["scans"]


def test_a_link_that_leads_round_ends(project: Path) -> None:
    (project / "logs" / "again").symlink_to(project / "logs")
    assert file_watches(str(project), None, None)["transcripts"]() is not None
