"""Files of labelled cases, as `/api/v2` shows and changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from ..._support.errors import ConfigError
from ..._validation import read_cell, read_id
from ..editing.labels import create_labels, key_of

_FIELDS: Final = ("target", "labels", "split", "predicate", "task_id", "task_repeat")


def create_case_file(path: str, cases: Sequence[Mapping[str, JsonValue]]) -> None:
    """Make a file of cases.

    Args:
        path: The file.
        cases: Its cases, each with an id.

    Raises:
        CasesFileExistsError: It exists.
        ConfigError: Its name tells of no known format, or a case is wrong.
    """
    create_labels(path, [{"id": _id(case.get("id")), **case_fields(case)} for case in cases])


def case_fields(given: Mapping[str, JsonValue]) -> dict[str, object]:
    """Take what a case holds out of what a client sends.

    A target that is text is read as a cell of CSV is: the published page sends "true" where it means true.

    Raises:
        ConfigError: It has neither a target nor labels, or both.
    """
    labels, target = given.get("labels"), given.get("target")
    if (labels is None and "target" not in given) or (labels is not None and target is not None):
        raise ConfigError("A case needs exactly one of 'target' and 'labels'.")
    fields: dict[str, object] = {name: given[name] for name in _FIELDS if given.get(name) is not None}
    if labels is not None:
        return fields
    return {**fields, "target": read_cell(target) if isinstance(target, str) else target}


def case_key(id: str) -> str:
    """Name a case as files of labels are edited by.

    Args:
        id: Its id; several ids as a JSON list.

    Raises:
        ConfigError: It is not an id.
    """
    return key_of({"id": _id(id)})


def _id(given: JsonValue) -> str | list[str]:
    try:
        return read_id(given)
    except ValueError as error:
        raise ConfigError(f"A case cannot be used: {error}. Give the id of a transcript, or a list of ids.") from None
