"""The check of commit subjects can fail, and leaves alone what it cannot know."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commit_subjects import MAX_SUBJECT, main, subject_of, subjects_since, too_long

ROOT = Path(__file__).parents[2]
LONG = "x" * (MAX_SUBJECT + 1)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, with a person who commits; settings of the machine do not count."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A person")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "person@example.org")
    run(tmp_path, "git", "init", "-q")
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


def commit(folder: Path, message: str) -> str:
    run(folder, "git", "commit", "-q", "--allow-empty", "-m", message)
    return run(folder, "git", "rev-parse", "HEAD").stdout.strip()


def test_long_subjects_are_refused() -> None:
    assert too_long(["x" * MAX_SUBJECT, f"Merge {LONG}", f"fixup! {LONG}"]) == []
    (finding,) = too_long([LONG])
    assert LONG in finding


def test_the_subject_is_the_first_paragraph_without_what_git_drops() -> None:
    assert subject_of("\n# On branch main\nRecord pairs\nwithout rows  \n\nThe body.\n") == "Record pairs without rows"
    assert subject_of("# nothing\n") == ""


@needs_git
def test_commits_after_the_base_count(repository: Path) -> None:
    commit(repository, LONG)
    base = commit(repository, "Begin")
    commit(repository, "Go on\n\n" + LONG)
    assert subjects_since(base, repository) == ["Go on"]


@needs_git
def test_without_the_base_nothing_is_checked(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, "Begin")
    assert subjects_since("0" * 40, repository) is None
    monkeypatch.setenv("PATH", "")
    assert subjects_since("0" * 40, repository) is None


def test_a_message_file_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text(f"{LONG}\n", encoding="utf-8")
    assert main([str(message)]) == 1
    assert str(MAX_SUBJECT) in capsys.readouterr().err
    message.write_text("Record pairs\n", encoding="utf-8")
    assert main([str(message)]) == 0


@needs_git
def test_the_hook_refuses_a_commit_in_any_worktree(repository: Path) -> None:
    (repository / "tests").mkdir()
    for name in ("Makefile", "tests/commit_subjects.py"):
        (repository / name).write_bytes((ROOT / name).read_bytes())
    run(repository, "git", "add", ".")
    commit(repository, "Begin")
    run(repository, "git", "worktree", "add", "-q", "other")
    run(repository / "other", "make", "hooks", f"PYTHON={sys.executable}")
    for folder in (repository, repository / "other"):
        commit(folder, "Go on")
        with pytest.raises(subprocess.CalledProcessError) as refused:
            commit(folder, LONG)
        assert LONG in refused.value.stderr
