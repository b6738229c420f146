"""Files of a folder that one can scan with, found by their text."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ..._support.regular import open_regular
from .discover import find_declarations
from .named import JOB_FILES

_DEPTH = 2
_MAX_ENTRIES = 2_000
_MAX_BYTES = 1_000_000
_NOT_ENTERED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist", "venv", "env", "tests"})
_PACKAGE = b"inspect_scout"
_JOB = re.compile(rb"^[\"']?scanners[\"']?\s*:|^\s*\{.*\"scanners\"\s*:", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that one can scan with.

    Args:
        path: The file, seen from the folder that was looked into.
        jobs: Names of its scan jobs, if it is a Python file.
        scanners: Names of its scanners, if it is a Python file.
    """

    path: str
    jobs: tuple[str, ...] = ()
    scanners: tuple[str, ...] = ()

    @property
    def targets(self) -> list[tuple[str, str]]:
        """What one can name to scan with, and what that is."""
        if not self.jobs and not self.scanners:
            return [(self.path, "scan job")]
        names = ", ".join(self.scanners)
        jobs = [(f"{self.path}@{job}" if len(self.jobs) > 1 else self.path, "scan job") for job in self.jobs]
        return jobs or [(self.path, names)]


def find_scan_files(folder: str = ".") -> list[FoundFile]:
    """Find the Python files with scanners or scan jobs, and the files of scan jobs, of a folder and of those below.

    No file is run. Only so many are looked at that it is done at once.

    Args:
        folder: The folder.
    """
    return [found for path in _files(folder) if (found := _look_into(path, os.path.relpath(path, folder))) is not None]


def _files(folder: str) -> Iterator[str]:
    waiting, seen = deque([(folder, _DEPTH)]), 0
    while waiting and seen < _MAX_ENTRIES:
        parent, left = waiting.popleft()
        try:
            with os.scandir(parent) as entries:
                found = sorted((entry for entry, _ in zip(entries, range(_MAX_ENTRIES - seen))), key=lambda e: e.name)
        except OSError:
            continue
        seen += len(found)
        for entry in found:
            if not entry.is_dir(follow_symlinks=False):
                yield entry.path
            elif left and entry.name not in _NOT_ENTERED and not entry.name.startswith((".", "_", "scan_id=")):
                waiting.append((entry.path, left - 1))


def _look_into(path: str, shown: str) -> FoundFile | None:
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in {".py", *JOB_FILES} or os.path.basename(path).startswith((".", "scout.")):
        return None
    try:
        with open_regular(path) as file:
            data = file.read(_MAX_BYTES)
        if suffix != ".py":
            return FoundFile(shown) if _JOB.search(data) else None
        if _PACKAGE not in data:
            return None
        declared = find_declarations(data.decode("utf-8-sig"), path)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # what cannot be read is said where it is named
    jobs, scanners = (
        tuple(each.name or each.function for each in functions) for functions in (declared.jobs, declared.scanners)
    )
    return FoundFile(shown, jobs, scanners) if jobs or scanners else None
