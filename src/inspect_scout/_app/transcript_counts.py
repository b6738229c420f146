"""Which transcripts there are: counted, as a whole and by what their descriptions say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .._query import Query, condition_from_sql
from .._statistics import Proportion
from .._support.errors import UnknownNameError
from .._support.json import dumps
from .bridge import in_sync
from .transcript_source import open_source

if TYPE_CHECKING:
    from .._transcripts import Progress
    from .._types import TranscriptInfo

N = TypeVar("N", int, float)

DEFAULT_BY = ("task_set", "model")
# Names that people type for fields of transcripts.
_SHORT_NAMES = {"task": "task_set", "sample": "task_id", "id": "task_id", "epoch": "task_repeat", "log": "source_uri"}


@dataclass(frozen=True, slots=True)
class TranscriptCounts:
    """Counts of some transcripts.

    Args:
        by: What these transcripts have in common, by name (none: they are all that there are).
        transcripts: How many there are.
        scored: How many have a score.
        mean_score: Mean of the scores (None: not all of them are numbers).
        successes: How many succeeded, as far as their scores tell.
        judged: Of how many scores tell that.
        messages: Messages (None: it is not known of all of them).
        tokens: Tokens that their runs used (None: likewise).
        seconds: Time that their runs took together (None: likewise).
        errors: How many were ended by an error.
        limits: How many were ended by a limit.
    """

    by: Mapping[str, object]
    transcripts: int
    scored: int
    mean_score: float | None
    successes: int
    judged: int
    messages: int | None
    tokens: int | None
    seconds: float | None
    errors: int
    limits: int

    @property
    def success(self) -> Proportion:
        """How many of the judged ones succeeded."""
        return Proportion(self.judged, self.successes)


@dataclass(frozen=True, slots=True)
class TranscriptsSummary:
    """Which transcripts there are.

    Args:
        total: Counts of all of them.
        groups: Counts by what was asked for, in the order of the values.
        by: Names of what they are counted by.
        sources: Logs, or files of a database, that they are in.
        first_date: When the first was made.
        last_date: When the last was made.
        problems: Logs that could not be read.
    """

    total: TranscriptCounts
    groups: tuple[TranscriptCounts, ...]
    by: tuple[str, ...]
    sources: int
    first_date: str | None
    last_date: str | None
    problems: tuple[str, ...]


async def summarise_transcripts_async(
    locations: Sequence[str] = (),
    filters: Sequence[str] = (),
    *,
    by: Sequence[str] = DEFAULT_BY,
    progress: Progress | None = None,
) -> TranscriptsSummary:
    """Count transcripts, without reading their content.

    Args:
        locations: Where they are (none: where the project or the usual folders have them).
        filters: SQL conditions that must hold.
        by: What they are counted by: fields of `TranscriptInfo` ("task_set" or "task", "model", "score"), or keys of
            their metadata.
        progress: Is told how far the logs are indexed.

    Raises:
        LocationError: There are no transcripts.
        UnknownNameError: A condition or `by` names what these transcripts do not have.
        ConfigError: A condition cannot be used.
        LogReadError: None of the logs can be read.
    """
    conditions = tuple(map(condition_from_sql, filters))
    index = await open_source(locations).index(Query(where=conditions), progress)
    infos = [index.info(position) for position in range(len(index))]
    names = {name: _SHORT_NAMES.get(name, name) for name in by}
    _refuse_unknown(names, infos)
    dates = [info.date for info in infos if info.date]
    return TranscriptsSummary(
        total=_counts({}, infos),
        groups=tuple(_groups(names, infos)),
        by=tuple(names),
        sources=len(set(index.locations) - {None}) or int(bool(infos)),
        first_date=min(dates, default=None),
        last_date=max(dates, default=None),
        problems=tuple(str(problem) for problem in index.problems),
    )


summarise_transcripts = in_sync(summarise_transcripts_async)


def _refuse_unknown(names: Mapping[str, str], infos: Sequence[TranscriptInfo]) -> None:
    if not infos:
        return
    fields = {name for name in type(infos[0]).model_fields if name != "metadata"}
    keys = {key for info in infos for key in info.metadata}
    for given, name in names.items():
        if name not in fields | keys:
            raise UnknownNameError("field of transcripts", given, {*fields, *keys, *_SHORT_NAMES})


def _groups(names: Mapping[str, str], infos: Iterable[TranscriptInfo]) -> list[TranscriptCounts]:
    if not names:
        return []
    found: dict[tuple[str, ...], tuple[dict[str, object], list[TranscriptInfo]]] = {}
    for info in infos:
        values = {given: _field(info, name) for given, name in names.items()}
        found.setdefault(tuple(map(dumps, values.values())), (values, []))[1].append(info)
    ordered = sorted(found.values(), key=lambda group: [_sort_key(value) for value in group[0].values()])
    return [_counts(values, members) for values, members in ordered]


def _field(info: TranscriptInfo, name: str) -> object:
    return getattr(info, name) if name in type(info).model_fields else info.metadata.get(name)


def _sort_key(value: object) -> tuple[int, float, str]:
    """Order numbers before texts, what has no value last."""
    if isinstance(value, int | float) and not math.isnan(value):
        return 0, float(value) if abs(value) < 2**1000 else math.copysign(math.inf, value), ""
    return (2, 0.0, "") if value is None else (1, 0.0, value if isinstance(value, str) else dumps(value))


def _counts(by: Mapping[str, object], infos: Sequence[TranscriptInfo]) -> TranscriptCounts:
    scores = [info.score for info in infos if info.score is not None]
    judged = [info.success for info in infos if info.success is not None]
    return TranscriptCounts(
        by=by,
        transcripts=len(infos),
        scored=len(scores),
        mean_score=_mean(scores),
        successes=sum(judged),
        judged=len(judged),
        messages=_sum(info.message_count for info in infos),
        tokens=_sum(info.total_tokens for info in infos),
        seconds=_sum(info.total_time for info in infos),
        errors=sum(bool(info.error) for info in infos),
        limits=sum(bool(info.limit) for info in infos),
    )


def _sum(numbers: Iterable[N | None]) -> N | None:
    known = list(numbers)
    counted = [number for number in known if number is not None]
    return sum(counted[1:], counted[0]) if counted and len(counted) == len(known) else None


def _mean(scores: Sequence[object]) -> float | None:
    numbers = [float(s) for s in scores if isinstance(s, int | float) and math.isfinite(s)]
    return math.fsum(numbers) / len(numbers) if numbers and len(numbers) == len(scores) else None


def transcripts_json(summary: TranscriptsSummary) -> dict[str, object]:
    """Describe which transcripts there are, as `--json` prints it."""
    return {
        **_counts_json(summary.total),
        "sources": summary.sources,
        "first_date": summary.first_date,
        "last_date": summary.last_date,
        "by": list(summary.by),
        "groups": [{"by": dict(group.by), **_counts_json(group)} for group in summary.groups],
        "problems": list(summary.problems),
    }


def _counts_json(counts: TranscriptCounts) -> dict[str, object]:
    names = (
        "transcripts",
        "scored",
        "mean_score",
        "successes",
        "judged",
        "messages",
        "tokens",
        "seconds",
        "errors",
        "limits",
    )
    low, high = counts.success.interval() or (None, None)
    rates = {"success_rate": counts.success.rate, "success_rate_low": low, "success_rate_high": high}
    return {**{name: getattr(counts, name) for name in names}, **rates}
