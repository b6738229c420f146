"""Which code scans: the git revision of the working directory and the versions of the packages."""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
import subprocess

from .._types import ScanRevision

_TIMEOUT_SECONDS = 5
_VERSION = re.compile(r"^v?(\d+)\.(\d+)\.(\d+)-(\d+)-g([0-9a-f]+)(-dirty)?$")


def scan_revision() -> ScanRevision | None:
    """Describe the git repository of the working directory (None without one, without git, or without a commit)."""
    described = _git("describe", "--tags", "--dirty", "--always", "--long")
    commit = _git("rev-parse", "--short", "HEAD")
    if described is None or commit is None:
        return None
    # Names and passwords in it are nobody's business.
    origin = re.sub(r"^([a-z+]+://)[^/@]*@", r"\1", _git("remote", "get-url", "origin") or "")
    return ScanRevision(origin=origin, version=_version(described), commit=commit)


def package_versions() -> dict[str, str]:
    """Versions of inspect_ai and inspect_scout."""
    found = {"inspect_ai": "unknown", "inspect_scout": "unknown"}
    for name in found:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _git(*args: str) -> str | None:
    try:
        # Fixed arguments; the user's own git, wherever it is.
        done = subprocess.run(  # noqa: S603
            ["git", *args],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(described: str) -> str:
    found = _VERSION.match(described)
    if not found:
        return "0.0.0-dev.0+unknown"
    major, minor, patch, ahead, commit, dirty = found.groups()
    if ahead == "0":
        return f"{major}.{minor}.{patch}" + ("+dirty" if dirty else "")
    return f"{major}.{minor}.{int(patch) + 1}-dev.{ahead}+g{commit}" + (".dirty" if dirty else "")
