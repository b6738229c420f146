"""What light commands and readers of rows need of the file that defines a scan, without its models."""

from __future__ import annotations

import difflib
import os
import time
import types
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import msgspec

from ..._support.cache import Cache
from ..._support.errors import LocationError, StorageError
from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import LocalStorage, Storage, join, local_path, normalize
from ..layout import SCAN_FILE, SCAN_PREFIX, file_name

T = TypeVar("T")


class LightTranscripts(msgspec.Struct):
    """Transcripts of a scan."""

    transcript_ids: dict[str, str | None] = {}
    data: str | None = None
    unread: dict[str, str] | None = None
    accepted: dict[str, str] | None = None


class LightWorklist(msgspec.Struct):
    """Transcripts of one scanner."""

    scanner: str
    transcripts: list[str]


class LightModel(msgspec.Struct):
    """The model of a scan."""

    model: str = ""
    config: dict[str, Any] = {}


class LightAsked(msgspec.Struct):
    """What a scanner asks."""

    question: str | None = None


class LightVersion(msgspec.Struct):
    """What made rows of a scanner."""

    fingerprint: str | None = None
    asked: LightAsked | None = None


class LightScannerName(msgspec.Struct):
    """What a scanner cannot do without."""

    name: str


class LightScanner(LightScannerName):
    """A scanner, and what makes its rows."""

    fingerprint: str | None = None
    asked: LightAsked | None = None
    earlier: list[LightVersion] | None = None


class LightSpec(msgspec.Struct):
    """A scan."""

    scan_id: str
    scan_name: str
    scanners: dict[str, LightScanner]
    timestamp: str = ""
    scan_file: str | None = None
    scan_args: dict[str, Any] | None = None
    tags: list[str] | None = None
    model: LightModel | None = None
    options: dict[str, Any] = {}
    transcripts: LightTranscripts | None = None
    worklist: list[LightWorklist] | None = None


class _ManyTranscripts(LightTranscripts):
    """The same, with the text of the ids."""

    transcript_ids: msgspec.Raw = msgspec.Raw(b"{}")  # type: ignore[assignment]


class _LargeSpec(LightSpec):
    """The same, with the text of the ids."""

    transcripts: _ManyTranscripts | None = None  # pyright: ignore[reportIncompatibleVariableOverride]


MANY_BYTES = 2**20
"""Of a longer description transcripts are counted, which takes a fifth of the time that making a text of each takes."""

_DECODER = msgspec.json.Decoder(LightSpec)
_LARGE_DECODER = msgspec.json.Decoder(_LargeSpec)
_IDS_KEY = b'"transcript_ids"'
_OTHERS = bytes(byte for byte in range(256) if byte not in b'":,')


def parse_light_spec(text: bytes, *, ids: bool = False) -> LightSpec:
    """Read what defines a scan; optional parts that cannot be read are left out.

    Args:
        text: The file.
        ids: Whether the ids of transcripts matter, and not only how many there are.

    Raises:
        ValueError: It does not define a scan.
    """
    try:
        counted = _with_counted_ids(_LARGE_DECODER.decode(text)) if len(text) >= MANY_BYTES and not ids else None
        return counted if counted is not None else _DECODER.decode(text)
    except msgspec.ValidationError as error:
        data = loads(text)
        # A scanner that is left out would look as if it was never asked for.
        if not is_mapping(data) or not _fits(data.get("scanners"), dict[str, LightScannerName]):
            raise
        try:
            spec: LightSpec = _fitted(data, LightSpec)
        except msgspec.ValidationError:
            raise error from None
        return spec


def transcript_count(spec: Any) -> int:
    """Count the transcripts of a scan (`LightSpec` or `ScanSpec`)."""
    if spec.transcripts is None:
        return 0
    # Older scans hold a table of their transcripts: a line each, after the headings.
    rows = len(spec.transcripts.data.strip().splitlines()) - 1 if spec.transcripts.data else 0
    return len(spec.transcripts.transcript_ids) or max(0, rows)


def pair_count(spec: Any) -> int:
    """Count the pairs of transcript and scanner of a scan (`LightSpec` or `ScanSpec`)."""
    if spec.worklist is None:
        return transcript_count(spec) * len(spec.scanners)
    ids: Any = spec.transcripts.transcript_ids if spec.transcripts is not None else {}
    return sum(len(set(work.transcripts) & ids.keys()) for work in spec.worklist)


def _with_counted_ids(spec: _LargeSpec) -> LightSpec | None:
    """Count the transcripts, in place of their ids; None where the ids matter, or counting is not that easy."""
    if spec.worklist is not None or spec.transcripts is None:
        return None
    count = count_members(bytes(spec.transcripts.transcript_ids))
    if count is None:
        return None
    spec.transcripts.transcript_ids = range(count)  # type: ignore[assignment]
    return spec


def without_ids(text: bytes) -> tuple[bytes, LightSpec] | None:
    """Leave the ids of transcripts out of a long description; None where it is short, or its ids cannot simply be counted.

    Args:
        text: The file that defines a scan.

    Returns:
        The file without the ids, and what it says, with the number of the transcripts.
    """
    if len(text) < MANY_BYTES or text.count(_IDS_KEY) != 1:
        return None
    try:
        spec = _LARGE_DECODER.decode(text)
    except (msgspec.MsgspecError, ValueError):
        return None
    ids = bytes(spec.transcripts.transcript_ids) if spec.transcripts is not None else b""
    start = text.find(b"{", text.find(_IDS_KEY))
    if not ids or not text.startswith(ids, start) or (counted := _with_counted_ids(spec)) is None:
        return None
    return b"".join((text[:start], b"{}", text[start + len(ids) :])), counted


def count_members(text: bytes) -> int | None:
    """Count the members of a JSON object whose values are texts or null; None where that cannot be told for certain.

    With nothing left but quotes, colons and commas, a member begins with `"":`. A text that holds a colon, or a key that
    holds a comma, makes colons that do not belong to such a beginning.
    """
    if b"\\" in text or b"[" in text or text.count(b"{") != 1:
        return None
    signs = text.translate(None, _OTHERS)
    members = signs.count(b'"":')
    with_text = signs.count(b'"":"')
    with_null = text.count(b'": null') + text.count(b'":null')
    return members if members == signs.count(b":") == with_text + with_null else None


def _fits(value: object, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _fitted(value: Any, kind: Any) -> Any:
    """Convert what fits of a value; of objects and lists the other parts are left out.

    Raises:
        ValidationError: Nothing fits, or a required part does not.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        parts: Any = get_args(kind)
        if get_origin(kind) in (Union, types.UnionType):
            kind = next(part for part in parts if part is not type(None))
            parts = get_args(kind)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and is_mapping(value):
            return _fitted_struct(value, kind)
        if get_origin(kind) is dict and is_mapping(value):
            return {k: v for key, item in value.items() for k, v in _part(key, item, parts[1])}
        if get_origin(kind) is list and is_list(value):
            return [v for item in value for _, v in _part("", item, parts[0])]
        raise


def _fitted_struct(value: dict[str, Any], kind: type[msgspec.Struct]) -> msgspec.Struct:
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    fitting = {k: v for key in known if key in value for k, v in _part(key, value[key], known[key].type)}
    for name, field in known.items():
        if field.required and name not in fitting:
            raise msgspec.ValidationError(f"Object has no usable {name!r}")
    return kind(**fitting)


def _part(key: str, value: Any, kind: Any) -> list[tuple[str, Any]]:
    try:
        return [(key, _fitted(value, kind))]
    except msgspec.ValidationError:
        return []


class _Head(msgspec.Struct):
    scan_id: str
    scanners: dict[str, msgspec.Raw]


_HEAD = msgspec.json.Decoder(_Head)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WITH_IDS = frozenset(("transcripts", "worklist"))
_STABLE_SECONDS = 2.0
"""A file changed twice within a tick of the clock of its disk looks unchanged."""

_long: Cache[Hashable, object] = Cache(32)
"""What long local descriptions say besides ids: a million of these are 18 MB, which each request of a server read again."""

_IDS = frozenset(("transcript_ids", "data"))


async def read_spec_text(storage: Storage, location: str) -> bytes:
    """Read the file that defines a scan.

    Raises:
        LocationError: There is no scan at the location.
    """
    try:
        return await storage.read(join(location, SCAN_FILE))
    except LocationError:
        raise LocationError(await no_scan_message(storage, location)) from None


async def _read_part(
    storage: Storage, location: str, part: str, parse: Callable[[bytes], T], keeps: Callable[[T], bool] = lambda _: True
) -> T:
    """Read a part of what defines a scan, that of a long local file only if it has changed since.

    Args:
        storage: Where the scan is.
        location: Its directory.
        part: Name of the part.
        parse: Takes the part out of the text.
        keeps: Tells whether the part is small enough to be kept.
    """
    state = _state_of_long_file(storage, location)
    known = _long.get((part, state)) if state is not None else None
    if known is not None:
        return cast("T", known)
    text = await read_spec_text(storage, location)
    with _naming_file(location):
        found = parse(text)
    if state is not None and keeps(found):
        _long.put((part, state), found)
    return found


def _state_of_long_file(storage: Storage, location: str) -> Hashable | None:
    """Name what a long local description is like, which it is as long as this stays (None: it is not long, or may change)."""
    if not isinstance(storage, LocalStorage):
        return None
    try:
        about = os.stat(local_path(join(location, SCAN_FILE)))
    except (OSError, ValueError):
        return None
    if about.st_size < MANY_BYTES or about.st_mtime > time.time() - _STABLE_SECONDS:
        return None
    return location, about.st_size, about.st_mtime_ns, about.st_ino


async def read_light_spec(storage: Storage, location: str, *, ids: bool = False) -> LightSpec:
    """Read what defines a scan, as far as readers that must be fast need it; it is not to be changed.

    Args:
        storage: Where the scan is.
        location: Its directory.
        ids: Whether the ids of transcripts matter, and not only how many there are.

    Raises:
        LocationError: There is no scan at the location.
    """
    if ids:
        text = await read_spec_text(storage, location)
        with _naming_file(location):
            return parse_light_spec(text, ids=True)
    return await _read_part(storage, location, "light", parse_light_spec, lambda spec: not _holds_ids(spec))


def _holds_ids(spec: LightSpec) -> bool:
    ids: object = spec.transcripts.transcript_ids if spec.transcripts is not None else range(0)
    return spec.worklist is not None or not isinstance(ids, range)


async def read_declared_scanners(storage: Storage, location: str) -> Sequence[str]:
    """Name the scanners that a scan declares, in its order.

    Raises:
        LocationError: There is no scan at the location.
    """
    return await _read_part(storage, location, "scanners", lambda text: declared_scanners(text, location))


async def read_spec_fields(storage: Storage, location: str) -> Mapping[str, object]:
    """Read what defines a scan as it stands in its file, whatever it holds.

    Raises:
        LocationError: There is no scan at the location.
    """
    text = await read_spec_text(storage, location)
    with _naming_file(location):
        fields = loads(text)
        if not is_mapping(fields):
            raise ValueError("it is not a JSON object")
        return fields


async def read_spec_head(storage: Storage, location: str) -> dict[str, object]:
    """Read what defines a scan as it stands in its file, but for the ids of its transcripts, of which there may be millions.

    Raises:
        LocationError: There is no scan at the location.
    """
    return await _read_part(storage, location, "head", _head)


def _head(text: bytes) -> dict[str, object]:
    members = _MEMBERS.decode(text)
    head: dict[str, object] = {name: loads(raw) for name, raw in members.items() if name not in _WITH_IDS}
    if "transcripts" in members and members["transcripts"] != b"null":
        about = _MEMBERS.decode(members["transcripts"])
        head["transcripts"] = {name: loads(raw) for name, raw in about.items() if name not in _IDS}
    return head


@contextmanager
def _naming_file(location: str) -> Generator[None]:
    """Name the file that does not define a scan."""
    try:
        yield
    except ValueError as error:
        raise LocationError(f"{join(location, SCAN_FILE)!r} does not describe a scan: {error}") from error


def declared_scanners(text: bytes, location: str) -> list[str]:
    """Name the scanners that a scan declares, in its order.

    Raises:
        LocationError: The text does not define a scan.
    """
    with _naming_file(location):
        try:
            return list(_HEAD.decode(text).scanners)
        except msgspec.ValidationError:
            return list(parse_light_spec(text).scanners)


def ids_in_order(text: bytes) -> Sequence[str]:
    """List the transcripts of a scan in the order of scanning."""
    transcripts = parse_light_spec(text, ids=True).transcripts
    return list(transcripts.transcript_ids) if transcripts is not None else []


async def _close_scan(storage: Storage, location: str) -> str | None:
    """Find the scan beside a location whose name looks most like it."""
    folder, _, name = location.rpartition("/")
    if not folder:
        return None
    try:
        beside = {file_name(found): found for found in await storage.folders(folder)}
    except StorageError:
        return None
    scans = [known for known in beside if known.startswith(SCAN_PREFIX)]
    close = difflib.get_close_matches(name, scans, n=1, cutoff=0.8)
    return beside[close[0]] if close else None


async def no_scan_message(storage: Storage, location: str) -> str:
    """Say what is missing at a location that holds no scan, and which scans are below it."""
    message = (
        f"There is no scan at {location!r}: the directory of a scan is called 'scan_id=...' and holds {SCAN_FILE}."
    )
    try:
        below = [file_name(folder) for folder in await storage.folders(location)]
    except StorageError:
        below = []
    scans = [name for name in below if name.startswith(SCAN_PREFIX)]
    if not scans and (close := await _close_scan(storage, normalize(location))):
        return f"{message} Did you mean {close!r}?"
    if not scans:
        place = normalize(location)
        looked = f" Looked in {place!r}." if place != location else ""
        return f"{message}{looked} `scout scan list DIR` shows the scans of a folder."
    shown = ", ".join(scans[:5]) + (", ..." if len(scans) > 5 else "")
    return f"{message} It holds scans: {shown}. Name one of them."
