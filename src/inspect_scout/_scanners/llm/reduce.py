"""One result of several: what scanning a transcript in parts comes to."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, Model

from ..._support.errors import ConfigError
from ..._types import RESULTSET, UNSEEN_CITATIONS, Result, unseen_in
from ..answers.contract import PARSE_ERROR
from ..render.citations import MOST_UNSEEN, MessageCitations, cited_numbers
from ..scoring.reduce import join_explanations, merge_metadata, merge_references, numbered
from .errors import PromptTooLargeError
from .generate import generate_answer
from .prompt import sendable

Reducer: TypeAlias = Callable[[list[Result[Any]]], Awaitable[Result[Any]]]
"""Makes one result of the results of the segments of a transcript."""

UNREAD_SEGMENTS = "unread_segments"
"""Key in the metadata of a reduced result: numbers of the segments whose answer could not be read."""

_INSTRUCTIONS = (
    "You combine findings about one long transcript. It was read in segments, each by a reader who saw no other; you "
    "get their answers in order. Write the answer that a reader of the whole transcript would have given: weigh what "
    "they say, settle what they disagree on, and leave nothing important out. Keep their citations of messages, such "
    "as [M2], exactly as they stand, and invent none."
)
_REQUEST = "Combine the findings of these segments into one answer."
_REPLY = (
    "First explain, with the citations, how the findings fit together. Then give the combined answer: the last line of "
    "your reply must be 'ANSWER: $TEXT' (without quotes), where $TEXT is the answer."
)


_judge: ContextVar[Model | None] = ContextVar("scout_judge", default=None)


@contextmanager
def reducing_with(model: Model) -> Generator[None]:
    """Let reducers in the block use the model of the scanner."""
    token = _judge.set(model)
    try:
        yield
    finally:
        _judge.reset(token)


class ResultReducer:
    """Ways of making one result out of the results of the segments of a transcript.

    Explanations are joined under the number of their segment, references are collected, metadata is merged (later
    segments win), and a label that all have is kept. A segment whose answer could not be read has no say.

    Example:
        ```python
        worst = llm_scanner(question="How often does it lie?", answer="numeric", reducer=ResultReducer.max)
        ```
    """

    @staticmethod
    async def mean(results: list[Result[Any]]) -> Result[Any]:
        """Take the mean of the numbers."""
        return _of_numbers(results, statistics.fmean)

    @staticmethod
    async def median(results: list[Result[Any]]) -> Result[Any]:
        """Take the median of the numbers."""
        return _of_numbers(results, statistics.median)

    @staticmethod
    async def mode(results: list[Result[Any]]) -> Result[Any]:
        """Take the most frequent number (of several, the first)."""
        return _of_numbers(results, statistics.mode)

    @staticmethod
    async def max(results: list[Result[Any]]) -> Result[Any]:
        """Take the largest number."""
        return _of_numbers(results, max)

    @staticmethod
    async def min(results: list[Result[Any]]) -> Result[Any]:
        """Take the smallest number."""
        return _of_numbers(results, min)

    @staticmethod
    async def any(results: list[Result[Any]]) -> Result[Any]:
        """Tell whether any value is True (None if no answer could be read)."""
        answered = [r for r in _some(results) if isinstance(_truth(r), bool)]
        if not answered:
            return _combined(results, value=None, answer=None)
        yes = next((r for r in answered if _truth(r)), None)
        decisive = answered[-1] if yes is None else yes
        # A value made of the answer (`value_to_float`) is kept; its truth is in the answer.
        value = decisive.value if not isinstance(decisive.value, bool) else yes is not None
        return _combined(results, value=value, answer="No" if yes is None else "Yes", parsed=yes is not None)

    @staticmethod
    async def union(results: list[Result[Any]]) -> Result[Any]:
        """Collect the items of all lists, each once (None if no answer could be read)."""
        lists = [r.value for r in _some(results) if isinstance(r.value, list)]
        if not lists:
            return _combined(results, value=None, answer=None)
        items = list(dict.fromkeys(str(item) for found in lists for item in found))
        value: list[Any] = [*items]
        return _combined(results, value=value, answer=", ".join(items) or None, parsed=items)

    @staticmethod
    async def majority(results: list[Result[Any]]) -> Result[Any]:
        """Take the most frequent value (of several, the one that was found last)."""
        answered = [r for r in _some(results) if r.value is not None]
        if not answered:
            return _combined(results, value=None, answer=None)
        votes = Counter(str(r.value) for r in answered)
        most = max(votes.values())
        return _chosen(results, next(r for r in reversed(answered) if votes[str(r.value)] == most))

    @staticmethod
    async def last(results: list[Result[Any]]) -> Result[Any]:
        """Take the last value."""
        return _chosen(results, _some(results)[-1])

    @staticmethod
    def llm(model: str | Model | None = None, prompt: str | None = None) -> Reducer:
        """Have a model write one answer from all.

        Args:
            model: The model (default: that of the scanner, else that of the scan).
            prompt: What to ask of it.
        """
        return LlmReducer(model, prompt)


@dataclass(frozen=True, slots=True)
class LlmReducer:
    """A reducer that has a model write one answer from all. Survives pickling, unlike a function inside a function."""

    model: str | Model | None = None
    prompt: str | None = None

    async def __call__(self, results: list[Result[Any]]) -> Result[Any]:
        """Make one result of several."""
        answered = [(i, r) for i, r in enumerate(_some(results), 1) if r.answer is not None or r.value is not None]
        if not answered:
            return _combined(results, value=None, answer=None)
        findings = [_finding(number, result) for number, result in answered]
        cited = _cited(results)
        try:
            written = await self._written(findings, cited)
        except PromptTooLargeError as error:
            written = await self._written_in_groups(findings, cited, error)
        combined = _combined(results, value=written.value, answer=written.answer, parsed=written.answer)
        metadata = {**(combined.metadata or {}), **(written.metadata or {})}
        if written.explanation and not unseen_in(written.metadata):
            # What the segments invented is not in the explanation any more.
            metadata.pop(UNSEEN_CITATIONS, None)
        explanation = written.explanation or combined.explanation
        return combined.model_copy(update={"explanation": explanation, "metadata": metadata or None})

    async def _written(self, findings: Sequence[str], cited: MessageCitations) -> Result[Any]:
        request = "\n\n".join([self.prompt or _REQUEST, *findings, _REPLY])
        conversation: list[ChatMessage] = [
            ChatMessageSystem(content=_INSTRUCTIONS),
            ChatMessageUser(content=sendable(request)),
        ]
        return await generate_answer(conversation, "string", model=self.model or _judge.get(), extract_refs=cited)

    async def _written_in_groups(
        self, findings: Sequence[str], cited: MessageCitations, error: PromptTooLargeError
    ) -> Result[Any]:
        """Combine what is too long together in groups, and then what came of them."""
        groups = min(len(findings), max(2, -(-error.counted // max(1, error.budget * 3 // 4))))
        bounds = [len(findings) * n // groups for n in range(groups + 1)]
        combined: list[str] = []
        for first, end in pairwise(bounds):
            written = await self._written(findings[first:end], cited)
            combined.append(_finding(first + 1, written, end))
        return await self._written(combined, cited)


def flat_resultset(results: Sequence[Result[Any]]) -> Result[Any]:
    """Put the items of resultsets into one resultset."""
    items = [item for result in results for item in _items(result)]
    parsed = [item for result in results for item in (result.parsed or ())]
    return Result(value=items, type=RESULTSET, metadata=_metadata(results), parsed=parsed)


def _items(result: Result[Any]) -> list[Any]:
    if result.type == RESULTSET and isinstance(result.value, list):
        return result.value
    return [result.model_dump(mode="json", exclude_none=True)]


def _some(results: list[Result[Any]]) -> list[Result[Any]]:
    if not results:
        raise ConfigError("There are no results to reduce; a reducer needs at least one.")
    return results


def _truth(result: Result[Any]) -> Any:
    return result.value if isinstance(result.value, bool) else result.parsed


def _of_numbers(results: list[Result[Any]], take: Callable[[list[Any]], Any]) -> Result[Any]:
    numbers = [r.value for r in _some(results) if isinstance(r.value, (int, float)) and not isinstance(r.value, bool)]
    if not numbers:
        return _chosen(results, results[-1])
    value = take(numbers)
    return _combined(results, value=value, answer=str(value))


def _chosen(results: list[Result[Any]], winner: Result[Any]) -> Result[Any]:
    reduced = _combined(results, value=winner.value, answer=winner.answer, parsed=winner.parsed)
    return reduced if winner.label is None else reduced.model_copy(update={"label": winner.label})


def _combined(results: list[Result[Any]], *, value: Any, answer: str | None, parsed: Any = None) -> Result[Any]:
    labels = {r.label for r in results}
    return Result(
        value=value,
        answer=answer,
        explanation=join_explanations(results, numbered("Segment", results)),
        metadata=_metadata(results),
        references=merge_references(results),
        label=labels.pop() if len(labels) == 1 else None,
        parsed=parsed,
    )


def _cited(results: Sequence[Result[Any]]) -> MessageCitations:
    """Find what may be cited of the results of segments: what they cite themselves, unless they invented it."""
    ids = {number: r.id for result in results for r in result.references for number in cited_numbers(r.cite or "")}
    for result in results:
        invented = cited_numbers(" ".join(unseen_in(result.metadata)))
        text = f"{result.explanation} {result.answer} {result.value}"
        ids = dict.fromkeys(cited_numbers(text) - invented, "") | ids
    return MessageCitations(ids)


def _metadata(results: Sequence[Result[Any]]) -> dict[str, Any] | None:
    merged = merge_metadata(results) or {}
    unseen = [cite for result in results for cite in unseen_in(result.metadata)]
    if unseen:
        merged[UNSEEN_CITATIONS] = list(dict.fromkeys(unseen))[:MOST_UNSEEN]
    unread = [number for number, result in enumerate(results, 1) if PARSE_ERROR in (result.metadata or {})]
    if unread:
        merged[UNREAD_SEGMENTS] = unread
        if len(unread) < len(results):
            # What some segments lack is not a failure of the whole.
            del merged[PARSE_ERROR]
    return merged or None


def _finding(number: int, result: Result[Any], last: int | None = None) -> str:
    lines = [f"[Segment {number}]" if last in {None, number} else f"[Segments {number} to {last}]"]
    if result.answer is not None:
        lines.append(f"Answer: {result.answer}")
    if result.value is not None and str(result.value) != result.answer:
        lines.append(f"Value: {result.value}")
    if result.explanation:
        lines.append(f"Explanation: {result.explanation}")
    return "\n".join(lines)
