"""Statistics of counts: rates with their intervals, agreement. Pure functions, without data frames or scipy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .agreement import PairedCounts, mcnemar_p
    from .proportions import Proportion

__getattr__, __dir__ = lazy_exports(__name__)
