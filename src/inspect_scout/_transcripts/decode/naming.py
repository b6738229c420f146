"""Handles whose errors name the file and the transcript."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..._support.errors import LogReadError
from ..._types import Transcript, TranscriptHandle, TranscriptInfo
from .source import SampleError

if TYPE_CHECKING:
    from inspect_ai.event import Event
    from inspect_ai.model import ChatMessage


class NamingHandle:
    """A transcript read item by item.

    Args:
        handle: Reads it.
        name: Makes the error that names file and transcript.
    """

    def __init__(self, handle: TranscriptHandle, name: Callable[[SampleError], LogReadError]) -> None:
        self._handle, self._name = handle, name

    @property
    def info(self) -> TranscriptInfo:
        """Description of the transcript."""
        return self._handle.info

    @property
    def incomplete(self) -> int:
        """Messages and events read so far that could be read only in part."""
        return int(getattr(self._handle, "incomplete", 0))

    async def messages(self) -> AsyncIterator[ChatMessage]:
        """Iterate over the messages asked for."""
        with self._named():
            async for message in self._handle.messages():
                yield message

    async def events(self) -> AsyncIterator[Event]:
        """Iterate over the events asked for."""
        with self._named():
            async for event in self._handle.events():
                yield event

    async def load(self) -> Transcript:
        """Read everything asked for into memory (remembered)."""
        with self._named():
            return await self._handle.load()

    async def aclose(self) -> None:
        """Give back files and memory; using the handle afterwards raises RuntimeError."""
        await self._handle.aclose()

    async def __aenter__(self) -> Self:
        await self._handle.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._handle.__aexit__(kind, error, trace)

    @contextmanager
    def _named(self) -> Generator[None]:
        try:
            yield
        except SampleError as error:
            raise self._name(error) from error
