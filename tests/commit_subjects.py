"""Subjects of commits are short enough to be read in one line of a list.

`python tests/commit_subjects.py FILE` checks the message in a file (`make hooks` lets git call it), without a file all
commits since `SINCE`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MAX_SUBJECT = 72
# Older subjects may be longer: history is not rewritten.
SINCE = "d15e462516995ffa6b4a332f1530ec3c4a358062"
# What git writes itself; the last three are gone once the commits are squashed.
WRITTEN_BY_GIT = ("Merge ", "fixup! ", "squash! ", "amend! ")


def subject_of(message: str) -> str:
    """The first paragraph in one line, as `git log --format=%s` shows it; git drops lines that start with `#`."""
    text = "\n".join(line.rstrip() for line in message.splitlines() if not line.startswith("#"))
    return " ".join(text.strip().split("\n\n")[0].split("\n"))


def too_long(subjects: list[str]) -> list[str]:
    return [
        f"{subject!r} has {len(subject)} characters, more than {MAX_SUBJECT}. Shorten it; the body has room for the rest."
        for subject in subjects
        if len(subject) > MAX_SUBJECT and not subject.startswith(WRITTEN_BY_GIT)
    ]


def git(folder: Path, *arguments: str) -> str | None:
    """What a git command prints; None if it fails, or if there is no git."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def subjects_since(base: str, folder: Path) -> list[str] | None:
    """Subjects of the commits after a base; None in an archive, or in a clone too shallow to hold the base."""
    if git(folder, "merge-base", "--is-ancestor", base, "HEAD") is None:
        return None
    listed = git(folder, "log", "--format=%s", f"{base}..HEAD")
    return None if listed is None else listed.splitlines()


def main(arguments: list[str]) -> int:
    if arguments:
        subjects = [subject_of(Path(arguments[0]).read_text(encoding="utf-8", errors="replace"))]
    else:
        subjects = subjects_since(SINCE, Path(__file__).parent) or []
    findings = too_long(subjects)
    print("\n".join(findings), end="\n" if findings else "", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
