"""Commands about scans that are named otherwise than by a path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspect_scout._cli import main
from support.cli import FakeApp, scout


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (["scan", "status"], ""),
        (["scan", "errors"], ""),
        (["scan", "results"], ""),
        (["validate"], ""),
        (["scan", "resume"], " errors interrupted"),
        (["scan", "complete"], " errors interrupted"),
    ],
)
def test_without_a_scan_the_newest_that_fits_is_taken(command: list[str], wanted: str) -> None:
    app = FakeApp()
    ran = scout(*command, "--scans", "elsewhere", app=app)
    place = f"newest of elsewhere{wanted}"
    assert ran.code == 0, ran.err
    assert place in str(app.calls[0])
    state = " that has errors or is interrupted" if wanted else ""
    assert ran.err == f"The newest scan{state} is {place}\n"


def test_what_a_word_means_is_said_beside_the_output(example_scan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scan_id = example_scan.name.removeprefix("scan_id=")
    scans = ["--scans", str(example_scan.parent)]
    assert main(["scan", "status", scan_id[:5], "--json", *scans]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["scan_id"] == scan_id
    assert said.err.startswith(f"{scan_id[:5]!r} is ")
    assert said.err.endswith(f"{example_scan.name}\n")
    assert main(["scan", "status", str(example_scan), "--json"]) == 0
    assert capsys.readouterr().err == ""


def test_status_and_errors_take_several_scans() -> None:
    app = FakeApp()
    assert scout("scan", "status", "one", "./two", app=app).out.count("scan: popularity") == 2
    assert len(json.loads(scout("scan", "status", "one", "./two", "--json").out)) == 2
    scout("scan", "errors", "one", "./two", app=app)
    assert [call[:2] for call in app.calls] == [
        ("status", "one"),
        ("status", "./two"),
        ("errors", "one"),
        ("errors", "./two"),
    ]
    refused = scout("scan", "status", "one", "two", "--watch")
    assert refused.code == 2
    assert "--watch follows one scan, not 2." in refused.err


def test_an_unknown_scan_ends_with_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "scan_id=a").mkdir()
    assert main(["scan", "status", "latest", "--scans", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Error: There are no scans in" in said.err


def test_a_mistyped_path_is_refused_with_the_scan_beside_it(
    example_scan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "status", str(example_scan)[:-1]]) == 1
    assert f"Did you mean {str(example_scan)!r}?" in capsys.readouterr().err
    assert main(["scan", "status", str(example_scan / "deeper")]) == 1
    assert "Did you mean" not in capsys.readouterr().err
