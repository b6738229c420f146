"""Which code scans."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from inspect_scout._plan.revision import scan_revision


def git(*args: str) -> None:
    """Run git as somebody, in the working directory."""
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"]
    subprocess.run(["git", *who, *args], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, as working directory."""
    os.chdir(tmp_path)
    git("init", "-q")
    Path("a").write_text("1")
    git("add", "a")
    git("commit", "-q", "-m", "one")
    git("remote", "add", "origin", "https://me:secret@example.com/x.git")
    return tmp_path


def version() -> str:
    """Version of the working directory."""
    revision = scan_revision()
    assert revision is not None
    return revision.version


def test_no_repository_has_no_revision(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    os.environ["GIT_CEILING_DIRECTORIES"] = str(tmp_path.parent)
    assert scan_revision() is None


@pytest.mark.usefixtures("repository")
def test_credentials_of_the_origin_are_left_out() -> None:
    revision = scan_revision()
    assert revision is not None
    assert revision.origin == "https://example.com/x.git"
    assert revision.version == "0.0.0-dev.0+unknown"
    assert len(revision.commit) >= 7


@pytest.mark.usefixtures("repository")
def test_version_follows_the_last_tag() -> None:
    git("tag", "1.2.3")
    assert version() == "1.2.3"
    Path("a").write_text("2")
    assert version() == "1.2.3+dirty"
    git("commit", "-q", "-am", "two")
    assert version().startswith("1.2.4-dev.1+g")
    Path("a").write_text("3")
    assert version().endswith(".dirty")
