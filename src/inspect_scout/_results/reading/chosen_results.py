"""Single results, with what their scanner was given: found by their ids, read whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..._support.arrow import array
from ..._support.shapes import is_list
from ..._types import InputOrigin
from ..rows.arrow_tables import Column, Int64Array, cast_or_null, compute, fill_nulls, to_bools
from ..rows.cells import read_json
from ..rows.schema import HEAVY_COLUMNS
from .combined_rows import CombinedRows
from .found_rows import FoundRows
from .inputs import expand_input
from .row_view import RowView

_ORIGIN = msgspec.json.Decoder(InputOrigin)
_INPUT_COLUMNS = ("input_type", "input_ids", "input", "input_data", "input_ref")


@dataclass(frozen=True, slots=True)
class ResultKey:
    """What a result can be found by.

    Args:
        scanner: Key of its scanner.
        transcript_id: Its transcript.
        uuid: Its own id (None: a failure of the scanner, or a row of another writer).
    """

    scanner: str
    transcript_id: str
    uuid: str | None


@dataclass(frozen=True, slots=True)
class RecordedInput:
    """What a scan recorded of the input of an invocation.

    Args:
        kind: What the scanner was given ("transcript", "messages", ...).
        ids: Ids of the transcript, messages or events given.
        text: JSON of the input (None: not recorded).
        origin: Where it can be found again (None: not recorded).
    """

    kind: str
    ids: tuple[str, ...] = ()
    text: str | None = None
    origin: InputOrigin | None = None


@dataclass(frozen=True, slots=True)
class ChosenResult:
    """A result, as it is recorded.

    Args:
        scanner: Key of its scanner.
        cells: Its columns, but for those of the input and of the events of the invocation.
        input: What the scanner was given.
    """

    scanner: str
    cells: Mapping[str, object]
    input: RecordedInput


Choose = Callable[[Sequence[ResultKey]], Sequence[int]]
"""Chooses results by their keys: gives their places among them."""


def read_chosen(views: Sequence[RowView], choose: Choose) -> list[ChosenResult]:
    """Read the results that are chosen among those of some scanners.

    Args:
        views: The rows of each scanner.
        choose: Chooses; what it raises, this raises.
    """
    combined = CombinedRows(views)
    found = combined.find(None, (), None, False)
    keys = _keys(views, found)
    places = np.asarray(choose(keys), np.int64)
    return _read(views, combined, FoundRows(found.views[places], found.row_numbers[places], found.occurrences[places]))


def read_with_id(views: Sequence[RowView], id: str) -> list[ChosenResult]:
    """Read the results that have an id, or are on the transcript that has it; of no others anything is read.

    Args:
        views: The rows of each scanner.
        id: The id, whole.
    """
    parts = [np.zeros((3, 0), np.int64)]
    for number, view in enumerate(views):
        names = view.source.existing(["uuid", "transcript_id"])
        for rows, row_numbers, occurrences in view.numbered_rows(names) if names else ():
            own = np.flatnonzero(np.any([_is(rows.column(name), id) for name in names], axis=0))
            parts.append(np.stack([np.full(len(own), number), row_numbers[own], occurrences[own]]))
    return _read(views, CombinedRows(views), FoundRows(*np.concatenate(parts, axis=1)))


def _is(cells: Column, id: str) -> npt.NDArray[np.bool_]:
    texts = cast_or_null(cells, pa.string())
    return to_bools(fill_nulls(compute.equal(texts, array([id], pa.string())[0]), value=False))


def _read(views: Sequence[RowView], combined: CombinedRows, chosen: FoundRows) -> list[ChosenResult]:
    shown = combined.select_columns(None, HEAVY_COLUMNS)
    cells = [iter(table.to_pylist()) for table in combined.read_typed(chosen, shown)]
    rows = [chosen.row_numbers[chosen.views == number] for number in range(len(views))]
    inputs = [iter(_recorded_inputs(view, own)) for view, own in zip(views, rows, strict=True)]
    numbers: list[int] = chosen.views.tolist()
    return [ChosenResult(views[n].source.scanner, next(cells[n]), next(inputs[n])) for n in numbers]


def _keys(views: Sequence[RowView], found: FoundRows) -> list[ResultKey]:
    keys: list[ResultKey] = []
    for number, view in enumerate(views):
        own = found.views == number
        names = view.source.existing(["transcript_id", "uuid"])
        rows = view.rows_at(names, found.row_numbers[own], found.occurrences[own])
        nothing = [None] * rows.num_rows
        transcripts, uuids = (rows.cells(n) if n in names else nothing for n in ("transcript_id", "uuid"))
        keys += [ResultKey(view.source.scanner, str(t or ""), u) for t, u in zip(transcripts, uuids, strict=True)]
    return keys


def _recorded_inputs(view: RowView, rows: Int64Array) -> list[RecordedInput]:
    """Read what scanners were given by the numbers of stored rows, of which several may be the same."""
    wanted, places = np.unique(rows, return_inverse=True)
    if not len(wanted):
        return []
    table = view.source.rows_at(view.source.existing(_INPUT_COLUMNS), wanted)
    made = [
        RecordedInput(
            kind=cells.get("input_type") or "transcript",
            ids=tuple(str(id) for id in ids) if is_list(ids := read_json(cells.get("input_ids"))) else (),
            text=expand_input(cells.get("input"), cells.get("input_data")),
            origin=_origin(cells.get("input_ref")),
        )
        for cells in table.to_pylist()
    ]
    return [made[place] for place in places.tolist()]


def _origin(text: str | None) -> InputOrigin | None:
    try:
        return None if text is None else _ORIGIN.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
