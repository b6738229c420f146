"""Lists of many scans, of which only what has changed is read again."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_another_process_may_write_the_file_meanwhile(scans: Path) -> None:
    first = listed(scans)
    path = StateCache(str(scans)).path
    before = path.read_bytes()
    make_scan(scans, 3, results=2)
    age(scans / "scan_id=003", 7200)
    assert results(listed(scans)["003"]) == 2
    path.write_bytes(before)  # as one that listed earlier, and writes later
    assert results(listed(scans)["003"]) == 2
    assert listed(scans) == {**first, "003": listed(scans)["003"]}


def test_where_no_file_can_be_written_the_process_remembers(scans: Path) -> None:
    folder = StateCache(str(scans)).path.parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("no folder")
    first = listed(scans)
    spoil(scans / "scan_id=003")
    assert listed(scans) == first


JOURNAL_FILE = "00000000000000000001-w-000001.parquet"


class ChangingScans:
    """Scans that programs write, resume and delete, with a clock that goes backwards as often as not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "scans"
        for number in range(MIN_CACHED_SCANS + 2):
            self.write(number, 1, 0)

    def write(self, number: int, results: int, moment: int) -> None:
        """Write the files of a scan over those that are there."""
        self._date(make_scan(self.folder, number, results), moment)

    def replace(self, number: int, results: int, moment: int) -> None:
        """Delete a scan, and make another of its name."""
        self.delete(number, results, moment)
        self.write(number, results, moment)

    def resume(self, number: int, _: int, __: int) -> None:
        """Begin to write a journal."""
        journal = self._place(number) / "_journal"
        journal.mkdir(parents=True, exist_ok=True)
        (journal / JOURNAL_FILE).write_bytes(b"PAR1")

    def end(self, number: int, results: int, moment: int) -> None:
        """Write what the journal adds up to, and delete it."""
        self.write(number, results, moment)
        shutil.rmtree(self._place(number) / "_journal", ignore_errors=True)

    def empty(self, number: int, _: int, __: int) -> None:
        """Leave an empty journal behind."""
        (self._place(number) / "_journal").mkdir(parents=True, exist_ok=True)

    def lose(self, number: int, results: int, _: int) -> None:
        """Lose one of the files."""
        (self._place(number) / ("_summary.json" if results % 2 else "_scan.json")).unlink(missing_ok=True)

    def delete(self, number: int, _: int, __: int) -> None:
        """Delete a scan."""
        shutil.rmtree(self._place(number), ignore_errors=True)

    def forget(self, number: int, results: int, _: int) -> None:
        """Lose, or damage, the file of the list."""
        path = StateCache(str(self.folder)).path
        if path.exists():
            path.write_bytes(path.read_bytes()[: number * 7]) if results % 2 else path.unlink()

    def _place(self, number: int) -> Path:
        return self.folder / f"scan_id={number:03}"

    @staticmethod
    def _date(place: Path, moment: int) -> None:
        for path in place.glob("_*.json"):
            second = 1_700_000_000 + moment
            os.utime(path, (second, second))


CHANGES = ("write", "replace", "resume", "end", "empty", "lose", "delete", "forget")


@given(
    st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 3), st.integers(2, 9)), min_size=1, max_size=8),
    st.permutations(range(1, 9)),
)
@settings(max_examples=12, deadline=None)
def test_a_list_says_what_is_there_whatever_happened(changes: list[tuple[str, int, int]], clock: list[int]) -> None:
    with tempfile.TemporaryDirectory() as kept, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", f"{kept}/cache")
        scans = ChangingScans(Path(kept))
        listed(scans.folder)
        for (change, number, results), moment in zip(changes, clock, strict=False):
            getattr(scans, change)(number, results, moment)
            found = listed(scans.folder)
            patch.setenv("XDG_CACHE_HOME", f"{kept}/{moment}")  # one that has seen nothing
            assert found == listed(scans.folder), change
            patch.setenv("XDG_CACHE_HOME", f"{kept}/cache")
