"""The project over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.viewing.asking import Asking, asking_of

PROJECT = "# ours\nname: p  # short\nscans: ./scans\n"
SCANNER = '''
from inspect_scout import Scanner, Transcript, scanner

raise SystemExit("a page must not run this")


@scanner(messages="all")
def count(word: str = "a", times: int = 3) -> Scanner[Transcript]:
    """Count a word."""
'''


@pytest.fixture
def ask(tmp_path: Path) -> Asking:
    (tmp_path / "scout.yaml").write_text(PROJECT)
    (tmp_path / "count.py").write_text(SCANNER)
    return asking_of(tmp_path / "scans", project=tmp_path)


def test_the_project_file_is_changed_and_keeps_its_comments(ask: Asking, tmp_path: Path) -> None:
    first = ask("/project")
    assert (first.json()["text"], first.json()["config"]) == (PROJECT, {"name": "p", "scans": "./scans"})
    changed = ask("/project", "PUT", {"if-match": first.headers["etag"]}, {"name": "q", "tags": ["t"]})
    assert (changed.status_code, changed.json()["config"]["tags"]) == (200, ["t"])
    assert "# short" in (tmp_path / "scout.yaml").read_text()
    assert changed.headers["etag"] == ask("/project").headers["etag"] != first.headers["etag"]


def test_nothing_is_written_over_what_was_not_seen(ask: Asking, tmp_path: Path) -> None:
    stale = ask("/project").headers["etag"]
    (tmp_path / "scout.yaml").write_text("name: other\n")
    assert ask("/project", "PUT", {"if-match": stale}, {"name": "q"}).status_code == 412
    assert ask("/project", "PUT", None, {"name": "q"}).status_code == 428
    assert (tmp_path / "scout.yaml").read_text() == "name: other\n"
    assert ask("/project", "PUT", {"if-match": "*"}, {"name": "q"}).status_code == 200


def test_a_project_without_a_file_can_be_given_one(ask: Asking, tmp_path: Path) -> None:
    (tmp_path / "scout.yaml").unlink()
    first = ask("/project")
    assert (first.json()["exists"], first.json()["text"]) == (False, "")
    assert ask("/project", "PUT", {"if-match": first.headers["etag"]}, {"name": "q"}).json()["exists"] is True


@pytest.mark.parametrize("change", [{"nope": 1}, {"limit": -1}, {"scanners": 3}])
def test_what_no_project_can_have_is_refused(ask: Asking, tmp_path: Path, change: dict[str, object]) -> None:
    assert ask("/project", "PUT", {"if-match": "*"}, change).status_code == 400
    assert (tmp_path / "scout.yaml").read_text() == PROJECT


def test_options_tell_their_values_and_where_these_come_from(ask: Asking) -> None:
    options = {each["name"]: each for each in ask.get("/project/options")["items"]}
    assert (options["name"]["value"], options["name"]["sources"]) == ("p", ["scout.yaml:2"])
    assert options["max_transcripts"]["sources"] == ["default"]
    assert options["duplicates"]["choices"] == ["newest", "all"]
    (bare,) = [each for each in ask.get("/project/options", explain=False)["items"] if each["name"] == "name"]
    assert bare == {**options["name"], "value": None, "sources": []}


def test_nothing_of_a_project_is_run_when_its_options_are_shown(ask: Asking, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n{SCANNER}")
    (tmp_path / "scout.yaml").write_text(
        "scanners:\n  - name: count\n    file: own.py\n  - name: count\n    file: own.py\n"
    )
    options = {each["name"]: each for each in ask.get("/project/options")["items"]}
    assert options["scanners"]["value"] == ["count", "count (2)"]
    assert options["scanners"]["sources"] == ["scout.yaml:1"]
    assert not (tmp_path / "ran").exists()


def test_scanners_are_listed_with_their_parameters_and_not_run(ask: Asking) -> None:
    (file,) = ask.get("/project/scanners")["items"]
    (scanner,) = file["scanners"]
    assert (file["path"], scanner["name"], scanner["doc"]) == ("count.py", "count", "Count a word.")
    assert scanner["parameters"] == [
        {"name": "word", "annotation": "str", "default": '"a"'},
        {"name": "times", "annotation": "int", "default": "3"},
    ]


def test_schemas_are_served(ask: Asking) -> None:
    assert ask.get("/project/schemas/project")["title"] == "Scout project"
    assert ask("/project/schemas/nope").status_code == 422


def test_a_broken_project_file_is_shown_with_its_mistakes(ask: Asking, tmp_path: Path) -> None:
    (tmp_path / "scout.yaml").write_text("name: p\nlimit: -1\nlimt: 3\n")
    told = ask.get("/project")
    assert [(each["line"], each["key"]) for each in told["mistakes"]] == [(2, "limit"), (3, "limt")]
    assert "Did you mean 'limit'?" in told["mistakes"][1]["message"]
    (tmp_path / "scout.yaml").write_text("name: p\ntags: [a\nlimit: 3\n")
    told = ask.get("/project")
    assert (told["text"], told["config"]) == ("name: p\ntags: [a\nlimit: 3\n", {})
    assert told["mistakes"][0]["line"] in {2, 3}
    assert told["mistakes"][0]["message"].startswith("This is not YAML")


def test_a_draft_is_changed_and_checked_and_not_written(ask: Asking, tmp_path: Path) -> None:
    text = "name: q  # mine\nlimit: -1\n"
    made = ask("/project/draft", "POST", json={"text": text, "changes": {"tags": ["t"], "name": "r"}}).json()
    assert made["text"] == "name: r  # mine\nlimit: -1\ntags:\n- t\n"
    assert (made["config"]["name"], [each["line"] for each in made["mistakes"]]) == ("r", [2])
    assert ask("/project/draft", "POST", json={"text": "a: [", "changes": {"name": "r"}}).status_code == 400
    assert (tmp_path / "scout.yaml").read_text() == PROJECT


def test_the_project_file_is_written_whole_unless_somebody_was_faster(ask: Asking, tmp_path: Path) -> None:
    etag = ask("/project").headers["etag"]
    written = ask("/project/text", "PUT", {"if-match": etag}, {"text": "# new\nname: q\n"})
    assert (written.status_code, written.json()["config"]) == (200, {"name": "q"})
    assert written.headers["etag"] == ask("/project").headers["etag"] != etag
    assert ask("/project/text", "PUT", {"if-match": etag}, {"text": "name: r\n"}).status_code == 412
    assert ask("/project/text", "PUT", {"if-match": "*"}, {"text": "limit: -1\n"}).status_code == 400
    assert (tmp_path / "scout.yaml").read_text() == "# new\nname: q\n"


def test_a_folder_without_a_project_is_told_what_a_new_one_has(ask: Asking, tmp_path: Path) -> None:
    (tmp_path / "scout.yaml").unlink()
    files = {each["name"]: each for each in ask.get("/project/new")["items"]}
    assert {name: each["exists"] for name, each in files.items()} == dict.fromkeys(files, False)
    first = ask("/project")
    text = files["scout.yaml"]["text"]
    written = ask("/project/text", "PUT", {"if-match": first.headers["etag"]}, {"text": text})
    assert (written.json()["exists"], written.json()["mistakes"]) == (True, [])


def test_job_files_are_listed_as_they_are_started(ask: Asking, tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "near.py").write_text(SCANNER)
    (tmp_path / "jobs" / "night.yaml").write_text("scanners:\n- {name: count, file: near.py}\nlimit: 3\n")
    (tmp_path / "broken.yaml").write_text("scanners:\n- {name: count}\nlimit: no\n")
    broken, night = ask.get("/project/jobs")["items"]
    assert (broken["path"], broken["job"]) == ("broken.yaml", {})
    assert "line 3, key 'limit'" in broken["problem"]
    assert (night["path"], night["problem"], night["job"]["limit"]) == ("jobs/night.yaml", None, 3)
    assert night["job"]["scanners"][0]["file"] == "jobs/near.py"


def test_jobs_of_functions_are_listed_with_the_command_that_starts_them(ask: Asking, tmp_path: Path) -> None:
    job = "@scanjob\ndef {}():\n    raise RuntimeError('listing runs nothing')\n"
    head = "from inspect_scout import scanjob\n\n"
    (tmp_path / "one.py").write_text(head + job.format("nightly"))
    (tmp_path / "two jobs.py").write_text(head + job.format("first") + job.format("second"))
    jobs = ask.get("/project/jobs")["items"]
    assert [each["path"] for each in jobs] == ["one.py", "two jobs.py@first", "two jobs.py@second"]
    assert jobs[0]["problem"].endswith("scout scan one.py")
    assert jobs[1]["problem"].endswith("scout scan 'two jobs.py@first'")
    assert all(each["job"] == {} for each in jobs)
