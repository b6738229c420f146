"""The way to count tokens for a model: its provider's counter, its own vocabulary, or an estimate.

A vocabulary of some other model is not used in place of an estimate: it is an estimate too, several times slower, and
where a transcript is cut would depend on which files happen to be on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import anyio
import anyio.lowlevel
from inspect_ai.model import Model, get_model

from ..._inspect.tokens import ModelCounting, counting_of, keep_counting_local
from .estimate import estimate_tokens
from .vocabulary import vocabulary_counter

MAX_COUNTS_IN_FLIGHT: Final = 8
"""Texts that a provider is asked about at the same time."""

ESTIMATE_MARGIN: Final = 1.1
"""What is kept free in a segment because an estimate may be too low."""

PAUSE_CHARACTERS: Final = 1_000_000
"""Characters counted on this machine before other tasks may run."""


class TokenCounter(Protocol):
    """Counts tokens of texts, for one model."""

    @property
    def margin(self) -> float:
        """How many times a number may be the true one in the worst case that is planned for."""
        ...

    @property
    def within_bytes(self) -> bool:
        """Whether a text never has more tokens than bytes."""
        ...

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text."""
        ...


async def count_tokens(text: str, model: Model | str | None = None) -> int:
    """Count the tokens of a text without loading anything over a network.

    The model's provider counts if it can; else the model's own vocabulary, if it is on this machine; else the number is
    estimated from the characters, within 15 % for the usual text of transcripts.

    Args:
        text: The text.
        model: The model, or its name (None: the active model, if there is one).

    Returns:
        The number, at least 1.
    """
    (found,) = await counter_for(resolve_model(model)).count([text])
    return found


def resolve_model(model: Model | str | None) -> Model | None:
    """Find the model to count for; None if none is named and none is active."""
    if isinstance(model, Model):
        return model
    if model is not None:
        return get_model(model)
    try:
        return get_model()
    except ValueError:
        # Inspect's way to say that there is none; counting and cutting work without.
        return None


def counter_for(model: Model | None) -> TokenCounter:
    """Choose the way to count for a model; None: estimate."""
    way = ModelCounting() if model is None else counting_of(model)
    if model is not None and way.by_provider:
        keep_counting_local(model, estimate_tokens)
        return _ByProvider(model)
    exact = vocabulary_counter(way.vocabulary) if way.vocabulary else None
    return _Here(estimate_tokens, ESTIMATE_MARGIN) if exact is None else _Here(exact, within_bytes=True)


@dataclass(frozen=True, slots=True)
class _Here:
    """Counts on this machine."""

    one: Callable[[str], int]
    margin: float = 1.0
    within_bytes: bool = False

    async def count(self, texts: Sequence[str]) -> list[int]:
        counts: list[int] = []
        since_pause = 0
        for text in texts:
            counts.append(self.one(text))
            since_pause += len(text)
            if since_pause >= PAUSE_CHARACTERS:
                await anyio.lowlevel.checkpoint()
                since_pause = 0
        return counts


@dataclass(frozen=True, slots=True)
class _ByProvider:
    """Asks the model's provider."""

    model: Model
    margin: float = 1.0
    within_bytes: bool = True

    async def count(self, texts: Sequence[str]) -> list[int]:
        counts = [0] * len(texts)
        waiting = iter(enumerate(texts))

        async def work() -> None:
            for place, text in waiting:
                counts[place] = await self.model.count_tokens(text)

        try:
            async with anyio.create_task_group() as tasks:
                for _ in range(min(MAX_COUNTS_IN_FLIGHT, len(texts))):
                    tasks.start_soon(work)
        except ExceptionGroup as group:
            # What failed first is what callers know how to handle.
            raise group.exceptions[0] from None
        return counts
