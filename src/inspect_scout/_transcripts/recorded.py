"""Which transcripts a scan recorded."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from .._support.storage import normalize

if TYPE_CHECKING:
    from .._types import ScanTranscripts


def recorded_transcripts(snapshot: ScanTranscripts) -> dict[str, str | None]:
    """Give the ids that a scan recorded, and the log of each in full form (None: the source has one location)."""
    if snapshot.location:
        return dict.fromkeys(snapshot.transcript_ids or _recorded_csv(snapshot, "transcript_id"))
    recorded = snapshot.transcript_ids or _recorded_csv(snapshot, "sample_id", "log")
    return {id: None if log is None else normalize(log) for id, log in recorded.items()}


def _recorded_csv(snapshot: ScanTranscripts, key: str, place: str | None = None) -> dict[str, str | None]:
    """Read ids, and where they are, from the table that older scans recorded."""
    if not snapshot.data:
        return {}
    import pyarrow as pa
    from pyarrow import csv

    data = snapshot.data.encode()
    names = [key, place] if place else [key]
    table = csv.read_csv(
        io.BytesIO(data),
        read_options=csv.ReadOptions(block_size=len(data) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=names,
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
        ),
    )
    ids: list[Any] = table.column(key).to_pylist()
    places: list[Any] = table.column(place).to_pylist() if place else [None] * len(ids)
    return dict(zip(ids, places, strict=True))
