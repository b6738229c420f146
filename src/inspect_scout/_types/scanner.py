"""What a scanner and a loader are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

from inspect_ai.event import Event, Timeline
from inspect_ai.model import ChatMessage
from typing_extensions import TypeVar

from .result import Result
from .transcript import Transcript, TranscriptHandle

ScannerInput: TypeAlias = (
    Transcript | ChatMessage | Sequence[ChatMessage] | Event | Sequence[Event] | Timeline | Sequence[Timeline]
)
"""What a scanner may be given."""

InputT = TypeVar("InputT", contravariant=True, bound=ScannerInput | TranscriptHandle, default=Any)
YieldT = TypeVar("YieldT", covariant=True, default=Any)


@runtime_checkable
class Scanner(Protocol[InputT]):
    """An async function from a part of a transcript to a result, or to a list of results.

    Example:
        ```python
        @scanner(messages="all")
        def length() -> Scanner[Transcript]:
            async def scan(transcript: Transcript) -> Result:
                return Result(value=len(transcript.messages))

            return scan
        ```
    """

    async def __call__(self, input: InputT, /) -> Result[Any] | list[Result[Any]]:
        """Judge the input."""
        ...


@runtime_checkable
class Loader(Protocol[YieldT]):
    """An async generator that cuts a transcript into the inputs of a scanner.

    Example:
        ```python
        @loader(messages="all")
        def ends() -> Loader[list[ChatMessage]]:
            async def load(transcript: Transcript) -> AsyncIterator[list[ChatMessage]]:
                yield transcript.messages[-3:]

            return load
        ```
    """

    def __call__(self, transcript: Transcript, /) -> AsyncIterator[YieldT]:
        """Yield the inputs, one after the other."""
        ...
