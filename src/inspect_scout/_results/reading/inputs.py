"""The column `input` as the scanner saw it: shared messages put back, references followed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa

from ..._support.arrow import array
from ..._support.errors import ScoutError
from ..._support.json import dumps, loads, well_formed
from ..._support.shapes import is_list, is_mapping
from ..._types import InputOrigin
from ..rows.arrow_tables import Int64Array, cells, column, with_column
from ..rows.cells import input_text, read_json

if TYPE_CHECKING:
    from ..._types import Transcript, TranscriptInfo

logger = logging.getLogger(__name__)

ReadOrigin = Callable[["InputOrigin", "TranscriptInfo"], Awaitable["Transcript | None"]]
"""Reads again what a scanner was given; raises if it is gone or has changed (None: that was reported before)."""

FollowReferences = Callable[[pa.Table], pa.Table]
"""Puts inputs in the place of references."""

REFERENCE_COLUMNS = ("input", "input_data", "input_ref", "input_type", "input_ids")
"""Columns that following references needs, besides those of the transcript."""

_PREFIX = "transcript_"
_JSON_FIELDS = ("agent_args", "model_options", "metadata")
_ATTACHMENT = "attachment://"
_ORIGIN = msgspec.json.Decoder(InputOrigin)


async def read_from_source(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read an input from the transcripts it came from."""
    from ..._transcripts import read_origin

    return await read_origin(origin, info)


def warn_once_per_log(read: ReadOrigin) -> ReadOrigin:
    """Report what is gone or has changed once for each log or database, however many rows came from there."""
    reported: set[str] = set()

    async def read_once(origin: InputOrigin, info: TranscriptInfo) -> Transcript | None:
        try:
            return await read(origin, info)
        except (ScoutError, OSError, ValueError):
            if origin.location in reported:
                return None
            reported.add(origin.location)
            raise

    return read_once


def has_references(table: pa.Table) -> bool:
    """Tell whether inputs of a table are references to follow."""
    if "input" not in table.column_names or "input_ref" not in table.column_names:
        return False
    return column(table, "input_ref").null_count < table.num_rows


def referenced_bytes(table: pa.Table) -> dict[str, Int64Array]:
    """Tell how large the inputs of rows are about that are not in the column `input` itself."""
    if not has_references(table) or "input_data" not in table.column_names:
        return {}
    sizes = [_size(ref) for ref in cells(table, "input_ref")]
    pools = [len(pool or "") for pool in cells(table, "input_data")]
    return {"input": np.asarray(sizes, np.int64) + np.asarray(pools, np.int64)}


def _size(ref: str | None) -> int:
    try:
        return 0 if ref is None else _ORIGIN.decode(ref).size
    except ValueError:
        return 0


async def follow_references(table: pa.Table, read: ReadOrigin = read_from_source) -> pa.Table:
    """Put inputs in the place of references; what is gone or has changed stays empty, with a warning."""
    texts, pools = cells(table, "input"), cells(table, "input_data")
    refs, kinds, ids = (cells(table, name) for name in ("input_ref", "input_type", "input_ids"))
    last: tuple[str, Transcript | None] | None = None  # rows of one transcript stand together
    moved = 0
    for row, ref in enumerate(refs):
        if ref is None or texts[row] is not None:
            continue
        if last is None or last[0] != ref:
            last = (ref, await _read(table, row, ref, read))
        if last[1] is not None:
            texts[row], pools[row] = _input(kinds[row], ids[row], last[1])
            moved += texts[row] is None
    if moved:
        logger.warning("Inputs are left empty, their messages or events are no longer where they were: %d", moved)
    return _with_texts(_with_texts(table, "input", texts), "input_data", pools)


def expand_inputs(table: pa.Table) -> pa.Table:
    """Put shared messages and calls back into the events of inputs, and drop the column that held them."""
    pools = cells(table, "input_data")
    if any(pool is not None for pool in pools):
        texts = cells(table, "input")
        table = _with_texts(table, "input", [expand_input(text, pool) for text, pool in zip(texts, pools)])
    return table.drop_columns(["input_data"])


def expand_input(text: str | None, pool: str | None) -> str | None:
    """Put shared messages and calls back into the events of one input."""
    if text is None or pool is None or not any(mark in text for mark in ("_refs", _ATTACHMENT)):
        return text
    try:
        value, pools = loads(text), loads(pool)
        if not is_mapping(pools):
            raise TypeError("pools are not a mapping")
        events = value.get("events") if is_mapping(value) else value
        for event in events if is_list(events) else ():
            _expand_event(event, pools)
        if pools.get("attachments"):
            value = _with_attachments(value, pools["attachments"])
        return well_formed(dumps(value))
    except (ValueError, TypeError, RecursionError) as error:
        logger.warning("An input stays condensed, its shared messages cannot be put back: %s", error)
        return text


def _expand_event(event: Any, pools: Mapping[str, Any]) -> None:
    if not is_mapping(event):
        return
    if event.get("input_refs"):
        event["input"] = _slices(pools.get("messages"), event.pop("input_refs"))
    call = event.get("call")
    if is_mapping(call) and call.get("call_refs") is not None:
        request = call.get("request")
        key = call.pop("call_key", None) or "messages"
        messages = _slices(pools.get("calls"), call.pop("call_refs"))
        call["request"] = {**(request if is_mapping(request) else {}), key: messages}


def _slices(pool: Any, refs: Any) -> list[Any]:
    items = pool if is_list(pool) else []
    return [item for start, end in refs for item in items[start:end]]


def _with_attachments(value: Any, attachments: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return attachments.get(value[len(_ATTACHMENT) :], value) if value.startswith(_ATTACHMENT) else value
    if is_list(value):
        return [_with_attachments(item, attachments) for item in value]
    if is_mapping(value):
        return {key: _with_attachments(item, attachments) for key, item in value.items()}
    return value


async def _read(table: pa.Table, row: int, ref: str, read: ReadOrigin) -> Transcript | None:
    try:
        origin = _ORIGIN.decode(ref)
        return await read(origin, _info(table, row))
    except (ScoutError, OSError, ValueError) as error:
        # A result does not become unreadable because its log was moved.
        logger.warning("Inputs are left empty, they cannot be found where they were: %s", error)
        return None


def _info(table: pa.Table, row: int) -> TranscriptInfo:
    names = [name for name in table.column_names if name.startswith(_PREFIX)]
    return transcript_info({name: column(table, name)[row].as_py() for name in names})


def transcript_info(cells: Mapping[str, object]) -> TranscriptInfo:
    """Describe the transcript of a row as the scan knew it.

    Args:
        cells: Cells of the row, by column.
    """
    from ..._types import TranscriptInfo  # here: results without references are read without inspect_ai

    fields: dict[str, Any] = {}
    for name, cell in cells.items():
        if name.startswith(_PREFIX):
            fields[name if name == "transcript_id" else name[len(_PREFIX) :]] = cell
    for field in _JSON_FIELDS:
        fields[field] = parsed if is_mapping(parsed := read_json(fields.get(field))) else None
    fields["metadata"] = fields.get("metadata") or {}
    fields["score"] = read_json(fields.get("score"))
    return TranscriptInfo.model_validate(fields)


def _input(kind: str, ids: str | None, transcript: Transcript) -> tuple[str | None, str | None]:
    match kind:
        case "transcript":
            return input_text("transcript", transcript)
        case "messages":
            chosen = _chosen(transcript.messages, [m.id for m in transcript.messages], read_json(ids))
            return input_text("messages", chosen)
        case "events":
            chosen = _chosen(transcript.events, [e.uuid for e in transcript.events], read_json(ids))
            return input_text("events", chosen)
        case _:
            return None, None


def _chosen(items: Sequence[Any], ids: Iterable[str | None], wanted: Any) -> list[Any] | None:
    """Find the items that an invocation was given."""
    by_id = dict(zip(ids, items))
    if is_list(wanted) and all(i in by_id for i in wanted):
        return [by_id[i] for i in wanted]
    if is_list(wanted) and len(wanted) == len(items):
        return list(items)  # items without an id of their own
    return None


def _with_texts(table: pa.Table, name: str, texts: Sequence[str | None]) -> pa.Table:
    return with_column(table, name, array(texts, pa.large_string())) if name in table.column_names else table
