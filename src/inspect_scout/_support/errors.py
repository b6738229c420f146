"""Every error that Scout raises on purpose.

    ScoutError
    ├── ConfigError          a value given by the user cannot be used                (ValueError)
    │   └── UnknownNameError     a name that does not exist; lists close matches
    ├── LocationError        nothing usable at a path or URL                         (FileNotFoundError)
    ├── LogReadError         a log or one of its samples cannot be read              (ValueError)
    ├── TranscriptTooLargeError  a transcript is larger than the caller allows       (ValueError)
    ├── ScanStateError       the scan is in a state that does not allow the request  (RuntimeError)
    ├── WorkerError          workers of a scan cannot be started or keep ending      (RuntimeError)
    ├── ScannerExitError     a scanner tried to end the program                      (RuntimeError)
    ├── ScannerTimeoutError  a scanner took longer than `scanner_timeout`            (TimeoutError)
    ├── NotAvailableError    the machinery for this is not part of this version      (NotImplementedError)
    └── StorageError         reading or writing a location failed                    (OSError)

A message says what was refused, what is allowed, and what to do next. Every class also derives from the
builtin that it resembles, and survives pickling. A scanner that raises on purpose because a model declined
uses RefusalError, which is a result of scanning and no mistake, so it stands apart.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

_SHOWN_NAMES = 20


class ScoutError(Exception):
    """Base of all errors that Scout raises on purpose.

    Example:
        ```python
        try:
            status = scan_status("scans/nowhere")
        except ScoutError as error:
            print(error)
        ```
    """

    __str__ = Exception.__str__  # those of the system show numbers and file names of their own

    def _render_traceback_(self) -> list[str]:
        """Show it in a notebook: the message, and the line of the cell. IPython asks for this, and would show all frames of ours."""
        import traceback

        name, module = type(self).__name__, __name__.partition(".")[0]
        calls = [frame for frame, _ in traceback.walk_tb(self.__traceback__)]
        ours = (n for n, frame in enumerate(calls) if frame.f_globals.get("__name__", "").partition(".")[0] == module)
        before = traceback.extract_tb(self.__traceback__)[: next(ours, None)]
        lines = [f"  line {call.lineno}: {call.line}" for call in before if "IPython" not in call.filename]
        return [f"{name}: {self}", *lines]


class ConfigError(ScoutError, ValueError):
    """A value given by the user cannot be used."""


class UnknownNameError(ConfigError):
    """A name does not exist; the message lists what is close to it.

    Args:
        kind: What was looked for, in plain words ("column", "scanner").
        name: The name that was refused.
        known: The names that are allowed.
        close: Those that may be meant (default: the most similar ones).

    Example:
        ```python
        try:
            scan_results_query("scans/scan_id=...", columns=["transcript_modle"])
        except UnknownNameError as error:
            print(error)  # names `transcript_model`
        ```
    """

    def __init__(self, kind: str, name: str, known: Iterable[str] = (), close: Sequence[str] | None = None) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        self.close = tuple(difflib.get_close_matches(name, self.known, n=3) if close is None else close)
        if self.close:
            advice = f"Did you mean {' or '.join(map(repr, self.close))}?"
        elif self.known:
            left = len(self.known) - _SHOWN_NAMES
            advice = f"Known: {', '.join(self.known[:_SHOWN_NAMES])}{f' and {left:,} more' if left > 0 else ''}."
        else:
            advice = "There are none."
        super().__init__(f"Unknown {kind}: {name!r}. {advice}")

    def __reduce__(self) -> tuple[type[UnknownNameError], tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
        return type(self), (self.kind, self.name, self.known, self.close)


class LocationError(ScoutError, FileNotFoundError):
    """Nothing usable at a path or URL."""


class StorageError(ScoutError, OSError):
    """Reading or writing a location failed."""


class LogReadError(ScoutError, ValueError):
    """A log, or one of its samples, cannot be read.

    Args:
        log: Path or URL of the log.
        reason: What is wrong with it.
        sample: The sample concerned ("id 'x', epoch 1"), if only one is.
    """

    def __init__(self, log: str, reason: str, sample: str | None = None) -> None:
        self.log, self.reason, self.sample = log, reason, sample
        where = f"{log!r}, sample {sample}" if sample else repr(log)
        super().__init__(f"Cannot read {where}: {reason}")

    def __reduce__(self) -> tuple[type[LogReadError], tuple[str, str, str | None]]:
        return type(self), (self.log, self.reason, self.sample)


class TranscriptTooLargeError(ScoutError, ValueError):
    """A transcript is larger than the caller allows.

    Args:
        transcript_id: The transcript.
        size: Its size in bytes.
        max_size: The allowed size in bytes.
    """

    def __init__(self, transcript_id: str, size: int, max_size: int) -> None:
        self.transcript_id, self.size, self.max_size = transcript_id, size, max_size
        super().__init__(f"Transcript {transcript_id}: {size} bytes exceeds {max_size}")

    def __reduce__(self) -> tuple[type[TranscriptTooLargeError], tuple[str, int, int]]:
        return type(self), (self.transcript_id, self.size, self.max_size)


class ScanStateError(ScoutError, RuntimeError):
    """The scan is in a state that does not allow the request."""


class WorkerError(ScoutError, RuntimeError):
    """Workers of a scan cannot be started, or keep ending."""


class ScannerExitError(ScoutError, RuntimeError):
    """A scanner raised what is not an `Exception` (SystemExit, a stray cancellation), and `fail_on_error` is set."""


class ScannerTimeoutError(ScoutError, TimeoutError):
    """A scanner took longer on a transcript than `scanner_timeout` allows."""


class NotAvailableError(ScoutError, NotImplementedError):
    """The machinery for this is not part of this version."""

    def __init__(self, what: str, instead: str = "") -> None:
        self.what, self.instead = what, instead
        super().__init__(f"{what!r} is not available in this version.{' ' + instead if instead else ''}")

    def __reduce__(self) -> tuple[type[NotAvailableError], tuple[str, str]]:
        return type(self), (self.what, self.instead)


class RefusalError(RuntimeError):
    """Raised by a scanner when a model declined to answer: the row is marked as a refusal.

    Example:
        ```python
        @scanner(messages="all")
        def judged():
            async def scan(transcript: Transcript) -> Result:
                reply = await get_model().generate("Does it deceive the user?")
                if reply.stop_reason == "content_filter":
                    raise RefusalError("The judge declined.")
                return Result(value=reply.completion)

            return scan
        ```
    """
