"""The stored JSON of a transcript that was found, whatever holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .contract import HasJson
from .decode.source import MemoryBytes

if TYPE_CHECKING:
    from .contract import Located, RawTranscript
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
