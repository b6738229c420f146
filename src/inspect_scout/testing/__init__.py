"""What ships for tests: fakes that this project's own tests use, contracts, and their laws, as classes to inherit from.

The laws need pytest, which is loaded with them alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import public_door

if TYPE_CHECKING:
    from .._inspect.outcomes import CallFailure, answered, failed
    from .._inspect.scripted_model import ScriptedModel, scripted_model
    from .._support.clock import JumpingClock
    from .._support.storage import (
        Entry,
        FaultStorage,
        LocalStorage,
        MemoryStorage,
        Storage,
        join,
        register_storage,
        storage_for,
    )
    from .storage_laws import StorageLaws
    from .trace_reader_laws import TraceReaderLaws

__all__ = [
    "CallFailure",
    "Entry",
    "FaultStorage",
    "JumpingClock",
    "LocalStorage",
    "MemoryStorage",
    "ScriptedModel",
    "Storage",
    "StorageLaws",
    "TraceReaderLaws",
    "answered",
    "failed",
    "join",
    "register_storage",
    "scripted_model",
    "storage_for",
]

_MODULES = {
    ".testing.storage_laws": "StorageLaws",
    ".testing.trace_reader_laws": "TraceReaderLaws",
    "._inspect.outcomes": "CallFailure answered failed",
    "._inspect.scripted_model": "ScriptedModel scripted_model",
    "._support.clock": "JumpingClock",
    "._support.storage": "Entry FaultStorage LocalStorage MemoryStorage Storage join register_storage storage_for",
}

__getattr__, __dir__ = public_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
