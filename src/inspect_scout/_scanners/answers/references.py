"""Citations inside values of any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from inspect_ai.scorer import Reference

from .contract import ExtractReferences


def extract_references(values: list[Any], extract_fn: ExtractReferences) -> list[Reference]:
    """Find what the strings inside some values cite.

    Args:
        values: Strings, lists and dicts, nested as deep as they are. Anything else is passed over, as are keys.
        extract_fn: Finds the messages that a text cites.

    Returns:
        The references, in order; what is cited twice is listed once.
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
