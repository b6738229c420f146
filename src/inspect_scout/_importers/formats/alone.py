"""What formats share whose files have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..contract import TraceFile, TraceItem


class ReadAlone:
    """A format of which each file is read by itself."""

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Each file is an item."""
        return [TraceItem((file,)) for file in files]

    def look_in(self, path: str) -> None:
        """Nothing else belongs to a file."""
