"""The file that lists the errors of a scan, line by line. Needs none of the models of inspect_ai."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from ..._support.errors import LocationError
from ..._support.json import dumps, loads
from ..._support.shapes import is_mapping
from ..._support.storage import Storage, join
from ..layout import ERRORS_FILE

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredError:
    """A line, or a row: what it says readably."""

    transcript_id: str
    scanner: str
    error: str
    traceback: str
    refusal: bool


async def read_errors(storage: Storage, location: str) -> list[StoredError]:
    """Read the errors of a scan; what is odd in a line costs that part of it, at most the line."""
    path = join(location, ERRORS_FILE)
    try:
        lines = (await storage.read(path)).splitlines()
    except LocationError:
        return []
    found = [error for line in lines if line.strip() and (error := _parsed(line)) is not None]
    if damaged := sum(1 for line in lines if line.strip()) - len(found):
        logger.warning("Skipping damaged lines of %s: %d", path, damaged)
    return found


def _parsed(line: bytes) -> StoredError | None:
    try:
        data = loads(line)
    except (ValueError, RecursionError):
        return None
    if not is_mapping(data) or "error" not in data:
        return None
    transcript_id, scanner, error, trace = (
        _text(data.get(name)) for name in ("transcript_id", "scanner", "error", "traceback")
    )
    return StoredError(transcript_id, scanner, error, trace, data.get("refusal") is True)


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else dumps(value)
