"""A selection of transcripts: which, in what order, how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .condition import Condition


@dataclass(frozen=True, slots=True)
class OrderBy:
    """Order by one column; rows without a value come last."""

    column: str
    direction: Literal["ASC", "DESC"] = "ASC"


@dataclass(frozen=True, slots=True)
class Query:
    """A selection of transcripts.

    Args:
        where: Conditions, all of which must hold.
        order_by: Order; none: the order of the source.
        shuffle: Seed of a shuffle that depends on ids and seed alone (applied instead of `order_by`).
        limit: Transcripts at most (0: none).
    """

    where: tuple[Condition, ...] = ()
    order_by: tuple[OrderBy, ...] = ()
    shuffle: int | None = None
    limit: int | None = None
