"""What an exception says in the rows and the list of errors of a scan."""

from __future__ import annotations

import traceback

from .._support.errors import RefusalError
from .._types import Error, TranscriptInfo


def describe_error(scanner: str, info: TranscriptInfo, raised: BaseException) -> Error:
    """Describe an exception as an error row does."""
    return Error(
        transcript_id=info.transcript_id,
        scanner=scanner,
        error=str(raised) or type(raised).__name__,
        traceback="".join(traceback.format_exception(raised)),
        refusal=isinstance(raised, RefusalError),
    )
