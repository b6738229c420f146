"""Where a page ended: the row, so that the next page goes on behind it also if there are more rows by then."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from ..._support.errors import ConfigError

Identity: TypeAlias = list[str | None]
"""Tells a row apart from others."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """A place in the answer to a question.

    Args:
        question: What was asked.
        offset: Rows before the place.
        row: The last of them (None: the place is the beginning).
    """

    question: str
    offset: int = 0
    row: Identity | None = None

    @classmethod
    def parse(cls, text: str | None, question: object) -> Cursor:
        """Read a cursor.

        Args:
            text: The cursor (None: the beginning).
            question: What is asked now.

        Raises:
            ConfigError: It is not a cursor, or one of another question.
        """
        asked = hashlib.sha256(repr(question).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        if text is None:
            return cls(asked)
        try:
            read = msgspec.json.decode(urlsafe_b64decode(text.encode("ascii")), type=cls)
        except ValueError:
            raise ConfigError(f"{text!r} is not a cursor; give the one that the page before tells.") from None
        if read.question != asked or read.offset < 1 or read.row is None:
            raise ConfigError(
                f"The cursor {text!r} belongs to another query; what is asked for, its conditions and its order must be "
                "those of the page before."
            )
        return read

    def encode_at(self, offset: int, row: Identity) -> str:
        """Write a cursor behind a row."""
        return urlsafe_b64encode(msgspec.json.encode(Cursor(self.question, offset, row))).decode("ascii")

    def position_after(self, rows: Sequence[Identity]) -> int:
        """Find the first row behind the place.

        Raises:
            ConfigError: The row before it is gone.
        """
        for number in range(len(rows) - 1, -1, -1):
            if rows[number] == self.row:
                return number + 1
        raise ConfigError(f"The row after which the page begins is gone ({self.row!r}); begin with the first page.")
