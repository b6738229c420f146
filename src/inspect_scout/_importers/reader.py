"""Formats as readers of traces: what other packages implement by hand, made of a format."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import anyio.to_thread

from .._support.errors import LocationError
from .._transcripts import TraceProblem, TraceRef, changed_since, decode_stored
from .contract import TraceFormat
from .item_reading import EVERYTHING, in_threads, read_item
from .known_formats import format_named, items_at

if TYPE_CHECKING:
    from .._types import Transcript


class FormatReader:
    """Reads the traces of one format.

    Args:
        format: The format.
    """

    def __init__(self, format: TraceFormat) -> None:
        self.name = format.name
        self._format = format

    def recognises(self, location: str, head: bytes) -> bool:
        """Whether what is at a location has this format."""
        return self._format.recognises(location, head)

    async def discover(self, where: str, since: str | None = None) -> AsyncIterator[TraceRef]:
        """Find the items at a location, without reading them."""
        is_wanted = changed_since(since)
        for _, item in (await anyio.to_thread.run_sync(items_at, where, (self._format,))).items:
            ref = TraceRef(item.location, item.location, item.cursor)
            if is_wanted(ref):
                yield ref

    async def read(self, ref: TraceRef) -> AsyncIterator[Transcript | TraceProblem]:
        """Read the transcripts of an item."""
        try:
            items = (await anyio.to_thread.run_sync(items_at, ref.location, (self._format,))).items
        except LocationError:
            items = ()
        if not items:
            yield TraceProblem(ref.location, "it is gone, or holds something else by now")
            return
        async for one in in_threads(read_item(*items[0])):
            if isinstance(one, TraceProblem):
                yield one
            else:
                yield (await anyio.to_thread.run_sync(decode_stored, one.raw, one.info, EVERYTHING)).transcript


def trace_reader(name: str) -> FormatReader:
    """Give the reader of a format.

    Args:
        name: Name of the format: `claude_code`.

    Raises:
        ConfigError: There is none of this name.

    Example:
        ```python
        reader = trace_reader("claude_code")
        print([ref.location async for ref in reader.discover("traces")])
        ```
    """
    return FormatReader(format_named(name))
