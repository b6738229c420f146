"""What a case is about: an input by its id, or the transcript of a task by `task_id` and epoch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from .._support.errors import ConfigError
from .._types import ValidationCase
from .cells import id_key, read_text

TaskTranscript: TypeAlias = tuple[str, str | None, int | None]
"""A transcript: its id, the id of its task, its epoch."""

_SHOWN = 5


def case_key(case: ValidationCase) -> tuple[str, ...]:
    """Give what is the same for cases about the same thing: their ids in any order, or the name of their task."""
    return id_key(case.id) if case.id else (case_name(case),)


def case_name(case: ValidationCase) -> str:
    """Name what a case is about, for messages."""
    if case.id:
        return case.id if isinstance(case.id, str) else ", ".join(case.id)
    return _task_name(case.task_id, case.task_repeat)


def fields_key(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Give the same for a case that is written as plain fields."""
    return id_key(cast("str | list[str]", fields["id"])) if fields.get("id") else (_task_name(*task_of(fields)),)


def _task_name(task_id: str | None, epoch: int | None) -> str:
    return f"task_id {task_id!r}" + ("" if epoch is None else f" epoch {epoch}")


def task_of(fields: Mapping[str, object]) -> tuple[str | None, int | None]:
    """Read the task that a case of a file names, and its epoch (`epoch` or `task_repeat`).

    Raises:
        ValueError: The case has no id, and what should stand in its place cannot be used.
    """
    named, epoch = fields.get("task_id"), fields.get("epoch", fields.get("task_repeat"))
    if isinstance(epoch, float) and epoch.is_integer():
        epoch = int(epoch)
    number = epoch if isinstance(epoch, int) and not isinstance(epoch, bool) else None
    # With an id it is for information only, which never makes a case unusable.
    if "id" not in fields and epoch is not None and number is None:
        raise ValueError(f"its epoch {epoch!r} is not a whole number")
    return (None if named is None else read_text(named)), number


def names_tasks(cases: Iterable[ValidationCase]) -> bool:
    """Tell whether some cases are about transcripts that have to be found by their task."""
    return any(not case.id for case in cases)


def with_ids(cases: Sequence[ValidationCase], transcripts: Iterable[TaskTranscript]) -> list[ValidationCase]:
    """Give cases that name a task the id of its transcript; those that match none stay as they are.

    Args:
        cases: The cases.
        transcripts: Where they may be found.

    Raises:
        ConfigError: A case matches several transcripts.
    """
    if not names_tasks(cases):
        return list(cases)
    wanted = {case.task_id for case in cases if not case.id}
    found: defaultdict[str, dict[str, int | None]] = defaultdict(dict)
    for transcript_id, task_id, epoch in transcripts:
        if task_id is not None and task_id in wanted:
            found[task_id][transcript_id] = epoch
    return [case if case.id else _with_id(case, found.get(case.task_id or "", {})) for case in cases]


def _with_id(case: ValidationCase, epochs: Mapping[str, int | None]) -> ValidationCase:
    matching = [id for id, epoch in epochs.items() if case.task_repeat is None or epoch == case.task_repeat]
    if len(matching) > 1:
        shown = ", ".join(matching[:_SHOWN]) + (", ..." if len(matching) > _SHOWN else "")
        hint = "Give its epoch, or the 'id'" if case.task_repeat is None else "Give the 'id'"
        raise ConfigError(
            f"The labelled case of {case_name(case)} matches {len(matching)} transcripts ({shown}). {hint} of the one that "
            "is meant, or take the transcripts of one eval only."
        )
    return case.model_copy(update={"id": matching[0]}) if matching else case
