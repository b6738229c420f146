"""What there is of transcripts, without their content: in a few words, and as a data frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from .._types import TranscriptInfo
from .memory import MemorySource

if TYPE_CHECKING:
    import pandas as pd

    from .._query import Query
    from .contract import TranscriptIndex, TranscriptSource

_SHOWN = 3
"""Locations that are named."""

_DTYPES: Mapping[str, str] = {
    "task_repeat": "Int64",
    "message_count": "Int64",
    "total_tokens": "Int64",
    "total_time": "Float64",
    "success": "boolean",
    "trust_content": "boolean",
    **dict.fromkeys(("score", "metadata", "agent_args", "model_options"), "object"),
}
"""Types of the columns that are not text."""


@runtime_checkable
class HasLocations(Protocol):
    """A source of several locations."""

    @property
    def locations(self) -> Sequence[str]:
        """Where its transcripts are."""
        ...


def described(
    source: TranscriptSource, query: Query, filters: Sequence[str], cases: Sequence[frozenset[str]]
) -> dict[str, object]:
    """Say which transcripts are meant, without looking for them; what does not restrict them is left out.

    Args:
        source: Where they are.
        query: Which of them, in what order.
        filters: The conditions as SQL text.
        cases: Ids of labelled cases, of each selection by them.
    """
    fields = {
        "source": _place(source),
        "where": " AND ".join(filters) or None,
        "cases": sum(map(len, cases)) if cases else None,
        "shuffle": query.shuffle,
        "order_by": ", ".join(f"{one.column} {one.direction}" for one in query.order_by) or None,
        "limit": query.limit,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _place(source: TranscriptSource) -> str:
    if source.location is not None:
        return source.location
    if not isinstance(source, HasLocations):
        return f"{source.type} in memory" if isinstance(source, MemorySource) else source.type
    named = ", ".join(source.locations[:_SHOWN])
    more = len(source.locations) - _SHOWN
    return f"{named} and {more:,} more" if more > 0 else named


def index_frame(index: TranscriptIndex) -> pd.DataFrame:
    """Describe transcripts in a data frame, a row for each."""
    import pandas as pd

    infos = [index.info(position) for position in range(len(index))]
    columns: dict[str, pd.Series] = {}
    for name in TranscriptInfo.model_fields:
        values = [getattr(info, name) for info in infos]
        if name == "date":
            texts = pd.Series(values, dtype="string")
            times = pd.to_datetime(texts, utc=True, format="ISO8601", errors="coerce")
            columns[name] = times.astype("datetime64[us, UTC]")
        else:
            columns[name] = pd.Series(values, dtype=_DTYPES.get(name, "string"))
    return pd.DataFrame(columns)
