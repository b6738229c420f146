"""A transcript that a source found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .._types import TranscriptInfo

ID_COLUMN = "transcript_id"


class IndexRow(Protocol):
    """A transcript that a source found."""

    @property
    def transcript_id(self) -> str:
        """Its id."""
        ...

    @property
    def location(self) -> str | None:
        """Log that holds it."""
        ...

    def info(self) -> TranscriptInfo:
        """Describe it."""
        ...
