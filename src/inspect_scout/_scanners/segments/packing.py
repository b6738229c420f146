"""Rendered messages -> segments, as full as the budget allows."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from typing import Final

from .budget import TokenBudget
from .rendering import MessageText
from .split import split

CHUNK_SHARE: Final = 0.05
"""Share of the budget that is counted in one go."""

CHARACTERS_PER_TOKEN: Final = 4
"""Roughly; only the size of what is counted in one go depends on it."""

JOINT_TOKENS: Final = 2
"""What a line break between two texts adds at most to the sum of their tokens."""

_GROUP: Final = 64


async def pack(
    batches: AsyncIterable[Sequence[MessageText]], budget: TokenBudget, mark: str = ""
) -> AsyncIterator[list[MessageText]]:
    """Distribute rendered messages over segments, in order; the mark stands in the notes on parts of messages."""
    packer = _Packer(budget, mark)
    waiting: list[MessageText] = []
    # While what is there has fewer bytes than the budget has tokens, nothing needs to be counted.
    certain, size = budget.counter.within_bytes, 0
    async for batch in batches:
        waiting.extend(batch)
        if certain:
            size += sum(_bytes(shown.text) + 1 for shown in batch)
            certain = size <= budget.tokens
        if certain:
            continue
        *full, last = _chunks(waiting, budget.tokens) if waiting else [[]]
        waiting = last
        async for segment in packer.place(full):
            yield segment
    if certain:
        packer.open = waiting
    elif waiting:
        async for segment in packer.place([waiting]):
            yield segment
    if packer.open:
        yield packer.open


class _Packer:
    """Fills one segment after the other."""

    def __init__(self, budget: TokenBudget, mark: str) -> None:
        self._budget, self._mark = budget, mark
        self.open: list[MessageText] = []
        self._tokens = 0

    async def place(self, chunks: Sequence[list[MessageText]]) -> AsyncIterator[list[MessageText]]:
        """Place messages that belong together; gives each segment that is full."""
        for start in range(0, len(chunks), _GROUP):
            group = chunks[start : start + _GROUP]
            counts = await self._budget.counter.count(["\n".join([s.text for s in chunk]) for chunk in group])
            for chunk, count in zip(group, counts, strict=True):
                for shown, tokens in await self._fitting(chunk, count):
                    if full := self._add(shown, tokens):
                        yield full

    async def _fitting(self, chunk: list[MessageText], count: int) -> list[tuple[list[MessageText], int]]:
        if count <= self._budget.tokens:
            return [(chunk, count)]
        if len(chunk) == 1:
            return [([part], tokens) for part, tokens in await split(chunk[0], self._budget, self._mark)]
        counts = await self._budget.counter.count([shown.text for shown in chunk])
        return [
            fitting
            for shown, tokens in zip(chunk, counts, strict=True)
            for fitting in await self._fitting([shown], tokens)
        ]

    def _add(self, shown: list[MessageText], tokens: int) -> list[MessageText]:
        if self.open and self._tokens + JOINT_TOKENS + tokens > self._budget.tokens:
            full, self.open, self._tokens = self.open, list(shown), tokens
            return full
        self._tokens += tokens + (JOINT_TOKENS if self.open else 0)
        self.open.extend(shown)
        return []


def _chunks(shown: Sequence[MessageText], budget: int) -> Iterator[list[MessageText]]:
    """Group messages for counting; the last group may be incomplete."""
    most = max(1, int(budget * CHUNK_SHARE * CHARACTERS_PER_TOKEN))
    chunk: list[MessageText] = []
    size = 0
    for one in shown:
        if chunk and size + len(one.text) + 1 > most:
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += len(one.text) + 1
    yield chunk


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
