"""Commands as a person types them in a folder that is there again for each, and what their terminal then shows."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspect_scout._cli import main
from inspect_scout.testing.display_laws import Terminal

PLACES = ("50", "80", "160", "pipe")
"""Where a command is typed: terminals, by their columns, and where no terminal is."""
TYPED = " <<< "
"""What is typed at a command's questions stands behind this, a word for each."""

PLAIN = re.compile(r"(?:cd (?P<folder>[^\s\"'$]+) && )?scout(?P<words>(?: [^|;&<>$`*\\\n]*)?)")
"""A command that needs no shell: it can be run in this process, where all that it loads is loaded already."""

_CONTROL = re.compile(r"\x1b\[\??([0-9;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    def picture(self) -> str:
        """Write it as text: lines of standard error are marked, and the exit code is named unless it is 0."""
        lines = [f"2> {line}".rstrip() for line in self.err.splitlines()]
        lines += [line.rstrip() for line in self.out.splitlines()]
        return "\n".join([*lines, *([f"(exit code {self.code})"] if self.code else []), ""])


class Folder:
    """A folder that every command finds as it was at first.

    Args:
        folder: It, as it is at first.
    """

    def __init__(self, folder: Path) -> None:
        self.path, self._kept = folder, folder.with_name(folder.name + "-kept")
        shutil.copytree(folder, self._kept)
        self._stamps = self._look()

    def restore(self) -> None:
        """Undo what was done to it."""
        if self._look() != self._stamps:
            os.chdir(self.path.parent)
            shutil.rmtree(self.path)
            shutil.copytree(self._kept, self.path)
            self._stamps = self._look()

    def _look(self) -> list[tuple[str, int, int, int]]:
        found: list[tuple[str, int, int, int]] = []
        for root, _, names in os.walk(self.path):
            seen = [(os.path.join(root, name), os.stat(os.path.join(root, name))) for name in names]
            found += [(path, stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in seen]
        return sorted(found)


def run_typed(line: str, place: str, monkeypatch: pytest.MonkeyPatch, *, one_screen: bool = False) -> Printed:
    """Run a command in this process, in the working directory.

    Args:
        line: The command without the program's name, as typed into a shell.
        place: One of `PLACES`.
        monkeypatch: Sets the environment.
        one_screen: Show standard error where standard output is shown, as a terminal does.
    """
    words, _, answers = line.partition(TYPED)
    for name in ("COLUMNS", "NO_COLOR", "SCOUT_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PAGER", "")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("SCOUT_GRACE_SECONDS", "0.1")
    if place != "pipe":
        monkeypatch.setenv("COLUMNS", place)
    stdin = io.StringIO() if place == "pipe" else _Keyboard("".join(f"{word}\n" for word in answers.split()))
    monkeypatch.setattr(sys, "stdin", stdin)
    out, err = (Pipe(), Pipe()) if place == "pipe" else (Terminal("utf-8"), Terminal("utf-8"))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out if one_screen else err):
        code = main(shlex.split(words))
    if place == "pipe":
        return Printed(code, out.text(), err.text())
    # A drawing that was erased leaves empty lines behind here, as only one of the streams is seen.
    return Printed(code, on_screen(out.text()), on_screen(err.text()).strip("\n"))


def session(folder: Folder, lines: Iterable[str], change: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Type commands, each in all places, and write down what came, once where it is the same.

    Args:
        folder: Where they are typed.
        lines: The commands.
        change: Replaces what differs from time to time.
        monkeypatch: Sets the environment.
    """
    written: list[str] = []
    for line in lines:
        pictures: dict[str, list[str]] = {}
        for place in PLACES:
            folder.restore()
            os.chdir(folder.path)
            printed = run_typed(line, place, monkeypatch)
            pictures.setdefault(change(printed.picture()), []).append(place)
        written.append(f"$ scout {line}".rstrip() + "\n")
        written += [f"{_heading(places)}\n{text}" for text, places in pictures.items()]
    return "\n".join(written)


def _heading(places: Sequence[str]) -> str:
    return f"-------- {', '.join(places) if len(places) < len(PLACES) else 'everywhere'}"


class Pipe(Terminal):
    """What a program reads."""

    def __init__(self) -> None:
        super().__init__("utf-8")

    def isatty(self) -> bool:
        return False


class _Keyboard(io.StringIO):
    """Standard input on which a person types."""

    def isatty(self) -> bool:
        return True


def on_screen(written: str) -> str:
    """Find what stands on a terminal at the end: without colours, and without what was erased or written over."""
    lines, row, column = [""], 0, 0
    for match in _CONTROL.finditer(written):
        number, command, key, text = match.groups()
        if text is not None:
            before = lines[row].ljust(column)
            lines[row] = before[:column] + text + before[column + len(text) :]
            column += len(text)
        elif key is not None:
            column = 0
            if key == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
        elif command == "A":
            row = max(0, row - int(number or 1))
        elif command == "K":
            lines[row] = "" if number == "2" else lines[row][:column]
    return "\n".join(lines)
