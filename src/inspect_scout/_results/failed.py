"""The errors of a scan as its rows tell them, in whatever state the scan is."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

from .._support.causes.grouping import ErrorGroup, Failed, group_errors
from .._support.errors import StorageError
from .._support.storage import Storage
from .catalog import Catalog, with_catalog
from .schema import results_schema
from .source import UnknownScannerError
from .table import select_fields
from .tally import ERROR_COLUMNS, errors_in

logger = logging.getLogger(__name__)


async def errors_in_rows(
    storage: Storage,
    location: str,
    declared: Sequence[str],
    listed: Mapping[str, Sequence[Failed]],
    scanner: str | None = None,
) -> list[ErrorGroup]:
    """Read the errors of a scan, and put those of one cause together.

    Args:
        storage: Where the scan is.
        location: The scan.
        declared: Scanners of the scan.
        listed: Its list of errors by scanner, which counts where rows are missing or cannot be read.
        scanner: Only errors of this scanner (None: of all).

    Raises:
        UnknownScannerError: There is no such scanner.
    """

    def grouped(catalog: Catalog) -> list[ErrorGroup]:
        known = list(dict.fromkeys([*declared, *catalog.known(), *listed]))
        if scanner is not None and scanner not in known:
            raise UnknownScannerError(scanner, filter(None, known))
        return group_errors(_errors(catalog, known if scanner is None else [scanner], listed))

    return await with_catalog(storage, location, grouped)


def _errors(catalog: Catalog, scanners: Sequence[str], listed: Mapping[str, Sequence[Failed]]) -> Iterator[Failed]:
    for scanner in scanners:
        found: set[str] = set()
        try:
            for table in catalog.rows(scanner, (), select_fields(results_schema(), ERROR_COLUMNS)):
                for error in errors_in(table, scanner):
                    found.add(error.transcript_id)
                    yield error
        except StorageError as error:
            logger.warning("The rows of scanner %r cannot be read, its list of errors counts: %s", scanner, error)
        else:
            if scanner in catalog.tables or scanner in catalog.journal:
                continue
        yield from (error for error in listed.get(scanner, ()) if error.transcript_id not in found)
