"""How scans stand."""

from __future__ import annotations

import logging

from .._support.errors import LocationError, StorageError
from .._support.storage import Storage, for_each, is_local, normalize, storage_for
from .._types import Status
from .find import scan_folders
from .store import ScanStore

logger = logging.getLogger(__name__)


async def status(location: str, storage: Storage | None = None) -> Status:
    """Tell how a scan stands.

    Args:
        location: Directory of the scan.
        storage: Where it is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
    """
    return await (await ScanStore.open(location, storage)).status()


async def list_status(scans_location: str, storage: Storage | None = None) -> list[Status]:
    """Tell how the scans below a location stand, newest first; a missing location holds none.

    Args:
        scans_location: Where scans are kept; they are found at any depth.
        storage: Where that is (None: what serves the location).
    """
    where = storage if storage is not None else storage_for(scans_location)
    root = normalize(scans_location) if is_local(scans_location) else scans_location

    async def read(folder: str) -> Status | None:
        try:
            return await ScanStore(folder, where).status()
        except LocationError as error:
            logger.debug("Left out of the list of scans: %s", error)  # removed meanwhile, or never finished
        except StorageError as error:
            logger.warning("Left out of the list of scans: %s", error)
        return None

    found = [status for status in await for_each(root, await scan_folders(where, root), read) if status is not None]
    return sorted(found, key=lambda s: s.spec.timestamp, reverse=True)
