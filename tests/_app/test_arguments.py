"""Arguments of scanners from the command line to the rows, and back when the scan is resumed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    ScanJobConfig,
    ScannerSpec,
    Status,
    UnknownNameError,
    scan,
    scan_results_df,
    scan_resume,
)
from inspect_scout._cli import main
from inspect_scout._plan import ScanRequest
from inspect_scout._scanners import ArgumentText
from support.use_cases import run_scan

# Evaluation of annotations is postponed, and one of them is written before its class.
FILE = """
from __future__ import annotations
import enum, os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from inspect_scout import Result, ScanJob, Scanner, Transcript, scanjob, scanner

if TYPE_CHECKING:
    from somewhere import Unknown

@scanner(messages="all")
def told(
    text: str = "",
    names: list[str] | None = None,
    count: int = 0,
    on: bool = False,
    level: Literal["low", "no"] = "low",
    file: Path | None = None,
    color: Color | None = None,
    day: date | None = None,
    either: int | str = 0,
    table: dict[str, int] | None = None,
    unknown: Unknown = None,
    plain=None,
) -> Scanner[Transcript]:
    given = [text, names, count, on, level, file, color, day, either, table, unknown, plain]

    async def scan(transcript: Transcript) -> Result:
        if os.environ.get("FAIL") == transcript.task_id:
            raise ValueError("not today")
        return Result(value=repr(given))

    return scan

class Color(enum.Enum):
    RED = "r"
"""
JOB = """
@scanjob
def job(text: str = "", limit: int = 1) -> ScanJob:
    return ScanJob(scanners=[told(text=text)], transcripts={logs!r}, limit=limit)
"""
OTHER = """
@scanner(messages="all")
def other(count: str = "") -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=repr(count))

    return scan
"""
TYPED = {
    "text": "007",
    "names": "no,1.10",
    "count": "3",
    "on": "yes",
    "level": "no",
    "file": "a/b.csv",
    "color": "RED",
    "day": "2026-01-05",
    "either": "1,000",
    "table": '{"a": 1}',
    "unknown": "no",
    "plain": "no",
}
RECORDED = {
    "text": "007",
    "names": ["no", "1.10"],
    "count": 3,
    "on": True,
    "level": "no",
    "file": "a/b.csv",
    "color": "r",
    "day": "2026-01-05",
    "either": "1,000",
    "table": {"a": 1},
    "unknown": False,
    "plain": False,
}
MADE = (
    "['007', ['no', '1.10'], 3, True, 'no', PosixPath('a/b.csv'), <Color.RED: 'r'>, datetime.date(2026, 1, 5), '1,000', "
    "{'a': 1}, False, False]"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    Path("told.py").write_text(FILE)


def ran(spec: str, logs: Path | None, **args: str) -> Status:
    given = {name: ArgumentText(text) for name, text in args.items()}
    place = None if logs is None else str(logs)
    return run_scan(ScanRequest(scanners=spec, transcripts=place, scans="scans", display="none", scanner_args=given))


def values(status: Status, name: str = "told") -> set[Any]:
    return set(scan_results_df(status.location).scanners[name]["value"])


def test_every_argument_arrives_as_its_annotation_says_and_is_recorded_as_it_was_given(example_logs: Path) -> None:
    status = ran("told.py", example_logs, **TYPED)
    assert values(status) == {MADE}
    assert status.spec.scanners["told"].params == RECORDED
    assert status.spec.scan_args == RECORDED


def test_a_resumed_scan_makes_the_same_arguments_of_its_record(example_logs: Path) -> None:
    os.environ["FAIL"] = str(
        scan_results_df(ran("told.py", example_logs).location).scanners["told"].iloc[0]["transcript_task_id"]
    )
    status = ran("told.py", example_logs, **TYPED)
    assert status.errors
    os.environ["FAIL"] = ""
    assert values(scan_resume(status.location, display="none")) == {MADE}


def test_parameters_of_scan_jobs_follow_their_annotations(example_logs: Path) -> None:
    Path("told.py").write_text(FILE + JOB.format(logs=str(example_logs)))
    status = ran("told.py", None, text="1.10", limit="2")
    assert status.spec.scan_args == {"text": "1.10", "limit": 2}
    assert status.spec.scanners["told"].params == {"text": "1.10"}
    with pytest.raises(
        ConfigError, match=r"Argument 'limit' of scan job 'job' is not allowed: limit='1,000'\. Write a"
    ):
        ran("told.py", None, limit="1,000")


def test_one_argument_may_mean_something_else_to_each_scanner(example_logs: Path) -> None:
    Path("told.py").write_text(FILE + OTHER)
    status = ran("told.py", example_logs, count="7")
    assert (status.spec.scanners["told"].params, status.spec.scanners["other"].params) == ({"count": 7}, {"count": "7"})
    assert values(status, "other") == {"'7'"}


@pytest.mark.parametrize("spec", ["told.py", "told.py@told"])
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("count", "1,000", "Argument 'count' of scanner 'told' is not allowed: count='1,000'. Write a whole number"),
        ("count", "1.5", "as in -S count=1000."),
        ("on", "maybe", "Write true or false"),
        ("level", "high", "Write one of 'low', 'no'."),
        ("color", "blue", "Write one of RED (r) or null."),
        ("day", "tomorrow", "Write a date or null, as in -S day=2026-01-31."),
        ("table", "a", "Write a JSON object, each value a whole number, in digits alone or null."),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_created(
    example_logs: Path, capfd: pytest.CaptureFixture[str], spec: str, name: str, text: str, said: str
) -> None:
    command = ["scan", spec, "-T", str(example_logs), "--scans", "scans", "-S", f"{name}={text}"]
    assert main(command) == 1
    error = capfd.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert not Path("scans").exists()


def test_an_unknown_name_lists_what_is_close(example_logs: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'count'"):
        ran("told.py", example_logs, cuont="1")


def refused_from_file(file: str) -> str:
    with pytest.raises(ConfigError) as error:
        run_scan(ScanRequest(scanners=file, scans="scans", display="none"))
    assert not Path("scans").exists()
    return str(error.value)


def test_job_files_are_checked_and_keep_their_types(example_logs: Path) -> None:
    job: dict[str, Any] = {"transcripts": str(example_logs), "scanners": [{"name": "told", "file": "told.py"}]}
    job["scanners"][0]["params"] = RECORDED
    Path("job.json").write_text(json.dumps(job))
    status = run_scan(ScanRequest(scanners="job.json", scans="scans", display="none"))
    assert values(status) == {MADE}
    assert status.spec.scanners["told"].params == RECORDED


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("text: 1.10", "text=1.1. Write text. In a file, put it in quotes."),
        ("text: 007", "text=7. Write text. In a file, put it in quotes."),
        ("count: '3'", "count='3'. Write a whole number"),
        ("count: 1,000", "count='1,000'. Write a whole number"),
        ("names: a", "names='a'. Write a list, each of it text or null."),
        ("on: 2", "on=2. Write true or false"),
        ("level: high", "level='high'. Write one of 'low', 'no'."),
    ],
)
@pytest.mark.parametrize("file", ["job.yaml", "scout.yaml"])
def test_files_say_what_does_not_fit_before_anything_is_created(
    example_logs: Path, file: str, line: str, said: str
) -> None:
    text = f"transcripts: {example_logs}\nscanners:\n  mine:\n    name: told\n    file: told.py\n    params:\n      {line}\n"
    Path(file).write_text(text)
    message = refused_from_file(file) if file == "job.yaml" else refused_from_project()
    assert "'mine'" in message
    assert "Argument" in message
    assert said in message


def refused_from_project() -> str:
    with pytest.raises(ConfigError) as error:
        run_scan(ScanRequest(scanners=(), scans="scans", display="none"))
    assert not Path("scans").exists()
    return str(error.value)


def test_switches_of_yaml_mean_what_they_always_meant(example_logs: Path) -> None:
    text = f"transcripts: {example_logs}\nlimit: 1\nscanners:\n  - {{name: told, file: told.py, params: {{on: yes}}}}\n"
    Path("job.yaml").write_text(text)
    status = run_scan(ScanRequest(scanners="job.yaml", scans="scans", display="none"))
    assert status.spec.scanners["told"].params == {"on": True}


def test_specs_in_python_are_checked(example_logs: Path) -> None:
    spec = ScannerSpec(name="told", file="told.py", params={"count": 1.5})
    with pytest.raises(ConfigError, match=r"count=1\.5\. Write a whole number"):
        scan(ScanJobConfig(transcripts=str(example_logs), scanners=[spec]), scans="scans", display="none")
    assert not Path("scans").exists()
