"""Running a command: what went wrong is printed to standard error; the exit code tells how it went."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence

import click

from .._support.errors import ScoutError
from .._support.terminal import printable
from .contract import DONE, FAILED, INTERRUPTED
from .root import root

COMPLETING = "_SCOUT_COMPLETE"
"""Variable by which a shell asks for completions."""
_END_SECONDS = 2.0


def run_command(arguments: Sequence[str], app: object = None) -> int:
    """Run one command.

    Args:
        arguments: The arguments after the program's name.
        app: Use cases by their names, for tests (None: the real ones).

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A letter that the terminal's encoding lacks must not end a command.
            stream.reconfigure(errors="backslashreplace")
    if os.environ.get(COMPLETING):
        from . import completing  # noqa: F401 - makes completion for bash known
    try:
        result = root.main(list(arguments), prog_name="scout", standalone_mode=False, obj=app)
        if sys.stdout is not None:  # pyright: ignore[reportUnnecessaryComparison] - it is None where it was closed
            sys.stdout.flush()
    except click.ClickException as error:
        _in_our_words(error).show(file=(text := io.StringIO()))
        _print_error(text.getvalue())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ScoutError as error:
        if _wants_traceback(arguments):
            _print_error(traceback.format_exc())
        _print_error(f"Error: {error}")
        return FAILED
    except BrokenPipeError:
        return _ignore_closed_pipe()
    except SystemExit as leaving:
        # A scanner file may call sys.exit(); click does when the reader of a pipe left.
        return leaving.code if isinstance(leaving.code, int) else FAILED if leaving.code else DONE
    except Exception as error:  # noqa: BLE001 - the outermost border: a bug, or a scanner's exception on --fail-on-error
        return _report_exception(error)
    return result if isinstance(result, int) else DONE


def finish_interrupted(code: int) -> None:
    """Let nothing interrupt the end of a process that was interrupted already: its exit code tells it.

    Args:
        code: The exit code.
    """
    if code == INTERRUPTED:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        limit = threading.Timer(_END_SECONDS, os._exit, (code,))  # threads that were left behind may never end
        limit.daemon = True
        limit.start()


def _in_our_words(error: click.ClickException) -> click.ClickException:
    """Name the one option that is most likely meant, as for all other names; click lists all that are similar."""
    if not isinstance(error, click.NoSuchOption) or not error.possibilities:
        return error
    return click.UsageError(f"{error.message} Did you mean {error.possibilities[0]!r}?", error.ctx)


def _report_exception(error: Exception) -> int:
    from .._support.causes.describing import describe, trace_of

    _print_error(f"{trace_of(error)}\nError: {describe(error)}")
    return FAILED


def _print_error(text: str) -> None:
    try:
        print(printable(text.rstrip("\n")), file=sys.stderr)
    except (OSError, ValueError):
        # Nobody reads it; the exit code still tells.
        pass


def _wants_traceback(arguments: Sequence[str]) -> bool:
    given = " ".join(arguments).lower().replace("=", " ")
    level = os.environ.get("SCOUT_LOG_LEVEL", "").lower()
    debugging = os.environ.get("SCOUT_DEBUG", "").lower() not in {"", "0", "false", "no", "off"}
    return debugging or "--log-level debug" in given or "--debug" in arguments or level == "debug"


def _ignore_closed_pipe() -> int:
    """Let the interpreter flush into nothing when it ends, so that it does not complain either."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass
    return FAILED
