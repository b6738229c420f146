"""Scan jobs: as objects, as functions of a file, as YAML and JSON, and in a project."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    LocationError,
    ScanJob,
    ScanJobConfig,
    ScannerSpec,
    ScannerWork,
    Status,
    UnknownNameError,
    Worklist,
    scan,
    scan_results_df,
    scan_resume,
    scanjob,
    transcripts_from,
)
from inspect_scout._plan import ScanRequest
from inspect_scout.aio import scan_async
from support.transcripts import length, scanner_of, talks
from support.use_cases import run_scan

FILE = """
from inspect_scout import Result, ScanJob, Transcript, scanjob, scanner

@scanner(messages="all")
def length(times: int = 1):
    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages) * times)
    return scan
"""
JOB = """
@scanjob
def one(limit: int = 1, times: int = 1):
    return ScanJob(scanners=[length(times)], transcripts={logs!r}, limit=limit)
"""
OTHER = """
@scanjob(name="given")
def other():
    return ScanJob(scanners={{"l": length()}}, transcripts={logs!r})
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[None]:
    os.chdir(tmp_path)
    before = list(sys.path)
    yield
    sys.path[:] = before


def ran(spec: Any, **fields: Any) -> Status:
    """Scan what a command line names."""
    return run_scan(ScanRequest(scanners=spec, scans="scans", display="none", **fields))


def write(logs: Path, *parts: str, name: str = "job.py") -> str:
    Path(name).write_text(FILE + "".join(part.format(logs=str(logs)) for part in parts))
    return name


def job_file(logs: Path, file: str = "job.yaml", **more: Any) -> str:
    Path("scanners.py").write_text(FILE)
    data = {"transcripts": str(logs), "scanners": [{"name": "length", "file": "scanners.py"}], **more}
    Path(file).write_text(json.dumps(data))
    return file


def nothing_was_created() -> bool:
    return not Path("scans").exists()


def test_a_job_object_is_scanned() -> None:
    job = ScanJob(scanners=[length()], transcripts=transcripts_from(talks(3)), name="mine", tags=["a"])
    status = scan(job, scans="scans", display="none", tags=["b"], metadata={"k": 1})
    assert (status.complete, status.spec.scan_name, status.spec.tags) == (True, "mine", ["a", "b"])
    assert (status.spec.scan_file, status.spec.metadata) == (None, {"k": 1})
    assert len(scan_results_df(status.location).scanners["length"]) == 3


@pytest.mark.anyio
async def test_a_job_is_scanned_inside_an_event_loop(example_logs: Path) -> None:
    Path("scanners.py").write_text(FILE)
    config = ScanJobConfig(transcripts=str(example_logs), scanners=[ScannerSpec(name="length", file="scanners.py")])
    for job in (ScanJob(scanners=[length()], transcripts=str(example_logs)), config):
        status = await scan_async(job, scans="scans", limit=2)
        assert (status.complete, status.summary["length"].scans) == (True, 2)


@pytest.mark.parametrize("many", [False, True])
def test_transcripts_of_a_job_may_be_paths(example_logs: Path, many: bool) -> None:
    logs = [str(log) for log in example_logs.glob("*.eval")] if many else str(example_logs)
    status = scan(ScanJob(scanners=[length()], transcripts=logs), scans="scans", display="none")
    assert status.summary["length"].scans == 12


def test_conditions_of_transcripts_job_arguments_and_project_all_hold(example_logs: Path) -> None:
    Path("scout.yaml").write_text("filter: message_count > 5\n")
    logs = transcripts_from(str(example_logs)).where("task_set = 'fix-the-bug'")
    status = scan(ScanJob(scanners=[length()], transcripts=logs, filter="score = 'C'"), scans="scans", display="none")
    assert status.spec.transcripts is not None
    assert status.spec.transcripts.filter == ["task_set = 'fix-the-bug'", "message_count > 5", "score = 'C'"]
    assert status.summary["length"].scans == 2
    status = scan([length()], str(example_logs), scans="scans", display="none")
    assert status.spec.transcripts is not None
    assert status.spec.transcripts.filter == ["message_count > 5"]


def test_a_job_is_read_only_and_takes_keywords_only() -> None:
    job = ScanJob(scanners=[("One", length())])
    assert list(job.scanners) == ["one"]
    with pytest.raises(AttributeError):
        job.limit = 3  # type: ignore[misc]
    wrong: Any = ScanJob
    for call in (lambda: wrong([length()]), wrong, lambda: wrong(scanners=[length()], bogus=1)):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ConfigError, match="length"):
        wrong(scanners=[length])


def test_the_older_name_of_scans_is_understood() -> None:
    with pytest.warns(DeprecationWarning, match="scans"):
        assert ScanJob(scanners=[length()], results="old").scans == "old"
    with pytest.raises(TypeError, match="'results'"):
        ScanJob(scanners=[length()], results="old", scans="new")
    assert ScanJob.from_config(ScanJobConfig(results="old")).scans == "old"


def test_a_job_function_gives_its_name_file_and_arguments(example_logs: Path) -> None:
    file = write(example_logs, JOB)
    status = ran(file, scanner_args={"limit": 2, "times": 5})
    spec = status.spec
    assert (spec.scan_name, spec.scan_file, spec.scan_args) == ("one", "job.py", {"limit": 2, "times": 5})
    assert (spec.options.limit, spec.scanners["length"].params) == (2, {"times": 5})
    assert spec.scanners["length"].file == "job.py"


def test_a_job_that_stopped_goes_on(example_logs: Path) -> None:
    failing = JOB.replace("length(times)", "fragile()")
    fragile = """
import os
@scanner(messages="all")
def fragile():
    async def scan(transcript: Transcript) -> Result:
        if not os.path.exists("repaired"):
            raise ValueError("broken")
        return Result(value=1)
    return scan
"""
    status = ran(write(example_logs, fragile, failing))
    assert not status.complete
    Path("repaired").touch()
    assert scan_resume(status.location, display="none").complete


def test_the_name_behind_the_at_is_a_job_or_a_scanner(example_logs: Path) -> None:
    file = write(example_logs, JOB, OTHER)
    assert ran(f"{file}@one").spec.scan_name == "one"
    assert list(ran(f"{file}@given").spec.scanners) == ["l"]
    assert ran(f"{file}@other").spec.scan_name == "given"
    status = ran(f"{file}@length", transcripts=str(example_logs), limit=1)
    assert (status.spec.scan_file, list(status.spec.scanners)) == (None, ["length"])


@pytest.mark.parametrize(
    ("spec", "args", "error", "said"),
    [
        ("job.py", {}, ConfigError, "2 scan jobs (one, given): name one, as in job.py@one"),
        ("job.py@on", {}, UnknownNameError, "'one'"),
        (
            "job.py@one",
            {"limt": 1},
            UnknownNameError,
            "Unknown argument of scan job 'one': 'limt'. Did you mean 'limit'",
        ),
        ("job.yaml", {"limit": 1}, ConfigError, "a job file such as 'job.yaml' has none"),
        ("job.yaml@length", {}, ConfigError, "without @length"),
        ("nowhere.yaml", {}, LocationError, "nowhere.yaml"),
        ("nopackage/job", {}, LocationError, "registered scanner or scan job"),
    ],
)
def test_what_cannot_be_found_is_refused(
    example_logs: Path, spec: str, args: dict[str, Any], error: type[Exception], said: str
) -> None:
    write(example_logs, JOB, OTHER)
    job_file(example_logs)
    with pytest.raises(error) as refused:
        ran(spec, scanner_args=args)
    assert said in str(refused.value)
    assert nothing_was_created()


def test_a_job_function_must_return_a_job(example_logs: Path) -> None:
    file = write(example_logs, "@scanjob\ndef job():\n    return [length()]\n")
    with pytest.raises(ConfigError, match=r"'job' returned .*must return a ScanJob"):
        ran(file)
    with pytest.raises(ConfigError, match="@scanjob decorates a function"):
        scanjob(3)  # type: ignore[call-overload]


def test_two_jobs_may_share_what_a_function_returns() -> None:
    shared = ScanJob(scanners=[length()])

    @scanjob
    def first() -> ScanJob:
        return shared

    @scanjob(name="renamed")
    def second() -> ScanJob:
        return shared

    assert (first().name, second().name, shared.name) == ("first", "renamed", None)


def test_a_job_of_a_package_is_found_by_name(
    example_logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, info = (
        tmp_path / "site-packages" / "scout_probe_jobs",
        tmp_path / "site-packages" / "scout_probe_jobs-1.0.dist-info",
    )
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("")
    (package / "_jobs.py").write_text(FILE + JOB.format(logs=str(example_logs)))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scout-probe-jobs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[inspect_ai]\nscout_probe_jobs = scout_probe_jobs._jobs\n")
    (info / "top_level.txt").write_text("scout_probe_jobs\n")
    (info / "RECORD").write_text("scout_probe_jobs/__init__.py,,\nscout_probe_jobs/_jobs.py,,\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site-packages"), *sys.path])
    importlib.invalidate_caches()
    spec = ran("scout_probe_jobs/one", scanner_args={"times": 2}).spec
    assert (spec.scan_name, spec.scan_file) == ("scout_probe_jobs/one", None)
    recorded = spec.scanners["length"]
    assert (recorded.name, recorded.package_version) == ("scout_probe_jobs/length", "1.0")
    assert (recorded.file, recorded.params) == (None, {"times": 2})


@pytest.mark.parametrize("name", ["job.yaml", "job.json", "sub/job.yaml"])
def test_a_job_file_is_scanned(example_logs: Path, name: str) -> None:
    Path("sub").mkdir()
    file = job_file(example_logs, name, name="nightly", limit=2, shuffle=3, tags=["a"], metadata={"k": 1})
    spec = ran(file).spec
    assert (spec.scan_name, spec.scan_file, spec.scan_args, spec.tags) == ("nightly", name, None, ["a"])
    assert (spec.options.limit, spec.options.shuffle, spec.metadata) == (2, 3, {"k": 1})


def test_files_are_found_beside_the_job_file(example_logs: Path) -> None:
    Path("sub").mkdir()
    job_file(example_logs, "sub/job.yaml", model="mockllm/model", model_args="args.yaml")
    Path("scanners.py").rename("sub/scanners.py")
    Path("sub/args.yaml").write_text("flavour: 1\n")
    spec = ran("sub/job.yaml", limit=1).spec
    assert spec.scanners["length"].file == "sub/scanners.py"
    assert spec.model is not None
    assert spec.model.args == {"flavour": 1}


def test_scanners_of_a_job_file_are_a_list_or_names(example_logs: Path) -> None:
    one: dict[str, Any] = {"name": "length", "file": "scanners.py"}
    twice = job_file(example_logs, scanners=[one, {**one, "params": {"times": 2}}], limit=1)
    assert list(ran(twice).spec.scanners) == ["length_1", "length_2"]
    named = job_file(
        example_logs,
        scanners={"First!": one, "grep": {"name": "inspect_scout/grep_scanner", "params": {"pattern": "x"}}},
        limit=1,
    )
    assert list(ran(named).spec.scanners) == ["first", "grep"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"scanners": [{"name": "lenght", "file": "scanners.py"}]}, "Did you mean 'length'"),
    ({"scanners": [{"name": "length", "file": "nowhere.py"}]}, "nowhere.py"),
    ({"scanners": [{"name": "length", "file": "scanners.py", "params": {"tims": 1}}]}, "Did you mean 'times'"),
    ({"scanners": []}, "No scanners"),
    ({"filter": "scor = 'I'"}, "Did you mean 'score'"),
    ({"worklist": [{"scanner": "lenght", "transcripts": []}]}, "Did you mean 'length'"),
    ({"limt": 1}, "'job.yaml', line 1, key 'limt': Unknown key: 'limt'. Did you mean 'limit'"),
    ({"model": "nowhere/model"}, "nowhere"),
    ({"transcripts": ["no/such.eval"]}, "no/such.eval"),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_a_wrong_job_file_creates_nothing(example_logs: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises((ConfigError, LocationError)) as refused:
        ran(job_file(example_logs, **more))
    assert said in str(refused.value)
    assert nothing_was_created()


def test_a_job_file_without_scanners_uses_those_of_the_project(example_logs: Path) -> None:
    job_file(example_logs)
    Path("scout.yaml").write_text("scanners: [{name: length, file: scanners.py}]\n")
    Path("job.yaml").write_text(f"transcripts: {example_logs}\nlimit: 1\n")
    assert list(ran("job.yaml").spec.scanners) == ["length"]


IDS = ("X4tQGpzpaNKJfhNwLuZu5k", "SfKsXWJ5LJbyGxkym5Gef7", "nFTGaqAHuN8rVwvhFk8GJ7")


@pytest.mark.parametrize("source", ["list", "file", "selection", "job object", "job file", "project"])
def test_a_worklist_works_from_every_source(example_logs: Path, source: str) -> None:
    entries = [{"scanner": "length", "transcripts": list(IDS[:2])}]
    Path("work.json").write_text(json.dumps(entries))
    items = [Worklist.model_validate(entry) for entry in entries]
    job: Any = {"scanners": [length(), scanner_of(lambda _: None, "idle")], "transcripts": str(example_logs)}
    more: dict[str, Any] = {}
    if source == "job file":
        more["scanners"] = job_file(example_logs, worklist=entries)
    elif source == "job object":
        more["scanners"] = ScanJob(**job, worklist=items)
    else:
        more["scanners"] = ScanJob(**job)
        chosen = transcripts_from(str(example_logs)).where(f"transcript_id IN {IDS[:2]}")
        more["worklist"] = {"list": items, "file": "work.json", "selection": [ScannerWork("length", chosen)]}.get(
            source
        )
    if source == "project":
        Path("scout.yaml").write_text(json.dumps({"worklist": entries}))
    status = ran(more.pop("scanners"), **more)
    assert status.complete
    assert status.spec.worklist == items
    assert status.summary["length"].scans == 2
    assert status.spec.transcripts is not None
    assert len(status.spec.transcripts.transcript_ids) == 12


def test_worklists_of_several_doors_are_joined_once(example_logs: Path) -> None:
    Path("scout.yaml").write_text(json.dumps({"worklist": [{"scanner": "length", "transcripts": list(IDS[:2])}]}))
    status = ran(
        ScanJob(scanners=[length()], transcripts=str(example_logs)), worklist=[ScannerWork("length", list(IDS[1:]))]
    )
    assert status.spec.worklist == [Worklist(scanner="length", transcripts=list(IDS))]
    assert status.summary["length"].scans == 3


def test_roles_and_generation_options_of_the_project_are_used_without_a_model(example_logs: Path) -> None:
    Path("scout.yaml").write_text("model_roles: {judge: mockllm/judge}\ngenerate_config: {temperature: 0.5}\n")
    status = ran(ScanJob(scanners=[length()], transcripts=str(example_logs), limit=1))
    assert status.spec.model is None
    assert status.spec.model_roles is not None
    judge: Any = status.spec.model_roles["judge"]
    assert judge.model == "mockllm/judge"
    status = ran(ScanJob(scanners=[length()], transcripts=str(example_logs), limit=1, model="mockllm/mine"))
    assert status.spec.model is not None
    assert status.spec.model.config.temperature == 0.5


def test_roles_of_a_job_file_are_names_descriptions_or_several(example_logs: Path) -> None:
    roles = {
        "a": "mockllm/a",
        "b": {"model": "mockllm/b", "config": {"top_p": 0.5}},
        "c": ["mockllm/c", {"model": "mockllm/d"}],
    }
    recorded: Any = ran(job_file(example_logs, model_roles=roles, limit=1)).spec.model_roles
    assert (recorded["a"].model, recorded["b"].config.top_p) == ("mockllm/a", 0.5)
    assert [model.model for model in recorded["c"]] == ["mockllm/c", "mockllm/d"]


def test_batches_of_calls_put_more_transcripts_in_work(example_logs: Path) -> None:
    file = job_file(example_logs, generate_config={"batch": 5}, model="mockllm/model", limit=1)
    assert ran(file).spec.options.max_transcripts == 100


def test_the_project_gives_name_scans_and_transcripts(example_logs: Path) -> None:
    Path("scout.yaml").write_text(f"name: ours\nscans: there\ntranscripts: {example_logs}\nlimit: 2\n")
    os.environ["SCOUT_SCAN_SCANS"] = "environment"
    status = scan([length()], display="none")
    assert (status.spec.scan_name, status.spec.options.limit) == ("ours", 2)
    assert Path(status.location).parent == Path("there").absolute()
    Path("scout.yaml").unlink()
    status = scan([length()], str(example_logs), display="none", limit=1)
    assert Path(status.location).parent == Path("environment").absolute()
    assert status.spec.scan_name == Path.cwd().name


def test_a_broken_project_creates_nothing(example_logs: Path) -> None:
    Path("scout.yaml").write_text("limt: 3\n")
    with pytest.raises(ConfigError, match=r"scout\.yaml.*line 1"):
        scan([length()], str(example_logs), scans="scans", display="none")
    assert nothing_was_created()


def test_several_jobs_side_by_side_do_not_mix() -> None:
    async def both() -> list[Status]:
        jobs = [ScanJob(scanners=[length()], transcripts=transcripts_from(talks(n)), name=f"job {n}") for n in (2, 3)]
        return list(await asyncio.gather(*(scan_async(job, scans="scans") for job in jobs)))

    assert [(s.spec.scan_name, s.summary["length"].scans) for s in asyncio.run(both())] == [("job 2", 2), ("job 3", 3)]
