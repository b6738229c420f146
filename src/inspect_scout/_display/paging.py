"""Showing what may be longer than the screen: in a terminal through a pager."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

from .choose import display_for
from .contract import Display
from .plain import is_terminal, write_line

# As git does: leave what fits on the screen there, keep colours, and leave the last page on the screen.
LESS_OPTIONS = "FRX"


@contextmanager
def paged_display(kind: str | None = None) -> Generator[Display]:
    """Make the display that is asked for; what it shows in a terminal goes through a pager where it is too long for it.

    The pager is that of `PAGER`, else `less`; the display "plain" uses none.

    Args:
        kind: The display asked for.

    Raises:
        ConfigError: `kind` is not a display.
    """
    display = display_for(kind, scans=False)
    if not is_terminal(sys.stdout):
        yield display
        return
    from rich.console import Console  # here: it takes time, and pipes need none of it

    from .live import RichDisplay

    if not isinstance(display, RichDisplay):
        yield display
        return
    size, text = Console().size, io.StringIO()
    console = Console(file=text, width=size.width, force_terminal=True, markup=False, highlight=False, emoji=False)
    try:
        yield RichDisplay(console)
    finally:
        _show(text.getvalue(), size.height)


def _show(text: str, height: int) -> None:
    command = shlex.split(os.environ.get("PAGER", "less"))
    if text.count("\n") < height or not command or shutil.which(command[0]) is None or not _page(command, text):
        write_line(text.removesuffix("\n"))


def _page(command: list[str], text: str) -> bool:
    """Let a pager show a text; tells whether it could be started."""
    environment = {"LESS": LESS_OPTIONS, **os.environ}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, encoding="utf-8")  # noqa: S603 - the user's own
    except OSError:
        return False
    unsent: str | None = text
    while True:
        try:
            pager.communicate(unsent)  # who has read enough leaves before the end
            return True
        except KeyboardInterrupt:  # meant for the pager, in which it stops a search
            unsent = None
