"""Lists of scans, as `/api/v2` gives them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue

from ..._query import Condition, OrderBy, Query, referenced_names, select
from ..._results import ActiveScans, ScanDescription, list_states, read_description
from ..._support.errors import ConfigError, UnknownNameError
from ..._support.json import dumps
from ..._support.shapes import is_mapping
from ..._support.storage import for_each, run_in_thread
from ..._types import ScanState
from ..listing.off_loop import off_loop
from .paging import PageRequest, next_cursor, page_range, rows_behind
from .transcripts import sorted_scalars

if TYPE_CHECKING:
    import pyarrow as pa

Cells = dict[str, object]

_ID: Final = "scan_id"
_STATUS: Final = {"running": "active", "complete": "complete", "errors": "error"}

_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("scan_id", "scan_name", "scan_file", "timestamp", "packages", "metadata", "scan_args", "location", "status"),
        "text",
    ),
    **dict.fromkeys(("scanners", "model", "tags", "revision_version", "revision_commit", "revision_origin"), "text"),
    **dict.fromkeys(
        ("total_results", "total_errors", "total_tokens", "active_completion_pct", "transcript_count"), "number"
    ),
}
"""Columns of a scan, in their order."""

_DESCRIBED: Final = frozenset(
    ("scan_file", "packages", "metadata", "scan_args", "revision_version", "revision_commit", "revision_origin")
)
"""Columns for which the file that defines a scan is read: of the scans that are shown, unless a request names one."""


async def scan_rows(location: str, request: PageRequest) -> dict[str, object]:
    """List scans.

    Args:
        location: Where they are kept; a location that does not exist holds none.
        request: Which of them, in what order, and how many.

    Returns:
        `items`, `total_count` and `next_cursor`, fit for JSON.

    Raises:
        ConfigError: The condition, the order or the cursor cannot be used; unknown columns are named.
    """
    states = await off_loop(location, lambda: list_states(location))
    order = (*request.order_by, OrderBy(_ID))
    where = () if request.where is None else (request.where,)
    rows = await _rows(states, referenced_names(Query(where=where, order_by=order)))
    positions = _selected(rows, Query(where=where, order_by=order))
    total = len(positions)
    edge, found = total if request.backward else 0, False
    if request.cursor is not None:
        edge, found = _edge(rows, positions, where, order, request.cursor)
    page = page_range(request, total, edge, found)
    chosen = [positions[place] for place in page]
    shown = await _described([rows[position] for position in chosen], [states[position] for position in chosen])
    last = (shown[0] if request.backward else shown[-1]) if shown else None
    row = None if last is None else {one.column: _scalar(last.get(one.column)) for one in order}
    return {"items": shown, "total_count": total, "next_cursor": next_cursor(request, page, total, row)}


async def distinct_in_scans(location: str, column: str, where: Condition | None) -> list[object]:
    """List the values of a column of scans, sorted; None comes first.

    Raises:
        UnknownNameError: There is no such column.
    """
    if column not in _KINDS:
        raise UnknownNameError("column", column, _KINDS)
    states = await off_loop(location, lambda: list_states(location))
    query = Query(where=() if where is None else (where,))
    rows = await _rows(states, {*referenced_names(query), column})
    return sorted_scalars({_scalar(rows[position][column]) for position in _selected(rows, query)})


def active_scans() -> dict[str, object]:
    """List the scans that run on this machine, by id, as other programs read them."""
    import msgspec

    return {scan.scan_id: msgspec.to_builtins(scan) for scan in ActiveScans().all().values()}


async def _rows(states: Sequence[ScanState], named: Collection[str]) -> list[Cells]:
    rows = [_row(state) for state in states]
    return await _described(rows, states) if _DESCRIBED & set(named) else rows


def _row(state: ScanState) -> Cells:
    """Describe a scan by how it stands; the columns of its file stay empty."""
    facts, counts = state.facts, state.scanners.values()
    running = state.phase == "running"
    cells: Cells = {
        "scan_id": facts.scan_id,
        "scan_name": facts.own_name or facts.name,
        "timestamp": _timestamp(facts.created),
        "location": facts.location,
        "status": _STATUS.get(state.phase, "error" if state.error_count else "incomplete"),
        "scanners": ",".join(facts.scanners),
        "model": facts.model or None,
        "tags": ",".join(facts.tags),
        "total_results": sum(each.results for each in counts),
        "total_errors": state.error_count,
        "total_tokens": sum(each.tokens for each in counts),
        "active_completion_pct": 100 * state.done // state.due if running and state.due else None,
        "transcript_count": facts.transcripts,
    }
    return {name: cells.get(name) for name in _KINDS}


def _timestamp(created: str) -> str | None:
    try:
        return datetime.fromisoformat(created).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except ValueError:
        return created or None


async def _described(rows: Sequence[Cells], states: Sequence[ScanState]) -> list[Cells]:
    """Add what the files that define scans say."""
    if not rows:
        return []
    places = [state.facts.location for state in states]
    found = await off_loop(places[0], lambda: for_each(places[0], places, read_description))
    return [{**row, **_file_cells(each)} for row, each in zip(rows, found, strict=True)]


def _file_cells(description: ScanDescription) -> Cells:
    revision = description.revision if is_mapping(description.revision) else {}
    return {
        "scan_file": description.scan_file,
        "scan_args": description.scan_args,
        "packages": description.packages,
        "metadata": description.metadata,
        "revision_version": revision.get("version"),
        "revision_commit": revision.get("commit"),
        "revision_origin": revision.get("origin"),
    }


def _selected(rows: Sequence[Cells], query: Query) -> list[int]:
    """Select among scans; without any, unknown columns are refused as well."""
    for order in query.order_by:
        if order.column.split(".")[0] not in _KINDS:
            raise UnknownNameError("column", order.column, _KINDS)
    return select(_table(rows), query, key=_ID)


def _table(rows: Sequence[Cells]) -> pa.Table:
    import pyarrow as pa

    types: dict[str, Callable[[], pa.DataType]] = {"text": pa.string, "number": pa.int64}
    fields = [pa.field(name, types[kind]()) for name, kind in _KINDS.items()]
    texts = [{name: _scalar(value) for name, value in row.items()} for row in rows]
    return pa.Table.from_pylist(texts, schema=pa.schema(fields))


def _scalar(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float) else dumps(value)


def _edge(
    rows: Sequence[Cells],
    positions: Sequence[int],
    where: Sequence[Condition],
    order: Sequence[OrderBy],
    cursor: Mapping[str, JsonValue],
) -> tuple[int, bool]:
    """Find the place of the row of a cursor, also if it is gone."""
    id = cursor.get(_ID)
    if not isinstance(id, str):
        raise ConfigError(f"The cursor has no {_ID!r}: give the next_cursor of a page as it was.")
    place = next((place for place, position in enumerate(positions) if rows[position][_ID] == id), None)
    if place is not None:
        return place, True
    behind = _selected(rows, Query(where=(*where, rows_behind(order, cursor))))
    return len(positions) - len(behind), False


async def all_active() -> dict[str, object]:
    """List the scans that run on this machine, without holding up the event loop."""
    return await run_in_thread("", active_scans)
