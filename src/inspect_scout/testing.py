"""Fakes that ship: what this project's own tests use, for the tests of those who build on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._support.lazy import public_door

if TYPE_CHECKING:
    from ._inspect.scripted_model import ScriptedModel, scripted_model
    from ._support.clock import JumpingClock
    from ._support.storage import FaultStorage, MemoryStorage

__all__ = ["FaultStorage", "JumpingClock", "MemoryStorage", "ScriptedModel", "scripted_model"]

__getattr__, __dir__ = public_door(
    __name__,
    {
        "FaultStorage": "._support.storage",
        "JumpingClock": "._support.clock",
        "MemoryStorage": "._support.storage",
        "ScriptedModel": "._inspect.scripted_model",
        "scripted_model": "._inspect.scripted_model",
    },
)
