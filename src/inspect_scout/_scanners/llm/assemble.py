"""From the results of the parts of a transcript to its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.event import TimelineSpan

from ..._types import RESULTSET, Result, as_resultset
from .reduce import Reducer, flat_resultset

SKIPPED = "skipped"
"""Key in the metadata of a result: why no model was asked ("no_messages", "nothing_rendered", "no_spans")."""

_REASONS = {
    "no_messages": "The transcript has no messages, so no model was asked.",
    "nothing_rendered": "The preprocessor leaves none of the transcript's messages, so no model was asked.",
    "no_spans": "No span of the transcript's timeline holds messages that are read, so no model was asked.",
}


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """Result of one segment, and the span that it was cut from, if it was cut from a timeline."""

    result: Result[Any]
    span: TimelineSpan | None = None


async def assemble(judged: Sequence[SegmentResult], *, by_span: bool, listed: bool, reducer: Reducer) -> Result[Any]:
    """Make one result of those of all segments.

    Args:
        judged: Results of the segments, in order; at least one.
        by_span: Whether spans have results of their own, which form a resultset.
        listed: Whether each result is a resultset already: the items of all form one.
        reducer: Makes one result of those that belong together.
    """
    if by_span:
        judged = [SegmentResult(_attributed(each), each.span) for each in judged]
    if listed:
        results = [each.result for each in judged]
        return results[0] if len(results) == 1 else flat_resultset(results)
    if not by_span:
        return await _reduced([each.result for each in judged], reducer)
    spans: dict[str, list[SegmentResult]] = {}
    for each in judged:
        spans.setdefault("" if each.span is None else each.span.id, []).append(each)
    reduced = [
        _attributed(SegmentResult(await _reduced([e.result for e in s], reducer), s[0].span)) for s in spans.values()
    ]
    return reduced[0] if len(reduced) == 1 else as_resultset(reduced)


def skipped_result(*, spans: bool, messages: bool) -> Result[Any]:
    """Say that a transcript left nothing to ask about, be it read span by span or by its messages, if it has any."""
    reason = "no_spans" if spans else "nothing_rendered" if messages else "no_messages"
    return Result(value=None, explanation=_REASONS[reason], metadata={SKIPPED: reason})


async def _reduced(results: list[Result[Any]], reducer: Reducer) -> Result[Any]:
    return results[0] if len(results) == 1 else await reducer(results)


def _attributed(judged: SegmentResult) -> Result[Any]:
    """Write into a result which span it is about; a label that the model gave stays."""
    result, span = judged.result, judged.span
    if span is None:
        return result
    where = {"span_id": span.id, "span_name": span.name}
    if result.type == RESULTSET and isinstance(result.value, list):
        for item in result.value:
            if isinstance(item, dict):
                item.setdefault("label", span.name)
                known = item.get("metadata")
                item["metadata"] = {**(known if isinstance(known, dict) else {}), **where}
        return result
    result.label = result.label or span.name
    result.metadata = {**(result.metadata or {}), **where}
    return result
