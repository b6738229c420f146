"""The stored JSON of a transcript that was found, whatever holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.errors import LogReadError
from .contract import HasJson
from .decode.source import MemoryBytes, SampleError

if TYPE_CHECKING:
    from .._types import TranscriptContent, TranscriptInfo
    from .contract import LoadedTranscript, Located, RawTranscript
    from .decode.source import ByteSource


async def stored_json(located: Located) -> ByteSource:
    """Give the JSON of a transcript: an object with `messages`, `events` and what they refer to.

    What can be read as a stream is; of others everything is read at once.

    Raises:
        LogReadError: It cannot be read.
    """
    return located.json() if isinstance(located, HasJson) else MemoryBytes(raw_json(await located.raw()))


def raw_json(stored: RawTranscript) -> bytes:
    """Write a transcript that is in memory as one JSON object."""
    return b'{"messages": %b, "events": %b, "events_data": %b, "timelines": %b}' % (
        stored.messages or b"[]",
        stored.events or b"[]",
        stored.events_data or b"null",
        stored.timelines or b"[]",
    )


def decode_stored(stored: RawTranscript, info: TranscriptInfo, content: TranscriptContent) -> LoadedTranscript:
    """Make the objects that are asked for of a transcript that is in memory as JSON.

    Args:
        stored: The transcript.
        info: Its description; goes into it as it is.
        content: What to decode.

    Raises:
        LogReadError: A part of it has the wrong shape.

    Example:
        ```python
        loaded = decode_stored(raw_of(transcript), transcript, TranscriptContent(messages="all"))
        print(len(loaded.transcript.messages))
        ```
    """
    from .decode.sample import decode_sections
    from .decode.sections import sections_from

    parts = {name: getattr(stored, name) for name in ("messages", "events", "events_data", "timelines")}
    try:
        return decode_sections(lambda: sections_from(parts), info, content)
    except SampleError as error:
        raise LogReadError(info.source_uri or stored.transcript_id, str(error), repr(stored.transcript_id)) from error
