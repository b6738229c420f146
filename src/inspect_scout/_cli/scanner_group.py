"""The command `scout scanner`."""

from __future__ import annotations

from .lazy import LazyGroup

command = LazyGroup(
    name="scanner",
    lazy={
        "list": (".scanner_list", "List the scanners of a file or folder, and what each asks."),
        "show": (".scanner_show", "Show all that a file says of its scanners."),
    },
    help="Say what the scanners of a file ask, without running it.",
    epilog="""\b
Examples:
  scout scanner list ./scanners
  scout scanner show scanners.py@refusal
""",
    no_args_is_help=True,
)
