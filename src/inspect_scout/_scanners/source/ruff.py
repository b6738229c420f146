"""Formatting with ruff, where a project is set up for it."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

_TIMEOUT_SECONDS = 20
_OWN_FILES = ("ruff.toml", ".ruff.toml")


def format_as_before(path: Path, before: str, after: str) -> str:
    """Format a changed file, if ruff is on the PATH, the project configures it, and the file was formatted by it.

    Args:
        path: Where the file is.
        before: Its text before the change.
        after: Its text after it.

    Returns:
        The text, formatted or as it was: a file that nobody formats is left as its author wrote it.
    """
    program = shutil.which("ruff")
    if program is None or not is_configured(path) or _formatted(program, path, before) != before:
        return after
    return _formatted(program, path, after) or after


def is_configured(path: Path) -> bool:
    """Tell whether the nearest configuration above a file speaks of ruff."""
    for folder in path.absolute().parents:
        if any((folder / name).is_file() for name in _OWN_FILES) or _has_section(folder / "pyproject.toml"):
            return True
    return False


def _has_section(path: Path) -> bool:
    try:
        return "ruff" in tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):
        return False


def _formatted(program: str, path: Path, text: str) -> str | None:
    try:
        ran = subprocess.run(  # noqa: S603 - the program is the one on the PATH, its arguments are ours
            [program, "format", "--stdin-filename", str(path.absolute()), "-"],
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
        return ran.stdout.decode() if ran.returncode == 0 else None
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return None
