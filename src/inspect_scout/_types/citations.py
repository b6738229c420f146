"""Citations of messages that a model was not shown. Loads nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._support.shapes import is_list, is_mapping

if TYPE_CHECKING:
    from .result import Result

UNSEEN_CITATIONS: Final = "unseen_citations"
"""Key in the metadata of a result: citations of messages that the model was not shown, as it wrote them."""

_RESULTSET = "resultset"


def unseen_in(metadata: object) -> list[str]:
    """List the citations that the metadata of a result tell to be of messages that were not shown."""
    cited = metadata.get(UNSEEN_CITATIONS) if is_mapping(metadata) else None
    return [str(cite) for cite in cited] if is_list(cited) else []


def unseen_citations(result: Result[Any] | None) -> list[str]:
    """List the citations of a result, and of the items of a resultset, that name messages which were not shown."""
    if result is None:
        return []
    cited = unseen_in(result.metadata)
    if result.type == _RESULTSET and is_list(result.value):
        cited += [cite for item in result.value if is_mapping(item) for cite in unseen_in(item.get("metadata"))]
    return list(dict.fromkeys(cited))
