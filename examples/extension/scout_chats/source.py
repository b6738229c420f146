"""A kind of source: files that hold chats as text.

# first
user: Which number?
assistant: Seven.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_scout import (
    LocationError,
    LogReadError,
    ScanTranscripts,
    Transcript,
    TranscriptContent,
    TranscriptHandle,
    TranscriptInfo,
    TranscriptTooLargeError,
)
from inspect_scout.sources import (
    Duplicates,
    InputOrigin,
    LoadedTranscript,
    LogProblem,
    MaterializedHandle,
    Query,
    RawTranscript,
    SourceKind,
    SourceLocation,
    TranscriptIndex,
    index_rows,
    raw_of,
    view,
    view_of,
    view_text,
)

_NAME = "chats"


@dataclass(frozen=True)
class Chat:
    """A chat: its name in the file, and the lines below."""

    location: str
    name: str
    lines: tuple[str, ...]

    @property
    def transcript_id(self) -> str:
        """An id that stays when the file grows."""
        return f"{Path(self.location).stem}/{self.name}"

    def info(self) -> TranscriptInfo:
        """Describe the chat."""
        return TranscriptInfo(
            transcript_id=self.transcript_id,
            source_type=_NAME,
            source_uri=self.location,
            task_id=self.name,
            message_count=len(self.lines),
        )


def chats_in(location: str) -> list[Chat]:
    """Read the chats of a file."""
    found: list[Chat] = []
    for part in re.split(r"^# ", Path(location).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, *lines = part.splitlines()
        found.append(Chat(location, name.strip(), tuple(line for line in lines if line.strip())))
    return found


@dataclass(frozen=True)
class LocatedChat:
    """A chat that was found."""

    description: TranscriptInfo
    chat: Chat

    @property
    def size(self) -> int:
        """Bytes that reading brings into memory, about."""
        return sum(map(len, self.chat.lines))

    @property
    def fingerprint(self) -> str:
        """Change when the chat does."""
        return hashlib.sha256("\n".join(self.chat.lines).encode()).hexdigest()

    def _whole(self) -> Transcript:
        fields = self.description.model_dump()
        said = [line.partition(": ") for line in self.chat.lines]
        fields["messages"] = [{"id": str(n), "role": role, "content": text} for n, (role, _, text) in enumerate(said)]
        try:
            return Transcript.model_validate(fields)
        except ValueError as error:
            raise LogReadError(self.chat.location, "a line does not begin with a role", self.chat.name) from error

    async def read(self, content: TranscriptContent, *, max_bytes: int | None = None) -> LoadedTranscript:
        """Read what a scanner asked for."""
        if max_bytes is not None and self.size > max_bytes:
            raise TranscriptTooLargeError(self.chat.transcript_id, self.size, max_bytes)
        return LoadedTranscript(view(self._whole(), content), self.size)

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        """Open it, to be read message by message."""

        async def load() -> Transcript:
            return (await self.read(content)).transcript

        return MaterializedHandle(self.description, load, content)

    async def raw(self) -> RawTranscript:
        """Read everything, as a database stores it."""
        return raw_of(self._whole())

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin:
        """Say where a result finds its input again, so that it need not hold a copy."""
        return InputOrigin(_NAME, self.chat.location, self.chat.name, self.fingerprint, view_text(view), size)


@dataclass(frozen=True)
class ChatSource:
    """The chats of some files; of a scan that is resumed, those that it recorded."""

    files: tuple[str, ...]
    ids: tuple[str, ...] | None = None
    type = _NAME
    location = None

    def _read(self) -> tuple[dict[str, Chat], list[LogProblem]]:
        found: dict[str, Chat] = {}
        problems: list[LogProblem] = []
        for file in self.files:
            try:
                found |= {chat.transcript_id: chat for chat in chats_in(file)}
            except (OSError, UnicodeDecodeError) as error:
                problems.append(LogProblem(file, f"Cannot read {file!r}: {error}"))
        return found, problems

    async def index(self, query: Query, progress: Any = None) -> TranscriptIndex:
        """Find the chats that a query selects."""
        found, problems = self._read()
        chosen = found if self.ids is None else [id for id in self.ids if id in found]
        return index_rows([found[id] for id in chosen], query, problems)

    async def locate(self, info: TranscriptInfo) -> LocatedChat:
        """Find a chat."""
        chat = self._read()[0].get(info.transcript_id)
        if chat is None:
            raise LogReadError(info.source_uri or "", "there is no such chat", info.transcript_id)
        return LocatedChat(info, chat)


def _files(location: str) -> list[str]:
    path = Path(location)
    return [location] if path.is_file() else [str(file) for file in sorted(path.rglob("*.chats"))]


def _recognises(place: SourceLocation) -> bool:
    return any(path.endswith(".chats") for path in ([place.location] if place.paths is None else place.paths))


def _open(locations: Sequence[str], duplicates: Duplicates) -> ChatSource:
    return ChatSource(tuple(file for location in locations for file in _files(location)))


def _restore(snapshot: ScanTranscripts) -> ChatSource:
    files = tuple(dict.fromkeys(location for location in snapshot.transcript_ids.values() if location))
    missing = [file for file in files if not Path(file).exists()]
    if missing:
        raise LocationError(f"{missing[0]!r} is gone: put it back where the scan found it.")
    return ChatSource(files, tuple(snapshot.transcript_ids))


async def _read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    for chat in chats_in(origin.location):
        located = LocatedChat(info, chat)
        if (chat.name, located.fingerprint) == (origin.member, origin.fingerprint):
            return (await located.read(view_of(origin.view))).transcript
    raise LogReadError(origin.location, "the chat is gone, or has changed since it was scanned", origin.member)


CHATS = SourceKind(_NAME, _recognises, _open, _restore, _read_origin)
