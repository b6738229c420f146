"""Deleting scans on the command line."""

from __future__ import annotations

import io
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspect_scout._cli import main

COMPLETE, INTERRUPTED, OLD = "Aaaa2345aaaaaaaaaaaaaa", "Bbbb2345bbbbbbbbbbbbbb", "Cccc2345cccccccccccccc"


def make_scan(folder: Path, scan_id: str, age: timedelta, *, complete: bool = False) -> None:
    place = folder / f"scan_id={scan_id}"
    place.mkdir(parents=True)
    made = (datetime.now(UTC) - age).isoformat()
    transcripts = {"type": "eval_log", "transcript_ids": {"t0": None}}
    spec = {"scan_id": scan_id, "scan_name": "n", "scanners": {"a": {"name": "a"}}, "timestamp": made}
    (place / "_scan.json").write_text(json.dumps({**spec, "transcripts": transcripts}))
    if complete:
        (place / "_summary.json").write_text(json.dumps({"complete": True, "scanners": {"a": {"scans": 1}}}))


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A complete scan, one interrupted today and one interrupted nine days ago; nobody can be asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    folder = tmp_path / "scans"
    make_scan(folder, COMPLETE, timedelta(days=20), complete=True)
    make_scan(folder, INTERRUPTED, timedelta(hours=2))
    make_scan(folder, OLD, timedelta(days=9))
    return folder


def left(scans: Path) -> str:
    return " ".join(sorted(path.name.removeprefix("scan_id=")[0] for path in scans.iterdir()))


class Keyboard(io.StringIO):
    """A terminal that somebody types at."""

    def isatty(self) -> bool:
        return True


def test_scans_are_deleted_by_any_of_their_names(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "rm", "latest", "Cccc", "latest", "--yes"]) == 0
    assert left(scans) == "A"
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("Deleted 2 scans (")
    assert said.err.count("'latest' is scans/scan_id=Bbbb") == 2


def test_a_terminal_shows_what_would_go_and_asks(
    scans: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("n\ny\n"))
    assert main(["scan", "rm", "Aaaa"]) == 130
    assert left(scans) == "A B C"
    said = capsys.readouterr()
    header, row = said.out.splitlines()
    assert header.split() == ["id", "age", "state", "size", "name", "location"]
    assert row.split()[:4] == ["Aaaa2345", "20d", "complete", row.split()[3]]
    assert "Delete 1 scan (" in said.err
    assert main(["scan", "rm", "Aaaa"]) == 0
    assert left(scans) == "B C"


def test_nobody_is_asked_in_a_pipe(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "rm", "Aaaa"]) == 2
    assert "There is no terminal to ask on: add --yes, or --dry-run" in capsys.readouterr().err
    assert main(["scan", "rm", "Aaaa", "--dry-run"]) == 0
    assert "Would delete 1 scan (" in capsys.readouterr().out
    assert main(["scan", "rm"]) == 2
    assert left(scans) == "A B C"


@pytest.mark.parametrize(
    ("options", "remaining"),
    [
        ("--state interrupted --older 7d", "A B"),
        ("--state interrupted", "A"),
        ("--older 1w", "B"),
        ("--older 60m", ""),
        ("--older 2w --state complete", "B C"),
        ("--older 4w", "A B C"),
        ("--scanner a --state errors", "A B C"),
    ],
)
def test_prune_deletes_what_meets_all_conditions(options: str, remaining: str, scans: Path) -> None:
    assert main(["scan", "prune", *options.split(), "--yes"]) == 0
    assert left(scans) == remaining


def test_prune_wants_a_condition(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "prune", "--yes"]) == 2
    assert "Say which scans are to be deleted: by --state, --older," in capsys.readouterr().err
    assert main(["scan", "prune", "--older", "7", "--yes"]) == 2
    assert "'7' is not a time such as 30m, 12h, 7d or 2w." in capsys.readouterr().err
    assert main(["scan", "prune", "--state", "running", "--yes"]) == 2
    assert left(scans) == "A B C"


def test_json_lists_what_was_deleted(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = sum(path.stat().st_size for path in (scans / f"scan_id={COMPLETE}").iterdir())
    for options, deleted in ((["--dry-run"], False), (["--yes"], True)):
        assert main(["scan", "prune", "--state", "complete", "--json", *options]) == 0
        (said,) = json.loads(capsys.readouterr().out)
        assert said["deleted"] is deleted
        assert (said["scan_id"], said["state"], said["files"], said["bytes"]) == (COMPLETE, "complete", 2, size)
        assert Path(said["location"]) == scans / f"scan_id={COMPLETE}"
    assert main(["scan", "prune", "--state", "complete", "--json", "--yes"]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_running_scans_stay(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = scans / f"scan_id={OLD}" / "_journal"
    journal.mkdir()
    (journal / "owner.json").write_text(json.dumps({"pid": os.getppid(), "host": os.uname().nodename, "token": "x"}))
    assert main(["scan", "rm", "Cccc", "--yes"]) == 1
    assert "is running, so it cannot be deleted. Stop it" in capsys.readouterr().err
    assert main(["scan", "prune", "--older", "1m", "--yes"]) == 0
    assert left(scans) == "C"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "does not describe a scan"),
        ("{}", "does not describe a scan"),
        ("[]", "does not describe a scan"),
        ('{"scan_id": "other", "scan_name": "n", "scanners": {}}', "whose id is 'other'"),
    ],
)
def test_what_does_not_describe_a_scan_of_its_name_stays(
    scans: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (scans / f"scan_id={OLD}" / "_scan.json").write_text(text)
    assert main(["scan", "rm", "Cccc", "--yes"]) == 1
    assert said in capsys.readouterr().err
    assert main(["scan", "prune", "--older", "1m", "--yes"]) == 0
    assert left(scans) == "C"


def test_what_is_not_a_scan_stays(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "rm", "./scans", "--yes"]) == 1
    assert "There is no scan at" in capsys.readouterr().err
    (scans / f"scan_id={OLD}" / "_scan.json").unlink()
    assert main(["scan", "rm", "Aaaa", "Cccc", "--yes"]) == 1
    assert "There is no scan at" in capsys.readouterr().err
    assert left(scans) == "A B C", "one that is refused keeps all"


@pytest.mark.parametrize("strange", ["notes.txt", "figures/a.png", "_journal/deep/x.parquet"])
def test_files_that_no_scan_makes_stay(
    strange: str, scans: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    file = scans / f"scan_id={OLD}" / strange
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    assert main(["scan", "rm", "Cccc", "--yes"]) == 1
    assert f"holds files that are not part of a scan: {strange!r}. Move them away" in capsys.readouterr().err
    assert main(["scan", "prune", "--older", "1m", "--yes"]) == 0
    assert left(scans) == "C"
    assert "Left alone: " in caplog.text


@pytest.mark.parametrize("link", ["", "_journal"])
def test_links_are_not_followed(link: str, scans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = tmp_path / "elsewhere"
    place = scans / f"scan_id={OLD}"
    if link:
        elsewhere.mkdir()
        (elsewhere / "mine.parquet").write_text("")
    else:
        shutil.move(place, elsewhere)
    (place / link).symlink_to(elsewhere)
    before = sorted(elsewhere.iterdir())
    assert main(["scan", "rm", "Cccc", "--yes"]) == 1
    assert "is a link, so it is not deleted" in capsys.readouterr().err
    assert sorted(elsewhere.iterdir()) == before
