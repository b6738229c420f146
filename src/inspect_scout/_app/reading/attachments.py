"""Texts, images and recordings that items refer to, each on its own."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import unquote_to_bytes

from ..._support.cache import Cache
from ..._support.errors import LocationError, TranscriptTooLargeError
from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping
from ..._transcripts import decode_text, may_refer, resolve_refs
from .records import MediaItem
from .texts import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..._transcripts import IndexedSample
    from .sample import OpenedTranscript

MAX_ATTACHMENT_BYTES: Final = 128 << 20
"""A larger one is refused: it would not fit into memory beside others."""

_CACHED_CHARACTERS: Final = 8 << 20
_MEDIA: Final = ("image", "audio", "video", "document")
_WHOLE: Final = re.compile(r"(?:attachment|tc)://([0-9a-fA-F]{32})", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_IN_MESSAGE: Final = re.compile(r"m([1-9]\d{0,8})\.(\d{1,6})\.([0-9a-f]{12})", re.ASCII)
_DATA_URL: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+-]+=[\w.+-]+)*)(;base64)?,", re.ASCII)
# What browsers show without running anything. An SVG image is a document with scripts.
_SHOWN: Final = re.compile(
    r"image/(?:png|jpeg|gif|webp|bmp|avif)|(?:audio|video)/[a-z0-9.+-]+|application/pdf", re.ASCII
)
_TEXT_TYPE: Final = "text/plain; charset=utf-8"
# Of a text, where it says what it is.
_HEAD_BYTES: Final = 512


@dataclass(frozen=True, slots=True)
class AttachmentBody:
    """An attachment.

    Args:
        data: Its bytes.
        media_type: What it is; anything that could run is told to be plain text, or bytes.
    """

    data: bytes
    media_type: str

    @property
    def is_shown(self) -> bool:
        """Whether browsers show it."""
        return self.media_type.startswith(("image/", "audio/", "video/", "text/"))


def decode_item(raw: bytes) -> object:
    """Decode a message or an event; one that cannot be is its own text."""
    try:
        value: object = loads(raw)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace")
    return value


class Texts:
    """The texts that items of a sample refer to; used in a thread.

    Args:
        sample: The sample.
    """

    def __init__(self, sample: IndexedSample) -> None:
        self._sample = sample
        self._found: Cache[str, str | None] = Cache(_CACHED_CHARACTERS, lambda text: len(text or "") + 100)

    def get(self, digest: str) -> str | None:
        """Find the text with a digest; None if there is none. Waits until all are found."""
        return self._found.fetch(digest, lambda: self._read(digest))

    def resolved(self, raw: bytes) -> object:
        """Read an item as JSON, with the texts that it refers to."""
        item = decode_item(raw)
        return resolve_refs(item, self.get) if may_refer(raw) else item

    def _read(self, digest: str) -> str | None:
        span = self._sample.attachments().get(bytes.fromhex(digest))
        return None if span is None else decode_text(self._sample.read(*span))


def media_of(opened: OpenedTranscript, message: object, number: int) -> Iterator[MediaItem]:
    """List what a message holds that is not text; what it refers to is not yet in its place."""
    for part, given, position in _media_parts(message):
        form = part.get("format") or part.get("mime_type")
        reference = _reference(opened, given, number, position)
        kind, size = _response_of(opened, given) if reference is not None else (None, None)
        yield MediaItem(str(part["type"]), reference, clean_text(form) if isinstance(form, str) else None, kind, size)


def _response_of(opened: OpenedTranscript, given: object) -> tuple[str | None, int | None]:
    """Tell type and bytes of the response that a medium is, by the beginning of its text."""
    if not isinstance(given, str):
        return None, None
    if (found := _WHOLE.fullmatch(given)) is None:
        return _told(given, len(given))
    span = opened.sample.attachments().get(bytes.fromhex(found[1]))
    if span is None:
        return None, None
    start, end = span
    raw = opened.sample.read(start, min(end, start + _HEAD_BYTES)).lstrip()
    return _told(raw[1:].decode("utf-8", "replace").replace("\\/", "/"), end - start - 2)


def _told(head: str, characters: int) -> tuple[str | None, int | None]:
    """Tell the type that `_body` finds, and about how many bytes, from the beginning of a text and its length."""
    found = _DATA_URL.match(head)
    if found is None:
        return _TEXT_TYPE, characters
    coded = characters - found.end()
    return _media_type(found), coded * 3 // 4 if found[3] else coded


def with_references(opened: OpenedTranscript, message: object, number: int) -> None:
    """Put references in the place of media that stand in a message itself."""
    for part, given, position in _media_parts(message):
        reference = _reference(opened, given, number, position)
        if reference is not None:
            part[str(part["type"])] = f"attachment://{reference}"


def _reference(opened: OpenedTranscript, given: object, number: int, position: int) -> str | None:
    """Name an attachment; one that stands in the message by its place in this version of the transcript."""
    if not isinstance(given, str):
        return None
    if (found := _WHOLE.fullmatch(given)) is not None:
        return found[1].lower()
    return f"m{number}.{position}.{_version(opened)}" if _DATA_URL.match(given) else None


def _version(opened: OpenedTranscript) -> str:
    return hashlib.sha256(opened.version.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _media_parts(message: object) -> Iterator[tuple[dict[str, object], object, int]]:
    content = message.get("content") if is_mapping(message) else None
    for position, part in enumerate(content if is_list(content) else ()):
        if not is_mapping(part):
            continue
        fields = cast("dict[str, object]", part)  # decoded JSON
        kind = fields.get("type")
        if isinstance(kind, str) and kind in _MEDIA:
            yield fields, fields.get(kind), position


def read_attachment(opened: OpenedTranscript, reference: str) -> AttachmentBody:
    """Read an attachment.

    Args:
        opened: The transcript.
        reference: Its digest, or the name of what stands in a message itself, which begins with the number of the message.

    Raises:
        LocationError: There is none of this name.
        TranscriptTooLargeError: It is larger than `MAX_ATTACHMENT_BYTES`.
    """
    inside = _IN_MESSAGE.fullmatch(reference)
    if inside is not None:
        here = inside[3] == _version(opened)
        text = _text_in_message(opened, int(inside[1]), int(inside[2])) if here else None
    elif _DIGEST.fullmatch(reference):
        span = opened.sample.attachments().get(bytes.fromhex(reference))
        if span is not None:
            _refuse_large(opened, span[1] - span[0])
        text = None if span is None else decode_text(opened.sample.read(*span))
    else:
        text = None
    if text is None:
        raise LocationError(
            f"There is no attachment {reference!r} in this transcript. Take a `reference` of a message, or 32 hexadecimal digits."
        )
    return AttachmentBody(*_body(text))


def _text_in_message(opened: OpenedTranscript, number: int, position: int) -> str | None:
    if opened.sample.count("messages", number)[0] < number:
        return None
    _refuse_large(opened, opened.sample.size_of("messages", number - 1))
    message = decode_item(opened.sample.raw("messages", number - 1))
    given = next((given for _, given, place in _media_parts(message) if place == position), None)
    return given if isinstance(given, str) and _DATA_URL.match(given) else None


def _refuse_large(opened: OpenedTranscript, size: int) -> None:
    if size > MAX_ATTACHMENT_BYTES:
        raise TranscriptTooLargeError(opened.info.transcript_id, size, MAX_ATTACHMENT_BYTES)


def _body(text: str) -> tuple[bytes, str]:
    """Take a data URL apart; any other text is itself."""
    found = _DATA_URL.match(text)
    if found is None:
        return clean_text(text).encode(), _TEXT_TYPE
    rest = text[found.end() :]
    try:
        data = base64.b64decode(rest) if found[3] else unquote_to_bytes(rest)
    except (binascii.Error, ValueError):
        return clean_text(text).encode(), _TEXT_TYPE
    return data, _media_type(found)


def _media_type(found: re.Match[str]) -> str:
    """Tell the type of what a data URL holds; anything that could run is plain text, or bytes."""
    kind = (found[1] or "text/plain").lower()
    if _SHOWN.fullmatch(kind):
        return kind
    return _TEXT_TYPE if kind.startswith("text/") else "application/octet-stream"
