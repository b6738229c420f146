"""What a scan function says about itself, for factories that decide at run time what they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from ..._types import PossibleValues, TranscriptContent
from .config import Asked, Metrics, ModelUse

_ATTRIBUTE = "__scout_traits__"
_ScanT = TypeVar("_ScanT")


@dataclass(frozen=True, slots=True)
class ScanTraits:
    """What a scan function says about itself.

    Args:
        name: Name in a job, unless the decorator gives one.
        content: Content it needs: fields that are not None replace what the decorator says, as they are.
        timeline: Whether it needs a timeline (the usual events, unless the decorator asks for another).
        streaming: Whether it can be given a handle instead of a transcript (None: it does not say).
        metrics: Metrics over its results, unless the decorator gives some.
        values: Which values its results can have (None: it does not say).
        file: File of which it runs something: run before the scanner is made again, and part of what it is.
        asked: What it asks of a model.
        models: Which models it may call (None: it does not say).
    """

    name: str | None = None
    content: TranscriptContent | None = None
    timeline: bool = False
    streaming: bool | None = None
    metrics: Metrics | None = None
    values: PossibleValues | None = None
    file: str | None = None
    asked: Asked | None = None
    models: ModelUse | None = None


_NONE = ScanTraits()


def set_traits(scan: _ScanT, traits: ScanTraits) -> _ScanT:
    """Attach traits to a scan function, before its factory returns it."""
    setattr(scan, _ATTRIBUTE, traits)
    return scan


def traits_of(scan: Any) -> ScanTraits:
    """Traits of a scan function (empty ones if it has none)."""
    found = getattr(scan, _ATTRIBUTE, None)
    return found if isinstance(found, ScanTraits) else _NONE
