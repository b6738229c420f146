"""A scan as one zip file, made while it is sent."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Generator, Sequence

from ..._results import files_of_scan
from ..._support.errors import ConfigError, LocationError
from ..._support.storage import Entry, is_local, local_path, normalize, relative_to, storage_for
from ..listing.off_loop import off_loop

MAX_ARCHIVE_BYTES = 4 << 30
_CHUNK_BYTES = 1 << 20


class _Sink(io.RawIOBase):
    """Takes what is written, to be taken away piece by piece."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(memoryview(data))  # type: ignore[arg-type]
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


async def scan_archive(location: str, max_bytes: int = MAX_ARCHIVE_BYTES) -> Generator[bytes]:
    """Pack the files of a scan; tables are compressed already and stored as they are.

    Args:
        location: Directory of the scan.
        max_bytes: Bytes of its files at most.

    Raises:
        LocationError: It is not the directory of a scan, or holds more than a scan, or links.
        ConfigError: It is larger.
    """
    folder = normalize(location)
    entries = await off_loop(folder, lambda: files_of_scan(folder))
    size = sum(entry.size for entry in entries)
    if size > max_bytes:
        raise ConfigError(
            f"The scan at {folder!r} has {size:,} bytes; at most {max_bytes:,} are packed. Copy its directory."
        )
    _refuse_links(folder)
    return _packed(folder, entries)


def _refuse_links(folder: str) -> None:
    """Refuse a scan with links, those included that lists pass over because they lead out of what is shown."""
    for above, folders, files in os.walk(local_path(folder)) if is_local(folder) else ():
        for path in (os.path.join(above, name) for name in (*folders, *files)):
            if os.path.islink(path):
                raise LocationError(
                    f"{path!r} is a link, so the scan is not packed. Replace the link by what it leads to."
                )


def _packed(folder: str, entries: Sequence[Entry]) -> Generator[bytes]:
    sink, storage = _Sink(), storage_for(folder)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(relative_to(folder, entry.path))
            info.compress_type = zipfile.ZIP_STORED if entry.path.endswith(".parquet") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with storage.open_read(entry.path) as file, archive.open(info, "w", force_zip64=True) as packed:
                while chunk := file.read(_CHUNK_BYTES):
                    packed.write(chunk)
                    yield sink.take()
    yield sink.take()
