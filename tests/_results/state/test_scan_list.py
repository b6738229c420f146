"""Lists of many scans, of which only what has changed is read again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from inspect_scout._results.state.scan_list import MIN_CACHED_SCANS, StateCache
from inspect_scout._types import ScanState
from support.use_cases import list_states

SPEC = {"scan_name": "n", "scanners": {"a": {"name": "a"}}, "timestamp": "2026-01-01T00:00:00+00:00"}


def make_scan(folder: Path, number: int, results: int = 1) -> Path:
    place = folder / f"scan_id={number:03}"
    place.mkdir(parents=True, exist_ok=True)
    transcripts = {"type": "eval_log", "transcript_ids": {"t0": None, "t1": None}}
    (place / "_scan.json").write_text(json.dumps({**SPEC, "scan_id": f"{number:03}", "transcripts": transcripts}))
    summary = {"complete": True, "scanners": {"a": {"scans": 2, "results": results}}}
    (place / "_summary.json").write_text(json.dumps(summary))
    return place


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As many scans as are worth keeping, of an hour ago."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number in range(MIN_CACHED_SCANS):
        age(make_scan(tmp_path / "scans", number))
    return tmp_path / "scans"


def age(place: Path, seconds: float = 3600) -> None:
    for path in place.glob("_*.json"):
        before = path.stat().st_mtime
        os.utime(path, (before - seconds, before - seconds))


def listed(scans: Path) -> dict[str, ScanState]:
    return {state.facts.scan_id: state for state in list_states(str(scans))}


def spoil(place: Path) -> None:
    """Change what a scan says, but for size, time and number of the file: who reads it again sees it."""
    path = place / "_summary.json"
    state = path.stat()
    text = path.read_bytes().replace(b'"results": 1', b'"results": 7')
    with path.open("r+b") as file:
        file.write(text)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def results(state: ScanState) -> int:
    return state.scanners["a"].results


def test_what_has_not_changed_is_not_read_again(scans: Path) -> None:
    first = listed(scans)
    spoil(scans / "scan_id=003")
    assert listed(scans) == first
    StateCache(str(scans)).path.unlink()
    assert results(listed(scans)["003"]) == 7


def rewrite(place: Path) -> None:
    make_scan(place.parent, 3, results=2)


def replace_in_time(place: Path) -> None:
    """Another file of the same size and time."""
    path, state = place / "_summary.json", (place / "_summary.json").stat()
    beside = place / "new"
    beside.write_bytes(path.read_bytes().replace(b'"results": 1', b'"results": 2'))
    os.utime(beside, ns=(state.st_atime_ns, state.st_mtime_ns))
    beside.replace(path)


@pytest.mark.parametrize("change", [rewrite, replace_in_time])
def test_what_has_changed_is_read_again(scans: Path, change: Callable[[Path], None]) -> None:
    before = listed(scans)
    change(scans / "scan_id=003")
    after = listed(scans)
    assert results(after["003"]) == 2
    assert {key: s for key, s in after.items() if key != "003"} == {k: s for k, s in before.items() if k != "003"}


def test_scans_come_and_go(scans: Path) -> None:
    listed(scans)
    make_scan(scans, 900)
    (scans / "scan_id=003" / "_scan.json").unlink()
    (scans / "scan_id=004" / "_summary.json").unlink()
    (scans / "scan_id=005" / "_journal").mkdir()
    (scans / "scan_id=005" / "_journal" / "00000000000000000001-w-000001.parquet").write_bytes(b"PAR1")
    found = listed(scans)
    assert "900" in found
    assert "003" not in found
    assert (found["004"].phase, found["005"].phase) == ("interrupted", "interrupted")
    assert found == listed(scans)


def test_what_was_written_just_now_may_change_unseen(scans: Path) -> None:
    place = make_scan(scans, 3)
    listed(scans)
    spoil(place)
    assert results(listed(scans)["003"]) == 7


@pytest.mark.parametrize("text", [b"", b"\0\0\0\0", b"x" * 100])
def test_a_damaged_file_is_not_used(scans: Path, text: bytes) -> None:
    first = listed(scans)
    path = StateCache(str(scans)).path
    whole = path.read_bytes()
    for damaged in (text, whole[:-1], whole[:200] + b"?" + whole[201:]):
        path.write_bytes(damaged)
        assert listed(scans) == first
        assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(scans: Path) -> None:
    folder = StateCache(str(scans)).path.parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("no folder")
    assert len(listed(scans)) == MIN_CACHED_SCANS
