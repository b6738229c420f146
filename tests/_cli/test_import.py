"""`scout import`, from files of other programs to scans of a database."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from _importers.claude_sessions import small, text
from inspect_scout import grep_scanner, scan, scan_results_df, transcripts_from
from support.cli import scout


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    """Write two sessions."""
    for id in ("a", "b"):
        os.utime(small(id).write(tmp_path / "sessions"), (1_700_000_000, 1_700_000_000))
    return tmp_path / "sessions"


def test_what_is_new_or_has_grown_is_imported_and_nothing_else(sessions: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "db")
    assert "Imported 2 transcripts" in scout("import", str(sessions), "-T", target).out
    assert "0 transcripts" in scout("import", str(sessions), "-T", target).out
    grown = small("a")
    grown.assistant("m3", text("One more thing."))
    grown.write(sessions)
    small("c").write(sessions)
    ran = json.loads(scout("import", "claude_code", "-P", f"path={sessions}", "-T", target, "--json").out)
    assert (ran["added"], ran["updated"], ran["unchanged"]) == (1, 1, 1)
    counted = json.loads(scout("transcripts", "-T", target, "--json").out)
    assert (counted["transcripts"], counted["messages"]) == (3, 4 + 4 + 5)


def test_since_last_looks_only_at_files_that_are_newer(sessions: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "db")
    scout("import", str(sessions), "-T", target)
    os.utime(small("old").write(sessions), (1_600_000_000, 1_600_000_000))
    small("new").write(sessions)
    ran = json.loads(scout("import", str(sessions), "-T", target, "--since-last", "--json").out)
    assert ran["added"] == 1


def test_times_and_limit_choose(sessions: Path, tmp_path: Path) -> None:
    small("new").write(sessions)
    ran = json.loads(scout("import", str(sessions), "--from", "2025-01-01", "--dry-run", "--json").out)
    assert [each["transcript_id"] for each in ran["transcripts"]] == ["new"]
    ran = json.loads(scout("import", str(sessions), "--limit", "2", "-T", str(tmp_path / "db"), "--json").out)
    assert ran["added"] == 2


def test_a_database_is_overwritten_only_when_that_is_said(sessions: Path, tmp_path: Path) -> None:
    target = tmp_path / "db"
    scout("import", str(sessions), "-T", str(target))
    (sessions / "a.jsonl").unlink()
    assert "0 transcripts" in scout("import", str(sessions), "-T", str(target), "--append").out
    assert "1 transcript " in scout("import", str(sessions), "-T", str(target), "--overwrite").out
    assert json.loads(scout("transcripts", "-T", str(target), "--json").out)["transcripts"] == 1


def test_what_cannot_be_read_is_named_and_the_rest_is_imported(sessions: Path, tmp_path: Path) -> None:
    with (sessions / "a.jsonl").open("a") as end:
        end.write("{broken}\n")
    ran = scout("import", str(sessions), "-T", str(tmp_path / "db"))
    assert "Imported 2 transcripts" in ran.out
    assert "a.jsonl', line 7" in ran.err


def test_results_of_a_scan_cite_the_messages_of_a_session(sessions: Path, tmp_path: Path) -> None:
    status = scan(
        [grep_scanner("1 failed", name="failed")],
        transcripts=transcripts_from(sessions),
        scans=str(tmp_path / "scans"),
        display="none",
    )
    assert status.complete
    rows = scan_results_df(status.location).scanners["failed"]
    assert sorted(rows["transcript_id"]) == ["a", "b"]
    cited = json.loads(rows["message_references"].iloc[0])
    assert [each["id"] for each in cited] == [f"result-t1-{rows['transcript_id'].iloc[0]}"]
