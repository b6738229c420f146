"""Scanners as scorers of Inspect, and scorers of Inspect as scanners.

subject  a sample that is being scored -> transcript     scores  results -> one score (`reduce`: one of several)
scorer   a scanner as a scorer                           sample  a transcript -> the state that a scorer is given
scanner  a scorer as a scanner
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .scanner import as_scanner as as_scanner
    from .scorer import as_scorer as as_scorer

_MODULES = {".scanner": "as_scanner", ".scorer": "as_scorer"}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
