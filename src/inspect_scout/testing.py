"""What ships for tests: fakes that this project's own tests use, and the contract of storages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._support.lazy import public_door

if TYPE_CHECKING:
    from ._inspect.outcomes import CallFailure, answered, failed
    from ._inspect.scripted_model import ScriptedModel, scripted_model
    from ._support.clock import JumpingClock
    from ._support.storage import (
        Entry,
        FaultStorage,
        LocalStorage,
        MemoryStorage,
        Storage,
        join,
        register_storage,
        storage_for,
    )

__all__ = [
    "CallFailure",
    "Entry",
    "FaultStorage",
    "JumpingClock",
    "LocalStorage",
    "MemoryStorage",
    "ScriptedModel",
    "Storage",
    "answered",
    "failed",
    "join",
    "register_storage",
    "scripted_model",
    "storage_for",
]

_MODULES = {
    "._inspect.outcomes": "CallFailure answered failed",
    "._inspect.scripted_model": "ScriptedModel scripted_model",
    "._support.clock": "JumpingClock",
    "._support.storage": "Entry FaultStorage LocalStorage MemoryStorage Storage join register_storage storage_for",
}

__getattr__, __dir__ = public_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
