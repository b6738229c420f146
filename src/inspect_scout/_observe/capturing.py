"""Calls of models that a package makes, from their start to the end of their answer."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from .._importers import JsonObject
from .foreign_values import Foreign
from .observation import Observation
from .provider import ObserveEmit

_ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)


class OpenCall:
    """A call that has begun: it is told of once, when its answer is there, fails, or is given up.

    Args:
        emit: Is told.
        request: What was asked.
        collect: Puts the pieces of a streamed answer together.
    """

    def __init__(self, emit: ObserveEmit, request: JsonObject, collect: Callable[[list[Foreign]], Foreign]) -> None:
        self._emit, self._request, self._collect = emit, request, collect
        self._context = contextvars.copy_context()
        self._began = time.time()
        self._pieces: list[Foreign] = []
        self._observation = Observation.current()
        if self._observation is not None:
            self._observation.open[id(self)] = self.end

    def add(self, piece: Foreign) -> None:
        """Take a piece of a streamed answer."""
        self._pieces.append(piece)

    def end(self, response: Foreign = None, error: BaseException | None = None) -> None:
        """Tell of it, unless that was done."""
        observation, self._observation = self._observation, None
        if observation is None or observation.open.pop(id(self), None) is None:
            return
        if response is None and self._pieces:
            response = self._collect(self._pieces)
        told = {
            **self._request,
            "response": response,
            "error": None if error is None else describe(error),
            "code": getattr(error, "code", None),
            "began": self._began,
            "ended": time.time(),
        }
        # In the context of the call: a stream may be read, or given up, in another one.
        self._context.run(self._emit, told)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell of it if something ends it; that a stream has no more, or is given up, is not an error."""
        if error is not None:
            self.end(error=None if isinstance(error, _ENDS) else error)


def describe(error: BaseException) -> str:
    """Say what a call was ended by."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _itself(stream: Foreign) -> Foreign:
    return stream


def _recording(kind: Foreign) -> JsonObject:
    """What a stream does besides, once it is recorded."""

    def next_item(self: Foreign) -> Foreign:
        with self.observed_call:
            item = kind.__next__(self)
        self.observed_call.add(item)
        return item

    def close(self: Foreign) -> None:
        kind.close(self)
        self.observed_call.end()

    return {"__iter__": _itself, "__next__": next_item, "close": close}


def _recording_async(kind: Foreign) -> JsonObject:
    """The same of a stream that is read asynchronously."""

    async def next_item(self: Foreign) -> Foreign:
        with self.observed_call:
            item = await kind.__anext__(self)
        self.observed_call.add(item)
        return item

    async def close(self: Foreign) -> None:
        await kind.close(self)
        self.observed_call.end()

    return {"__aiter__": _itself, "__anext__": next_item, "close": close}


_classes: dict[type, type] = {}


def record_stream(stream: Foreign, call: OpenCall) -> Foreign:
    """Let a stream tell of what is read of it; gives the same stream.

    Its class becomes a subclass of what it was, so that nothing else sees a difference.
    """
    kind: Foreign = stream.__class__
    if kind not in _classes:
        methods = _recording_async(kind) if hasattr(kind, "__anext__") else _recording(kind)
        _classes[kind] = type(kind.__name__, (kind,), {"__module__": kind.__module__, **methods})
    stream.__class__ = _classes[kind]
    stream.observed_call = call
    return stream
