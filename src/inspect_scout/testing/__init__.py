"""What ships for tests: fakes that this project's own tests use, contracts, and their laws, as classes to inherit from.

The laws need pytest, which is loaded with them alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import public_exports

if TYPE_CHECKING:
    from .._display import Display as Display
    from .._inspect.meter import Meter as Meter
    from .._inspect.meter import ModelCall as ModelCall
    from .._inspect.meter import metering as metering
    from .._inspect.outcomes import CallFailure as CallFailure
    from .._inspect.outcomes import answered as answered
    from .._inspect.outcomes import failed as failed
    from .._inspect.scripted_model import ScriptedModel as ScriptedModel
    from .._inspect.scripted_model import scripted_model as scripted_model
    from .._support.clock import JumpingClock as JumpingClock
    from .._support.storage import Entry as Entry
    from .._support.storage import FaultStorage as FaultStorage
    from .._support.storage import LocalStorage as LocalStorage
    from .._support.storage import MemoryStorage as MemoryStorage
    from .._support.storage import Storage as Storage
    from .._support.storage import join as join
    from .._support.storage import register_storage as register_storage
    from .._support.storage import storage_for as storage_for
    from .._types import ScanState as ScanState
    from .answer_laws import AnswerLaws as AnswerLaws
    from .display_laws import DisplayLaws as DisplayLaws
    from .executor_laws import ExecutorLaws as ExecutorLaws
    from .executor_laws import WorkerLaws as WorkerLaws
    from .meter import RecordingMeter as RecordingMeter
    from .source_laws import SourceLaws as SourceLaws
    from .storage_laws import StorageLaws as StorageLaws
    from .trace_reader_laws import TraceReaderLaws as TraceReaderLaws

    __all__: list[str]

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = public_exports(__name__)
