"""What a first pass over a big sample keeps, and how objects are made of it again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

from inspect_ai.event import Event
from inspect_ai.model import ChatMessage

from ..._support.cache import Cache
from ..._types import TranscriptContent, TranscriptInfo
from .attachments import decode_text, digests
from .cutter import Cutter
from .ids import ListIds
from .items import Items, Refused, Wanted, wanted_event, wanted_message
from .pools import Pools
from .sample import make_body
from .source import ByteSource, reading
from .spool import Records, Spool

_BODY: Final = frozenset({"metadata", "target", "scores", "score"})
_EVENTS: Final = frozenset({"events", "transcript.events"})
_MESSAGE_POOLS: Final = frozenset({"events_data.messages", "message_pool"})
_CALL_POOLS: Final = frozenset({"events_data.calls", "call_pool"})
_ATTACHMENTS: Final = frozenset({"attachments", "transcript.content"})
_DIGEST_CHARS: Final = 32
_CACHED_ATTACHMENT_CHARS: Final = 8 * 1024 * 1024
_CACHED_POOL_BYTES: Final = 16 * 1024 * 1024


class Stored:
    """The raw content asked for of one sample, in temporary files.

    Args:
        content: What is asked for.
    """

    def __init__(self, content: TranscriptContent) -> None:
        self.messages, self.events, self._shared = Spool(), Spool(), Spool()
        self.message_pool, self.call_pool = Records(self._shared), Records(self._shared)
        self._content = content
        self._roles: Wanted = _names(content.messages)
        self._kinds: Wanted = _names(content.events)
        self._attachments: dict[bytes, int] = {}
        self._body: dict[str, bytes] = {}
        self._begun: set[str] = set()
        # digests that messages refer to; None while attachments have to be kept without knowing
        self._referred: set[str] | None = None

    @classmethod
    def fill(cls, source: ByteSource, content: TranscriptContent) -> Stored:
        """Store what is asked for, reading no further than needed.

        Raises:
            SampleError: If the sample is no JSON object, or a part of it has the wrong shape.
        """
        stored = cls(content)
        with ExitStack() as undo, reading(source) as chunks:
            undo.callback(stored.close)
            for part, key, raw in Cutter(stored._wanted()).pieces(chunks):
                if raw is not None:
                    stored._add(part, key, raw)
                elif not stored._begin(part):
                    break
            for spool in stored._spools():
                spool.flush()
            undo.pop_all()
        return stored

    def attachment(self, digest: str) -> str | None:
        """Find the text of an attachment; None if there is none."""
        offset = self._attachments.get(bytes.fromhex(digest))
        return None if offset is None else decode_text(self._shared.read(offset))

    def metadata(self, info: TranscriptInfo) -> dict[str, Any]:
        """Metadata of the index, with what the sample itself says."""
        if self._content.metadata is False:
            return info.metadata
        metadata, target, scores, score = (
            self._body.get(name, b"") for name in ("metadata", "target", "scores", "score")
        )
        return make_body(metadata, target, scores, score).overlay(info.metadata)

    def close(self) -> None:
        """Delete the temporary files."""
        for spool in self._spools():
            spool.close()

    def _spools(self) -> tuple[Spool, ...]:
        return (self.messages, self.events, self._shared)

    def _wanted(self) -> frozenset[str]:
        wanted = _ATTACHMENTS
        if self._content.messages is not None:
            wanted |= {"messages"}
            self._referred = set()
        if self._content.events is not None:
            wanted |= _EVENTS | _MESSAGE_POOLS | _CALL_POOLS
            self._referred = None
        if self._content.metadata is not False:
            wanted |= _BODY
        return wanted

    def _begin(self, part: str) -> bool:
        """Note that a part begins; False if nothing that follows is needed.

        The last of several parts of one name counts, as everywhere in JSON.
        """
        if part == "events" and self._content.events is None and self._complete():
            return False
        self._begun.add(part)
        if part == "messages":
            self.messages.clear()
        elif part in _EVENTS:
            self.events.clear()
        elif part in _MESSAGE_POOLS:
            self.message_pool.clear()
        elif part in _CALL_POOLS:
            self.call_pool.clear()
        elif part in _ATTACHMENTS:
            self._attachments.clear()
        return True

    def _complete(self) -> bool:
        if self._content.messages is not None and ("messages" not in self._begun or self._referred):
            return False
        if self._content.metadata is False:
            return True
        return {"metadata", "target"} <= self._body.keys() and not self._body.keys().isdisjoint({"scores", "score"})

    def _add(self, part: str, key: str | None, raw: bytes) -> None:
        if part == "messages":
            if wanted_message(raw, self._roles):
                self.messages.append(raw)
                if self._referred is not None:
                    self._referred |= digests(raw)
        elif part in _EVENTS:
            if wanted_event(raw, self._kinds):
                self.events.append(raw)
        elif part in _MESSAGE_POOLS:
            self.message_pool.append(raw)
        elif part in _CALL_POOLS:
            self.call_pool.append(raw)
        elif part in _BODY:
            self._body[part] = raw
        elif key is not None:
            self._add_attachment(key, raw)

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
        self._attachments[packed] = self._shared.append(raw)


class Replay:
    """Makes the objects of a stored sample, one at a time.

    Args:
        stored: What was kept of the sample.
        info: Its description.
        content: What is asked for.
        bounded: Forget shared parts that were not used for long. Without it, equal parts stay one object, as they do
            in a sample that is read in one go.
    """

    def __init__(self, stored: Stored, info: TranscriptInfo, content: TranscriptContent, *, bounded: bool) -> None:
        self._stored, self._content = stored, content
        self._refused = Refused(info.transcript_id)
        attachments = _CachedAttachments(stored, _CACHED_ATTACHMENT_CHARS if bounded else None)
        owner = self._owner = info.transcript_id
        keep = _CACHED_POOL_BYTES if bounded else None
        shared = Items(owner, attachments, Refused(owner))
        pools = Pools(stored.message_pool, stored.call_pool, shared, owner, keep)
        self._items = Items(owner, attachments, self._refused, pools)

    def messages(self) -> Iterator[ChatMessage]:
        """Make the messages asked for."""
        roles = _names(self._content.messages)
        ids = ListIds(self._owner)
        for raw in self._stored.messages.records():
            message = self._items.message(raw, ids)
            if roles == "all" or message.role in roles:
                yield message

    def events(self) -> Iterator[Event]:
        """Make the events asked for."""
        ids = ListIds(self._owner)
        for raw in self._stored.events.records():
            event = self._items.event(raw, ids)
            if event is not None:
                yield event

    def report(self) -> None:
        """Warn about items that could be read only in part."""
        self._refused.report()


class _CachedAttachments:
    """Attachments of a stored sample; those used lately stay in memory."""

    def __init__(self, stored: Stored, keep_chars: int | None) -> None:
        most = sys.maxsize if keep_chars is None else keep_chars
        self._stored = stored
        # An entry costs memory even if there is no text. The newest is kept in any case.
        self._texts: Cache[str, str | None] = Cache(most, lambda text: min(most, len(text or "") + _DIGEST_CHARS))

    def get(self, digest: str) -> str | None:
        """Find the text with a digest; None if there is none."""
        return self._texts.made(digest, lambda: self._stored.attachment(digest))


def _names(wanted: Wanted | None) -> Wanted:
    return frozenset() if wanted is None else wanted if wanted == "all" else frozenset(wanted)
