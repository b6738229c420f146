"""When calls to models fail for good, so that going on is of no use.

A function of what was heard and when: no clock, no event loop. Counted are failures of one model of one lasting kind (see
`LASTING`) in a row: an answer of the model, or a failure of another kind, begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._inspect.outcomes import LASTING, CallFailure, FailureKind

FIRST_FAILURES = 3
"""Failures in a row that are enough while a model has given no answer at all."""
LATER_FAILURES = 5
"""Failures in a row that are enough after it has given answers."""
RESTART_SECONDS = 60.0
"""How long nobody may listen where somebody did before: a server that is being started again."""
OTHERS_SECONDS = 300.0
"""How long other models may take for an answer before they count as silent, and do not keep the scan going."""
SHOWN_SECONDS = 30.0
"""How long a failure is worth showing after the time of the next try."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Why a scan is of no use any more.

    Args:
        failure: The last failure.
        times: How often it was met in a row.
    """

    failure: CallFailure
    times: int


@dataclass(frozen=True, slots=True)
class CallTrouble:
    """Calls that fail at this moment.

    Args:
        model: The model.
        said: Why: the HTTP status, if there is one, and what the provider said.
        next_try: Seconds until the call that failed last is sent again (None: it is not).
    """

    model: str
    said: str
    next_try: float | None = None

    @property
    def text(self) -> str:
        """The trouble in words."""
        after = "" if self.next_try is None else f" (next try in {self.next_try:.0f} s)"
        return f"calls to {self.model} fail: {self.said}{after}"


@dataclass(frozen=True, slots=True)
class _Row:
    failure: CallFailure
    times: int
    began: float
    at: float


class Patience:
    """Decides by what becomes of the calls to models whether a scan is of any use. All times are given, in seconds."""

    def __init__(self) -> None:
        self._answered: dict[str, float] = {}
        self._rows: dict[str, _Row] = {}

    def answered(self, model: str, now: float) -> None:
        """Take note of an answer."""
        self._answered[model] = now
        self._rows.pop(model, None)

    def failed(self, failure: CallFailure, now: float) -> GivenUp | None:
        """Take note of a failure; tells whether it was one too many.

        A model that fails while others give answers does not end what they are asked for.
        """
        row = self._rows.get(failure.model)
        if row is None or row.failure.kind != failure.kind:
            row = _Row(failure, 0, now, now)
        row = self._rows[failure.model] = replace(row, failure=failure, times=row.times + 1, at=now)
        others = max((at for model, at in self._answered.items() if model != failure.model), default=None)
        if others is not None and now - others < OTHERS_SECONDS:
            return None
        before = failure.model in self._answered
        return GivenUp(failure, row.times) if is_lasting(failure.kind, row.times, now - row.began, before) else None

    def trouble(self, now: float) -> CallTrouble | None:
        """Tell of the calls that failed last and were not answered since."""
        row = max(self._rows.values(), key=lambda row: row.at, default=None)
        if row is None:
            return None
        wait = row.failure.next_try
        left = (wait or 0.0) - (now - row.at)
        if left < -SHOWN_SECONDS:
            return None
        return CallTrouble(row.failure.model, row.failure.said, None if wait is None else max(0.0, left))


def is_lasting(kind: FailureKind, times: int, seconds: float, answered: bool) -> bool:
    """Decide whether a model is lost.

    Args:
        kind: How its calls fail.
        times: How often in a row.
        seconds: For how long.
        answered: Whether it has given any answer before.
    """
    if kind not in LASTING:
        return False
    if not answered:
        return times >= FIRST_FAILURES
    return times >= LATER_FAILURES and (kind != "no_connection" or seconds >= RESTART_SECONDS)
