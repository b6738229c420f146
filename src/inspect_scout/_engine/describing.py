"""What an exception says in the rows and the list of errors of a scan."""

from __future__ import annotations

from .._support.causes.describing import causes_of, describe, trace_of
from .._support.errors import RefusalError
from .._types import Error, TranscriptInfo


def describe_error(scanner: str, info: TranscriptInfo, raised: BaseException) -> Error:
    """Describe an exception as an error row does."""
    return Error(
        transcript_id=info.transcript_id,
        scanner=scanner,
        error=describe(raised),
        traceback=trace_of(raised),
        refusal=all(isinstance(cause, RefusalError) for cause in causes_of(raised)),
    )
