"""Files that several edit at once: who changes one shows which state of it he has read."""

from __future__ import annotations

from hashlib import sha256

from ..._support.errors import ScanStateError

ANY_STATE = "*"
"""Stands for whatever state a file is in."""


class ChangedFileError(ScanStateError):
    """A file is not as it was when the one who changes it read it."""


def etag_of(data: bytes) -> str:
    """Name the state of a file."""
    return sha256(data).hexdigest()


def refuse_changed(path: str, data: bytes, etag: str) -> None:
    """Refuse to change a file that is not in the state that was read.

    Raises:
        ChangedFileError: It is in another one.
    """
    if etag not in {ANY_STATE, etag_of(data)}:
        raise ChangedFileError(
            f"The file {path!r} was changed by somebody else since it was read: read it again, then change it."
        )
