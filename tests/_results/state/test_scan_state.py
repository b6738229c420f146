"""Listing and status without heavy libraries, and who is at work."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import LocationError, ScanStateError
from inspect_scout._app import run_sync
from inspect_scout._results import ScanStore, list_statuses
from inspect_scout._results.journal.lock import LEASE_SECONDS, LockHolder, is_alive, lock_path
from inspect_scout._types import ResultReport, ScannerState, ScanState, Worklist
from support.scans import failed_report, fill, make_report, make_spec, make_usage
from support.use_cases import list_states, read_overview


def figures(state: ScanState) -> dict[str, tuple[int, ...]]:
    """Scans, results, errors, tokens and rows by scanner."""
    return {key: (c.scans, c.results, c.errors, c.tokens, c.rows) for key, c in state.scanners.items()}


HOST = platform.node()


def make_scan(scans: Path, month: int = 1, complete: bool | None = True, **fields: Any) -> ScanStore:
    """A scan of two transcripts; complete=None leaves it in the journal."""
    spec = make_spec(["a", "b"], ["t0", "t1"], **fields)
    spec = spec.model_copy(update={"scan_id": f"id{month}", "timestamp": datetime(2026, month, 1, tzinfo=UTC)})

    async def make() -> ScanStore:
        store = await ScanStore.create(spec, str(scans))
        last = failed_report("t1", "b") if complete is False else make_report()
        pairs: list[tuple[str, str, list[ResultReport]]] = [
            ("t0", "a", [make_report(1, model_usage=make_usage(3))]),
            ("t1", "a", [make_report(0)]),
            ("t0", "b", []),
            ("t1", "b", [last]),
        ]
        await fill(store, pairs)
        if complete is not None:
            await store.compact(["t0", "t1"], complete)
        return store

    return asyncio.run(make())


def test_scans_are_listed_newest_first_at_any_depth(tmp_path: Path) -> None:
    for folder, month in (("", 2), ("deep/er", 3), ("", 1)):
        make_scan(tmp_path / folder, month)
    (tmp_path / "scan_id=empty").mkdir()
    (tmp_path / "scan_id=broken").mkdir()
    (tmp_path / "scan_id=broken" / "_scan.json").write_text("{")
    states = list_states(str(tmp_path))
    assert [state.facts.scan_id for state in states] == ["id3", "id2", "id1"]
    newest = states[0]
    assert newest.facts.location == f"{tmp_path}/deep/er/scan_id=id3"
    assert newest.facts.created_at == datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    assert (newest.facts.transcripts, newest.done, newest.error_count, newest.phase) == (2, 4, 0, "complete")
    statuses = asyncio.run(list_statuses(str(tmp_path), run_sync))
    assert [status.spec.scan_id for status in statuses] == ["id3", "id2", "id1"]
    assert [status.location for status in statuses] == [state.facts.location for state in states]


def test_missing_location_holds_no_scans(tmp_path: Path) -> None:
    assert list_states(str(tmp_path / "none")) == []
    assert asyncio.run(list_statuses(str(tmp_path / "none"), run_sync)) == []


def test_relative_location_gives_absolute_ones(tmp_path: Path) -> None:
    make_scan(tmp_path / "scans")
    os.chdir(tmp_path)
    assert list_states("scans")[0].facts.location == f"{tmp_path}/scans/scan_id=id1"


def test_outcome_of_a_finished_scan(tmp_path: Path) -> None:
    store = make_scan(tmp_path, tags=["x", "y"], scan_args={"k": 1})
    state = read_overview(store.location + "/").state
    assert state.phase == "complete"
    assert figures(state) == {"a": (2, 1, 0, 3, 2), "b": (2, 1, 0, 0, 0)}
    assert (state.done, state.due) == (4, 4)
    assert state.usage["mock/model"]["input_tokens"] == 3
    assert state.facts.options == {"k": 1, "max_transcripts": 25, "tags": "x,y"}
    assert state.errors == {}


def test_outcome_with_errors(tmp_path: Path) -> None:
    standing = read_overview(make_scan(tmp_path, complete=False).location)
    assert (standing.state.phase, standing.state.error_count) == ("errors", 1)
    assert standing.state.errors == {"b: broken": 1}
    assert [group.headline for group in standing.errors] == ["b: broken"]


def test_outcome_counts_the_journal_as_the_full_status_does(tmp_path: Path) -> None:
    store = make_scan(tmp_path, complete=False)
    asyncio.run(fill(store, [("t1", "b", [make_report(7), make_report(8, model_usage=make_usage(4))])]))
    state, status = read_overview(store.location).state, asyncio.run(store.status())
    assert figures(state) == {"a": (2, 1, 0, 3, 2), "b": (2, 2, 0, 4, 2)}
    assert {key: counts[:4] for key, counts in figures(state).items()} == {
        key: (s.scans, s.results, s.errors, s.tokens) for key, s in status.summary.scanners.items()
    }
    assert state.phase == "interrupted"


def test_a_scan_just_created_is_interrupted(tmp_path: Path) -> None:
    store = asyncio.run(ScanStore.create(make_spec(["a"], ["t0"]), str(tmp_path)))
    state = read_overview(store.location).state
    assert (state.phase, state.scanners) == ("interrupted", {"a": ScannerState()})
    assert not asyncio.run(store.status()).complete


def test_total_follows_the_worklist(tmp_path: Path) -> None:
    work = [Worklist(scanner="a", transcripts=["t0", "elsewhere"]), Worklist(scanner="b", transcripts=["t0", "t1"])]
    assert read_overview(make_scan(tmp_path, worklist=work).location).state.due == 3


def test_no_scan_says_what_one_looks_like(tmp_path: Path) -> None:
    with pytest.raises(LocationError, match=r"scan_id=\.\.\.'.*scout scan list"):
        read_overview(str(tmp_path))


def test_a_lost_summary_is_counted_again(tmp_path: Path) -> None:
    store = make_scan(tmp_path)
    Path(store.location, "_summary.json").unlink()
    assert figures(read_overview(store.location).state)["a"] == (2, 1, 0, 3, 2)
    assert asyncio.run(store.status()).summary["a"].results == 1
    Path(store.location, "_summary.json").write_text("not json")
    assert asyncio.run(store.status()).summary["b"].scans == 2


def test_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    store = make_scan(tmp_path)
    code = (
        "import sys\n"
        "from inspect_scout._app import list_states, read_overview, run_read_only\n"
        "assert len(run_read_only(sys.argv[1], lambda: list_states(sys.argv[1]))) == 1\n"
        "run_read_only(sys.argv[2], lambda: read_overview(sys.argv[2]))\n"
        "heavy = {'inspect_ai', 'pydantic', 'pyarrow', 'pandas', 'duckdb', 'numpy', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), store.location], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.anyio
async def test_a_locked_scan_is_running_and_refuses_a_second_process(tmp_path: Path) -> None:
    store = await asyncio.to_thread(make_scan, tmp_path, 1, None)
    async with store.lock():
        assert read_overview(store.location).state.phase == "running"
        with pytest.raises(ScanStateError, match="this process"):
            async with ScanStore(store.location).lock():
                pass
    assert read_overview(store.location).state.phase == "interrupted"
    async with store.lock():
        await store.compact(["t0", "t1"], complete=True)
    assert not Path(store.location, "_journal").exists()


@pytest.mark.anyio
async def test_a_live_process_is_named(tmp_path: Path) -> None:
    store = await ScanStore.create(make_spec(), str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        path = Path(lock_path(store.location))
        path.parent.mkdir()
        path.write_text(json.dumps({"pid": other.pid, "host": HOST, "token": "x"}))
        with pytest.raises(ScanStateError, match=f"process {other.pid}"):
            async with store.lock():
                pass
        other.communicate(b"\n")
    async with store.lock():
        assert json.loads(path.read_text())["pid"] == os.getpid()


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["{", '{"pid":-1,"host":"x","token":"y"}', '{"pid":"x"}', ""])
async def test_a_damaged_or_stale_lock_is_taken_over(tmp_path: Path, text: str) -> None:
    store = await ScanStore.create(make_spec(), str(tmp_path))
    path = Path(lock_path(store.location))
    path.parent.mkdir()
    path.write_text(text)
    async with store.lock():
        pass
    assert not path.exists()


def test_a_later_process_with_the_same_number_is_another() -> None:
    parent = os.getppid()
    assert is_alive(LockHolder(parent, HOST, "x"), age=1e6)
    assert not is_alive(LockHolder(parent, HOST, "x", started="1 tick after the big bang"), age=0)
    assert not is_alive(LockHolder(os.getpid(), HOST, "never locked"), age=0)


@pytest.mark.parametrize(("host", "machine"), [("elsewhere", ""), (HOST, "another of the same name")])
def test_a_process_elsewhere_is_alive_as_long_as_it_says_so(host: str, machine: str) -> None:
    holder = LockHolder(os.getpid(), host, "x", machine=machine)
    assert is_alive(holder, age=LEASE_SECONDS - 1)
    assert not is_alive(holder, age=LEASE_SECONDS + 1)
