"""Scout runs on asyncio: on another event loop it refuses in one sentence, before anything is created."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, cast

import pytest
import sniffio

from inspect_scout import (
    ConfigError,
    aio,
    as_scorer,
    scan,
    scan_complete,
    scan_list,
    scan_results_batches,
    scan_results_df,
    scan_resume,
    scan_status,
    start_scan,
    transcripts_db,
    transcripts_from,
)
from support.transcripts import length, talks

FORM = r"^Scout runs on asyncio, not on [^\n]*; call it in asyncio\.run\(\.\.\.\)[^\n]*$"

ASYNC: dict[str, Callable[[], Any]] = {
    "scan": lambda: aio.scan_async([length()], transcripts_from(talks(1)), scans="scans"),
    "start": lambda: aio.start_scan([length()], transcripts_from(talks(1)), scans="scans").__aenter__(),
    "resume": lambda: aio.scan_resume_async("scans/scan_id=x"),
    "complete": lambda: aio.scan_complete_async("scans/scan_id=x"),
    "list": lambda: aio.scan_list_async("scans"),
    "status": lambda: aio.scan_status_async("scans/scan_id=x"),
    "results": lambda: aio.scan_results_df_async("scans/scan_id=x"),
    "arrow": lambda: aio.scan_results_arrow_async("scans/scan_id=x"),
    "batches": lambda: anext(cast("AsyncIterator[Any]", aio.scan_results_batches_async("scans/scan_id=x", "length"))),
    "validation": lambda: aio.validation_results_df_async("scans/scan_id=x"),
    "index": lambda: transcripts_from(talks(1)).index(),
    "reader": lambda: transcripts_from(talks(1)).reader().__aenter__(),
    "reading": lambda: anext(transcripts_from(talks(1)).reader().index()),
    "database": lambda: transcripts_db("database").__aenter__(),
    "insert": lambda: transcripts_db("database").insert(talks(1)),
    "select": lambda: anext(transcripts_db("database").select()),
    "count": lambda: transcripts_db("database").count(),
    "compact": lambda: transcripts_db("database").compact(),
    "scorer": lambda: as_scorer(length())(cast("Any", None), cast("Any", None)),
}

SYNC: dict[str, Callable[[], Any]] = {
    "scan": lambda: scan([length()], transcripts_from(talks(1)), scans="scans"),
    "start": lambda: start_scan([length()], transcripts_from(talks(1)), scans="scans").__enter__(),
    "resume": lambda: scan_resume("scans/scan_id=x"),
    "complete": lambda: scan_complete("scans/scan_id=x"),
    "list": lambda: scan_list("scans"),
    "status": lambda: scan_status("scans/scan_id=x"),
    "results": lambda: scan_results_df("scans/scan_id=x"),
    "batches": lambda: next(scan_results_batches("scans/scan_id=x", "length")),
}


def driven(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Take the first step of a coroutine as another event loop would."""
    coroutine.send(None)


async def awaited(call: Callable[[], Any]) -> Any:
    return await call()


@pytest.mark.parametrize("name", ASYNC)
def test_async_functions_refuse_loops_that_are_not_asyncio(name: str, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    with pytest.raises(ConfigError, match=FORM):
        driven(awaited(ASYNC[name]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [*ASYNC])
def test_async_functions_name_trio(name: str, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    token = sniffio.current_async_library_cvar.set("trio")
    try:
        with pytest.raises(ConfigError, match="asyncio, not on trio"):
            driven(awaited(ASYNC[name]))
    finally:
        sniffio.current_async_library_cvar.reset(token)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SYNC)
def test_functions_refuse_tasks_of_trio(name: str, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    token = sniffio.current_async_library_cvar.set("trio")
    try:
        with pytest.raises(ConfigError, match=FORM):
            SYNC[name]()
    finally:
        sniffio.current_async_library_cvar.reset(token)
    assert list(tmp_path.iterdir()) == []


def test_the_loop_that_evals_would_use_does_not_matter(tmp_path: Path) -> None:
    os.environ["INSPECT_ASYNC_BACKEND"], os.environ["SCOUT_DISPLAY"] = "trio", "none"
    transcripts = transcripts_from(talks(2))
    assert scan([length()], transcripts, scans=str(tmp_path)).complete
    assert asyncio.run(aio.scan_async([length()], transcripts, scans=str(tmp_path))).complete
