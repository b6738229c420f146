"""A person who types commands one after the other, on a terminal of some width or in a pipe, and reads what comes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from support.printed.typed import PLAIN, run_typed
from support.terminals import SCOUT, Terminal, lines_on_screen

Width = int | Literal["pipe"]
WIDTHS: tuple[Width, ...] = (50, 80, 160, "pipe")

# What is copied whole is not broken: commands, locations of scans, and the sentences of errors, which a terminal breaks.
_WHOLE = re.compile(r"\bscout \w|scan_id=|^Error: ")
_OFFERED = re.compile(r"(?:^|: +)((?:cd \S+ && )?scout [a-z].*)$")


@dataclass(frozen=True)
class Seen:
    """What came of a command.

    Args:
        shown: What stands on the terminal, or was written to standard output.
        remarks: What was written to standard error ("" on a terminal, where both are one).
    """

    shown: str
    remarks: str = ""

    @property
    def all(self) -> str:
        """Everything that was said."""
        return self.remarks + self.shown

    def words(self) -> str:
        """Everything that was said, as if there were no lines."""
        return " ".join(self.all.split())

    def offered(self) -> list[str]:
        """Commands that it gives to be pasted."""
        return [found[1] for line in self.all.splitlines() if (found := _OFFERED.search(line.rstrip()))]


class Walk:
    """Types commands one after the other, and looks at each answer as a person would: it fits, and it ends as it should.

    Args:
        width: Columns of the terminal, or "pipe".
        folder: Where the first command is typed.
        activated: Whether `scout` is on the path from the beginning.
    """

    def __init__(self, width: Width, folder: Path, *, activated: bool = True) -> None:
        self._width, self.folder = width, folder
        self._state = folder.parent / f"{folder.name}-{width}-{os.getpid()}.state"
        places = [place for place in os.environ["PATH"].split(os.pathsep) if not Path(place, "scout").exists()]
        path = os.pathsep.join([str(Path(SCOUT).parent), *places] if activated else places)
        self._state.write_text(f"export PATH={shlex.quote(path)} PAGER=cat\n")
        self._offered: dict[str, None] = {}
        self._typed: set[str] = set()

    def type(self, command: str, *, answers: str = "", code: int = 0) -> Seen:
        """Type a command; what it does to folder and variables stays.

        Args:
            command: The command.
            answers: What is typed, a line for each question when it is asked.
            code: The exit code that it should have.
        """
        self._typed.add(command)
        # The narrowest terminal is a real one, where each command is a process; elsewhere those of scout run in this process:
        # what differs there is their lines, and starting each takes longer than all that it does.
        plain = None if answers or self._width == WIDTHS[0] else PLAIN.fullmatch(command)
        seen, ended = self._in_bash(command, answers) if plain is None else self._here(plain)
        long = [line for line in seen.shown.splitlines() if self._is_broken(line)]
        assert not long, f"{command} is wider than {self._width} columns: {long}"
        assert "\x1b" not in seen.all, f"{command} wrote escape codes into a pipe"
        assert ended == code, f"{command} ended with {ended}:\n{seen.all}"
        if code == 0:
            self._offered.update(dict.fromkeys(seen.offered()))
        return seen

    def paste_offered(self) -> list[str]:
        """Paste each command that an answer offered and that was not typed; gives them."""
        pasted = [command for command in self._offered if command not in self._typed]
        for command in pasted:
            self.type(command)
        return pasted

    def _is_broken(self, line: str) -> bool:
        return isinstance(self._width, int) and len(line) > self._width and not _WHOLE.search(line)

    def _in_bash(self, command: str, answers: str) -> tuple[Seen, int]:
        folder = self._state.with_suffix(".folder")
        keep = f"__code=$?; export -p > {shlex.quote(str(self._state))}; pwd > {shlex.quote(str(folder))}; exit $__code"
        bash = [
            "bash",
            "-c",
            f". {shlex.quote(str(self._state))}; cd {shlex.quote(str(self.folder))}\n{command}\n{keep}",
        ]
        seen, ended = self._in_pipe(bash) if self._width == "pipe" else self._on_terminal(bash, answers)
        self.folder = Path(folder.read_text().rstrip("\n"))
        return seen, ended

    def _here(self, plain: re.Match[str]) -> tuple[Seen, int]:
        self.folder = Path(os.path.normpath(self.folder / (plain["folder"] or "")))
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            printed = run_typed(plain["words"], str(self._width), patch, one_screen=self._width != "pipe")
        return Seen(printed.out, printed.err), printed.code

    def _in_pipe(self, bash: Sequence[str]) -> tuple[Seen, int]:
        ran = subprocess.run(
            bash, capture_output=True, check=False, text=True, stdin=subprocess.DEVNULL, env=_environment()
        )
        return Seen(ran.stdout, ran.stderr), ran.returncode

    def _on_terminal(self, bash: Sequence[str], answers: str) -> tuple[Seen, int]:
        assert isinstance(self._width, int)
        with Terminal(bash, self._width, _environment()) as terminal:
            for answer in answers.splitlines(keepends=True):
                terminal.wait_for_question()
                terminal.type(answer)
            code = terminal.wait_for_end()
        return Seen("\n".join(lines_on_screen(terminal.shown))), code


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
