"""Text files that users write, in the encodings that their editors and shells save them in."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from urllib.parse import unquote

from .confinement import WayOutError
from .errors import ConfigError, LocationError
from .regular import IrregularFileError, leads_nowhere, open_regular
from .storage import is_local, local_path, storage_for


class ArgumentText(str):
    """The value of an argument as it was typed on a command line; what it means, the parameter says.

    Values of other types (also plain text) are data, as a program or a file gives them.
    """

    __slots__ = ()


MAX_BYTES = 64 * 1024 * 1024
"""A file of settings or text that is larger was named by mistake, and would fill the memory."""

_ADVICE = "Save it as UTF-8 (UTF-16 with a byte order mark, as PowerShell writes it, is read as well)"


def read_text(path: str | Path, what: str = "file", limit: int = MAX_BYTES) -> str:
    """Read a text file; line endings stay as they are.

    Args:
        path: The file.
        what: What it is, for messages.
        limit: Bytes at most.

    Raises:
        LocationError: There is no such file.
        ConfigError: It cannot be read, is too large, or is not text in an encoding that can be told for certain.
    """
    name = f"The {what} {str(path)!r}"
    try:
        with open_regular(path) as file:
            data = file.read(limit + 1)
    except WayOutError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror}. Replace the link by what it leads to.") from None
    except FileNotFoundError:
        raise LocationError(f"{name} {leads_nowhere(str(path)) or 'does not exist'}.") from None
    except IrregularFileError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror}. Name a file.") from None
    except IsADirectoryError:
        raise ConfigError(f"{name} cannot be read: it is a directory. Name a file.") from None
    except PermissionError as error:
        raise ConfigError(f"{name} cannot be read: permission denied. Make it readable for this user.") from error
    except (OSError, ValueError) as error:
        if (nowhere := leads_nowhere(str(path))) is not None:
            raise ConfigError(f"{name} {nowhere}. Mend the link, or name a file.") from None
        # ValueError: a null character in the name
        raise ConfigError(f"{name} cannot be read: {error}") from error
    return text_of(data, name, limit)


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


def text_of(data: bytes, name: str, limit: int = MAX_BYTES) -> str:
    """Read the content of a text file.

    Args:
        data: The content, or one byte more of it than the limit.
        name: What it is, for messages.
        limit: Bytes at most.

    Raises:
        ConfigError: It is too large, or is not text in an encoding that can be told for certain.
    """
    if len(data) > limit:
        raise ConfigError(f"{name} is larger than {limit:,} bytes. Check that it is the right file.")
    try:
        text = decode_text(data)
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise ValueError(f"it is not text (a null character on line {line}). {_ADVICE}")
        return text
    except ValueError as error:
        raise ConfigError(f"{name} cannot be read: {error}.") from error


def decode_text(data: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises:
        ValueError: It is something else; the message says what stands where.
    """
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = "not valid UTF-16" if utf16 else f"not UTF-8 (byte 0x{data[error.start]:02x} on line {line})"
        raise ValueError(f"it is {found}. {_ADVICE}") from None
    return text
