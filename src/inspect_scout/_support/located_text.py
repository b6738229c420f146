"""Text files wherever they are: on this machine, or where a URL says."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

from .errors import LocationError
from .storage import is_local, local_path, storage_for
from .text import MAX_BYTES, read_text, text_of


def read_text_at(location: str | Path, what: str) -> str:
    """Read a text file. Blocks: from a coroutine, call it in `run_blocking`.

    Args:
        location: A path (`~` is the home directory), or a URL.
        what: What it is, for messages.

    Raises:
        LocationError: There is no such file.
        ConfigError: It cannot be read, or is not text.
        StorageError: Its place cannot be reached.
    """
    where = str(location)
    if is_local(where):
        return read_text(_path(where), what)
    try:
        with storage_for(where).open_read(where) as file:
            data = file.read(MAX_BYTES + 1)
    except LocationError:
        raise LocationError(f"The {what} {where!r} does not exist.") from None
    return text_of(data, f"The {what} {where!r}")


def _path(location: str) -> str:
    path = local_path(location)
    if path == location:
        return os.path.expanduser(path)
    return path if os.path.exists(path) else unquote(path)  # as `Path.as_uri` writes it
