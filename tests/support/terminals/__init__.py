"""Programs on a pseudo terminal: what a person sees who types into one."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

SCOUT = str(Path(sys.executable).with_name("scout"))
SECONDS = 60.0
"""How long what is waited for may take on a busy machine."""

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A program on a terminal of its own, to be used in a `with` block, at whose end the program has ended.

    Args:
        command: The program and its arguments.
        columns: Width of the terminal.
        environment: Variables beside those of this process.
    """

    def __init__(self, command: Sequence[str], columns: int = 80, environment: Mapping[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**inherited, "TERM": "xterm", **(environment or {})},
        )
        os.close(slave)
        self.shown = ""
        """All that was written so far, as it came."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._master, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until something is shown."""
        end = time.monotonic() + SECONDS
        while text not in self.shown:
            assert time.monotonic() < end, f"{text!r} did not come: {self.shown!r}"
            assert self._read(), f"{text!r} did not come: {self.shown!r}"

    def wait_for_question(self) -> None:
        """Wait until what is shown ends in a question: a line that is not ended, for what is typed."""
        end = time.monotonic() + SECONDS
        while not self.shown.endswith(": "):
            assert time.monotonic() < end, f"nothing was asked: {self.shown!r}"
            assert self._read(), f"nothing was asked: {self.shown!r}"

    def wait_for_end(self) -> int:
        """Wait until the program ends; gives its exit code."""
        while self._read():
            pass
        return self._process.wait(SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], SECONDS)
        assert ready, f"nothing came for {SECONDS:.0f} seconds after {self.shown!r}"
        try:
            chunk = os.read(self._master, 4096)
        except OSError:  # as Linux ends the output of a terminal
            return False
        self.shown += chunk.decode(errors="replace")
        return bool(chunk)


def scout_on_terminal(*arguments: str, columns: int = 80, typed: str = "") -> Terminal:
    """Run a command of scout on a terminal to its end, and type something at once."""
    with Terminal([SCOUT, *arguments], columns) as terminal:
        if typed:
            terminal.type(typed)
        terminal.wait_for_end()
    return terminal


def lines_on_screen(shown: str) -> list[str]:
    """Lines as they stand when all is written: what was erased or written over is gone."""
    lines: list[str] = []
    for line in shown.replace("\r\n", "\n").split("\n"):
        kept = _ESCAPE.sub("", line.rpartition("\x1b[K")[2].rpartition("\r")[2])
        lines.append(kept.rstrip())
    return lines
