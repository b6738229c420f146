"""The async API: what the functions of `inspect_scout` do, for programs with an event loop; most names end in `_async`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._support.lazy import public_exports

if TYPE_CHECKING:
    from ._app import AsyncScanRun as AsyncScanRun
    from ._app import scan_async as scan_async
    from ._app import scan_complete_async as scan_complete_async
    from ._app import scan_list_async as scan_list_async
    from ._app import scan_results_arrow_async as scan_results_arrow_async
    from ._app import scan_results_batches_async as scan_results_batches_async
    from ._app import scan_results_df_async as scan_results_df_async
    from ._app import scan_results_query_async as scan_results_query_async
    from ._app import scan_resume_async as scan_resume_async
    from ._app import scan_status_async as scan_status_async
    from ._app import start_scan as start_scan
    from ._app import validation_results_df_async as validation_results_df_async

    __all__: list[str]

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = public_exports(__name__)
