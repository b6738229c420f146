"""Transcripts in eval logs."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from ..._support.errors import LogReadError
from ..._support.gc_control import gc_paused
from ..._support.storage import Entry, for_each, is_local, run_blocking
from ..contract import Duplicates, LogProblem, Progress, TranscriptIndex, UnreadLogs
from ..selected_index import SelectedIndex, select_rows
from .cache import IndexCache, packed_rows
from .duplicates import as_copy, describe_repeats, describe_unlisted, resolve_duplicates
from .eval_row import SOURCE_TYPE, EvalRow, eval_rows
from .indexing import index_log
from .listing import describe_skipped_files, find_logs
from .locator import SampleLocator
from .records import AnyLogRows, LogRows

if TYPE_CHECKING:
    import pyarrow as pa

    from ..._query import Query
    from ..._types import TranscriptInfo
    from .located import LocatedSample
    from .table import EvalTable

logger = logging.getLogger(__name__)

# Logs indexed between two looks at the event loop.
_BATCH_LOGS = 50
_SHOWN = 3


@dataclass(frozen=True)
class EvalLogSource:
    """Transcripts in eval logs (`.eval` and `.json`).

    Args:
        locations: Logs and folders of logs, in full form.
        ids: Only these transcripts, in this order (None: all), each in the log that `logs` names for it.
        logs: Log of each id.
        unread: Logs whose transcripts follow those of `ids`, as far as they can be read by now.
        cache: Where the index of logs is kept between runs.
        duplicates: What becomes of a sample that several logs hold.
    """

    type = SOURCE_TYPE
    location = None
    """None: logs have no common location."""

    locations: tuple[str, ...]
    ids: tuple[str, ...] | None = None
    logs: tuple[str | None, ...] = ()
    unread: UnreadLogs | None = None
    cache: IndexCache = field(default_factory=IndexCache, compare=False)
    duplicates: Duplicates = "newest"
    _locator: SampleLocator = field(default_factory=SampleLocator, init=False, compare=False, repr=False)
    _warned: set[str] = field(default_factory=set[str], init=False, compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        # What was remembered of logs stays behind: another process opens its own.
        return type(self), (self.locations, self.ids, self.logs, None, self.cache, self.duplicates)

    def with_duplicates(self, duplicates: Duplicates) -> EvalLogSource:
        """Give the same transcripts with another rule for samples that several logs hold."""
        return replace(self, duplicates=duplicates)

    def with_unread(self, unread: UnreadLogs, *, alone: bool = False) -> EvalLogSource:
        """Give the same transcripts, and behind them (or alone) those of logs that could not be read before."""
        return replace(self, ids=(), logs=(), unread=unread) if alone else replace(self, unread=unread)

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects, from headers and summaries.

        Logs that cannot be read are reported by the index, unless none can.

        Raises:
            LogReadError: None of the logs can be read.
            LocationError: A location is gone.
            UnknownNameError: A condition names a column that these logs do not have.
        """
        entries, failed = await find_logs(self.locations, self.unread.paths if self.unread is not None else ())
        if self.ids is None:
            self._warn([await anyio.to_thread.run_sync(describe_skipped_files, self.locations)])
        indexed = await self._index_logs(entries, failed, progress)
        if failed and not indexed:
            _raise_unreadable(list(failed.values()))
        problems = [LogProblem(path, str(error)) for path, error in sorted(failed.items())]
        problems += [
            LogProblem(path, str(LogReadError(path, notice)))
            for path, rows in indexed.items()
            for notice in rows.notices
        ]
        with gc_paused():
            rows = [row for path, log in indexed.items() for row in eval_rows(path, log)]
        modified = {entry.path: entry.modified for entry in entries}
        if self.ids is None:
            chosen, notice = resolve_duplicates(rows, modified, self.duplicates)
            self._warn([notice, *describe_repeats(indexed)])
        else:
            chosen = self._find_recorded(rows, modified, problems)
            if self.unread is not None:
                # Of all, also those of other logs: conditions may name columns that only these have.
                copies, _ = resolve_duplicates(rows, modified, self.duplicates)
                known, paths = frozenset(self.ids), frozenset(self.unread.paths)
                later = select_rows(copies, replace(self.unread.query, limit=None), _table)
                added = [row for row in later if row.location in paths and row.transcript_id not in known]
                chosen += added[: self.unread.room(len(known))]
        selected = select_rows(chosen, query, _table)
        return SelectedIndex(selected, problems, _query_tables(selected))

    async def version(self) -> object:
        """Tell what logs there are, and their versions."""
        entries, failed = await find_logs(self.locations, self.unread.paths if self.unread is not None else ())
        return tuple((entry.path, entry.etag) for entry in entries), tuple(failed)

    async def locate(self, info: TranscriptInfo) -> LocatedSample:
        """Find a sample in its log.

        Raises:
            LogReadError: The log cannot be read, or has no such sample.
        """
        from .located import locate_sample  # here: what decodes samples needs Inspect

        return await locate_sample(self._locator, info)

    async def _index_logs(
        self, entries: Sequence[Entry], failed: dict[str, LogReadError], progress: Progress | None
    ) -> dict[str, AnyLogRows]:
        """Index logs, those unchanged since an earlier time from the cache; adds to `failed` what cannot be read."""
        found = await anyio.to_thread.run_sync(self.cache.fetch, entries)
        missing = [entry for entry in entries if entry.path not in found]
        total = len(entries)

        async def read(entry: Entry) -> tuple[Entry, AnyLogRows | LogReadError]:
            return entry, await run_blocking(entry.path, lambda: _try_index(entry))

        def read_here(batch: Sequence[Entry]) -> list[tuple[Entry, AnyLogRows | LogReadError]]:
            return [(entry, _try_index(entry)) for entry in batch]

        for start in range(0, len(missing), _BATCH_LOGS):
            if progress is not None:
                progress(total - len(missing) + start, total)
            batch = missing[start : start + _BATCH_LOGS]
            if is_local(batch[0].path):
                outcomes = await anyio.to_thread.run_sync(read_here, batch)
            else:
                outcomes = await for_each(batch[0].path, batch, read)
            fresh = {entry.path: rows for entry, rows in outcomes if isinstance(rows, LogRows)}
            failed.update({entry.path: error for entry, error in outcomes if isinstance(error, LogReadError)})
            await anyio.to_thread.run_sync(self.cache.store, batch, fresh)
            found.update(fresh)
        self._warn([describe_unlisted({entry.path: found[entry.path] for entry in missing if entry.path in found})])
        if progress is not None:
            progress(total, total)
        return {entry.path: found[entry.path] for entry in entries if entry.path in found}

    def _warn(self, remarks: Iterable[str | None]) -> None:
        """Warn of each thing once, however often the index is made."""
        for remark in remarks:
            if remark is not None and remark not in self._warned:
                self._warned.add(remark)
                logger.warning("%s", remark)

    def _find_recorded(
        self, rows: Sequence[EvalRow], modified: Mapping[str, float], problems: list[LogProblem]
    ) -> list[EvalRow]:
        """Find the recorded transcripts again, in their order."""
        by_place = {(row.location, row.transcript_id): row for row in rows}
        recorded = list(zip(self.ids or (), self.logs, strict=True))
        by_id: dict[str, EvalRow] = {}
        if any(place not in by_place for place in ((log, id) for id, log in recorded)):
            # Copies, and what has moved to another log.
            by_place.update({(row.location, row.transcript_id): row for row in map(as_copy, rows)})
            by_id = {row.transcript_id: row for row in resolve_duplicates(rows, modified, "newest")[0]}
        found: list[EvalRow] = []
        missing: dict[str, list[str]] = {}
        for id, log in recorded:
            again = by_place.get((log, id)) or by_id.get(id)
            if again is not None:
                found.append(again)
            else:
                missing.setdefault(log or "", []).append(id)
        unreadable = {problem.location for problem in problems}
        for log, ids in missing.items():
            if log not in unreadable:
                shown = ", ".join(map(repr, ids[:_SHOWN])) + (", ..." if len(ids) > _SHOWN else "")
                problems.append(LogProblem(log, f"{len(ids)} transcripts are no longer in {log!r}: {shown}."))
        return found


def _table(rows: Sequence[EvalRow], query: Query) -> pa.Table:
    from .table import build_table  # here, as Arrow: only conditions and orders need it

    return build_table(rows, query)


def _query_tables(rows: Sequence[EvalRow]) -> Callable[[Query], pa.Table]:
    """Give what makes the table that a query refers to; columns that were made stay made."""

    @functools.cache
    def made() -> EvalTable:
        from .table import EvalTable  # here, as above

        return EvalTable(rows)

    return lambda query: made().for_query(query)


def _try_index(entry: Entry) -> AnyLogRows | LogReadError:
    try:
        return packed_rows(index_log(entry.path, entry))
    except LogReadError as error:
        return error


def _raise_unreadable(errors: Sequence[LogReadError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    others = "; ".join(f"{error.log!r}: {error.reason}" for error in errors[1 : _SHOWN + 1])
    others += "; ..." if len(errors) > _SHOWN + 1 else ""
    raise LogReadError(
        errors[0].log, f"{errors[0].reason} (and none of the other {len(errors) - 1} logs can be read: {others})"
    )
