"""The index of the transcripts at some locations at one moment, asked again and again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..._support.cache import Cache
from ..._support.errors import ConfigError, LocationError
from ..._support.shapes import is_list
from ..._transcripts import queryable, select_positions

if TYPE_CHECKING:
    from ..._query import Query
    from ..._transcripts import TranscriptIndex, TranscriptSource
    from ..._types import TranscriptInfo

_KEPT_SELECTIONS: Final = 32
_SHOWN_PROBLEMS: Final = 20


@dataclass(frozen=True, slots=True)
class TranscriptSelection:
    """Which transcripts are asked for, in what order.

    Args:
        where: SQL conditions that must all hold.
        order_by: Columns to sort by, the first first; `-column` sorts from the largest.
    """

    where: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()

    def query(self) -> Query:
        """Make the query.

        Raises:
            ConfigError: A condition cannot be read.
        """
        from ..._query import OrderBy, Query, condition_from_sql

        order = (OrderBy(name.removeprefix("-"), "DESC" if name.startswith("-") else "ASC") for name in self.order_by)
        return Query(tuple(map(condition_from_sql, self.where)), tuple(order))

    @property
    def digest(self) -> str:
        """What tells this selection from others in a cursor."""
        text = json.dumps([self.where, self.order_by])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Corpus:
    """The index of the transcripts at some locations at one moment.

    Args:
        source: Where they are.
        index: What is there.
        version: What is another as soon as the index is.
    """

    def __init__(self, source: TranscriptSource, index: TranscriptIndex, version: str) -> None:
        self.source, self.version = source, version
        self.index = queryable(index)
        self.problems = tuple(str(problem) for problem in index.problems[:_SHOWN_PROBLEMS])
        self._selections: Cache[TranscriptSelection, Sequence[int]] = Cache(_KEPT_SELECTIONS)

    def __len__(self) -> int:
        """Number of transcripts."""
        return len(self.index.ids)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {id: position for position, id in enumerate(self.index.ids)}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that conditions may name."""
        from ..._query import Query

        return tuple(self.index.query_table(Query()).column_names)

    def select(self, selection: TranscriptSelection) -> Sequence[int]:
        """Find transcripts: their positions, in order. Takes a while where it is asked for the first time.

        Raises:
            UnknownNameError: A condition or the order names a column that no transcript has.
            ConfigError: A condition cannot be used.
        """

        def find() -> Sequence[int]:
            found = select_positions(self.index, selection.query())
            return found if isinstance(found, range) else array("I", found)

        return self._selections.fetch(selection, find)

    def position(self, id: str) -> int:
        """Find a transcript by its id.

        Raises:
            LocationError: There is none.
        """
        found = self._positions.get(id)
        if found is None:
            raise LocationError(
                f"There is no transcript {id!r} here. List the transcripts, and take an id from the list."
            )
        return found

    def info(self, id: str) -> TranscriptInfo:
        """Describe a transcript.

        Raises:
            LocationError: There is none.
        """
        (info,) = self.index.infos([self.position(id)])
        return info


def write_cursor(selection: TranscriptSelection, offset: int, id: str) -> str:
    """Write where the next page begins: behind a transcript, which is at some place now."""
    return base64.urlsafe_b64encode(json.dumps([selection.digest, offset, id]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, selection: TranscriptSelection) -> tuple[int, str]:
    """Read where a page begins: behind a transcript, and the place if it is gone.

    Raises:
        ConfigError: It is not a cursor, or one of another list.
    """
    try:
        found: object = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if is_list(found) and len(found) == 3:
        digest, offset, id = found
        if digest == selection.digest and isinstance(offset, int) and offset >= 0 and isinstance(id, str):
            return offset, id
    raise ConfigError(
        f"{cursor!r} is not a cursor of this list: take `next` of a page with the same conditions and order, or leave it out."
    )
