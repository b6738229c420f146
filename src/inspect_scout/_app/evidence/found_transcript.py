"""A transcript that is found by its id, and its messages, without any verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..._query import Query
from ..._scanners import plain_messages_text
from ..._transcripts import plain_messages_of
from ..bridge import in_sync
from ..transcript_source import open_source
from .id_prefix import match_id
from .passages import make_evidence, refuse_missing_messages
from .records import Evidence, ScannedInput, Shown, TranscriptFacts

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ..._transcripts import TranscriptIndex, TranscriptSource
    from ..._types import MessageFilter, Transcript, TranscriptInfo


async def transcript_evidence_async(
    transcripts: Sequence[str],
    id: str,
    *,
    shown: Shown = Shown(every=True),  # noqa: B008 - frozen
) -> Evidence:
    """Read messages of a transcript, without any verdict.

    Args:
        transcripts: Where transcripts are.
        id: The id of one, or a beginning that no other id has.
        shown: What is shown of the messages.

    Raises:
        LocationError: There are no transcripts.
        UnknownNameError: There is no such transcript; close matches are named.
        ConfigError: Several ids begin like that, or a message is asked for that does not exist.
        LogReadError: The transcript cannot be read.
    """
    there = await TranscriptsById.open(transcripts)
    source, info = there.source, there.find(id)
    stored = await plain_messages_of(source, info)
    messages = as_plain((await read_content(source, info, "all")).messages) if stored is None else stored
    read = ScannedInput(plain_messages_text(messages))
    facts = TranscriptFacts(
        id=info.transcript_id,
        task_set=info.task_set,
        task_id=info.task_id,
        epoch=info.task_repeat,
        model=info.model,
        score=info.score,
        source=info.source_uri,
    )
    evidence = make_evidence(facts, "transcript", (), read, shown)
    refuse_missing_messages(shown, [evidence])
    return evidence


transcript_evidence = in_sync(transcript_evidence_async)


@dataclass(frozen=True, slots=True)
class TranscriptsById:
    """Transcripts that are found by their ids.

    Args:
        source: Where they are.
        index: What is known of them.
        places: Ids -> places in the index.
    """

    source: TranscriptSource
    index: TranscriptIndex
    places: Mapping[str, int]

    @classmethod
    async def open(cls, transcripts: Sequence[str]) -> TranscriptsById:
        """Look at what is at some places.

        Raises:
            LocationError: There are no transcripts.
        """
        source = open_source(transcripts)
        index = await source.index(Query())
        return cls(source, index, {known: place for place, known in enumerate(index.ids)})

    def find(self, id: str) -> TranscriptInfo:
        """Find a transcript by its id, or by a beginning that no other id has.

        Raises:
            UnknownNameError: There is no such transcript.
            ConfigError: Several ids begin like that.
        """
        return self.index.info(self.places[match_id("transcript", id, self.places)])


async def read_content(
    source: TranscriptSource, info: TranscriptInfo, messages: MessageFilter, *, events: bool = False
) -> Transcript:
    """Read messages of a transcript, and its events where they are wanted.

    Raises:
        LogReadError: It cannot be read.
    """
    from ..._types import TranscriptContent

    located = await source.locate(info)
    content = TranscriptContent(messages=messages, events="all" if events else None, metadata=False)
    return (await located.read(content)).transcript


def as_plain(items: Iterable[BaseModel]) -> list[object]:
    """Write messages or events as JSON values."""
    return [item.model_dump(mode="json", exclude_none=True) for item in items]
