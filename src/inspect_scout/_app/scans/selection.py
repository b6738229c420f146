"""Which scans of a list are wanted."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..._types import Phase, ScanState


@dataclass(frozen=True, slots=True)
class ScanSelection:
    """What is wanted of scans; of each kind one must fit, and a kind that is empty does not matter.

    Args:
        phases: How they stand.
        tags: Their tags (of all these `*` and `?` stand for any characters).
        scanners: Keys of their scanners.
        models: Their models, with or without the provider: the default model, and those that were called.
        older_seconds: Seconds since they were made, at least; those whose time is not known are not that old.
    """

    phases: Sequence[Phase] = ()
    tags: Sequence[str] = ()
    scanners: Sequence[str] = ()
    models: Sequence[str] = ()
    older_seconds: float | None = None

    def of(self, states: Iterable[ScanState], now: float | None = None) -> list[ScanState]:
        """Take what is wanted, in the same order.

        Args:
            states: Scans.
            now: Seconds since the epoch (None: those of this moment).
        """
        moment = time.time() if now is None else now
        return [state for state in states if self._wants(state, moment)]

    def _wants(self, state: ScanState, now: float) -> bool:
        facts = state.facts
        if self.phases and state.phase not in self.phases:
            return False
        if self.older_seconds is not None and not (facts.created_at and now - facts.created_at >= self.older_seconds):
            return False
        return (
            _one_fits(self.tags, facts.tags)
            and _one_fits(self.scanners, facts.scanners)
            and (not self.models or _one_fits(self.models, _models(state)))
        )


def _one_fits(patterns: Sequence[str], values: Iterable[str]) -> bool:
    return not patterns or any(fnmatchcase(value, pattern) for value in values for pattern in patterns)


def _models(state: ScanState) -> set[str]:
    names = {state.facts.model, *state.usage} - {""}
    return names | {name.rpartition("/")[2] for name in names}
