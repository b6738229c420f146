"""Exporting scans: what is recorded, and what stays out."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import LocationError, Scanner, Transcript, grep_scanner, scan, scanner
from inspect_scout._app import evidence_json, run_sync, scan_evidence
from inspect_scout._view import PlannedExport, ViewSettings, WrittenExport, plan_export, write_export
from support.inspect_logs import write_eval_log
from support.logs import make_log, make_sample


class Exported:
    """An export as a program reads it.

    Args:
        folder: Where it is.
    """

    def __init__(self, folder: Path) -> None:
        index = (folder / "answers.js").read_text(encoding="utf-8")
        self.index: dict[str, Any] = json.loads(index.removeprefix("var scoutExport = ").rstrip().removesuffix(";"))
        self.answers: dict[str, Any] = {}
        for number, script in enumerate(sorted((folder / "data").iterdir())):
            text = script.read_text(encoding="utf-8").removeprefix(f"scoutAnswers({number},").rstrip()
            self.answers |= {name: json.loads(answer) for name, answer in json.loads(text.removesuffix(");"))}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, example_logs: Path, example_scan: Path) -> ViewSettings:
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(example_logs, folder / "logs")
    shutil.copytree(example_scan, folder / "scans" / example_scan.name)
    page = folder / "page"
    for name in ("index.html", "export/index.html", "export/page.js"):
        (page / name).parent.mkdir(parents=True, exist_ok=True)
        (page / name).write_text("", encoding="utf-8")
    return ViewSettings(project_dir=str(folder), page_dir=str(page))


@pytest.fixture(scope="module")
def written(project: ViewSettings) -> tuple[PlannedExport, WrittenExport, Exported]:
    told = list[tuple[str, int, int]]()
    folder = Path(project.project_dir) / "out"
    planned = run_sync(lambda: plan_export(project, ()))

    def report(kind: str, count: int, of: int) -> None:
        told.append((kind, count, of))

    done = run_sync(lambda: write_export(project, planned, str(folder), report))
    assert told[-1] == ("transcripts", planned.transcripts, planned.transcripts)
    assert ("results", planned.results, planned.results) in told
    return planned, done, Exported(folder)


def test_it_has_the_newest_scan_and_what_it_cites(written: tuple[PlannedExport, WrittenExport, Exported]) -> None:
    planned, done, exported = written
    (scan,) = planned.scans
    assert done.missing == []
    assert done.transcripts == planned.transcripts > 0
    (listed,) = exported.answers["/scans#0"]["items"]
    assert listed["scan_id"] == scan.id
    assert exported.answers[f"/scans/{scan.id}"]["findings"] is not None
    assert exported.index["answers"].keys() == exported.answers.keys()
    described = {name.removeprefix("/transcripts/") for name in exported.answers if name.count("/") == 2} - {scan.id}
    assert scan.cited.keys() <= described


def test_each_result_has_its_evidence(written: tuple[PlannedExport, WrittenExport, Exported]) -> None:
    planned, _, exported = written
    (scan,) = planned.scans
    seen = 0
    for key in scan.scanners:
        at = f"/scans/{scan.id}/{key}/results"
        total = exported.index["lists"][at]["total"]
        rows = [row for part in range(-(-total // 100)) for row in exported.answers[f"{at}#{part}"]["items"]]
        assert len(rows) == total
        for row in rows:
            assert exported.answers[f"{at}/{row['uuid']}/evidence"]["evidence"]
            assert "input" not in exported.answers[f"{at}/{row['uuid']}"]
        seen += total
    assert seen == planned.results


def test_results_and_evidence_are_what_is_told_of_each(written: tuple[PlannedExport, WrittenExport, Exported]) -> None:
    planned, done, exported = written
    (scan,) = planned.scans
    assert done.unread == 0
    for key in scan.scanners:
        at = f"/scans/{scan.id}/{key}/results"
        for row in exported.answers[f"{at}#0"]["items"]:
            told = evidence_json(scan_evidence(scan.location, row["uuid"], scanner=key))
            assert exported.answers[f"{at}/{row['uuid']}/evidence"] == json.loads(json.dumps(told))
            assert exported.answers[f"{at}/{row['uuid']}"].keys() >= {"value", "scan_events", "transcript_metadata"}


@scanner(messages=["assistant", "tool"])
def looked_up() -> Scanner[Transcript]:
    return grep_scanner("answer")


def test_messages_are_read_where_they_are_now_and_those_that_are_gone_are_counted(
    project: ViewSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, now = tmp_path / "before", tmp_path / "logs"
    before.mkdir()
    write_eval_log(make_log([make_sample(number) for number in range(3)]), str(before / "numbers.eval"))
    scan(
        [looked_up()], transcripts=str(before), scans=str(tmp_path / "scans"), record_input="reference", display="none"
    )
    here = ViewSettings(project_dir=str(tmp_path), page_dir=project.page_dir)
    before.rename(now)
    planned = run_sync(lambda: plan_export(here, ()))
    assert run_sync(lambda: write_export(here, planned, str(tmp_path / "out"))).unread == 0
    shutil.rmtree(now)
    now.mkdir()
    assert run_sync(lambda: write_export(here, planned, str(tmp_path / "out"))).unread == planned.results == 3
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_each_transcript_has_all_of_its_messages(written: tuple[PlannedExport, WrittenExport, Exported]) -> None:
    planned, _, exported = written
    (scan,) = planned.scans
    for id in scan.cited:
        at = f"/transcripts/{id}"
        lists = exported.index["lists"]
        messages = exported.answers[f"{at}/minimap"]["messages"]
        assert lists[f"{at}/messages"]["total"] == messages == exported.answers[f"{at}/messages#0"]["total"]
        assert lists[f"{at}/outline"]["total"] == exported.answers[f"{at}/outline#0"]["total"]
        assert exported.answers[f"{at}/citations?scan={scan.id}"]["items"]


def test_a_scan_that_is_not_there_is_refused(project: ViewSettings) -> None:
    with pytest.raises(LocationError, match="nothing"):
        run_sync(lambda: plan_export(project, ["nothing"]))
    with pytest.raises(LocationError, match="cannot be exported"):
        run_sync(lambda: plan_export(project, ["./scans/scan_id=nothing"]))


def test_a_version_without_a_page_says_so(project: ViewSettings, tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    bare = ViewSettings(project_dir=project.project_dir, page_dir=str(tmp_path))
    with pytest.raises(LocationError, match="make web"):
        run_sync(lambda: plan_export(bare, ()))
