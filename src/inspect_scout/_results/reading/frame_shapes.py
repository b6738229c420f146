"""Data frames of results in the shapes that tables and figures are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..._support.errors import UnknownNameError
from ..._support.shapes import is_list, is_mapping
from ..rows.cells import read_json
from ..rows.counting import RESULTSET
from ..rows.schema import HIDDEN_NAMES, result_columns_first, results_schema

if TYPE_CHECKING:
    import pandas as pd

_TIMES = ("timestamp", "transcript_date")
_SCANNER, _TRANSCRIPT, _PREFIX = "scanner_key", "transcript_id", "transcript_"
_OF_ITEMS = frozenset(("value", "label", "answer", "explanation", "metadata", "uuid"))
"""Columns that each result of a list has for itself."""


def long_frame(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the results of scanners under one another.

    Args:
        frames: Results by scanner.
    """
    import pandas as pd

    found = [frame for frame in frames.values() if len(frame)]
    if not found:
        names = [name for name in results_schema().names if name not in HIDDEN_NAMES]
        return pd.DataFrame(columns=[_SCANNER, *(n for n in result_columns_first(names) if n != _SCANNER)])
    for name in ("value", "validation_result"):
        if len({str(frame[name].dtype) for frame in found if name in frame.columns}) > 1:
            found = [
                frame.assign(**{name: _objects(frame, _values(frame[name]))}) if name in frame.columns else frame
                for frame in found
            ]
    whole = _with_times(pd.concat(found, ignore_index=True))
    names = result_columns_first(whole.columns)
    return whole[[*(name for name in names if name == _SCANNER), *(name for name in names if name != _SCANNER)]]


def wide_frame(frames: Mapping[str, pd.DataFrame], column: str, order: Iterable[str]) -> pd.DataFrame:
    """Put the results of scanners beside one another, a row for each transcript.

    Args:
        frames: Invocations by scanner, lists of results in one row.
        column: What cells hold.
        order: Ids of transcripts, in the order of rows.

    Raises:
        UnknownNameError: Results have no such column.
    """
    import pandas as pd

    for frame in frames.values():
        if column not in frame.columns:
            raise UnknownNameError("column", column, map(str, frame.columns))
    described = [frame[[n for n in frame.columns if n.startswith(_PREFIX)]] for frame in frames.values() if len(frame)]
    if not described:
        return pd.DataFrame(columns=[*frames], index=pd.Index([], name=_TRANSCRIPT))
    known = pd.concat(described, ignore_index=True).drop_duplicates(_TRANSCRIPT).set_index(_TRANSCRIPT)
    ids = list(known.index)
    present = set(ids)
    rows = list(dict.fromkeys([*(one for one in order if one in present), *ids]))
    columns = {scanner: _spread(frame, column).reindex(rows) for scanner, frame in frames.items()}
    return pd.concat([pd.DataFrame(columns), _with_times(known.reindex(rows))], axis="columns").rename_axis(_TRANSCRIPT)


def _spread(frame: pd.DataFrame, column: str) -> pd.Series:
    """Make the column of a scanner: a value for each transcript, or lists of them if it gave some transcript several."""
    import pandas as pd

    is_set = (
        frame["value_type"] == RESULTSET if "value_type" in frame.columns else pd.Series(data=False, index=frame.index)
    )
    if not is_set.any() and not frame[_TRANSCRIPT].duplicated().any():
        single: pd.Series = frame[column].set_axis(frame[_TRANSCRIPT])
        return single
    found: dict[str, list[object]] = {}
    sets, failed = is_set.fillna(value=False), frame["scan_error"].notna()
    rows = zip(frame[_TRANSCRIPT], _values(frame[column]), _values(frame["value"]), sets, failed, strict=True)
    for transcript, cell, value, several, error in rows:
        cells = found.setdefault(transcript, [])
        if not error:
            cells += _items(value, column, cell) if several else [cell]
    whole: pd.Series = pd.Series(list(found.values()), index=list(found), dtype=object)
    return whole


def _items(value: object, column: str, cell: object) -> list[object]:
    """The cells of the results in a list; what they have in common is that of the list."""
    items = read_json(value)
    if not is_list(items):
        return []
    if column not in _OF_ITEMS:
        return [cell] * len(items)
    return [item.get(column) if is_mapping(item) else item if column == "value" else None for item in items]


def _with_times(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that hold times a type of times; what is not a time becomes NaT."""
    import pandas as pd

    for name in _TIMES:
        if name in frame.columns:
            texts = pd.Series(list(_values(frame[name])), index=frame.index, dtype="string")
            times = pd.to_datetime(texts, utc=True, format="ISO8601", errors="coerce")
            frame[name] = times.astype("datetime64[us, UTC]")
    return frame


def _values(cells: Iterable[object]) -> Iterator[object]:
    """Give cells as Python values; what is missing is None."""
    import pandas as pd

    return (None if cell is pd.NA else cell for cell in cells)


def _objects(frame: pd.DataFrame, cells: Iterable[object]) -> pd.Series:
    import pandas as pd

    values: Sequence[object] = list(cells)
    return pd.Series(values, index=frame.index, dtype=object)
