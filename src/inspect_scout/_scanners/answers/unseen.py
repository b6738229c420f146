"""Citations in an answer of messages that the model was not shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._support.shapes import is_list, is_mapping
from ..._types import RESULTSET, UNSEEN_CITATIONS, Result
from ..render import MOST_UNSEEN
from .contract import ExtractReferences
from .references import texts_in


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
