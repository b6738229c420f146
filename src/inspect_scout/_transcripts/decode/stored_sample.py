"""What a first pass over a big sample keeps, and how objects are made of it again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any, Final

from inspect_ai.event import Event
from inspect_ai.model import ChatMessage

from ..._support.cache import Cache
from ..._types import TranscriptContent, TranscriptInfo
from .attachments import decode_text, find_digests
from .ids import IdDeriver
from .items import ItemDecoder, RefusedItems, Wanted, wanted_event, wanted_message
from .pools import SamplePools
from .record_file import RecordFile
from .sample import decode_details
from .sections import sections_from
from .source import ByteSource
from .splitter import JsonSplitter

_DETAILS: Final = frozenset({"metadata", "target", "scores", "score"})
KEPT_IN: Final = {
    "messages": "messages",
    "events": "events",
    "transcript.events": "events",
    "events_data.messages": "message_pool",
    "message_pool": "message_pool",
    "events_data.calls": "call_pool",
    "call_pool": "call_pool",
    "attachments": "attachments",
    "transcript.content": "attachments",
}
"""Part of a sample -> what it is kept as: versions of logs have their own names for it."""

_DIGEST_CHARS: Final = 32
_CACHED_ATTACHMENT_CHARS: Final = 8 * 1024 * 1024
_CACHED_POOL_BYTES: Final = 16 * 1024 * 1024


class StoredSample:
    """The raw content asked for of one sample, in temporary files."""

    def __init__(self, content: TranscriptContent) -> None:
        self.files = {name: RecordFile() for name in dict.fromkeys(KEPT_IN.values())}
        self._content = content
        self._roles: Wanted = _names(content.messages)
        self._kinds: Wanted = _names(content.events)
        self._attachments: dict[bytes, int] = {}
        self._details: dict[str, bytes] = {}
        self._begun: set[str] = set()
        # digests that messages refer to; None while attachments have to be kept without knowing
        self._referred: set[str] | None = None
        if content.messages is not None and content.events is None:
            self._referred = set()

    @classmethod
    def fill(cls, source: ByteSource, content: TranscriptContent) -> StoredSample:
        """Store what is asked for, reading no further than needed.

        Raises:
            SampleError: If the sample is not a JSON object, or a part of it has the wrong shape.
        """
        stored = cls(content)
        with ExitStack() as undo, closing(source.chunks()) as chunks:
            undo.callback(stored.close)
            for part, key, raw in JsonSplitter(stored._wanted()).split(chunks):
                if raw is not None:
                    stored._add(part, key, raw)
                elif not stored._begin(part):
                    break
            undo.pop_all()
        return stored

    def attachment(self, digest: str) -> str | None:
        """Find the text of an attachment; None if there is none."""
        position = self._attachments.get(bytes.fromhex(digest))
        return None if position is None else decode_text(self.files["attachments"][position])

    def metadata(self, info: TranscriptInfo) -> dict[str, Any]:
        """Metadata of the index, with what the sample itself says."""
        if self._content.metadata is False:
            return info.metadata
        return decode_details(sections_from(self._details)).overlay(info.metadata)

    def close(self) -> None:
        """Delete the temporary files."""
        for file in self.files.values():
            file.close()

    def _wanted(self) -> frozenset[str]:
        kept = {"attachments"}
        if self._content.messages is not None:
            kept.add("messages")
        if self._content.events is not None:
            kept |= {"events", "message_pool", "call_pool"}
        details = frozenset[str]() if self._content.metadata is False else _DETAILS
        return details | {part for part, name in KEPT_IN.items() if name in kept}

    def _begin(self, part: str) -> bool:
        """Note that a part begins; False if nothing that follows is needed.

        The last of several parts of one name counts, as everywhere in JSON.
        """
        if part == "events" and self._content.events is None and self._complete():
            return False
        self._begun.add(part)
        name = KEPT_IN.get(part)
        if name is not None:
            self.files[name].clear()
        if name == "attachments":
            self._attachments.clear()
        return True

    def _complete(self) -> bool:
        if self._content.messages is not None and ("messages" not in self._begun or self._referred):
            return False
        if self._content.metadata is False:
            return True
        found = self._details.keys()
        return {"metadata", "target"} <= found and not found.isdisjoint({"scores", "score"})

    def _add(self, part: str, key: str | None, raw: bytes) -> None:
        name = KEPT_IN.get(part)
        if name is None:
            self._details[part] = raw
        elif key is not None:
            self._add_attachment(key, raw)
        elif name == "messages":
            if wanted_message(raw, self._roles):
                self.files[name].append(raw)
                if self._referred is not None:
                    self._referred |= find_digests(raw)
        elif name != "events" or wanted_event(raw, self._kinds):
            self.files[name].append(raw)

    def _add_attachment(self, digest: str, raw: bytes) -> None:
        known = self._referred
        if known is not None and "messages" in self._begun and digest not in known:
            return
        if len(digest) != _DIGEST_CHARS:
            return
        try:
            packed = bytes.fromhex(digest)
        except ValueError:
            return
        self._attachments[packed] = len(self.files["attachments"])
        self.files["attachments"].append(raw)


class StoredSampleReader:
    """Makes the objects of a stored sample, one at a time.

    If `bounded`, shared parts that were not used for long are forgotten. Otherwise equal parts stay one object, as they do
    in a sample that is read in one go.
    """

    def __init__(
        self, stored: StoredSample, info: TranscriptInfo, content: TranscriptContent, *, bounded: bool
    ) -> None:
        self._stored, self._content = stored, content
        self._refused = RefusedItems(info.transcript_id)
        most = _CACHED_ATTACHMENT_CHARS if bounded else sys.maxsize
        # An entry costs memory even if there is no text. The newest is kept in any case.
        texts: Cache[str, str | None] = Cache(most, lambda text: min(most, len(text or "") + _DIGEST_CHARS))

        def attachments(digest: str) -> str | None:
            return texts.fetch(digest, lambda: stored.attachment(digest))

        transcript_id = self._transcript_id = info.transcript_id
        keep = _CACHED_POOL_BYTES if bounded else None
        shared = ItemDecoder(transcript_id, attachments, RefusedItems(transcript_id))
        pools = SamplePools(stored.files["message_pool"], stored.files["call_pool"], shared, transcript_id, keep)
        self._items = ItemDecoder(transcript_id, attachments, self._refused, pools.expand)

    def messages(self) -> Iterator[ChatMessage]:
        """Make the messages asked for."""
        roles = _names(self._content.messages)
        ids = IdDeriver(self._transcript_id)
        for raw in self._stored.files["messages"]:
            message = self._items.decode_message(raw, ids)
            if roles == "all" or message.role in roles:
                yield message

    def events(self) -> Iterator[Event]:
        """Make the events asked for."""
        ids = IdDeriver(self._transcript_id)
        for raw in self._stored.files["events"]:
            if (event := self._items.decode_event(raw, ids)) is not None:
                yield event

    def report(self) -> None:
        """Warn about items that could be read only in part."""
        self._refused.report()


def _names(wanted: Wanted | None) -> Wanted:
    return frozenset() if wanted is None else wanted if wanted == "all" else frozenset(wanted)
