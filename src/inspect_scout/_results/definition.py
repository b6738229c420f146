"""What readers of rows need of the file that defines a scan, without reading what it says of each transcript."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import msgspec

from .._support.errors import LocationError, StorageError
from .._support.storage import Storage, join, normalize
from .files.light_spec import LightSpec, parse_light_spec
from .layout import SCAN_FILE, SCAN_PREFIX, file_name


class _Head(msgspec.Struct):
    scan_id: str
    scanners: dict[str, msgspec.Raw]


_HEAD = msgspec.json.Decoder(_Head)


async def spec_text(storage: Storage, location: str) -> bytes:
    """Read the file that defines a scan.

    Raises:
        LocationError: There is no scan at the location.
    """
    try:
        return await storage.read(join(location, SCAN_FILE))
    except LocationError:
        raise LocationError(await no_scan(storage, location)) from None


async def light_spec(storage: Storage, location: str) -> LightSpec:
    """Read what defines a scan, as far as readers that must be fast need it.

    Raises:
        LocationError: There is no scan at the location.
    """
    text = await spec_text(storage, location)
    with _described(location):
        return parse_light_spec(text)


@contextmanager
def _described(location: str) -> Generator[None]:
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
    with _described(location):
        try:
            return list(_HEAD.decode(text).scanners)
        except msgspec.ValidationError:
            return list(parse_light_spec(text).scanners)


def ids_in_order(text: bytes) -> Sequence[str]:
    """List the transcripts of a scan in the order of scanning."""
    transcripts = parse_light_spec(text, ids=True).transcripts
    return list(transcripts.transcript_ids) if transcripts is not None else []


async def no_scan(storage: Storage, location: str) -> str:
    """Say what is missing at a location that holds no scan, and which scans are below it."""
    message = (
        f"There is no scan at {location!r}: the directory of a scan is called 'scan_id=...' and holds {SCAN_FILE}."
    )
    try:
        below = [file_name(folder) for folder in await storage.folders(location)]
    except StorageError:
        below = []
    scans = [name for name in below if name.startswith(SCAN_PREFIX)]
    if not scans:
        return f"{message} Looked in {normalize(location)!r}. `scout scan list` shows the scans of a folder."
    shown = ", ".join(scans[:5]) + (", ..." if len(scans) > 5 else "")
    return f"{message} It holds scans: {shown}. Name one of them."
