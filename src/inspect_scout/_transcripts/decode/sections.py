"""The parts of one sample, cut out of its JSON without building objects.

Measured on 200 samples of 580 kB (117 MB, 2 cores): 0.05 s to cut, against 0.1 to 0.4 s to decompress.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from .source import ByteSource, SampleError, reading

_EMPTY: Final = msgspec.Raw()
_NULL: Final = msgspec.Raw(b"null")
_NOTHING: Final = msgspec.Raw(b"{}")


class Sections(msgspec.Struct):
    """Raw parts of a sample; what is missing is empty.

    The names are those of Inspect's samples, older ones (`score`, `transcript`, the pools) included.
    """

    messages: msgspec.Raw = _EMPTY
    events: msgspec.Raw = _EMPTY
    timelines: msgspec.Raw = _EMPTY
    attachments: msgspec.Raw = _EMPTY
    events_data: msgspec.Raw = _EMPTY
    message_pool: msgspec.Raw = _EMPTY
    call_pool: msgspec.Raw = _EMPTY
    transcript: msgspec.Raw = _EMPTY
    metadata: msgspec.Raw = _EMPTY
    target: msgspec.Raw = _EMPTY
    scores: msgspec.Raw = _EMPTY
    score: msgspec.Raw = _EMPTY


_SECTIONS: Final = msgspec.json.Decoder(Sections)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TABLE: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_EVENTS_KEY: Final = re.compile(rb'"events"\s*:')
# A key "events" inside of metadata or arguments looks like the section until it is tried; each try reads the
# whole prefix, so that there must not be many.
_PREFIX_TRIES: Final = 3


def cut(data: bytes | bytearray) -> Sections:
    """Cut the JSON of a sample into its parts.

    Raises:
        SampleError: If it is no JSON, or no object.
    """
    try:
        return _migrated(_SECTIONS.decode(data))
    except RecursionError:
        raise SampleError("its JSON is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _migrated(_cut_lenient(data, error))


def parts(given: Mapping[str, bytes | None]) -> Sections:
    """Take the parts of a transcript that are apart already (None: missing).

    Raises:
        SampleError: If the pools that events share are no JSON.
    """
    return _migrated(Sections(**{name: msgspec.Raw(raw) for name, raw in given.items() if raw is not None}))


def cut_until_events(source: ByteSource, enough: Callable[[Sections], bool]) -> Sections:
    """Cut the JSON of a sample, reading only the part before its events if that is enough.

    Args:
        source: The JSON.
        enough: Tells whether the parts found before the events are all that is needed.

    Raises:
        SampleError: If it is no JSON, or no object.
    """
    data = bytearray()
    tries = _PREFIX_TRIES
    with reading(source) as chunks:
        for chunk in chunks:
            start = max(0, len(data) - 64)
            data += chunk
            while tries and (key := _EVENTS_KEY.search(data, start)):
                start = key.end()
                tries -= 1
                found = _before(data, key.end())
                if found is not None and enough(found):
                    return found
                if found is not None:
                    tries = 0
    return cut(data)


def _before(data: bytearray, end: int) -> Sections | None:
    """Parts before position `end`; None if a value of the sample itself does not begin there.

    If the text up to a key, closed with a null, is a whole object, then the key belongs to that object: inside of a
    string, or deeper, something would stay open.
    """
    try:
        return _SECTIONS.decode(bytes(memoryview(data)[:end]) + b"null}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _cut_lenient(data: bytes | bytearray, refusal: Exception) -> Sections:
    """Cut JSON with NaN and infinities, which Python writes and strict readers refuse."""
    try:
        whole = json.loads(data)
    except RecursionError:
        raise SampleError("its JSON is nested too deeply") from None
    except ValueError:
        raise SampleError(f"its JSON is damaged ({refusal})") from None
    if not isinstance(whole, dict):
        raise SampleError(f"its JSON is no object but {type(whole).__name__!r}")
    del whole
    from .cutter import cut_whole

    parts = cut_whole(bytes(data), frozenset(Sections.__struct_fields__))
    return Sections(**{name: msgspec.Raw(raw) for name, raw in parts.items()})


def _migrated(sections: Sections) -> Sections:
    """Move what other versions of logs keep elsewhere to one place."""
    if not blank(sections.transcript):
        old = table(sections.transcript, "transcript")
        sections.events, sections.attachments = old.get("events", _EMPTY), old.get("content", _EMPTY)
    if not blank(sections.events_data):
        pools = table(sections.events_data, "events_data")
        sections.message_pool, sections.call_pool = pools.get("messages", _EMPTY), pools.get("calls", _EMPTY)
    return sections


def blank(raw: msgspec.Raw) -> bool:
    """Tell whether a part is missing or null."""
    return not raw or raw == _NULL


def empty(raw: msgspec.Raw) -> bool:
    """Tell whether a part is missing, null, or an empty object."""
    return blank(raw) or raw == _NOTHING


def elements(raw: msgspec.Raw, name: str) -> list[msgspec.Raw]:
    """Raw elements of a part that is a list.

    Raises:
        SampleError: If it is something else.
    """
    if blank(raw):
        return []
    try:
        return _LIST.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return [value for _, value in _split_lenient(raw, name, "list", error)]


def table(raw: msgspec.Raw, name: str) -> dict[str, msgspec.Raw]:
    """Raw values of a part that is an object.

    Raises:
        SampleError: If it is something else.
    """
    if blank(raw):
        return {}
    try:
        return _TABLE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return dict(_split_lenient(raw, name, "object", error))


def _split_lenient(raw: msgspec.Raw, name: str, shape: str, refusal: Exception) -> list[tuple[str, msgspec.Raw]]:
    """Split a part with NaN and infinities inside."""
    text = bytes(raw).strip()
    if not text.startswith(b"[" if shape == "list" else b"{"):
        raise SampleError(f"its part {name!r} is no {shape} ({refusal})") from None
    from .cutter import Cutter

    # any list, any table: what they are called makes no difference to how they are cut
    part = "messages" if shape == "list" else "attachments"
    pieces = Cutter(frozenset({part})).pieces([b'{"%s":' % part.encode(), text, b"}"])
    return [(piece.key or "", msgspec.Raw(piece.raw)) for piece in pieces if piece.raw is not None]
