"""What is recorded where there is no result: errors of scanners, time that was over, transcripts that were given up."""

from __future__ import annotations

from ..._support.causes.describing import causes_of, describe, trace_of
from ..._support.clock import SYSTEM_CLOCK
from ..._support.errors import RefusalError, ScannerExitError, ScannerTimeoutError
from ..._types import Error, ResultReport, TranscriptInfo


def describe_error(scanner: str, info: TranscriptInfo, raised: BaseException) -> Error:
    """Describe an exception as an error row does."""
    return Error(
        transcript_id=info.transcript_id,
        scanner=scanner,
        error=describe(raised),
        traceback=trace_of(raised),
        refusal=all(isinstance(cause, RefusalError) for cause in causes_of(raised)),
    )


def report_of_error(scanner: str, info: TranscriptInfo, raised: BaseException) -> ResultReport:
    """Report that a scanner has nothing to say of a transcript but an error."""
    return report_with(describe_error(scanner, info, raised), info)


def report_with(error: Error, info: TranscriptInfo) -> ResultReport:
    """Report an error that is described already."""
    now = SYSTEM_CLOCK.now().isoformat()
    return ResultReport("transcript", [info.transcript_id], input=info, error=error, timestamp=now)


def as_exception(scanner: str, info: TranscriptInfo, raised: BaseException) -> Exception:
    """Give what ends the scan: raised again, what is not an Exception would pass for Ctrl-C, or for an exit of ours."""
    if isinstance(raised, Exception):
        return raised
    said = describe(raised)
    return ScannerExitError(
        f"Scanner {scanner!r} raised {type(raised).__name__} ({said}) on transcript {info.transcript_id!r}."
    )


def timeout_error(scanner: str, transcript_id: str, seconds: float, stuck: BaseException | None) -> ScannerTimeoutError:
    """Say that a scanner took too long; the traceback shows where it was."""
    error = ScannerTimeoutError(
        f"Scanner {scanner!r} took longer than scanner_timeout={seconds:g} seconds on transcript {transcript_id!r}. Find out "
        "what it waits for (the traceback shows where it was), or give it more time (--scanner-timeout), then resume the "
        "scan: it tries the transcript again."
    )
    return error if stuck is None else error.with_traceback(stuck.__traceback__)
