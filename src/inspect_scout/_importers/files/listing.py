"""The files below a folder. What cannot be looked at is told, and ends nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

from ..._support.confinement import leads_out
from ..._support.regular import irregular_kind, leads_nowhere
from ..._transcripts import TraceProblem
from ..contract import TraceFile
from ..reading import plain_name

_NOT_ENTERED: Final = frozenset({".git", "node_modules", ".venv", "__pycache__"})


@dataclass(slots=True)
class Listing:
    """Files that may hold traces, and what was in the way of finding others.

    Args:
        suffixes: Endings of names of files that are looked for, compressed or not.
    """

    suffixes: tuple[str, ...]
    files: list[TraceFile] = field(default_factory=list[TraceFile])
    problems: list[TraceProblem] = field(default_factory=list[TraceProblem])
    _seen: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def add_below(self, folder: str) -> None:
        """Add all files below a folder. Folders behind links are entered, each folder once."""
        waiting = [folder]
        while waiting:
            waiting += self.add_folder(waiting.pop())

    def add_folder(self, folder: str) -> list[str]:
        """Add the files of a folder, and give the folders in it; none if it was added before."""
        below: list[str] = []
        try:
            state = os.stat(folder)
            if (state.st_dev, state.st_ino) in self._seen:
                return below
            self._seen.add((state.st_dev, state.st_ino))
            with os.scandir(folder) as entries:
                below += [entry.path for entry in entries if self._is_folder(entry)]
        except FileNotFoundError:
            pass  # deleted since
        except OSError as error:
            self._refuse(folder, f"the folder cannot be read: {error.strerror}")
        return below

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        """Add an entry if it is a file that is looked for; tell whether it is a folder that is entered."""
        if entry.name in _NOT_ENTERED or (entry.is_symlink() and leads_out(entry.path)):
            return False
        is_wanted = plain_name(entry.name).endswith(self.suffixes)
        try:
            is_folder = entry.is_dir()
            if is_folder or is_wanted:
                entry.path.encode()
            if is_wanted and not is_folder:
                self._add(entry)
            elif entry.is_symlink():
                entry.stat()
        except UnicodeEncodeError:
            self._refuse(entry.path, "its name is not Unicode: rename it, and it is read")
            return False
        except OSError as error:
            self._refuse_link(entry, is_wanted, error)
            return False
        return is_folder

    def _add(self, entry: os.DirEntry[str]) -> None:
        state = entry.stat()
        kind = irregular_kind(state.st_mode)
        if kind is not None:
            self._refuse(entry.path, f"it is {kind}, and only regular files are read")
        else:
            self.files.append(TraceFile(entry.path, state.st_size, state.st_mtime_ns))

    def _refuse_link(self, entry: os.DirEntry[str], is_wanted: bool, error: OSError) -> None:
        """Name what is not there; a link without a suffix may have been to a folder."""
        if not (is_wanted or os.path.splitext(entry.name)[1] == ""):
            return
        nowhere = leads_nowhere(entry.path)
        if nowhere is not None:
            self._refuse(entry.path, f"it {nowhere}")
        elif not isinstance(error, FileNotFoundError):
            self._refuse(entry.path, f"it cannot be read: {error.strerror}")

    def _refuse(self, path: str, message: str) -> None:
        self.problems.append(TraceProblem(path, message))
