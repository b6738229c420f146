"""Transcripts to scan: where they are, which of them, in what order."""

from __future__ import annotations

import functools
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from inspect_ai.log import EvalLog, EvalLogInfo

from .._project import load_dotenv_once
from .._query import Column, Condition, OrderBy, Query, condition_as_sql, condition_from_sql
from .._support.errors import ConfigError, UnknownNameError
from .._support.loops import RunCoroutine, asyncio_only
from .._support.reprs import html_table, one_line_repr
from .._types import (
    OrderBySpec,
    ScanTranscripts,
    SelectionSpec,
    Status,
    Transcript,
    TranscriptContent,
    TranscriptHandle,
    TranscriptInfo,
    location_text,
)
from .._validation import all_cases, case_ids, names_tasks
from .contract import DUPLICATES, Duplicates, HasCopies, LogProblem, Progress, TranscriptIndex, TranscriptSource
from .description import described, index_frame
from .index_row import ID_COLUMN
from .labelled_cases import with_cases
from .memory import MemorySource
from .resolve_source import find_source
from .source_kinds import kind_named

if TYPE_CHECKING:
    import pandas as pd

    from .._types import ValidationCase, ValidationSet

logger = logging.getLogger("inspect_scout")

Location = str | PathLike[str] | EvalLogInfo
"""Where transcripts are: a log, or a folder of logs."""

InMemory = Transcript | EvalLog
"""A transcript in memory, or a log with its samples."""


_EVERYTHING = TranscriptContent(messages="all", events="all", timeline="all")
_KNOWN = 10_000
"""Ids among which one is looked for that is close to an unknown one."""


@asyncio_only
@dataclass(frozen=True, repr=False)
class Transcripts:
    """Transcripts to scan: which they are, in what order; nothing is read before it is asked for.

    Made by `transcripts_from`. Methods that choose (`where`, `limit`, ...) give a new collection and leave this one as it
    is. `count`, `to_df`, `read` and a loop look at the transcripts; `count_async`, `to_df_async`, `read_async` and `async
    for` are their twins for programs with an event loop.

    Args:
        source: Where they are.
        query: Which of them, in what order.
        filters: The conditions as SQL text, as they were written.
        cases: Ids of labelled cases, of each `for_validation`; a transcript must be selected by each of these.

    Example:
        ```python
        failed = transcripts_from("logs").where("score = 'I'")
        print(failed.count())
        for info in failed.limit(3):
            print(info.task_id, info.total_tokens)
        ```
    """

    source: TranscriptSource
    query: Query = field(default_factory=Query)
    filters: tuple[str, ...] = ()
    cases: tuple[frozenset[str], ...] = ()
    _run: RunCoroutine | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return one_line_repr(self, **_described(self))

    def _repr_html_(self) -> str:
        return html_table("Transcripts", list(_described(self).items()))

    def __iter__(self) -> Iterator[TranscriptInfo]:
        """Describe the transcripts one after the other, without reading their content."""
        index: TranscriptIndex = _runner(self._run)(lambda: _readable(self))
        return (index.info(position) for position in range(len(index)))

    async def __aiter__(self) -> AsyncIterator[TranscriptInfo]:
        """Describe the transcripts one after the other, as `for` does."""
        index = await _readable(self)
        for position in range(len(index)):
            yield index.info(position)

    def count(self) -> int:
        """Count the transcripts, without reading their content.

        Logs that cannot be read are named in a warning and left out, here as in a scan.

        Returns:
            Number of transcripts.

        Raises:
            LogReadError: None of the logs can be read.
            LocationError: A location is gone.
            UnknownNameError: A condition names a column that there is not; close matches are named.
        """
        counted: int = _runner(self._run)(self.count_async)
        return counted

    async def count_async(self) -> int:
        """Count the transcripts, as `count` does."""
        return len(await _readable(self))

    def to_df(self) -> pd.DataFrame:
        """Describe the transcripts in a data frame, without reading their content.

        Returns:
            A row for each transcript, in their order, with the fields of `TranscriptInfo` as columns: `date` is a time in
            UTC, `total_time` is in seconds; `score`, `metadata` and the like hold Python values.

        Raises:
            LogReadError: None of the logs can be read.
            LocationError: A location is gone.
            UnknownNameError: A condition names a column that there is not; close matches are named.
        """
        frame: pd.DataFrame = _runner(self._run)(self.to_df_async)
        return frame

    async def to_df_async(self) -> pd.DataFrame:
        """Describe the transcripts in a data frame, as `to_df` does."""
        return index_frame(await _readable(self))

    def read(self, transcript_id: str, content: TranscriptContent | None = None) -> Transcript:
        """Read one of the transcripts.

        Args:
            transcript_id: Its id, as in `TranscriptInfo.transcript_id` or the column `transcript_id` of results.
            content: What to read of it (default: all messages, events and timelines).

        Raises:
            UnknownNameError: None of these transcripts has that id; close matches are named.
            LogReadError: It cannot be read.
        """
        found: Transcript = _runner(self._run)(lambda: self.read_async(transcript_id, content))
        return found

    async def read_async(self, transcript_id: str, content: TranscriptContent | None = None) -> Transcript:
        """Read one of the transcripts, as `read` does."""
        index = await self.index()
        if transcript_id not in index.ids:
            raise UnknownNameError("transcript", transcript_id, index.ids[:_KNOWN])
        located = await self.source.locate(index.info(index.ids.index(transcript_id)))
        return (await located.read(_EVERYTHING if content is None else content)).transcript

    def where(self, condition: str | Condition) -> Transcripts:
        """Keep the transcripts that meet a condition (and those given before).

        Args:
            condition: SQL text such as `model = 'openai/gpt-5' AND score < 0.5`, or a condition made with `columns`.

        Raises:
            ConfigError: The text is not a condition. Names of columns are checked when the transcripts are read.
        """
        if isinstance(condition, str):
            text, condition = condition, condition_from_sql(condition)
        elif isinstance(cast("object", condition), Condition):
            text = condition_as_sql(condition, "filter")
        else:
            raise ConfigError(f"{condition!r} is not a condition: give SQL text, or compare a column of `columns`.")
        query = replace(self.query, where=(*self.query.where, condition))
        return replace(self, query=query, filters=(*self.filters, text))

    def for_validation(
        self,
        validation: str | Path | ValidationSet | Mapping[str, str | Path | ValidationSet] | Sequence[ValidationCase],
    ) -> Transcripts:
        """Keep the transcripts that labelled cases are about; no cases keep none.

        The ids of cases are looked up when the transcripts are read. Ids of transcripts cost nothing; if some are not,
        they are ids of messages or events, and every transcript that meets the other conditions is read once to find
        those that contain them. Where a case names its task in place of an id, all ids must be those of transcripts.

        Args:
            validation: File of cases, set of cases, a mapping from scanners to these, or a sequence of cases.

        Raises:
            LocationError: There is no such file.
            ConfigError: A case is wrong.
        """
        cases = list(all_cases(validation))
        ids = frozenset(case_ids(cases))
        if names_tasks(cases):
            return self.where(_about_tasks(cases, ids))
        if not ids:
            logger.warning("for_validation() was given no labelled cases, so no transcript is selected")
        return replace(self, cases=(*self.cases, ids))

    def limit(self, n: int) -> Transcripts:
        """Keep the first `n` transcripts at most (0: none).

        Args:
            n: Number of transcripts.

        Raises:
            ConfigError: `n` is not a number of transcripts.
        """
        if isinstance(n, bool) or not isinstance(cast("object", n), int) or n < 0:
            raise ConfigError(f"A limit of {n!r} transcripts makes no sense: give 0 or more.")
        return replace(self, query=replace(self.query, limit=n))

    def shuffle(self, seed: int | None = None) -> Transcripts:
        """Order by chance. The order depends on ids and seed alone, and goes before `order_by` where both are given.

        Args:
            seed: Other seeds give other orders (None: 0).

        Raises:
            ConfigError: The seed is not an integer.
        """
        if seed is not None and (isinstance(seed, bool) or not isinstance(cast("object", seed), int)):
            raise ConfigError(f"A seed must be an integer, not {seed!r}.")
        return replace(self, query=replace(self.query, shuffle=seed or 0))

    def order_by(self, column: Column | str, direction: Literal["ASC", "DESC"] = "ASC") -> Transcripts:
        """Order by a column; further calls order what is equal so far.

        Args:
            column: Column of `columns`, or its name.
            direction: "ASC" from the smallest, "DESC" from the largest; what has no value comes last.

        Raises:
            ConfigError: The direction is another.
        """
        if direction not in ("ASC", "DESC"):
            raise ConfigError(f"Cannot order {direction!r}: use 'ASC' or 'DESC'.")
        order = OrderBy(column if isinstance(column, str) else column.name, direction)
        return replace(self, query=replace(self.query, order_by=(*self.query.order_by, order)))

    def with_duplicates(self, duplicates: Duplicates) -> Transcripts:
        """Decide what becomes of samples that are in several logs, as `transcripts_from(..., duplicates=...)` does.

        Nothing changes where there cannot be any: in a database.

        Args:
            duplicates: `newest`: the newest log that holds a sample counts; `all`: each of its copies.
        """
        source = self.source
        return replace(self, source=source.with_duplicates(duplicates)) if isinstance(source, HasCopies) else self

    async def index(self, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts, without reading their content (but see `for_validation`).

        Args:
            progress: Told how far indexing has come.
        """
        query = await with_cases(self.source, self.query, self.cases) if self.cases else self.query
        return await self.source.index(query, progress)

    def reader(self, snapshot: ScanTranscripts | None = None) -> TranscriptsReader:
        """Read the transcripts, in an `async with` block.

        Args:
            snapshot: Read those that a scan recorded instead (None: those of this collection).
        """
        return TranscriptsReader(self if snapshot is None else Transcripts.from_snapshot(snapshot))

    @staticmethod
    def from_snapshot(snapshot: ScanTranscripts) -> Transcripts:
        """Find the transcripts of a scan again: the same ones, in the same order.

        Args:
            snapshot: What the scan recorded of its transcripts.

        Raises:
            ConfigError: It recorded nothing to find them by, or no package that is installed here reads their kind.
            LocationError: A log or the database is gone.
        """
        return Transcripts(kind_named(snapshot.type).restore(snapshot), filters=tuple(snapshot.filter or ()))


def _described(transcripts: Transcripts) -> dict[str, object]:
    return described(transcripts.source, transcripts.query, transcripts.filters, transcripts.cases)


def _runner(run: RunCoroutine | None) -> RunCoroutine:
    if run is None:
        raise ConfigError(
            "These transcripts were not made by transcripts_from(); await count_async(), to_df_async() or read_async(), "
            "or use `async for`."
        )
    return run


async def _readable(transcripts: Transcripts) -> TranscriptIndex:
    """Find transcripts, and say what could not be read."""
    index = await transcripts.index()
    for problem in index.problems:
        logger.warning("%s", problem)
    return index


@asyncio_only
class TranscriptsReader:
    """Reads the transcripts of a collection, as they are when first asked for.

    Args:
        transcripts: The collection.

    Example:
        ```python
        async with transcripts_from("logs").reader() as reader:
            async for info in reader.index():
                transcript = await reader.read(info, TranscriptContent(messages="all"))
        ```
    """

    def __init__(self, transcripts: Transcripts) -> None:
        self._transcripts = transcripts
        self._index: TranscriptIndex | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transcripts!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._index = None

    async def index(self) -> AsyncIterator[TranscriptInfo]:
        """Describe the transcripts one after the other, without reading their content."""
        index = await self._indexed()
        for position in range(len(index)):
            yield index.info(position)

    async def read(self, transcript: TranscriptInfo, content: TranscriptContent) -> Transcript:
        """Read the content asked for.

        Args:
            transcript: Description of the transcript, from `index`.
            content: What to read.

        Raises:
            LogReadError: It cannot be read.
        """
        return (await (await self._transcripts.source.locate(transcript)).read(content)).transcript

    async def open(self, transcript: TranscriptInfo, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item.

        Args:
            transcript: Description of the transcript, from `index`.
            content: What to read.
        """
        return await (await self._transcripts.source.locate(transcript)).open(content)

    async def snapshot(self) -> ScanTranscripts:
        """Record which transcripts these are, so that `Transcripts.from_snapshot` finds them again."""
        return snapshot_of(self._transcripts, await self._indexed())

    async def _indexed(self) -> TranscriptIndex:
        if self._index is None:
            self._index = await self._transcripts.index()
        return self._index


def snapshot_of(
    transcripts: Transcripts, index: TranscriptIndex, by_scanner: dict[str, list[SelectionSpec]] | None = None
) -> ScanTranscripts:
    """Record which transcripts a scan is about; how they were chosen only where some logs could not be read.

    Args:
        transcripts: The collection.
        index: What it selects.
        by_scanner: How the transcripts of a worklist were chosen.
    """
    unread = unread_reasons(index.problems)
    selection = selection_of(transcripts).model_copy(update={"by_scanner": by_scanner or None}) if unread else None
    return ScanTranscripts(
        type=transcripts.source.type,
        location=transcripts.source.location,
        filter=list(transcripts.filters),
        transcript_ids=dict(zip(index.ids, index.locations, strict=True)),
        unread=unread or None,
        selection=selection,
    )


def _about_tasks(cases: Sequence[ValidationCase], ids: frozenset[str]) -> Condition:
    """Select the transcripts of tasks (and epochs), and those of some ids."""
    epochs: dict[int | None, set[str]] = {}
    for case in cases:
        if not case.id and case.task_id is not None:
            epochs.setdefault(case.task_repeat, set()).add(case.task_id)
    conditions = [Column(ID_COLUMN).in_(sorted(ids))] if ids else []
    for epoch, tasks in epochs.items():
        named = Column("task_id").in_(sorted(tasks))
        conditions.append(named if epoch is None else named & (Column("task_repeat") == epoch))
    return functools.reduce(lambda one, other: one | other, conditions)


def no_cases_message(transcripts: Transcripts) -> str:
    """Say why no transcript is selected, where `for_validation` was used."""
    counts = [len(ids) for ids in transcripts.cases]
    if 0 in counts:
        return "There are no transcripts to scan: for_validation() was given no labelled cases."
    meeting = f" that meets {' AND '.join(transcripts.filters)!r}" if transcripts.filters else ""
    return f"There are no transcripts to scan: no id of a labelled case is in a transcript{meeting}."


def unread_reasons(problems: Iterable[LogProblem]) -> dict[str, str]:
    """Say of each log why it was not read, or not whole."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.location, []).append(problem.message)
    return {path: " ".join(dict.fromkeys(messages)) for path, messages in found.items()}


def selection_of(transcripts: Transcripts, *, filtered: bool = False) -> SelectionSpec:
    """Record how transcripts are chosen.

    Args:
        transcripts: The collection.
        filtered: Also record its conditions.
    """
    query, source = transcripts.query, transcripts.source
    order = [OrderBySpec(column=one.column, direction=one.direction) for one in query.order_by]
    return SelectionSpec(
        filter=list(transcripts.filters) if filtered else None,
        limit=query.limit,
        shuffle=query.shuffle,
        order_by=order or None,
        cases=[sorted(ids) for ids in transcripts.cases] or None,
        duplicates="all" if isinstance(source, HasCopies) and source.duplicates == "all" else None,
    )


def transcripts_from(
    location: Location | Status | InMemory | Sequence[Location] | Sequence[InMemory],
    *,
    duplicates: Duplicates = "newest",
    run: RunCoroutine | None = None,
) -> Transcripts:
    """Find transcripts; users call the function of this name that hands on `run` (`_app/transcripts.py`).

    Args:
        location: Logs, folders of logs, a database, the `Status` of a scan, or transcripts in memory.
        duplicates: What becomes of a sample that is in several logs.
        run: Runs coroutines for code that cannot await.
    """
    load_dotenv_once()
    if duplicates not in DUPLICATES:
        raise ConfigError(f"duplicates={duplicates!r} is not known; use one of {', '.join(map(repr, DUPLICATES))}.")
    if isinstance(location, Status):
        if duplicates == "all":
            raise ConfigError("duplicates='all' is for logs: a scan has recorded which copies it means. Leave it out.")
        return replace(Transcripts.from_snapshot(_recorded_by(location)), _run=run)
    given: list[Any] = [location]
    if isinstance(location, Sequence) and not isinstance(location, str | bytes):
        given = list(location)
    # The samples of a log of which only the header was read are in its file.
    items = [i.location if isinstance(i, EvalLog) and i.samples is None and i.location else i for i in given]
    in_memory = [item for item in items if isinstance(item, Transcript | EvalLog)]
    if in_memory and len(in_memory) < len(items):
        raise ConfigError("Transcripts in memory and locations cannot be mixed: read the logs first, or scan twice.")
    if in_memory:
        return Transcripts(MemorySource(in_memory, duplicates), _run=run)
    return Transcripts(find_source([_location_text(item) for item in items], duplicates), _run=run)


def _recorded_by(status: Status) -> ScanTranscripts:
    if status.spec.transcripts is None:
        raise ConfigError(
            f"The scan at {status.location!r} stopped before its transcripts were known; name their logs."
        )
    return status.spec.transcripts


def _location_text(location: object) -> str:
    if isinstance(location, EvalLogInfo):
        return location.name
    if isinstance(location, str | PathLike):
        return location_text(cast("str | PathLike[str]", location))
    raise ConfigError(f"{location!r} is not a location of transcripts: give a path, several, or transcripts.")
