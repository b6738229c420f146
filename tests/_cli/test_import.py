"""`scout import`, from files of other programs to scans of a database."""

from __future__ import annotations

import inspect
import json
import os
from pathlib import Path

import pytest

from _importers.claude_sessions import small, text
from _importers.platforms.langsmith_server import LangSmith, agent_trace
from _importers.platforms.platform_server import serving_platform
from inspect_scout import grep_scanner, scan, scan_results_df, transcripts_from
from inspect_scout.sources import langfuse, langsmith, logfire, phoenix, weave
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


def test_an_import_that_cannot_begin_deletes_nothing(sessions: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "db")
    scout("import", str(sessions), "-T", target)
    with serving_platform(LangSmith()) as server:
        refused = ("-P", "project=x", "-P", "api_key=wrong", "-P", f"api_url={server.url}")
        assert scout("import", "langsmith", *refused, "-T", target, "--overwrite").code != 0
    assert scout("import", "claude_code", "-P", "path=/nowhere/at/all", "-T", target, "--overwrite").code != 0
    assert json.loads(scout("transcripts", "-T", target, "--json").out)["transcripts"] == 2


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


def agents(url: str, *more: str) -> tuple[str, ...]:
    return ("import", "langsmith", "-P", "project=my-agent", "-P", "api_key=key", "-P", f"api_url={url}", *more)


def test_a_platform_is_imported_like_files(tmp_path: Path) -> None:
    target = str(tmp_path / "db")
    platform = LangSmith(agent_trace("a"), agent_trace("b"))
    with serving_platform(platform) as server:
        shown = json.loads(scout(*agents(server.url, "-T", target, "--dry-run", "--json")).out)
        assert [each["tokens"] for each in shown["transcripts"]] == [39, 39]
        assert not Path(target).exists()
        ran = json.loads(scout(*agents(server.url, "-T", target, "--limit", "1", "--json")).out)
        assert (ran["added"], ran["unchanged"]) == (1, 0)
        ran = json.loads(scout(*agents(server.url, "-T", target, "--json")).out)
        assert (ran["added"], ran["unchanged"]) == (1, 1)
        count = len(server.asked)
        ran = json.loads(scout(*agents(server.url, "-T", target, "--json")).out)
        assert (ran["added"], ran["unchanged"]) == (0, 2)
        listing = server.paths[count:]
        assert listing == ["/api/v1/sessions", "/api/v2/runs/query"], "what has not changed is not asked for"
        platform.rows[3] = {**platform.rows[3], "total_tokens": 40, "name": "renamed"}
        ran = json.loads(scout(*agents(server.url, "-T", target, "--json")).out)
        assert (ran["added"], ran["updated"], ran["unchanged"]) == (0, 1, 1)
    counted = json.loads(scout("transcripts", "-T", target, "--json").out)
    assert (counted["transcripts"], counted["messages"]) == (2, 10)


def test_since_last_asks_a_platform_only_for_what_is_newer(tmp_path: Path) -> None:
    target = str(tmp_path / "db")
    with serving_platform(LangSmith(agent_trace("a"))) as server:
        scout(*agents(server.url, "-T", target))
        scout(*agents(server.url, "-T", target, "--since-last"))
    assert 'gte(start_time, "2026-06-01T09:00:00Z")' in server.asked[-1].body["filter"]


def test_a_platform_that_refuses_says_what_to_do(tmp_path: Path) -> None:
    with serving_platform(LangSmith()) as server:
        refused = ("-P", "project=x", "-P", "api_key=wrong-key", "-P", f"api_url={server.url}")
        ran = scout("import", "langsmith", *refused, "-T", str(tmp_path / "db"))
    assert ran.code != 0
    assert "LANGSMITH_API_KEY" in ran.err
    assert "wrong-key" not in ran.err + ran.out
    assert not (tmp_path / "db").exists()
    assert "Traceback" not in ran.err
    assert "Valid parameters: project, dataset" in scout("import", "langsmith", "-P", "nothing=1").err
    for given in ("filter=[1]", "filter=text"):
        assert "is not a mapping" in scout("import", "weave", "-P", given, "-T", str(tmp_path / "db")).err


def test_what_can_be_said_to_a_source_is_what_its_function_takes() -> None:
    found = {each["name"]: each for each in json.loads(scout("import", "--sources", "--json").out)}
    for function in (langfuse, langsmith, logfire, phoenix, weave):
        assert list(found[function.__name__]["parameters"]) == list(inspect.signature(function).parameters)
    kinds = found["phoenix"]["parameters"]
    assert (kinds["tags"], kinds["metadata"], kinds["from_time"], kinds["limit"]) == (
        "list",
        "mapping",
        "datetime",
        "int",
    )
