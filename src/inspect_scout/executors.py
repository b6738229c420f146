"""Executors in other packages: what they promise, and what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._support.lazy import public_exports

if TYPE_CHECKING:
    from ._engine import Executor as Executor
    from ._engine import Job as Job
    from ._engine import LocalExecutor as LocalExecutor
    from ._engine import RunJob as RunJob
    from ._engine import WorkerSetup as WorkerSetup

    __all__: list[str]

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = public_exports(__name__)
