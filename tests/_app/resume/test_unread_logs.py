"""Logs that cannot be read when they are indexed: recorded with the scan, read later, or accepted."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from inspect_scout import (
    ConfigError,
    LocationError,
    LogReadError,
    Result,
    Scanner,
    ScannerWork,
    ScanStateError,
    Status,
    StorageError,
    Transcript,
    ValidationCase,
    columns,
    scan,
    scan_complete,
    scan_list,
    scan_results_df,
    scan_resume,
    scan_status,
    scanner,
    transcripts_db,
    transcripts_from,
)
from inspect_scout.testing import LocalStorage, register_storage
from support.foreign import record, write_data, write_index
from support.logs import make_log, make_sample, rewrite, unfinished, write
from support.transcripts import talks
from support.use_cases import list_states, read_overview

SCANNERS = """
from inspect_scout import Result, Scanner, Transcript, scanner


@scanner(messages="all")
def words() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return scan


@scanner(messages="all")
def others() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=True)

    return scan
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three logs of two samples each, and a scanner file, in the working directory."""
    for number, name in enumerate("abc"):
        write(
            make_log([make_sample(2 * number), make_sample(2 * number + 1)], task=f"task-{name}"),
            tmp_path / f"logs/{name}.eval",
        )
    (tmp_path / "scanners.py").write_text(SCANNERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def harm(log: Path) -> Callable[[], object]:
    """Cut off the end of a log, as if it was still being written; gives what finishes it."""
    whole = log.read_bytes()
    log.write_bytes(whole[:-200])
    return lambda: log.write_bytes(whole)


def run(logs: Any = "logs", **more: Any) -> Status:
    from inspect_scout._app import ScanRequest
    from support.use_cases import run_scan

    said: dict[str, Any] = {"scanners": "scanners.py@words", "transcripts": logs, "display": "none", **more}
    return run_scan(ScanRequest(**said))


def resume(status: Status, **more: Any) -> Status:
    return scan_resume(status.location, display="none", **more)


def ids(status: Status) -> list[str]:
    return scan_results_df(status.location).scanners["words"]["transcript_id"].tolist()


def snapshot(status: Status) -> Any:
    assert status.spec.transcripts is not None
    return status.spec.transcripts


def stated(status: Status) -> tuple[str, int]:
    """State and unread logs, of which both light readers say the same."""
    light = read_overview(status.location).state
    listed = list_states(str(Path(status.location).parent))
    (state,) = [s for s in listed if Path(s.facts.location) == Path(status.location).resolve()]
    assert (state.phase, state.facts) == (light.phase, light.facts)
    return light.phase, len(light.facts.unread)


def test_what_was_not_read_is_recorded_and_resume_scans_it(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = place / "logs" / "b.eval"
    mend = harm(log)
    first = run()
    assert ids(first) == ["u0-1", "u1-1", "u4-1", "u5-1"]
    assert not first.complete and not first.summary.complete
    assert list(snapshot(first).unread) == [str(log)]
    (error,) = first.errors
    assert (error.scanner, error.transcript_id) == ("", "")
    assert str(log) in error.error and "cut off" in error.error
    assert "b.eval" in caplog.text
    assert scan_status(first.location) == first
    assert scan_list(str(place / "scans"))[0].complete is False
    assert stated(first) == ("errors", 1)
    assert read_overview(first.location).state.facts.unread == snapshot(first).unread

    still = resume(first)
    assert not still.complete
    assert snapshot(still).unread == snapshot(first).unread
    assert ids(still) == ids(first)

    mend()
    done = resume(first)
    assert done.complete
    assert done.errors == []
    assert ids(done) == ["u0-1", "u1-1", "u4-1", "u5-1", "u2-1", "u3-1"]
    assert list(snapshot(done).transcript_ids) == ids(done)
    assert "unread" not in json.loads(Path(done.location, "_scan.json").read_text())["transcripts"]
    assert stated(done) == ("complete", 0)
    with pytest.raises(ScanStateError, match="complete already"):
        resume(done)


def _spoilt(name: str, data: bytes) -> bytes:
    return b"7" if name.startswith(("summaries", "samples")) else data


BREAKS: dict[str, Callable[[Path], object]] = {
    "empty": lambda p: p.write_bytes(b""),
    "no zip": lambda p: p.write_bytes(b"hello" * 100),
    "without header": lambda p: rewrite(p, lambda m: {k: v for k, v in m.items() if k.startswith("samples")}),
    "header is not JSON": lambda p: rewrite(p, lambda m: {**m, "header.json": b"{nope"}),
    "neither list nor samples": lambda p: rewrite(p, lambda m: {k: _spoilt(k, v) for k, v in m.items()}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_whatever_is_wrong_with_it(place: Path, name: str) -> None:
    log = place / "logs" / "b.eval"
    shutil.copy(log, place / "whole")
    BREAKS[name](log)
    first = run()
    assert not first.complete
    assert list(snapshot(first).unread) == [str(log)]
    shutil.copy(place / "whole", log)
    assert resume(first).complete
    assert len(ids(first)) == 6


def test_a_log_that_was_read_only_in_part(place: Path) -> None:
    log = place / "logs" / "b.eval"
    shutil.copy(log, place / "whole")

    def spoil(members: dict[str, bytes]) -> dict[str, bytes]:
        summaries = json.dumps([*json.loads(members["summaries.json"])[:1], 7]).encode()
        # What no summary lists is read from the sample itself, if that can be read.
        (sample,) = [name for name in members if name.startswith("samples/3_")]
        return {**members, "summaries.json": summaries, sample: b"7"}

    rewrite(log, spoil)
    first = run()
    assert not first.complete
    assert list(snapshot(first).unread) == [str(log)]
    assert len(ids(first)) == 5
    assert not resume(first).complete
    shutil.copy(place / "whole", log)
    done = resume(first)
    assert done.complete
    assert ids(done) == ["u0-1", "u1-1", "u2-1", "u4-1", "u5-1", "u3-1"]


def test_json_logs_are_recorded_alike(place: Path) -> None:
    log = write(make_log([make_sample(8)]), place / "logs" / "2026-01-01T00-00-00+00-00_x.json")
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    first = run()
    assert list(snapshot(first).unread) == [str(log)]
    log.write_bytes(b"")
    assert list(snapshot(resume(first)).unread) == [str(log)]
    log.write_bytes(whole)
    assert resume(first).complete
    assert ids(first)[-1] == "u8-1"


def test_complete_accepts_and_records_what_was_not_read(place: Path) -> None:
    log = place / "logs" / "b.eval"
    mend = harm(log)
    first = run()
    done = scan_complete(first.location, display="none")
    assert done.complete and done.summary.complete
    assert snapshot(done).unread is None
    assert snapshot(done).accepted == snapshot(first).unread
    assert [e.error for e in done.errors] == [f"{first.errors[0].error} (the scan was accepted without it)"]
    assert scan_status(done.location) == done
    assert stated(done) == ("complete", 0)
    assert read_overview(done.location).state.facts.accepted == snapshot(done).accepted
    mend()
    with pytest.raises(ScanStateError, match="complete already"):
        resume(done)
    with pytest.raises(ScanStateError, match="complete already"):
        scan_complete(done.location, display="none")


def test_a_log_that_vanished_stays_recorded_with_its_new_reason(place: Path) -> None:
    log = place / "logs" / "b.eval"
    mend = harm(log)
    first = run()
    log.unlink()
    gone = resume(first)
    assert "gone" in snapshot(gone).unread[str(log)]
    assert [e.error for e in gone.errors] == list(snapshot(gone).unread.values())
    mend()
    assert resume(first).complete


def test_several_logs_and_several_resumes(place: Path) -> None:
    logs = place / "logs"
    mend = [harm(logs / "b.eval"), harm(logs / "c.eval")]
    first = run()
    assert stated(first) == ("errors", 2)
    mend[1]()
    second = resume(first)
    assert (second.complete, list(snapshot(second).unread)) == (False, [str(logs / "b.eval")])
    assert ids(second) == ["u0-1", "u1-1", "u4-1", "u5-1"]
    mend[0]()
    third = resume(first)
    assert third.complete
    assert ids(third) == ["u0-1", "u1-1", "u4-1", "u5-1", "u2-1", "u3-1"]


def test_logs_that_came_later_do_not_join(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    first = run()
    write(make_log([make_sample(9)]), place / "logs" / "d.eval")
    mend()
    assert "u9-1" not in ids(resume(first))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"limit": 3}, ["u0-1", "u1-1", "u4-1"]),
        ({"limit": 5}, ["u0-1", "u1-1", "u4-1", "u5-1", "u2-1"]),
        ({"filter": ["task_id != '3'"]}, ["u0-1", "u1-1", "u4-1", "u5-1", "u2-1"]),
        ({"filter": ["task_id in ('1', '3')"]}, ["u1-1", "u3-1"]),
        ({"filter": ["task_id != '2'"], "limit": 9}, ["u0-1", "u1-1", "u4-1", "u5-1", "u3-1"]),
    ],
)
def test_filter_and_limit_hold_for_what_is_read_later(place: Path, more: dict[str, Any], expected: list[str]) -> None:
    mend = harm(place / "logs" / "b.eval")
    first = run(**more)
    assert not first.complete
    mend()
    done = resume(first)
    assert done.complete
    assert ids(done) == expected
    assert snapshot(done).filter == more.get("filter", [])


def test_shuffle_and_order_hold_among_what_is_read_later(place: Path) -> None:
    log = place / "logs" / "b.eval"
    write(make_log([make_sample(n) for n in range(20, 40)], task="many"), log)
    among = scan_ids(transcripts_from(str(log)).shuffle(7))
    mend = harm(log)
    first = run(shuffle=7)
    mend()
    assert ids(resume(first))[4:] == among
    mend = harm(log)
    ordered = run(transcripts_from(str(place / "logs")).order_by("id", "DESC").limit(7))
    mend()
    assert ids(resume(ordered)) == [*ids(ordered)[:4], "u39-1", "u38-1", "u37-1"]


def scan_ids(transcripts: Any) -> list[str]:
    return list(asyncio.run(transcripts.index()).ids)


def test_a_condition_over_columns_that_only_other_logs_have(place: Path) -> None:
    write(make_log([make_sample(0, metadata={"kind": "x"})]), place / "logs" / "a.eval")
    mend = harm(place / "logs" / "b.eval")
    transcripts = transcripts_from("logs").where(columns.sample_metadata["kind"] == "x")
    first = run(transcripts)
    mend()
    done = resume(first)
    assert done.complete
    assert ids(done) == ["u0-1"]


def test_labelled_cases_choose_also_what_is_read_later(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    cases = [ValidationCase(id=i, target=3) for i in ("u1-1", "u3-1")]
    first = run(transcripts_from("logs").for_validation(cases))
    assert ids(first) == ["u1-1"]
    mend()
    assert ids(resume(first)) == ["u1-1", "u3-1"]


def test_labelled_cases_about_messages_of_a_log_that_is_read_later(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    cases = [ValidationCase(id=i, target=3) for i in ("m1a", "m2a")]
    first = run(transcripts_from("logs").for_validation(cases))
    mend()
    assert ids(resume(first)) == ["u1-1", "u2-1"]


def test_cases_about_what_is_read_later_are_compared(place: Path) -> None:
    (place / "cases.csv").write_text("id,target\nu1-1,3\nu3-1,4\n")
    mend = harm(place / "logs" / "b.eval")
    first = run(validation="cases.csv")
    mend()
    validation = resume(first).summary["words"].validation
    assert validation is not None
    assert [(e.id, e.valid) for e in validation.entries] == [("u1-1", True), ("u3-1", False)]


def test_a_worklist_gives_what_is_read_later_to_those_that_want_it(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    logs = transcripts_from("logs")
    work = [ScannerWork("words", ["u0-1", "u3-1"]), ScannerWork("others", logs.where("task_id >= '2'"))]
    first = run(logs, scanners="scanners.py", worklist=work)
    assert not first.complete
    mend()
    done = resume(first)
    assert done.complete
    assert ids(done) == ["u0-1", "u3-1"]
    frame = scan_results_df(done.location).scanners["others"]
    assert frame["transcript_id"].tolist() == ["u4-1", "u5-1", "u2-1", "u3-1"]
    assert read_overview(done.location).state.due == 6


@pytest.mark.parametrize("more", [{"max_processes": 1}, {"max_processes": 2}])
def test_every_executor_scans_what_is_read_later(place: Path, more: dict[str, Any]) -> None:
    mend = harm(place / "logs" / "b.eval")
    first = run(scanners="scanners.py", **more)
    mend()
    done = resume(first)
    assert done.complete
    assert {name: s.scans for name, s in done.summary.scanners.items()} == {"words": 6, "others": 6}


def test_errors_of_scanners_and_unread_logs_are_both_told(place: Path) -> None:
    @scanner(messages="all")
    def fails() -> Scanner[Transcript]:
        async def scan_one(transcript: Transcript) -> Result:
            raise RuntimeError("not now")

        return scan_one

    harm(place / "logs" / "b.eval")
    status = scan([fails()], "logs", display="none", fail_on_error=False)
    assert [bool(e.scanner) for e in status.errors] == [True] * 4 + [False]
    assert stated(status) == ("errors", 1)
    assert scan_complete(status.location, display="none").complete


def test_fail_on_error_is_about_scanners(place: Path) -> None:
    harm(place / "logs" / "b.eval")
    status = run(fail_on_error=True)
    assert len(ids(status)) == 4
    assert not status.complete


def test_a_dry_run_says_what_cannot_be_read_and_creates_nothing(place: Path) -> None:
    harm(place / "logs" / "b.eval")
    status = run(dry_run=True)
    assert "b.eval" in status.errors[0].error
    assert list(snapshot(status).unread) == [str(place / "logs" / "b.eval")]
    assert not (place / "scans").exists()


def test_if_no_log_can_be_read_nothing_is_created_and_each_is_named(place: Path) -> None:
    for name in "abc":
        harm(place / "logs" / f"{name}.eval")
    with pytest.raises(LogReadError, match=r"a\.eval.*b\.eval.*c\.eval"):
        run()
    assert not (place / "scans").exists()


def test_if_the_readable_logs_hold_nothing_wanted_nothing_is_created(place: Path) -> None:
    harm(place / "logs" / "b.eval")
    with pytest.raises(ConfigError, match=r"b\.eval.*Nothing was created"):
        run(filter=["task_id = '3'"])
    assert not (place / "scans").exists()


def test_a_scan_is_not_complete_while_its_own_logs_cannot_be_read(place: Path) -> None:
    (place / "scanners.py").write_text(
        SCANNERS.replace("return Result(value=len", "raise ValueError; return Result(value=len")
    )
    first = run()
    log = place / "logs" / "b.eval"
    (place / "scanners.py").write_text(SCANNERS)
    mend = harm(log)
    second = resume(first)
    assert not second.complete
    assert list(snapshot(second).unread) == [str(log)]
    assert len(snapshot(second).transcript_ids) == 6
    assert stated(second) == ("errors", 1)
    mend()
    third = resume(first)
    assert third.complete
    assert ids(third) == ["u0-1", "u1-1", "u2-1", "u3-1", "u4-1", "u5-1"]


def test_transcripts_that_left_their_log_are_missed(place: Path) -> None:
    (place / "scanners.py").write_text(
        SCANNERS.replace("return Result(value=len", "raise ValueError; return Result(value=len")
    )
    first = run(limit=4)
    (place / "scanners.py").write_text(SCANNERS)
    log = place / "logs" / "b.eval"
    write(make_log([make_sample(2)], task="task-b"), log)
    second = resume(first)
    assert not second.complete
    assert "no longer" in snapshot(second).unread[str(log)]
    write(make_log([make_sample(2), make_sample(3), make_sample(7)], task="task-b"), log)
    third = resume(first)
    assert third.complete
    assert ids(third) == ["u0-1", "u1-1", "u2-1", "u3-1"]  # of a log that was read once nothing is added


def test_a_log_that_is_done_may_become_unreadable(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    first = run()
    mend()
    harm(place / "logs" / "a.eval")
    done = resume(first)
    assert done.complete
    assert done.errors == []
    assert len(ids(done)) == 6


def test_an_interrupted_scan_keeps_what_it_could_not_read(place: Path) -> None:
    @scanner(messages="all")
    def stops() -> Scanner[Transcript]:
        async def scan_one(transcript: Transcript) -> Result:
            raise RuntimeError("stop")

        return scan_one

    harm(place / "logs" / "b.eval")
    with pytest.raises(RuntimeError, match="stop"):
        scan([stops()], "logs", display="none", fail_on_error=True)
    (status,) = scan_list(str(place / "scans"))
    assert snapshot(status).unread
    assert stated(status) == ("interrupted", 1)


def test_a_scan_completed_by_another_program_is_not_believed_without_its_logs(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    first = run()
    path = Path(first.location, "_summary.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "complete": True}))
    assert not scan_status(first.location).complete
    assert stated(first) == ("errors", 1)
    mend()
    assert resume(first).complete


def test_what_only_other_programs_know_stays_in_the_spec(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    first = run()
    path = Path(first.location, "_scan.json")
    spec = json.loads(path.read_text())
    path.write_text(json.dumps({**spec, "later": {"x": [1]}, "transcripts": {**spec["transcripts"], "more": 1}}))
    mend()
    assert resume(first).complete
    after = json.loads(path.read_text())
    assert (after["later"], after["transcripts"]["more"]) == ({"x": [1]}, 1)
    assert len(after["transcripts"]["transcript_ids"]) == 6


def test_a_scan_that_could_read_everything_records_nothing_more(place: Path) -> None:
    status = run(limit=3)
    stored = json.loads(Path(status.location, "_scan.json").read_text())["transcripts"]
    assert set(stored) == {"type", "filter", "transcript_ids", "count"}


class Slow(LocalStorage):
    """A storage one answer of which comes too late."""

    def __init__(self, name: str, call: str) -> None:
        super().__init__()
        self.name, self.call = name, call

    def _refuse(self, call: str, path: str) -> None:
        if call == self.call and path.endswith(self.name):
            raise StorageError(f"Cannot read {path!r}: the answer did not come in time.")

    def open_read(self, path: str, entry: Any = None) -> Any:
        self._refuse("open", path)
        return super().open_read(path, entry)

    async def stat(self, path: str) -> Any:
        self._refuse("stat", path)
        return await super().stat(path)

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        self._refuse("range", path)
        return await super().read_range(path, start, length)


@pytest.fixture
def slow() -> Callable[[str, str], Callable[[], None]]:
    """Put a slow storage in the place of local files; gives what ends it."""

    def begin(name: str, call: str) -> Callable[[], None]:
        storage = Slow(name, call)
        return register_storage("file", lambda _: storage)

    return begin


@pytest.mark.parametrize("call", ["open", "stat", "range"])
def test_one_answer_that_did_not_come(place: Path, slow: Callable[[str, str], Callable[[], None]], call: str) -> None:
    log = write(make_log([make_sample(8)]), place / "logs" / "d.json")
    logs: Sequence[str] = [str(place / "logs" / "a.eval"), str(log)] if call == "stat" else [str(place / "logs")]
    again = slow("d.json", call)
    try:
        first = run(list(logs))
    finally:
        again()
    assert "in time" in snapshot(first).unread[str(log)]
    done = resume(first)
    assert done.complete
    assert ids(done)[-1] == "u8-1"


def test_the_only_log_named_is_refused_as_before(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    with pytest.raises(LogReadError, match="cut off"):
        run("logs/b.eval")
    mend()
    with pytest.raises(LocationError):
        run("logs/none.eval")


def database(folder: Path, files: int = 3) -> None:
    """Data files of two transcripts each, without an index."""
    folder.mkdir()
    for number in range(files):
        made = folder.with_name(f"made-{number}")
        asyncio.run(insert(made, talks(2 * files)[2 * number : 2 * number + 2]))
        (file,) = made.glob("*.parquet")
        file.rename(folder / f"transcripts_{number}.parquet")


async def insert(folder: Path, held: Sequence[Transcript]) -> None:
    async with transcripts_db(str(folder)) as db:
        await db.insert(held)


def test_a_data_file_that_cannot_be_read_is_read_later(place: Path) -> None:
    database(place / "db")
    file = place / "db" / "transcripts_1.parquet"
    mend = harm(file)
    first = run("db", limit=5)
    assert ids(first) == ["t0", "t1", "t4", "t5"]
    assert list(snapshot(first).unread) == [str(file)]
    assert stated(first) == ("errors", 1)
    assert not resume(first).complete
    file.unlink()
    gone = resume(first)
    assert not gone.complete
    mend()
    done = resume(first)
    assert done.complete
    assert ids(done) == ["t0", "t1", "t4", "t5", "t2"]


def test_data_files_that_the_index_does_not_know_or_that_are_gone_are_read_later(place: Path) -> None:
    from inspect_scout import transcripts_db

    (place / "db").mkdir()
    names = [f"transcripts_20250101T12000{n}_0000000{n}.parquet" for n in (1, 2, 3)]
    tables = [write_data(place / "db", name, [record(id)]) for name, id in zip(names, "abc", strict=True)]
    write_index(place / "db", "index_20250101T120001_00000001.idx", *zip(names[:2], tables[:2], strict=True))
    (place / "db" / names[1]).rename(place / "kept")
    first = run("db")
    assert "not indexed" in snapshot(first).unread[str(place / "db" / names[2])]
    assert "not there" in snapshot(first).unread[str(place / "db" / names[1])]
    (place / "kept").rename(place / "db" / names[1])
    assert list(snapshot(resume(first)).unread) == [str(place / "db" / names[2])]
    assert ids(first) == ["a", "b"]

    async def index_again() -> None:
        async with transcripts_db(str(place / "db")) as db:
            await db.rebuild_index()

    asyncio.run(index_again())
    assert resume(first).complete
    assert ids(first) == ["a", "b", "c"]


def test_databases_without_a_readable_file_are_refused(place: Path) -> None:
    database(place / "db", 2)
    for file in (place / "db").glob("*.parquet"):
        harm(file)
    with pytest.raises(LogReadError, match="transcripts_0"):
        run("db")
    assert not (place / "scans").exists()


def test_an_eval_that_still_runs_is_read_as_far_as_it_got(place: Path) -> None:
    unfinished(place / "logs" / "b.eval")
    assert run().complete


def scout(*arguments: str) -> tuple[int, str]:
    """Run the command line; exit code and standard output."""
    import contextlib
    import io

    from inspect_scout._cli import main as run_command

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run_command(list(arguments))
    return code, out.getvalue()


def test_the_command_line_ends_with_3_until_all_is_read_or_accepted(place: Path) -> None:
    mend = harm(place / "logs" / "b.eval")
    code, out = scout("scan", "scanners.py@words", "-T", "logs", "--display", "plain")
    assert code == 3
    assert "1 log was not read" in out
    assert scout("scan", "scanners.py@words", "-T", "logs", "--dry-run", "--json")[0] == 3
    (folder,) = (place / "scans").iterdir()
    assert "errors (1 log unread)" in scout("scan", "list")[1]
    assert "b.eval" in scout("scan", "status", str(folder), "--display", "plain")[1]
    code, out = scout("scan", "resume", str(folder), "--json")
    said = json.loads(out)
    assert (code, said["state"], said["complete"], list(said["unread"])) == (
        3,
        "errors",
        False,
        [str(place / "logs" / "b.eval")],
    )
    assert "cut off" in said["problems"][0]
    mend()
    code, out = scout("scan", "resume", str(folder), "--json")
    assert (code, json.loads(out)["complete"], json.loads(out)["problems"]) == (0, True, [])


def test_the_command_line_accepts_what_was_not_read(place: Path) -> None:
    harm(place / "logs" / "b.eval")
    scout("scan", "scanners.py@words", "-T", "logs", "--display", "none")
    (folder,) = (place / "scans").iterdir()
    code, out = scout("scan", "complete", str(folder), "--display", "plain")
    assert code == 0
    assert "1 log was not read (or not whole) and left out" in out
    assert scout("scan", "resume", str(folder))[0] == 1
    assert "unread" not in scout("scan", "list")[1]


@pytest.mark.parametrize("duplicates", ["newest", "all"])
def test_copies_in_a_log_that_is_read_later_join_as_the_scan_takes_copies(
    place: Path, duplicates: Literal["newest", "all"]
) -> None:
    copy = place / "logs" / "copy.eval"
    shutil.copy(place / "logs" / "a.eval", copy)
    os.utime(copy, (2e9, 2e9))
    mend = harm(copy)
    first = run(duplicates=duplicates)
    assert ids(first) == [f"u{number}-1" for number in range(6)]
    mend()
    os.utime(copy, (2e9, 2e9))
    second = resume(first)
    assert second.complete
    added = ids(second)[6:]
    assert [id.partition("-1-")[0] for id in added] == ([] if duplicates == "newest" else ["u0", "u1"])
    assert set(snapshot(second).transcript_ids) == set(ids(second))
