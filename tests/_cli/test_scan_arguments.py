"""How `scout scan FILE` reads its arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspect_scout._app import ScanRequest
from inspect_scout._scanners import ArgumentText
from inspect_scout._validation import CasesFile
from support.cli import FakeApp, scout


def requested(*arguments: str) -> ScanRequest:
    app = FakeApp()
    ran = scout("scan", *arguments, app=app)
    assert ran.code == 0, ran.err
    return app.request


def typed(**fields: Any) -> ScanRequest:
    """Make the request of a command line that gives these."""
    return ScanRequest(scanners="scan.py", from_command_line=True, **fields)


def test_a_file_alone_leaves_everything_to_job_and_project() -> None:
    assert requested("scan.py") == typed()


def test_every_option_reaches_the_request(tmp_path: Path) -> None:
    worklist = tmp_path / "work.yaml"
    worklist.write_text("[]")
    request = requested(
        *("scan.py", "-S", "pattern=x", "-S", "max-items=3", "-T", "a", "-T", "b c", "-F", "x = 1", "-F", "y > 2"),
        *("--scans", "out", "--worklist", str(worklist), "--max-transcripts", "4", "--max-processes", "1"),
        *("--limit", "5", "--shuffle", "7", "--results-buffer", "6", "--tags", "a, b,", "--metadata", "k=v"),
        *(
            "--executor",
            "ray",
            "--ray-address",
            "head:6379",
            "--dry-run",
            "--record-input",
            "copy",
            "--display",
            "Plain",
            "--log-level",
            "INFO",
            "--fail-on-error",
        ),
    )
    assert request == typed(
        scanner_args={"pattern": "x", "max_items": "3"},
        transcripts=["a", "b c"],
        filter=["x = 1", "y > 2"],
        scans="out",
        worklist=str(worklist),
        max_transcripts=4,
        max_processes=1,
        executor="ray",
        ray_address="head:6379",
        limit=5,
        shuffle=7,
        results_buffer=6,
        tags=["a", "b"],
        metadata={"k": "v"},
        display="plain",
        log_level="info",
        fail_on_error=True,
        dry_run=True,
        record_input="copy",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan.py", "-T", "logs", "--limit", "3", "--shuffle"),
        ("-T", "logs", "--limit", "3", "--shuffle", "scan.py"),
        ("-Tlogs", "scan.py", "--shuffle", "--limit=3"),
        ("--limit", "3", "--shuffle=true", "-T", "logs", "--", "scan.py"),
    ],
)
def test_options_may_stand_before_and_after_the_file(arguments: tuple[str, ...]) -> None:
    request = requested(*arguments)
    assert (request.scanners, request.transcripts, request.limit, request.shuffle) == ("scan.py", ["logs"], 3, True)


@pytest.mark.parametrize(
    ("arguments", "shuffle"),
    [
        (("--shuffle", "42", "scan.py"), 42),
        (("--shuffle", "-1", "scan.py"), -1),
        (("--shuffle=-1", "scan.py"), -1),
        (("--shuffle", "false", "scan.py"), False),
        (("--shuffle", "0", "scan.py"), False),
        (("--shuffle", "--limit", "1", "scan.py"), True),
        (("scan.py", "--shuffle"), True),
        (("scan.py",), None),
    ],
)
def test_the_seed_of_a_shuffle_may_be_left_out(arguments: tuple[str, ...], shuffle: bool | int | None) -> None:
    assert requested(*arguments).shuffle == shuffle


def test_values_may_begin_with_a_minus() -> None:
    request = requested("scan.py", "--results-buffer", "-1", "-S", "x=-2", "-F", "-1 < score", "-T", "--shuffle")
    assert (request.results_buffer, request.scanner_args) == (-1, {"x": "-2"})
    assert (request.filter, request.transcripts, request.shuffle) == (["-1 < score"], ["--shuffle"], None)


def test_values_are_yaml_and_a_comma_makes_a_list() -> None:
    given = (
        "i=3",
        "f=1.5",
        "b=yes",
        "n=null",
        "l=a, b",
        "q='a, b'",
        "j=[1, x]",
        "o={a: 1}",
        "d=2026-01-05",
        "t=*x",
        "e=a=b",
    )
    assert requested("scan.py", *(word for value in given for word in ("--metadata", value))).metadata == {
        "i": 3,
        "f": 1.5,
        "b": True,
        "n": None,
        "l": ["a", "b"],
        "q": "a, b",
        "j": [1, "x"],
        "o": {"a": 1},
        "d": "2026-01-05",
        "t": "*x",
        "e": "a=b",
    }


def test_arguments_of_scanners_stay_as_they_were_typed_until_their_parameters_are_known() -> None:
    given = ("a=no", "b=007", "c= x,y ", "d=", "some-name=1", "a=null")
    args = requested("scan.py", *(word for value in given for word in ("-S", value))).scanner_args
    assert args == {"a": "null", "b": "007", "c": " x,y ", "d": "", "some_name": "1"}
    assert {type(value) for value in args.values()} == {ArgumentText}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name the scanners or the scan job to scan with"),
        (("scan.py", "--bogus", "1"), "No such option '--bogus'"),
        (("scan.py", "--shufle"), "'--shuffle'"),
        (("scan.py", "other.py"), "unexpected extra argument (other.py)"),
        (("scan.py", "--limit", "many"), "'many' is not a whole number"),
        (("scan.py", "--limit", "-1"), "-1 is less than 0."),
        (("scan.py", "--shuffle=fast"), "'fast' is neither a seed"),
        (("scan.py", "--worklist", "nowhere.yaml"), "nowhere.yaml"),
        (("scan.py", "-S", "novalue"), "-S 'novalue' is not of the form key=value"),
        (("scan.py", "--metadata", "=x"), "--metadata '=x' is not of the form key=value"),
        (("scan.py", "--display", "fancy"), "'fancy' is not one of"),
        (("scan.py", "--scans", "a", "--results", "b"), "give only --scans"),
        (("scan.py", "--temperature", "hot"), "'hot' is not a number"),
        (("lits",), "Did you mean the command 'scout scan list'?"),
    ],
)
def test_mistakes_are_usage_errors(arguments: tuple[str, ...], said: str) -> None:
    app = FakeApp()
    ran = scout("scan", *arguments, app=app)
    assert ran.code == 2
    assert said in ran.err
    assert ran.out == ""
    assert app.requests == []


@pytest.mark.parametrize(
    ("text", "scanner", "file", "predicate"),
    [
        ("cases.csv", None, "cases.csv", None),
        ("cases.csv:gte", None, "cases.csv", "gte"),
        ("found:cases.YAML", "found", "cases.YAML", None),
        ("found:sub/cases.jsonl:my_pkg/near", "found", "sub/cases.jsonl", "my_pkg/near"),
        ("s3://bucket/a:b/cases.csv", None, "s3://bucket/a:b/cases.csv", None),
        ("found:s3://bucket/cases.json:lte", "found", "s3://bucket/cases.json", "lte"),
        ("C:\\data\\cases.csv:eq", None, "C:\\data\\cases.csv", "eq"),
        ("/data/at 10:30/cases.yml", None, "/data/at 10:30/cases.yml", None),
        ("found:/data/at 10:30/cases.yml:ne", "found", "/data/at 10:30/cases.yml", "ne"),
    ],
)
def test_labelled_cases_are_named_with_scanner_and_predicate(
    text: str, scanner: str | None, file: str, predicate: str | None
) -> None:
    app = FakeApp()
    assert scout("scan", "scan.py", "-V", text, app=app).code == 0
    cases = CasesFile(file, predicate)
    assert app.request.validation == (cases if scanner is None else {scanner: cases})


def test_an_existing_file_is_taken_as_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("odd:name.csv", "odd:name.txt.csv"):
        Path(name).touch()
    app = FakeApp()
    scout("scan", "scan.py", "-V", "odd:name.csv:gte", app=app)
    assert app.request.validation == CasesFile("odd:name.csv", "gte")


@pytest.mark.parametrize(
    ("specs", "said"),
    [
        (("cases.txt",), "not of the form [SCANNER:]FILE[:PREDICATE]"),
        (("a:b:c.csv:d:e",), "not of the form"),
        (("a.csv", "b.csv"), "does not say which scanner"),
        (("found:a.csv", "b.csv"), "'b.csv' does not say which scanner"),
        (("found:a.csv", "found:b.csv"), "'found' twice"),
    ],
)
def test_labelled_cases_that_do_not_fit_are_usage_errors(specs: tuple[str, ...], said: str) -> None:
    ran = scout("scan", "scan.py", *(word for spec in specs for word in ("-V", spec)))
    assert ran.code == 2
    assert said in ran.err


def test_labelled_cases_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_SCAN_VALIDATION", "a:x.csv 'b:y z.csv'")
    app = FakeApp()
    scout("scan", "scan.py", app=app)
    assert app.request.environment["validation"] == {"a": CasesFile("x.csv"), "b": CasesFile("y z.csv")}


def test_what_the_environment_says_is_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ARGS": "a=1 'b=x y'",
        "TRANSCRIPTS": "logs 'more logs'",
        "FILTER": "task_set = 'x y' and score > 1",
        "SCANS": "out",
        "LIMIT": "3",
        "SHUFFLE": "true",
        "TAGS": "t",
        "METADATA": "k=v",
        "DRY_RUN": "1",
        "FAIL_ON_ERROR": "true",
        "MAX_TRANSCRIPTS": "9",
    }.items():
        monkeypatch.setenv(f"SCOUT_SCAN_{name}", value)
    request = requested("scan.py", "--limit", "5")
    assert request == typed(
        scanner_args={"a": "1", "b": "x y"},
        limit=5,
        dry_run=True,
        fail_on_error=True,
        environment={
            "transcripts": ["logs", "more logs"],
            "filter": ["task_set = 'x y' and score > 1"],
            "scans": "out",
            "limit": 3,
            "shuffle": True,
            "tags": ["t"],
            "metadata": {"k": "v"},
            "max_transcripts": 9,
        },
    )


def test_the_older_name_of_scans_works_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FakeApp()
    ran = scout("scan", "scan.py", "--results", "old", app=app)
    assert (ran.code, app.request.scans) == (0, "old")
    assert "--results is deprecated, use --scans" in ran.err
    monkeypatch.setenv("SCOUT_SCAN_RESULTS", "old-env")
    assert requested("scan.py").environment == {"scans": "old-env"}
    monkeypatch.setenv("SCOUT_SCAN_SCANS", "env")
    assert requested("scan.py").environment == {"scans": "env"}
    assert requested("scan.py", "--results", "typed").scans == "typed"
    assert requested("scan.py", "--scans", "typed").scans == "typed"


def test_a_file_named_like_a_command_is_reached_with_its_folder() -> None:
    assert requested("./list").scanners == "./list"


def test_dotenv_is_read_before_options(tmp_path: Path) -> None:
    """In a process of its own, because `.env` is read once per process."""
    import subprocess
    import sys

    (tmp_path / ".env").write_text("SCOUT_SCAN_LIMIT=many\n")
    code = "import sys; from inspect_scout._cli import main; sys.exit(main(['scan', 'scan.py']))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "'many' is not a whole number" in ran.stderr


def test_a_log_display_shows_its_records_unless_something_else_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    request = requested("scan.py", "--display", "log")
    assert (request.log_level, request.environment) == (None, {"log_level": "info"})
    assert requested("scan.py", "--display", "log", "--log-level", "error").log_level == "error"
    monkeypatch.setenv("SCOUT_LOG_LEVEL", "error")
    assert requested("scan.py", "--display", "log").environment == {"log_level": "error"}
