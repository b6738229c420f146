"""A page of scans, or of transcripts, for lists that work without script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..._query import OrderBy, Query
from ..._results import list_states
from ..listing.scans import ScansPage
from ..transcript_source import open_source

if TYPE_CHECKING:
    from ..._types import TranscriptInfo


@dataclass(frozen=True, slots=True)
class TranscriptsPage:
    """A page of transcripts, newest first.

    Args:
        items: Their descriptions.
        total: How many there are in all.
        problems: Logs that could not be read.
    """

    items: Sequence[TranscriptInfo]
    total: int
    problems: Sequence[str] = ()


async def scans_page(scans: str, start: int, limit: int) -> ScansPage:
    """Give a page of scans, newest first.

    Args:
        scans: Where they are.
        start: How many are left out before.
        limit: How many at most.
    """
    states = await list_states(scans)
    return ScansPage(states[start : start + limit], len(states), None)


async def transcripts_page(locations: Sequence[str], start: int, limit: int) -> TranscriptsPage:
    """Give a page of transcripts.

    Args:
        locations: Where they are (none: there are none).
        start: How many are left out before.
        limit: How many at most.

    Raises:
        LocationError: There is nothing there.
        LogReadError: None of the logs can be read.
    """
    if not locations:
        return TranscriptsPage((), 0)
    index = await open_source(locations).index(Query(order_by=(OrderBy("date", "DESC"),)))
    positions = range(len(index))[start : start + limit]
    problems = tuple(str(problem) for problem in index.problems)
    return TranscriptsPage([index.info(position) for position in positions], len(index), problems)
