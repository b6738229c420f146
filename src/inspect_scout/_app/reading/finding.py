"""Finding a text in an open transcript, told as it is found.

The JSON of items that cannot have the text is not decoded: only items near a word of it, and those that refer to an attachment
with it, are written as text and searched. Measured in 264 MB (2 cores, shared): 0.2 s of CPU for a word that is not there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..._transcripts import ItemList, Span, TextMatcher
from .batches import batches, found_spans
from .events import EventReader
from .messages import MessageReader
from .records import ItemKind, TranscriptFindProgress, TranscriptHit

if TYPE_CHECKING:
    from .sample import OpenedTranscript

SHOWN_CHARACTERS: Final = 80
"""Characters that are shown on each side of what was found."""

_MOST_SPANS: Final = 200
# Apart, because a pattern that begins with plain text is looked for ten times as fast.
_REFERENCES: Final = (
    (b"attachment:", re.compile(rb"attachment:(?:\\?/){2}([0-9a-fA-F]{32})")),
    (b'"tc:', re.compile(rb'"tc:(?:\\?/){2}([0-9a-fA-F]{32})')),
)
_LIST_OF: Final[dict[ItemKind, ItemList]] = {"message": "messages", "event": "events"}


class TranscriptSearch:
    """Looks for a text in a transcript, one batch of items after the other; used in a thread.

    Args:
        opened: The transcript.
        matcher: What is sought.
        kinds: Where: in messages, in events, or in both.
    """

    def __init__(self, opened: OpenedTranscript, matcher: TextMatcher, kinds: Sequence[ItemKind]) -> None:
        self._opened, self._sample, self._matcher = opened, opened.sample, matcher
        self._kinds = tuple(dict.fromkeys(kinds))
        self._read = {"message": MessageReader(opened).text, "event": EventReader(opened).text}
        self._attachments: set[bytes] | None = None
        self.progress = TranscriptFindProgress(0, 0, 0)

    def batches(self) -> Iterator[list[TranscriptHit]]:
        """Give what is found in each batch; `progress` tells how far the search has come."""
        for kind in self._kinds:
            done = 0
            for spans in found_spans(self._sample, _LIST_OF[kind]):
                for batch in batches(spans):
                    chosen = self._candidates([spans[place] for place in batch])
                    hits = list(self._hits(kind, [done + batch[place] for place in chosen]))
                    self._note(len(batch), hits)
                    yield hits
                done += len(spans)

    def _note(self, items: int, hits: Sequence[TranscriptHit]) -> None:
        before = self.progress
        matches = before.matches + sum(hit.count for hit in hits)
        self.progress = TranscriptFindProgress(before.searched + items, before.items + len(hits), matches)

    def _candidates(self, spans: Sequence[Span]) -> Sequence[int]:
        """Give the places among some items of those that may have the text."""
        if self._matcher.literal is None:
            return range(len(spans))
        data = self._sample.read(spans[0][0], spans[-1][1])
        found = _near(self._matcher.places(data), spans)
        for sign, reference in _REFERENCES:
            if sign in data and (known := self._attachments_with_text()):
                named = (r.start() for r in reference.finditer(data) if bytes.fromhex(r[1].decode()) in known)
                found |= _near(named, spans)
        return sorted(found)

    def _attachments_with_text(self) -> set[bytes]:
        """Find the attachments that may have a part of the text; waits until all are there."""
        if self._attachments is None:
            self._attachments = set()
            placed = sorted(self._sample.attachments().items(), key=lambda item: item[1])
            for batch in batches([span for _, span in placed]):
                spans = [placed[place][1] for place in batch]
                data = self._sample.read(spans[0][0], spans[-1][1])
                self._attachments |= {placed[batch[place]][0] for place in _near(self._matcher.places(data), spans)}
        return self._attachments

    def _hits(self, kind: ItemKind, positions: Sequence[int]) -> Iterator[TranscriptHit]:
        read, numbers = self._read[kind], [position + 1 for position in positions]
        texts = [read(number) for number in numbers]
        for number, text, spans in zip(numbers, texts, self._matcher.spans(texts), strict=True):
            if spans:
                yield _hit(kind, number, text, spans)


def _near(places: Iterable[int], spans: Sequence[Span]) -> set[int]:
    """Find the items that places in their JSON, counted from the first one, belong to."""
    first = spans[0][0]
    ends = [end - first for _, end in spans]
    found = {bisect_right(ends, place) for place in places}
    return found - {len(ends)}


def _hit(kind: ItemKind, number: int, text: str, spans: Sequence[Span]) -> TranscriptHit:
    first, last = spans[0]
    offset = max(0, first - SHOWN_CHARACTERS)
    shown = text[offset : min(last, first + 4 * SHOWN_CHARACTERS) + SHOWN_CHARACTERS]
    return TranscriptHit(kind, number, len(spans), tuple(spans[:_MOST_SPANS]), shown, offset)
