"""Rows that were found, by their numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..rows.arrow_tables import Int64Array


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Rows that were found, in their order.

    Args:
        views: Which view each is of.
        row_numbers: Number of its stored row.
        occurrences: Which of the rows that come from it.
    """

    views: Int64Array
    row_numbers: Int64Array
    occurrences: Int64Array

    def __len__(self) -> int:
        return len(self.row_numbers)

    def __getitem__(self, part: slice) -> FoundRows:
        return FoundRows(self.views[part], self.row_numbers[part], self.occurrences[part])

    def first_of_each(self, limit: int | None) -> FoundRows:
        """Keep the first rows of each view."""
        if limit is None:
            return self
        first = [np.flatnonzero(self.views == view)[:limit] for view in np.unique(self.views)]
        kept = np.sort(np.concatenate([np.zeros(0, np.int64), *first]))
        return FoundRows(self.views[kept], self.row_numbers[kept], self.occurrences[kept])

    def compact(self) -> CompactRows:
        """Hold the same in fewer bytes."""
        kind = np.int32 if len(self) == 0 or int(self.row_numbers.max()) < 2**31 else np.int64
        rest = [each.astype(np.int32) if each.any() else None for each in (self.views, self.occurrences)]
        return CompactRows(self.row_numbers.astype(kind), *rest)


@dataclass(frozen=True, slots=True)
class CompactRows:
    """Rows that were found, in few bytes.

    Args:
        row_numbers: Numbers of their stored rows.
        views: Which view each is of (None: the first).
        occurrences: Which of the rows that come from it (None: the first).
    """

    row_numbers: npt.NDArray[np.integer]
    views: npt.NDArray[np.int32] | None
    occurrences: npt.NDArray[np.int32] | None

    @property
    def size(self) -> int:
        """Bytes of it."""
        return sum(each.nbytes for each in (self.row_numbers, self.views, self.occurrences) if each is not None)

    def wide(self) -> FoundRows:
        """Give the rows as they were found."""
        count = len(self.row_numbers)
        zeros = np.zeros(count, np.int64)
        views, occurrences = (
            zeros if each is None else each.astype(np.int64) for each in (self.views, self.occurrences)
        )
        return FoundRows(views, self.row_numbers.astype(np.int64), occurrences)
