"""The laws of recall: what is known already records the rows that a scan would record, and nothing is asked for it."""

from __future__ import annotations

import dataclasses
import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import get_model

from inspect_scout import (
    Result,
    Scanner,
    Status,
    Transcript,
    ValidationCase,
    ValidationSet,
    scan_results_df,
    scanner,
    transcripts_from,
)
from inspect_scout._engine import Feed, Job, PairKey, PairReports, executor_for, worker_setup
from inspect_scout._plan import ScanRequest, plan_scan, resolve_request
from inspect_scout._results import ScanStore, facts_of
from inspect_scout._types import Planned, ScanState
from inspect_scout.testing import scripted_model
from support.logs import varied_log, write

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

RANDOM = {"scan_id", "timestamp"}
"""Columns that two scans of the same verdicts do not have in common."""


@dataclass(frozen=True)
class Shelf:
    """Keeps verdicts in a folder, so that they are known in every process."""

    folder: Path

    async def recall(self, key: PairKey) -> PairReports | None:
        """Give what was recorded of a pair."""
        file = self._file(key)
        return pickle.loads(file.read_bytes()) if file.exists() else None

    async def remember(self, key: PairKey, pair: PairReports) -> None:
        """Keep what was recorded of a pair."""
        self.folder.mkdir(exist_ok=True)
        self._file(key).write_bytes(pickle.dumps(pair))

    def _file(self, key: PairKey) -> Path:
        return self.folder / f"{key.transcript_id}-{key.input[:16]}-{key.scanner[:16]}"


@dataclass(frozen=True)
class Broken(Shelf):
    """Fails whatever it is asked."""

    async def recall(self, key: PairKey) -> PairReports | None:
        """Fail."""
        raise OSError(f"the shelf fell down with {key.transcript_id}")


@scanner(messages="all", events="all")
def judges(marks: str) -> Scanner[Transcript]:
    """Ask a model, and leave a mark for each transcript that was looked at."""

    async def judge(transcript: Transcript) -> list[Result]:
        (Path(marks) / f"judges-{transcript.transcript_id}").touch()
        output = await get_model().generate(f"{len(transcript.messages)} messages")
        metadata = {"events": len(transcript.events)}
        return [Result(value=output.completion, metadata=metadata), Result(value=1, label="second")]

    return judge


@scanner(messages=["assistant"])
def fails(marks: str) -> Scanner[Transcript]:
    """Fail at some transcripts."""

    async def fail(transcript: Transcript) -> Result:
        (Path(marks) / f"fails-{transcript.transcript_id}").touch()
        if "u4" in transcript.transcript_id:
            raise ValueError("not this one")
        return Result(value=transcript.transcript_id)

    return fail


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Where scanners leave marks."""
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


async def scanned(
    folder: Path, marks: Path, shelf: Shelf | None, processes: int = 1, **more: Any
) -> tuple[Status, ScanState]:
    """Scan the log of a folder with a memory of verdicts."""
    scanners = {"judges": judges(str(marks)), "fails": fails(str(marks))}
    request = ScanRequest(
        scanners=scanners,
        transcripts=transcripts_from(folder / "log.eval"),
        scans=str(folder / "scans"),
        model=scripted_model("yes"),
        **more,
    )
    plan = await plan_scan(resolve_request(request).request)
    setup = dataclasses.replace(worker_setup(plan), recall=shelf)
    feed = Feed()
    async with executor_for(len(plan.units), processes).prepared(setup, str(folder)) as run:
        store = await ScanStore.create(plan.spec, str(folder / "scans"))
        async with store.lock():
            feed.emit(Planned(at=1.0, facts=facts_of(plan.spec, store.location), due=plan.total, skipped=plan.skipped))
            await run(Job(plan, setup, store, feed))
            await store.compact(plan.index.ids, complete=not feed.state().error_count, pairs=plan.total)
    return await store.status(), feed.state()


def rows(status: Status, name: str) -> list[dict[str, Any]]:
    frame = scan_results_df(status.location, scanner=name, rows="transcripts", exclude_columns=[]).scanners[name]
    kept = frame.drop(columns=[column for column in frame.columns if column in RANDOM])
    found: Any = kept.astype(object).where(kept.notna(), None).to_dict("records")
    return [dict(row) for row in found]


def clear(marks: Path) -> list[str]:
    """List the marks, and remove them."""
    names = sorted(path.name for path in marks.iterdir())
    shutil.rmtree(marks)
    marks.mkdir()
    return names


@pytest.mark.parametrize("processes", [1, 2], ids=["local", "processes"])
async def test_recalled_pairs_record_the_rows_of_the_scan_that_knew_them(
    tmp_path: Path, marks: Path, processes: int
) -> None:
    write(varied_log(), tmp_path / "log.eval")
    shelf = Shelf(tmp_path / "shelf")
    first, told = await scanned(tmp_path, marks, shelf)
    assert (told.reused, len(clear(marks))) == (0, 24)
    second, told = await scanned(tmp_path, marks, shelf, processes)
    # Errors are worth another try.
    again = clear(marks)
    assert again == [f"fails-{e.transcript_id}" for e in first.errors]
    assert told.reused == 24 - len(again)
    assert told.recorded == 24
    assert rows(second, "judges") == rows(first, "judges")
    assert second.summary["judges"].model_usage == first.summary["judges"].model_usage
    good = [row for row in rows(first, "fails") if row["scan_error"] is None]
    assert [row for row in rows(second, "fails") if row["scan_error"] is None] == good


async def test_what_is_recalled_is_compared_with_the_cases_of_this_scan(tmp_path: Path, marks: Path) -> None:
    write(varied_log(), tmp_path / "log.eval")
    shelf = Shelf(tmp_path / "shelf")
    await scanned(tmp_path, marks, shelf)
    cases = ValidationSet(cases=[ValidationCase(id="u2-1", target="u2-1"), ValidationCase(id="u1-1", target="no")])
    status, told = await scanned(tmp_path, marks, shelf, validation={"fails": cases})
    assert told.reused > 20
    by_id = {row["transcript_id"]: row["validation_result"] for row in rows(status, "fails")}
    assert (by_id["u2-1"], by_id["u1-1"], by_id["u3-1"]) == (True, False, None)


async def test_another_input_or_scanner_is_not_the_one_that_is_known(tmp_path: Path, marks: Path) -> None:
    log = write(varied_log(), tmp_path / "log.eval")
    shelf = Shelf(tmp_path / "shelf")
    await scanned(tmp_path, marks, shelf)
    other = tmp_path / "other"
    other.mkdir()
    _, told = await scanned(tmp_path, other, shelf)  # another argument
    assert told.reused == 0
    clear(marks)
    changed = varied_log()
    assert changed.samples is not None
    changed.samples[2].messages[0].content = "something else"
    write(changed, Path(log))
    _, told = await scanned(tmp_path, marks, shelf)
    looked = {name.partition("-")[2] for name in clear(marks) if name.startswith("judges")}
    assert looked == {"u3-1"}
    assert told.reused == 24 - 2 - 1  # both scanners saw the change, and one error was worth another try


async def test_a_memory_that_fails_costs_a_scan_and_nothing_else(tmp_path: Path, marks: Path) -> None:
    write(varied_log(), tmp_path / "log.eval")
    _, told = await scanned(tmp_path, marks, Broken(tmp_path / "shelf"))
    assert (told.reused, told.recorded, len(clear(marks))) == (0, 24, 24)
