"""The async API: what the functions of the same names without `_async` do, for programs with an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._support.lazy import public_door

if TYPE_CHECKING:
    from ._app import (
        scan_async,
        scan_complete_async,
        scan_list_async,
        scan_results_arrow_async,
        scan_results_batches_async,
        scan_results_df_async,
        scan_results_query_async,
        scan_resume_async,
        scan_status_async,
        validation_results_df_async,
    )

__all__ = [
    "scan_async",
    "scan_complete_async",
    "scan_list_async",
    "scan_results_arrow_async",
    "scan_results_batches_async",
    "scan_results_df_async",
    "scan_results_query_async",
    "scan_resume_async",
    "scan_status_async",
    "validation_results_df_async",
]

__getattr__, __dir__ = public_door(__name__, dict.fromkeys(__all__, "._app"))
