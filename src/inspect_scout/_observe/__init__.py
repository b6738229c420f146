"""Capturing live calls of models as transcripts.

observation  what happens between the start and the end of an `observe`    provider  a package whose calls are captured
capture      one call of a model as its package made it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .observing import Observed, observe, observe_update
    from .provider import ObserveEmit, ObserveProvider

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
