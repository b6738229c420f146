"""Pages of the scans at a location, and which directory an id means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..._results import SCAN_FILE, Cursor, find_scans, list_states, scan_directory, scan_id_of
from ..._support.errors import ConfigError, LocationError, UnknownNameError
from ..._support.storage import join, storage_for
from ..._types import ScanState
from ..scans.selection import ScanSelection
from .off_loop import off_loop

MAX_PAGE: Final = 1000
"""Items of a page at most."""

_ID = re.compile(r"[\w.-]{1,200}", re.ASCII)

_KEYS: Final[Mapping[str, Callable[[ScanState], str | float]]] = {
    "created": lambda state: state.facts.created_at,
    "scan_id": lambda state: state.facts.scan_id,
    "name": lambda state: state.facts.name.lower(),
    "state": lambda state: state.phase,
    "model": lambda state: state.facts.model.lower(),
    "scanners": lambda state: ", ".join(state.facts.scanners).lower(),
    "tags": lambda state: ", ".join(state.facts.tags).lower(),
    "transcripts": lambda state: state.facts.transcripts,
    "results": lambda state: sum(counts.results for counts in state.scanners.values()),
    "errors": lambda state: state.error_count,
    "done": lambda state: state.done,
    "cost": lambda state: state.cost or 0.0,
    "location": lambda state: state.facts.location,
}

SCAN_ORDERS: Final = tuple(_KEYS)
"""What scans can be sorted by."""


@dataclass(frozen=True, slots=True)
class ScansQuery:
    """Which scans are wanted, and in which order.

    Args:
        selection: What is wanted of them.
        text: Text that must be in the id, the name, the model, a tag, a scanner or the location.
        order_by: What to sort by (`SCAN_ORDERS`), `-name` from the largest down (none: newest first).
        limit: Scans at most.
        cursor: The `next` of the page before (None: the first page).
    """

    selection: ScanSelection = ScanSelection()  # noqa: RUF009 - frozen
    text: str = ""
    order_by: Sequence[str] = ()
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ScansPage:
    """Some of the scans that were asked for.

    Args:
        items: The scans.
        total: How many there are on all pages.
        next: Cursor of the next page (None: this is the last).
    """

    items: Sequence[ScanState]
    total: int
    next: str | None


async def page_of_scans(scans_location: str, query: ScansQuery) -> ScansPage:
    """Give a page of the scans below a location; a missing location holds none.

    Raises:
        UnknownNameError: They cannot be sorted by that.
        ConfigError: The cursor is not one of this question.
    """
    keys = [(_key(name), name.startswith("-")) for name in query.order_by]
    states = query.selection.of(await off_loop(scans_location, lambda: list_states(scans_location)))
    found = [state for state in states if _mentions(state, query.text.lower())] if query.text else states
    for key, descending in reversed(keys):
        found.sort(key=key, reverse=descending)
    cursor = Cursor.parse(query.cursor, (scans_location, query.selection, query.text, list(query.order_by)))
    start = 0
    if cursor.row is not None:
        start = cursor.position_after([[state.facts.location] for state in found])
    end = min(len(found), start + query.limit)
    after = cursor.encode_at(end, [found[end - 1].facts.location]) if start < end < len(found) else None
    return ScansPage(found[start:end], len(found), after)


async def scan_of_id(scans_location: str, scan_id: str) -> str:
    """Find the directory of the scan that has an id, below a location; nothing else is taken for a name of a scan.

    Raises:
        LocationError: There is none.
        ConfigError: It cannot be an id, or copies of the scan share it.
    """
    if _ID.fullmatch(scan_id) is None:
        raise ConfigError(f"{scan_id!r} cannot be the id of a scan: use letters, digits, '-' and '_'.")
    usual = scan_directory(scans_location, scan_id)
    if await storage_for(usual).stat(join(usual, SCAN_FILE)) is not None:
        return usual
    known = (await off_loop(scans_location, lambda: find_scans(scans_location))).folders
    found = [folder for folder in known if scan_id_of(folder) == scan_id]
    if not found:
        raise LocationError(f"No scan in {scans_location!r} has the id {scan_id!r}.")
    if len(found) > 1:
        raise ConfigError(
            f"{len(found)} scans have the id {scan_id!r}: {', '.join(found[:3])}. Name the location of one."
        )
    return found[0]


def _key(name: str) -> Callable[[ScanState], str | float]:
    found = _KEYS.get(name.removeprefix("-"))
    if found is None:
        raise UnknownNameError("order of scans", name, SCAN_ORDERS)
    return found


def _mentions(state: ScanState, text: str) -> bool:
    facts = state.facts
    words = (facts.scan_id, facts.name, facts.own_name, facts.model, facts.location, *facts.tags, *facts.scanners)
    return any(text in word.lower() for word in words)
