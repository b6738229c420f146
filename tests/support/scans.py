"""Scans in memory for the tests of results: specs, infos, reports, and directories filled with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser, ModelUsage
from pydantic import JsonValue

from inspect_scout._results import JournalWriter, ScanStore
from inspect_scout._types import (
    Error,
    Reference,
    Result,
    ResultReport,
    ScannerSpec,
    ScanSpec,
    ScanTranscripts,
    TranscriptInfo,
)
from inspect_scout.testing import JumpingClock, MemoryStorage, Storage
from support.results import results_arrow

_parquet: Any = pq  # the stubs leave its types open

SCANS = "mem://scans"


def make_spec(scanners: Iterable[str] = ("a",), transcripts: Iterable[str] = (), **fields: Any) -> ScanSpec:
    return ScanSpec(
        scan_id="2222222222222222222222",
        scan_name="test",
        timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        scanners={key: ScannerSpec(name=key, file="scan.py") for key in scanners},
        transcripts=ScanTranscripts(type="eval_log", transcript_ids=dict.fromkeys(transcripts, "log.eval")),
        **fields,
    )


def make_info(transcript_id: str = "t0", **fields: Any) -> TranscriptInfo:
    known: dict[str, Any] = {"source_type": "eval_log", "source_uri": "log.eval", **fields}
    return TranscriptInfo(transcript_id=transcript_id, **known)


def make_message(text: str = "hello", id: str = "m0") -> ChatMessage:
    return ChatMessageAssistant(content=text, id=id, model="m")


def make_user(text: str, id: str) -> ChatMessage:
    return ChatMessageUser(content=text, id=id)


def make_report(value: JsonValue = True, uuid: str = "u0", **fields: Any) -> ResultReport:
    result_fields = {k: fields.pop(k) for k in list(fields) if k in Result.model_fields}
    defaults: dict[str, Any] = {
        "input_type": "message",
        "input_ids": ["m0"],
        "input": make_message(),
        "timestamp": "2026-01-01T00:00:00+00:00",
        "result": Result(value=value, uuid=uuid, **result_fields),
    }
    return ResultReport(**{**defaults, **fields})


def make_error(transcript_id: str = "t0", scanner: str = "a", message: str = "broken", refusal: bool = False) -> Error:
    return Error(
        transcript_id=transcript_id, scanner=scanner, error=message, traceback="Traceback: ...", refusal=refusal
    )


def failed_report(transcript_id: str = "t0", scanner: str = "a", **fields: Any) -> ResultReport:
    return make_report(result=None, error=make_error(transcript_id, scanner), **fields)


def make_usage(tokens: int) -> Mapping[str, ModelUsage]:
    return {"mock/model": ModelUsage(input_tokens=tokens, output_tokens=0, total_tokens=tokens)}


def message_reference(id: str) -> Reference:
    return Reference(type="message", cite="[M1]", id=id)


async def make_store(spec: ScanSpec, storage: Storage | None = None, scans: str = SCANS) -> ScanStore:
    return await ScanStore.create(spec, scans, storage if storage is not None else MemoryStorage())


async def open_journal(store: ScanStore, clock: JumpingClock | None = None, **fields: Any) -> JournalWriter:
    return await store.open_journal({"a": "fingerprint"}, clock=clock or JumpingClock(), **fields)


async def fill(store: ScanStore, pairs: Iterable[tuple[str, str, Sequence[ResultReport]]]) -> None:
    """Record pairs of transcript id and scanner, all in one file of the journal."""
    journal = await open_journal(store)
    for transcript_id, scanner, reports in pairs:
        await journal.append(make_info(transcript_id), scanner, reports)
    await journal.aclose()


async def finished(
    pairs: Sequence[tuple[str, str, Sequence[ResultReport]]], scanners: Iterable[str] = ("a",), complete: bool = True
) -> tuple[ScanStore, Storage]:
    """Make a scan of some pairs and merge it."""
    order = list(dict.fromkeys(transcript_id for transcript_id, _, _ in pairs))
    storage = MemoryStorage()
    store = await make_store(make_spec(scanners, order), storage)
    await fill(store, pairs)
    await store.compact(order, complete)
    return store, storage


async def stored_table(store: ScanStore, storage: Storage, scanner: str = "a") -> pa.Table:
    """Read everything that is stored of a scanner, but for the record keeping."""
    results = await results_arrow(store.location, storage=storage)
    return results.reader(scanner, exclude_columns=[]).read_all()


def read_parquet(storage: Storage, path: str) -> pa.Table:
    """Read a whole parquet file."""
    with storage.open_read(path) as file:
        table: pa.Table = _parquet.read_table(file)
    return table


def write_parquet(storage: Storage, path: str, table: pa.Table) -> None:
    """Write a parquet file as another program would."""
    with storage.open_write(path) as file:
        _parquet.write_table(table, file)
