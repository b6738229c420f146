"""Samples that several logs hold: copies of a log, rescored ones, retried evals that repeat what was done before.

Such samples have one uuid. The rule is the same for every place and every order of listing: the log that was modified last
counts, of several modified at the same time the first by path.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from ..contract import Duplicates
from .eval_row import EvalRow
from .records import AnyLogRows

R = TypeVar("R", bound=EvalRow)

_SHOWN = 3
_DIGITS = 8


def copy_id(transcript_id: str, log: str) -> str:
    """Give a copy of a sample an id of its own, the same whenever this log is read.

    Args:
        transcript_id: Id of the sample.
        log: The log that holds the copy.
    """
    return f"{transcript_id}-{hashlib.sha256(log.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGITS]}"


def resolve_duplicates(
    rows: Sequence[EvalRow], modified: Mapping[str, float], duplicates: Duplicates
) -> tuple[Sequence[EvalRow], str | None]:
    """Decide what becomes of samples that several logs hold.

    Args:
        rows: The samples of all logs, no id twice in one log.
        modified: When each log was modified last.
        duplicates: "newest" keeps the newest of each; "all" keeps all, and gives each but the oldest an id of its own, so
            that what was found in the first log keeps its id when copies come.

    Returns:
        The samples, in their order, and what there is to say.
    """
    if len({row.transcript_id for row in rows}) == len(rows):
        return rows, None

    sign = 1 if duplicates == "all" else -1
    counts: dict[str, EvalRow] = {}
    for row in sorted(rows, key=lambda row: (sign * modified.get(row.location or "", 0.0), row.location or "")):
        counts.setdefault(row.transcript_id, row)
    if duplicates == "all":
        return [row if counts[row.transcript_id] is row else as_copy(row) for row in rows], None
    left = [(row, counts[row.transcript_id]) for row in rows if counts[row.transcript_id] is not row]
    return [row for row in rows if counts[row.transcript_id] is row], _describe_duplicates(left)


def as_copy(row: R, place: str | None = None) -> R:
    """Give a sample under the id that it has as a copy.

    Args:
        row: The sample.
        place: What tells its log from others (None: where the log is).
    """
    id = copy_id(row.transcript_id, place or row.location or "")
    return replace(row, transcript_id=id)


def describe_repeats(logs: Mapping[str, AnyLogRows]) -> list[str]:
    """Say which logs hold a sample more than once."""
    superseded = {path: rows.superseded for path, rows in logs.items() if rows.superseded}
    shared_uuids = {path: rows.shared_uuids for path, rows in logs.items() if rows.shared_uuids}
    notices: list[str] = []
    if superseded:
        notices.append(
            f"{sum(superseded.values())} samples are in their log again with the same id and epoch; the last of each counts: "
            f"{_describe_counts(superseded)}."
        )
    if shared_uuids:
        notices.append(
            f"{sum(shared_uuids.values())} samples carry the uuid of another sample of their log; they are scanned under an id "
            f"derived from eval, id and epoch: {_describe_counts(shared_uuids)}."
        )
    return notices


def describe_unlisted(logs: Mapping[str, AnyLogRows]) -> str | None:
    """Say of which logs samples had to be read, because no summary lists them."""
    unlisted = {path: rows.unlisted for path, rows in logs.items() if rows.unlisted}
    if not unlisted:
        return None
    return (
        f"{sum(unlisted.values())} samples are in no readable summary of their log and were read whole, which takes longer "
        f"than reading summaries: {_describe_counts(unlisted)}."
    )


def _describe_counts(counts: Mapping[str, int]) -> str:
    shown = ", ".join(f"{count} in {path!r}" for path, count in list(counts.items())[:_SHOWN])
    return shown + (f", ... ({len(counts)} logs)" if len(counts) > _SHOWN else "")


def _describe_duplicates(left: Sequence[tuple[EvalRow, EvalRow]]) -> str:
    pairs = Counter((old.location, new.location) for old, new in left)
    lines = [f"{count} of {old!r} are read from {new!r}" for (old, new), count in pairs.most_common(_SHOWN)]
    more = f"; {len(pairs) - _SHOWN} more pairs of logs are alike" if len(pairs) > _SHOWN else ""
    count = len({old.transcript_id for old, _ in left})
    return (
        f"{count} samples are in more than one log. Of each, the one in the log that was modified last counts: "
        f"{'; '.join(lines)}{more}. Use duplicates='all' (`--duplicates all`) to scan every one of them, or name the "
        "logs that you want."
    )
