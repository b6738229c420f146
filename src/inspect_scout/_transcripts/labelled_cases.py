"""Transcripts that labelled cases are about, by their own id or by the id of something that they contain."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .._query import Column, Query
from .._support.errors import LogReadError
from .._types import TranscriptContent
from .index_row import ID_COLUMN

if TYPE_CHECKING:
    from .contract import TranscriptSource

logger = logging.getLogger("inspect_scout")

_SHOWN = 5
_CONTENT = TranscriptContent(messages="all", events="all", metadata=False)


async def with_cases(source: TranscriptSource, query: Query, cases: Sequence[frozenset[str]]) -> Query:
    """Restrict a query to the transcripts of labelled cases: each of the sets of ids must name them."""
    where = list(query.where)
    for ids in cases:
        own = set((await source.index(Query(where=(Column(ID_COLUMN).in_(sorted(ids)),)))).ids) if ids else set[str]()
        others = ids - own
        containing = await _transcripts_containing(source, Query(where=query.where), others) if others else set[str]()
        where.append(Column(ID_COLUMN).in_(sorted(own | containing)))
    return replace(query, where=tuple(where))


async def _transcripts_containing(source: TranscriptSource, query: Query, ids: frozenset[str]) -> set[str]:
    """Read transcripts to find those that contain a message or event of some ids."""
    index = await source.index(query)
    found: set[str] = set()
    missing = set(ids)
    for position in range(len(index)):
        info = index.info(position)
        try:
            transcript = (await (await source.locate(info)).read(_CONTENT)).transcript
        except LogReadError as error:
            logger.warning("Ids of labelled cases were not looked for in one transcript: %s", error)
            continue
        inside = {message.id for message in transcript.messages} | {event.uuid for event in transcript.events}
        if inside & ids:
            found.add(info.transcript_id)
            missing -= inside
    if missing:
        shown = ", ".join(map(repr, sorted(missing)[:_SHOWN])) + (", ..." if len(missing) > _SHOWN else "")
        logger.warning("Ids of labelled cases that are in no transcript: %d (%s)", len(missing), shown)
    return found
