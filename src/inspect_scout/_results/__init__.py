"""The scan directory: journal, merged tables, summary; reading them back and listing scans.

Loaded by name: listing must not load Arrow, and nothing here loads pandas before a data frame is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .active import ActiveScans, entry_of, workers_of
    from .arrow import ScanResultsArrow, results_arrow
    from .cast import TypedTable
    from .compared import compared_rows
    from .describe import clean_id
    from .files.spec import unread_errors
    from .frames import ScanResultsDF, results_batches, results_df
    from .journal import Journal, UnwritableError
    from .owner import ScanGoneError
    from .pairs import counts_of_record
    from .query import ResultsPage, ResultsQuery, ResultsTable
    from .rows import RecordInput, RowWriter
    from .schema import HEAVY_COLUMNS, results_schema
    from .sizes import CELL_BYTES
    from .source import UnknownScannerError
    from .state import Standing, list_states, read_error_groups, read_standing, read_state
    from .store import Recorded, ScanStore, facts_of, list_status, status
    from .view import Rows

__getattr__, __dir__ = lazy_exports(__name__)
