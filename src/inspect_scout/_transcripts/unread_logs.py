"""Logs that a scan could not read: what it records of them, and how it finds their transcripts later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .._query import OrderBy, Query, condition_from_sql
from .._types import ScanTranscripts, SelectionSpec
from .collection import Transcripts
from .contract import HasCopies, Progress, ReadsLater, TranscriptIndex, TranscriptSource, UnreadLogs
from .labelled_cases import with_cases
from .recorded import recorded_transcripts

_NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class RestoredTranscripts:
    """The transcripts of a scan, and those of logs that could not be read when it was made.

    Args:
        source: Where they are read.
        index: All of them, in order: the recorded ones, then the others.
        recorded: Id -> log of the recorded ones, whether or not they are still there.
        added: Id -> log of the others.
        by_scanner: Ids of those that a selection of a worklist means, by scanner.
    """

    source: TranscriptSource
    index: TranscriptIndex
    recorded: dict[str, str | None]
    added: dict[str, str | None]
    by_scanner: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


async def restore_transcripts(
    snapshot: ScanTranscripts, listed: Mapping[str, int] = _NONE, progress: Progress | None = None
) -> RestoredTranscripts:
    """Find the transcripts of a scan again, and index the logs that could not be read when it was made.

    Those of logs that can be read by now are chosen as the scan chose the others, and follow them: the order of the
    recorded ones stays, and a limit counts them.

    Args:
        snapshot: What the scan recorded.
        listed: Transcripts that the worklist has, by scanner.
        progress: Told how far indexing has come.

    Raises:
        ConfigError: It recorded nothing to find them by.
        LocationError: A log of recorded transcripts, or the database, is gone.
    """
    source = Transcripts.from_snapshot(snapshot).source
    if isinstance(source, HasCopies) and snapshot.selection is not None and snapshot.selection.duplicates:
        source = source.with_duplicates(snapshot.selection.duplicates)
    recorded = recorded_transcripts(snapshot)
    # Of a log that was read when the scan was made, which says nothing of its selection then, nothing is added.
    if not (snapshot.unread and snapshot.selection and isinstance(source, ReadsLater)):
        return RestoredTranscripts(source, await source.index(Query(), progress), recorded, {})
    paths, selection = tuple(snapshot.unread), snapshot.selection
    query = await _query_of(source, paths, selection, snapshot.filter or ())
    index = await source.with_unread(UnreadLogs(paths, query)).index(Query(), progress)
    places = dict(zip(index.ids, index.locations, strict=True))
    added = {id: place for id, place in places.items() if id not in recorded}
    meant: dict[str, list[str]] = {}
    for scanner, selections in (selection.by_scanner or {}).items():
        for one in selections if added else ():
            own = await _query_of(source, paths, one, one.filter or ())
            room = UnreadLogs(paths, own).room(listed.get(scanner, 0))
            ids = (await source.with_unread(UnreadLogs(paths, replace(own, limit=None)), alone=True).index(Query())).ids
            meant.setdefault(scanner, []).extend([id for id in ids if id in added][:room])
    return RestoredTranscripts(source, index, recorded, added, meant)


async def _query_of(
    source: ReadsLater, paths: tuple[str, ...], selection: SelectionSpec, filters: Sequence[str]
) -> Query:
    query = Query(
        where=tuple(condition_from_sql(text) for text in filters),
        order_by=tuple(OrderBy(one.column, one.direction) for one in selection.order_by or ()),
        shuffle=selection.shuffle,
        limit=selection.limit,
    )
    if selection.cases is None:
        return query
    cases = [frozenset(ids) for ids in selection.cases]
    meant = await with_cases(source.with_unread(UnreadLogs(paths, Query()), alone=True), Query(), cases)
    return replace(query, where=(*query.where, *meant.where))
