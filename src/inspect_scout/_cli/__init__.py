"""The command line: from arguments to one call of a use case; prints, and tells by its exit code how it went."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None, app: object = None) -> int:
    """Run the command line.

    Args:
        arguments: The arguments (default: those of this process).
        app: Has use cases that commands call instead of ours, by name (default: none).

    Returns:
        The exit code: 0 done, 1 refused or failed, 2 usage, 3 finished with scanner errors, 130 interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:
        # Other programs ask this at their own start-up: no need to load a parser.
        from .contract import version

        print(f"scout, version {version()}")
        return 0
    from .run import finish_interrupted, run_command

    code = run_command(given, app)
    if arguments is None:
        finish_interrupted(code)
    return code
