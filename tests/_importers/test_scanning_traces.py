"""Scans of traces that are stopped and go on, and of files that change while they are read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from _importers.claude_sessions import Session, call, small, text
from inspect_scout import (
    Result,
    Scanner,
    Status,
    Transcript,
    TranscriptContent,
    scan,
    scan_list,
    scan_results_df,
    scan_resume,
    scanner,
    transcripts_from,
)
from inspect_scout._cli import main
from inspect_scout._view import ViewSettings, create_app
from inspect_scout.sources import claude_code

SCANNERS = """
from pathlib import Path
from inspect_scout import Result, scanner


@scanner(messages="all")
def counts():
    async def scan(transcript):
        if Path(f"broken-{transcript.transcript_id}").exists():
            raise ValueError("not yet")
        with open("seen", "a") as seen:
            seen.write(transcript.transcript_id)
        return Result(value=len(transcript.messages))

    return scan
"""


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three sessions, in a folder that one works in."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c"):
        small(name).write(tmp_path / "sessions")
    return tmp_path / "sessions"


def values(status: Status) -> dict[str, Any]:
    """Give the values of a scan, by transcript."""
    rows = scan_results_df(status.location).scanners["counts"]
    return dict(zip(rows["transcript_id"], rows["value"], strict=True))


def test_a_scan_goes_on_with_what_is_left(sessions: Path) -> None:
    Path("scanners.py").write_text(SCANNERS)
    Path("broken-b").touch()
    main(["scan", "scanners.py", "-T", "sessions", "--scans", "scans", "--display", "none"])
    (first,) = scan_list("scans")
    assert [error.transcript_id for error in first.errors] == ["b"]
    small("d").write(sessions)  # what has come since is not a part of that scan
    Path("broken-b").unlink()
    Path("seen").unlink()
    status = scan_resume(first.location, display="none")
    assert status.complete
    assert Path("seen").read_text() == "b"
    assert values(status) == {"a": 4, "b": 4, "c": 4}


def test_what_is_gone_when_a_scan_goes_on_is_named(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("scanners.py").write_text(SCANNERS)
    Path("broken-b").touch()
    main(["scan", "scanners.py", "-T", "sessions", "--scans", "scans", "--display", "none"])
    shutil.move(sessions / "b.jsonl", "elsewhere.jsonl")
    assert main(["scan", "resume", scan_list("scans")[0].location, "--display", "none"]) != 0
    said = capsys.readouterr()
    assert str(sessions / "b.jsonl") in said.out + said.err


def test_a_session_that_is_gone_costs_its_own_row_only(sessions: Path) -> None:
    @scanner(name="counts", messages="all")
    def deletes() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            (sessions / "c.jsonl").unlink(missing_ok=True)
            return Result(value=len(transcript.messages))

        return scan

    status = scan([deletes()], transcripts_from(sessions), scans="scans", max_transcripts=1, display="none")
    assert {error.transcript_id for error in status.errors} <= {"c"}
    assert {id: value for id, value in values(status).items() if id != "c"} == {"a": 4, "b": 4}


@pytest.mark.anyio
async def test_a_session_that_grew_since_it_was_listed_is_read_as_it_is_now(tmp_path: Path) -> None:
    session = small("a")
    session.write(tmp_path)
    transcripts = transcripts_from(tmp_path)
    assert [info.transcript_id async for info in transcripts.reader().index()] == ["a"]
    session.user("And the other one.")
    session.assistant("m3", text("Done as well."))
    session.write(tmp_path)
    (info,) = [each async for each in transcripts]
    read = await transcripts.read_async(info.transcript_id, TranscriptContent(messages="all"))
    assert [message.text for message in read.messages][-2:] == ["And the other one.", "Done as well."]


@pytest.mark.anyio
async def test_one_session_in_two_folders_is_one_transcript_and_the_other_is_named(tmp_path: Path) -> None:
    small("a").write(tmp_path / "one")
    small("a").write(tmp_path / "two")
    small("b").write(tmp_path / "two")
    index = await transcripts_from([tmp_path / "one", tmp_path / "two"]).index()
    assert sorted(index.ids) == ["a", "b"]
    (problem,) = index.problems
    assert "two" in problem.location
    assert "'a'" in problem.message


@pytest.mark.anyio
async def test_a_line_that_is_being_written_is_not_guessed(tmp_path: Path) -> None:
    session = Session("a")
    session.user("Fix it")
    session.assistant("m1", text("I look."), call("t1", command="pytest"))
    with session.write(tmp_path).open("a") as file:
        file.write('{"type": "user", "uuid": "half')
    (read,) = [each async for each in claude_code(tmp_path)]
    assert [message.role for message in read.messages] == ["user", "assistant"]
    (waiting,) = [event for event in read.events if event.event == "tool"]
    assert waiting.pending


@pytest.mark.anyio
async def test_the_server_shows_sessions_as_it_shows_logs(sessions: Path) -> None:
    app = create_app(ViewSettings(project_dir=str(sessions.parent), transcripts=str(sessions)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576/api/v3") as client:

        async def get(path: str) -> Any:
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text
            return answer.json()

        assert sorted(row["transcript_id"] for row in (await get("/transcripts"))["items"]) == ["a", "b", "c"]
        shown = (await get("/transcripts/a/messages"))["items"]
        assert [message["role"] for message in shown] == ["user", "assistant", "tool", "assistant"]
        assert [event["kind"] for event in (await get("/transcripts/a/events"))["items"]].count("model") == 2
        assert (await get("/transcripts/a/neighbours"))["total"] == 3
