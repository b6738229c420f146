"""Transcripts in eval logs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import anyio.to_thread

from ..._support.errors import ConfigError, LogReadError, TranscriptTooLargeError
from ..._support.storage import Entry, for_each, is_local, run_blocking
from ..._types import InputOrigin, Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
from ..contract import Duplicates, LoadedTranscript, LogProblem, Progress, TranscriptIndex
from ..decode.handle import MaterializedHandle
from ..decode.naming import NamingHandle
from ..decode.sample import Decoded, decode_sample
from ..decode.source import SampleError
from ..decode.stream import SPOOL_THRESHOLD_BYTES, open_sample
from ..index import SelectedIndex, UnreadLogs, select_rows, select_unread
from ..origins import view_of, view_text
from .access import LogAccess, SampleSource
from .cache import IndexCache
from .copies import as_copy, doubles_said, resolve_copies, unlisted_said
from .listing import find_logs, skipped
from .reading import index_log
from .records import LogRows
from .table import SOURCE_TYPE, EvalRow, build_table

if TYPE_CHECKING:
    from inspect_ai.log import EvalSample

    from ..._query import Query
    from ..database.contract import StoredTranscript

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Logs indexed between two looks at the event loop.
_BATCH_LOGS = 50
# Up to this, decoding holds up other tasks so briefly that a thread is not worth its cost.
_INLINE_BYTES = 1 << 20
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

    locations: tuple[str, ...]
    ids: tuple[str, ...] | None = None
    logs: tuple[str | None, ...] = ()
    unread: UnreadLogs | None = None
    cache: IndexCache = field(default_factory=IndexCache, compare=False)
    duplicates: Duplicates = "newest"
    _access: LogAccess = field(default_factory=LogAccess, init=False, compare=False, repr=False)
    _said: set[str] = field(default_factory=set[str], init=False, compare=False, repr=False)

    def __reduce__(self) -> tuple[type[EvalLogSource], tuple[Any, ...]]:
        # What was remembered of logs stays behind: another process opens its own.
        return type(self), (self.locations, self.ids, self.logs, None, self.cache, self.duplicates)

    def with_duplicates(self, duplicates: Duplicates) -> EvalLogSource:
        """Give the same transcripts with another rule for samples that several logs hold."""
        return replace(self, duplicates=duplicates)

    @property
    def type(self) -> str:
        """Kind of source, as scans record it."""
        return SOURCE_TYPE

    @property
    def location(self) -> str | None:
        """None: logs have no common location."""
        return None

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects, from headers and summaries.

        Logs that cannot be read are reported by the index, unless none can.

        Args:
            query: What to select.
            progress: Told how many logs are indexed.

        Raises:
            LogReadError: None of the logs can be read.
            LocationError: A location is gone.
            UnknownNameError: A condition names a column that these logs do not have.
        """
        entries, failed = await find_logs(self.locations, self.unread.paths if self.unread is not None else ())
        if self.ids is None:
            self._say([await anyio.to_thread.run_sync(skipped, self.locations)])
        indexed = await self._index_logs(entries, failed, progress)
        if failed and not indexed:
            _refuse(list(failed.values()))
        problems = [LogProblem(path, str(error)) for path, error in sorted(failed.items())]
        problems += [
            LogProblem(path, str(LogReadError(path, notice)))
            for path, rows in indexed.items()
            for notice in rows.notices
        ]
        rows = [EvalRow(path, log, sample) for path, log in indexed.items() for sample in log.samples]
        modified = {entry.path: entry.modified for entry in entries}
        if self.ids is None:
            chosen, said = resolve_copies(rows, modified, self.duplicates)
            self._say([said, *doubles_said(indexed)])
        else:
            chosen = self._recorded(rows, modified, problems)
            if self.unread is not None:
                copies, _ = resolve_copies(rows, modified, self.duplicates)
                chosen += select_unread(copies, self.ids, self.unread, build_table)
        selected = select_rows(chosen, query, build_table)
        return SelectedIndex(selected, problems)

    async def read(
        self, info: TranscriptInfo, content: TranscriptContent, *, max_bytes: int | None = None
    ) -> LoadedTranscript:
        """Read the content asked for.

        Args:
            info: The transcript.
            content: What to read.
            max_bytes: Refuse samples whose JSON is larger.

        Raises:
            LogReadError: The sample cannot be read.
            TranscriptTooLargeError: It is larger than `max_bytes`.
        """
        source = await self._sample(info)
        if max_bytes is not None and source.size > max_bytes:
            raise TranscriptTooLargeError(info.transcript_id, source.size, max_bytes)
        decoded = await _run(_log_of(info), source.size, lambda: _decoded(source, info, content))
        return LoadedTranscript(decoded.transcript, source.fingerprint, decoded.size)

    async def size(self, info: TranscriptInfo) -> int:
        """Bytes of the sample's JSON (0 if it cannot be found: reading will say why)."""
        try:
            return (await self._sample(info)).size
        except LogReadError:
            return 0

    async def open(self, info: TranscriptInfo, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item.

        Raises:
            LogReadError: The log has no such sample.
        """
        source = await self._sample(info)
        if source.size > SPOOL_THRESHOLD_BYTES:
            return NamingHandle(open_sample(source, info, content), lambda error: _named(info, error))

        async def load() -> Transcript:
            decoded = await _run(_log_of(info), source.size, lambda: _decoded(source, info, content))
            return decoded.transcript

        return MaterializedHandle(info, load, content)

    async def stored(self, info: TranscriptInfo) -> StoredTranscript:
        """Read everything there is of a sample as a row of a database, without making objects of its content.

        Raises:
            LogReadError: The sample cannot be read.
        """
        source = await self._sample(info)
        return await _run(_log_of(info), source.size, lambda: _stored(source, info))

    async def origin(self, info: TranscriptInfo, view: TranscriptContent, size: int) -> InputOrigin | None:
        """Where content seen through `view` can be found again; None if it cannot."""
        try:
            source = await self._sample(info)
        except LogReadError:
            return None
        return InputOrigin(SOURCE_TYPE, _log_of(info), source.member, source.fingerprint, view_text(view), size)

    async def _sample(self, info: TranscriptInfo) -> SampleSource:
        log, id, epoch = _log_of(info), info.task_id, info.task_repeat
        if id is None or epoch is None:
            raise ConfigError(f"Transcript {info.transcript_id!r} does not come from an eval log: it names no sample.")
        return await run_blocking(log, lambda: self._access.sample(log, id, epoch, info))

    async def _index_logs(
        self, entries: Sequence[Entry], failed: dict[str, LogReadError], progress: Progress | None
    ) -> dict[str, LogRows]:
        """Index logs, those unchanged since an earlier time from the cache; adds to `failed` what cannot be read."""
        found = await anyio.to_thread.run_sync(self.cache.fetch, entries)
        missing = [entry for entry in entries if entry.path not in found]
        total = len(entries)

        async def read(entry: Entry) -> tuple[Entry, LogRows | LogReadError]:
            return entry, await run_blocking(entry.path, lambda: _indexed(entry))

        def read_here(batch: Sequence[Entry]) -> list[tuple[Entry, LogRows | LogReadError]]:
            return [(entry, _indexed(entry)) for entry in batch]

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
        self._say([unlisted_said({entry.path: found[entry.path] for entry in missing if entry.path in found})])
        if progress is not None:
            progress(total, total)
        return {entry.path: found[entry.path] for entry in entries if entry.path in found}

    def _say(self, remarks: Iterable[str | None]) -> None:
        """Warn of each thing once, however often the index is made."""
        for remark in remarks:
            if remark is not None and remark not in self._said:
                self._said.add(remark)
                logger.warning("%s", remark)

    def _recorded(
        self, rows: Sequence[EvalRow], modified: Mapping[str, float], problems: list[LogProblem]
    ) -> list[EvalRow]:
        """Find the recorded transcripts again, in their order."""
        by_place = {(row.location, row.transcript_id): row for row in rows}
        recorded = list(zip(self.ids or (), self.logs, strict=True))
        by_id: dict[str, EvalRow] = {}
        if any(place not in by_place for place in ((log, id) for id, log in recorded)):
            # Copies, and what has moved to another log.
            by_place.update({(row.location, row.transcript_id): row for row in map(as_copy, rows)})
            by_id = {row.transcript_id: row for row in resolve_copies(rows, modified, "newest")[0]}
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


def read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read content again from where it was found.

    Args:
        origin: Where it was found.
        info: Description of the transcript.

    Raises:
        LogReadError: The log is gone, or the sample has changed since.
    """
    source = _ACCESS.member(origin.location, origin.member, origin.fingerprint)
    if source.fingerprint != origin.fingerprint:
        raise LogReadError(origin.location, "the sample has changed since it was scanned", repr(origin.member))
    return _decoded(source, info, view_of(origin.view)).transcript


async def read_sample(info: TranscriptInfo) -> EvalSample:
    """Read a whole sample from its log, as Inspect's own types.

    Raises:
        LogReadError: The log or the sample cannot be read.
        ConfigError: The transcript does not come from an eval log.
    """
    from ..._inspect.scoring import sample_of

    if info.task_id is None or info.task_repeat is None:
        raise ConfigError(f"Transcript {info.transcript_id!r} does not come from an eval log: it names no sample.")
    source = _ACCESS.sample(_log_of(info), info.task_id, info.task_repeat, info)
    try:
        return await _run(_log_of(info), source.size, lambda: sample_of(source.read()))
    except (ValueError, RecursionError) as error:
        raise _named(info, SampleError(str(error) or "its JSON is nested too deeply")) from error


# Results of one scan name the same logs again and again.
_ACCESS = LogAccess()


def _decoded(source: SampleSource, info: TranscriptInfo, content: TranscriptContent) -> Decoded:
    try:
        return decode_sample(source, info, content)
    except SampleError as error:
        raise _named(info, error) from error


def _stored(source: SampleSource, info: TranscriptInfo) -> StoredTranscript:
    from ..database.incoming import store_sample

    try:
        return store_sample(source, info)
    except SampleError as error:
        raise _named(info, error) from error


def _named(info: TranscriptInfo, error: SampleError) -> LogReadError:
    return LogReadError(_log_of(info), str(error), f"{info.task_id!r} epoch {info.task_repeat}")


def _indexed(entry: Entry) -> LogRows | LogReadError:
    try:
        return index_log(entry.path, entry)
    except LogReadError as error:
        return error


async def _run(log: str, size: int, work: Callable[[], T]) -> T:
    """Work here if it is short, else in a thread, so that other tasks go on."""
    return await (run_blocking(log, work) if size <= _INLINE_BYTES else anyio.to_thread.run_sync(work))


def _log_of(info: TranscriptInfo) -> str:
    log: Any = info.metadata.get("log") or info.source_uri
    if not isinstance(log, str):
        raise ConfigError(f"Transcript {info.transcript_id!r} does not come from an eval log: it names none.")
    return log


def _refuse(errors: Sequence[LogReadError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    others = "; ".join(f"{error.log!r}: {error.reason}" for error in errors[1 : _SHOWN + 1])
    others += "; ..." if len(errors) > _SHOWN + 1 else ""
    raise LogReadError(
        errors[0].log, f"{errors[0].reason} (and none of the other {len(errors) - 1} logs can be read: {others})"
    )
