"""Handles for transcripts: read as a whole when first used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Literal, NoReturn, Self

import anyio
import anyio.lowlevel
from inspect_ai.event import Event
from inspect_ai.model import ChatMessage

from ..._types import Transcript, TranscriptContent, TranscriptInfo
from .repair import count_incomplete
from .source import SampleError
from .views import view

Part = Literal["messages", "events"]
MakeError = Callable[[SampleError], Exception]
"""Makes the error that names file and transcript."""

CHECKPOINT_ITEMS: Final = 64
"""Items after which an iteration lets other tasks run."""

_WITHOUT_TIMELINES: Final = TranscriptContent(messages="all", events="all")


class MaterializedHandle:
    """A transcript that is loaded as a whole when it is first asked for.

    Args:
        info: Description of the transcript.
        load: Reads it.
        content: What was asked for; stored timelines that it does not name are left out.
        named: Makes the error that is raised where the content cannot be decoded (None: it is raised as it is).
    """

    def __init__(
        self,
        info: TranscriptInfo,
        load: Callable[[], Awaitable[Transcript]],
        content: TranscriptContent | None = None,
        make_error: MakeError | None = None,
    ) -> None:
        self.info = info
        self._load, self._content, self._make_error = load, content, make_error
        self._lock = anyio.Lock()
        self._transcript: Transcript | None = None
        self._closed = False

    @property
    def incomplete(self) -> int:
        """Messages and events read so far that could be read only in part."""
        return 0 if self._transcript is None else count_incomplete(self._transcript)

    def messages(self) -> AsyncIterator[ChatMessage]:
        """Iterate over the messages."""
        self._check_open()
        return self._each("messages")

    def events(self) -> AsyncIterator[Event]:
        """Iterate over the events."""
        self._check_open()
        return self._each("events")

    async def load(self) -> Transcript:
        """Read everything into memory, once."""
        async with self._lock:
            self._check_open()
            if self._transcript is None:
                with self._named_errors():
                    loaded = await self._load()
                if self._content is not None and self._content.timeline is None and loaded.timelines:
                    loaded = view(loaded, _WITHOUT_TIMELINES)
                self._transcript = loaded
            return self._transcript

    async def aclose(self) -> None:
        """Give back what the handle holds; using it afterwards raises RuntimeError."""
        self._closed = True
        self._transcript = None

    async def __aenter__(self) -> Self:
        self._check_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"A transcript handle ({self.info.transcript_id!r}) cannot be pickled; open the transcript again there."
        )

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError(f"The handle of transcript {self.info.transcript_id!r} is closed; open it again.")

    async def _items(self, part: Part) -> Iterable[Any]:
        items: Iterable[Any] = getattr(await self.load(), part)
        return items

    async def _each(self, part: Part) -> AsyncIterator[Any]:
        with self._named_errors():
            for position, item in enumerate(await self._items(part)):
                if position % CHECKPOINT_ITEMS == CHECKPOINT_ITEMS - 1:
                    await anyio.lowlevel.checkpoint()
                yield item
                self._check_open()

    @contextmanager
    def _named_errors(self) -> Generator[None]:
        try:
            yield
        except SampleError as error:
            if self._make_error is None:
                raise
            raise self._make_error(error) from error
