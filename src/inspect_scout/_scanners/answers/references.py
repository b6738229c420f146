"""Citations inside values of any shape, and those among them of messages that the model was not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from inspect_ai.scorer import Reference

from ..._support.shapes import is_list, is_mapping
from ..._types import RESULTSET, UNSEEN_CITATIONS, Result
from ..render.citations import MOST_UNSEEN
from .contract import ExtractReferences


def extract_references(values: list[Any], extract_fn: ExtractReferences) -> list[Reference]:
    """Find what the strings inside some values cite.

    Args:
        values: Strings, lists and dicts, nested as deep as they are. Anything else is passed over, as are keys.
        extract_fn: Finds the messages that a text cites.

    Returns:
        The references, in order; what is cited twice is listed once.

    Example:
        ```python
        text, find_cited = await messages_as_str(transcript, include_ids=True)
        cited = extract_references({"reason": "It gave up in [M7].", "steps": ["[M2]", "[M3]"]}, find_cited)
        ```
    """
    found: dict[str, Reference] = {}
    for text in texts_in(values):
        for reference in extract_fn(text):
            found.setdefault(reference.id, reference)
    return list(found.values())


def texts_in(values: list[Any]) -> Iterator[str]:
    """Find the strings inside some values, in order; keys are passed over."""
    # A stack, not recursion: how deep a value is nested is decided by a model's reply.
    waiting: list[Any] = list(reversed(values))
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            waiting.extend(reversed(list(cast(Mapping[Any, Any], value).values())))
        elif isinstance(value, list | tuple):
            waiting.extend(reversed(cast(list[Any], value)))


def with_unseen(result: Result[Any], extract_references: ExtractReferences) -> Result[Any]:
    """List in the metadata of a result, and of the items of a resultset, which citations are of messages not shown.

    Args:
        result: The result, which is changed.
        extract_references: Finds the messages that a text cites. Only one that `message_numbering` or `messages_as_str`
            made knows what was shown; with another one nothing is listed.
    """
    unseen: Callable[[str], list[str]] | None = getattr(extract_references, "unseen", None)
    if unseen is None:
        return result
    if result.type == RESULTSET and is_list(result.value):
        for item in result.value:
            if is_mapping(item):
                _note(item, unseen)
        return result
    fields = {name: getattr(result, name) for name in ("value", "label", "explanation", "metadata")}
    _note(fields, unseen)
    result.metadata = fields["metadata"]
    return result


def _note(item: dict[str, Any], unseen: Callable[[str], list[str]]) -> None:
    values = [item.get(name) for name in ("explanation", "value", "label", "metadata")]
    found = list(dict.fromkeys(cite for text in texts_in(values) for cite in unseen(text)))
    if found:
        item["metadata"] = {**(item.get("metadata") or {}), UNSEEN_CITATIONS: found[:MOST_UNSEEN]}
