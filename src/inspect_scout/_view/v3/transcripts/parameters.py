"""What routes about transcripts take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Query

from ...._support.errors import LocationError
from ...context import Context
from ..answers import in_thread

if TYPE_CHECKING:
    from ...._app import TranscriptCache

MOST_ITEMS = 500
DEFAULT_ITEMS = 50
MOST_CHARACTERS = 20_000
_LAST_NUMBER = 1 << 40

Where = Annotated[list[str], Query(description="SQL conditions that must all hold.", max_length=50)]
OrderBy = Annotated[
    list[str], Query(description="Columns to sort by; `-column` sorts from the largest.", max_length=10)
]
Cursor = Annotated[str | None, Query(description="`next` of the page before.", max_length=10_000)]
Limit = Annotated[int, Query(ge=1, le=1000)]
TranscriptId = Annotated[str, Path(description="Id of the transcript.")]
Start = Annotated[int, Query(description="Number of the first, from 1.", ge=1, le=_LAST_NUMBER)]
Stop = Annotated[
    int | None, Query(description=f"Number behind the last; at most {MOST_ITEMS} are given.", ge=1, le=_LAST_NUMBER)
]
Characters = Annotated[int, Query(description="Characters of each that are shown.", ge=0, le=MOST_CHARACTERS)]
Offset = Annotated[int, Query(description="Characters of each that are skipped before.", ge=0, le=_LAST_NUMBER)]
Number = Annotated[int, Path(ge=1, le=_LAST_NUMBER)]


# FastAPI calls what is not async in a thread, and two threads cost a kept answer more than all else together.


async def locations_of(
    context: Context,
    location: Annotated[
        str | None, Query(description="Path or URL of transcripts (default: the configured one).")
    ] = None,
) -> tuple[str, ...]:
    """Say where transcripts are looked for."""
    found = [location] if location is not None else (await in_thread(context.served)).transcripts
    if not found:
        raise LocationError(
            "There are no transcripts in the usual places of the project (./transcripts, ./logs): say where: scout view -T LOGS."
        )
    return tuple(map(context.check, found))


async def cache_of(context: Context) -> TranscriptCache:
    """Give what the application keeps of transcripts."""
    return context.kept.transcripts()


Locations = Annotated[tuple[str, ...], Depends(locations_of)]
if TYPE_CHECKING:
    CachedTranscripts = Annotated[TranscriptCache, Depends(cache_of)]
else:  # nothing has to load the class to describe the routes
    CachedTranscripts = Annotated[object, Depends(cache_of)]


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page begins.

    Args:
        cursor: `next` of the page before.
        start: How many are skipped, where there is no cursor.
    """

    cursor: str | None = None
    start: int = 0


async def begin_of(
    cursor: Cursor = None,
    start: Annotated[int, Query(description="How many are skipped, where there is no cursor.", ge=0, le=1 << 40)] = 0,
) -> PageStart:
    """Say where a page begins."""
    return PageStart(cursor, start)


Begin = Annotated[PageStart, Depends(begin_of)]


async def range_of(start: Start = 1, stop: Stop = None) -> tuple[int, int]:
    """Say which items are meant: the first, and the one behind the last."""
    return start, min(stop if stop is not None else start + DEFAULT_ITEMS, start + MOST_ITEMS)


Range = Annotated[tuple[int, int], Depends(range_of)]
