"""Which display is used."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import cast, get_args

from .._support.errors import ConfigError
from .._support.loops import main_thread_waits
from .contract import Display, DisplayType
from .plain import PlainDisplay, is_terminal

ALLOWED: tuple[str, ...] = get_args(DisplayType)


def display_for(
    kind: str | None = None, environment: Mapping[str, str] | None = None, *, scans: bool = True
) -> Display:
    """Make the display that is asked for: by argument, else by SCOUT_DISPLAY, else "rich".

    "rich" is an output of its own in a notebook. Elsewhere it needs a terminal that reads UTF-8, and the main thread, or plain
    lines are shown; what counts is where it draws: scans on standard error, results on standard output. SCOUT_DIAGNOSTICS (1, true, yes) asks for plain lines,
    except where nothing is to be shown.

    Args:
        kind: The display asked for.
        environment: The environment variables (default: those of this process).
        scans: Whether it will show scans, and not only results.

    Raises:
        ConfigError: `kind` is not a display.
    """
    chosen = chosen_kind(kind, os.environ if environment is None else environment)
    if chosen == "none":
        from .silent import SilentDisplay

        return SilentDisplay()
    if chosen == "log":
        from .log import LogDisplay

        return LogDisplay()
    if chosen == "rich" and in_notebook():
        from .notebook import NotebookDisplay

        return NotebookDisplay()
    if chosen == "rich" and _can_draw(sys.stderr if scans else sys.stdout):
        from .live import RichDisplay

        return RichDisplay()
    return PlainDisplay()


def chosen_kind(kind: str | None, environment: Mapping[str, str]) -> DisplayType:
    """Find which display the argument and the environment ask for."""
    chosen = _requested(kind, environment)
    diagnostics = environment.get("SCOUT_DIAGNOSTICS", "").lower() in {"1", "true", "yes"}
    return "plain" if diagnostics and chosen != "none" else chosen


def _requested(kind: str | None, environment: Mapping[str, str]) -> DisplayType:
    allowed = "Allowed: " + ", ".join(ALLOWED) + "."
    if kind is not None:
        if kind not in ALLOWED:
            raise ConfigError(f"Unknown display: {kind!r}. {allowed}")
        return cast("DisplayType", kind)
    value = environment.get("SCOUT_DISPLAY", "")
    if not value or value.lower() in ALLOWED:
        return cast("DisplayType", value.lower() or "rich")
    logging.getLogger("inspect_scout").warning("SCOUT_DISPLAY: unknown display %r, using rich. %s", value, allowed)
    return "rich"


def in_notebook() -> bool:
    """Tell whether a kernel of IPython runs this program, so that what is shown goes to a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def _can_draw(stream: object) -> bool:
    encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
    return (
        main_thread_waits() and is_terminal(stream) and encoding.startswith("utf") and os.environ.get("TERM") != "dumb"
    )
