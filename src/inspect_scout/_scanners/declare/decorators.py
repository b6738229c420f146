"""The decorators that make scanners and loaders of functions."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any, ParamSpec, TypeVar, overload

from ..._inspect import registry
from ..._support.errors import ConfigError
from ..._types import (
    EventFilter,
    Loader,
    MessageFilter,
    MetadataFilter,
    Scanner,
    ScannerInput,
    TimelineFilter,
    Transcript,
    TranscriptContent,
    TranscriptHandle,
)
from .bind import Declaration, bind_scanner
from .config import FACTORY, LOADER, LoaderConfig, Metrics, Origin, hashed, loader_config, origin_of
from .filters import SignatureError, declared_content
from .hints import annotate
from .params import record_arguments

_P = ParamSpec("_P")
_T = TypeVar("_T", bound=ScannerInput | TranscriptHandle)
_Y = TypeVar("_Y")
_F = TypeVar("_F", bound=Callable[..., Any])


@overload
def scanner(factory: Callable[_P, Scanner[_T]], /) -> Callable[_P, Scanner[_T]]: ...


@overload
def scanner(
    *,
    loader: Loader[Any] | None = None,
    messages: MessageFilter = None,
    events: EventFilter = None,
    timeline: TimelineFilter = None,
    metadata: MetadataFilter = None,
    name: str | None = None,
    version: int = 0,
    supports_streaming: bool | None = None,
    metrics: Metrics | None = None,
) -> Callable[[Callable[_P, Scanner[_T]]], Callable[_P, Scanner[_T]]]: ...


def scanner(
    factory: Callable[..., Scanner[Any]] | None = None,
    /,
    *,
    loader: Loader[Any] | None = None,
    messages: MessageFilter = None,
    events: EventFilter = None,
    timeline: TimelineFilter = None,
    metadata: MetadataFilter = None,
    name: str | None = None,
    version: int = 0,
    supports_streaming: bool | None = None,
    metrics: Metrics | None = None,
) -> Any:
    """Make scanners of what a function returns.

    The function (the factory) takes any parameters and returns an async function, which is given a part of a
    transcript and returns a `Result` or a list of them. What it is given follows from the filters and from the
    annotation of its input; without filters, from the annotation alone.

        @scanner(messages=["assistant"])
        def refusals(phrase: str = "I cannot") -> Scanner[ChatMessageAssistant]:
            async def scan(message: ChatMessageAssistant) -> Result:
                return Result(value=phrase in message.text)

            return scan

    Args:
        factory: The function, when the decorator is used without parentheses.
        loader: Cuts the transcript into inputs; takes the place of the filters.
        messages: Messages that the scanner needs: "all", or a list of roles.
        events: Events that it needs: "all", or a list of names.
        timeline: Timelines that it needs: True (with the usual events), "all", or a list of event names.
        metadata: False if what the index of a log says of a sample is enough; saves reading the rest.
        name: Registered name (default: name of the function).
        version: Version, recorded with each result.
        supports_streaming: True if the input may be a `TranscriptHandle`, False if not (default: as the scan function
            itself says).
        metrics: Metrics over the results.

    Raises:
        ConfigError: A filter is not allowed.
    """
    content = declared_content(messages=messages, events=events, timeline=timeline, metadata=metadata)
    if loader is not None and (messages, events, timeline, metadata) != (None, None, None, None):
        warnings.warn(
            "messages=, events=, timeline= and metadata= of @scanner are not used with loader=: "
            "the loader says what is read (set them on @loader).",
            stacklevel=2,
        )
    by = None if loader is None else (loader, loader_config(loader))

    def decorate(factory: Callable[..., Scanner[Any]]) -> Callable[..., Scanner[Any]]:
        own_name = _require_factory("scanner", factory)
        origin, named = origin_of(factory, name or own_name), name is not None
        declared = Declaration(factory, origin, named, content, by, version, supports_streaming, metrics)

        def make(*args: Any, **kwargs: Any) -> Any:
            return bind_scanner(declared, factory(*args, **kwargs), args, kwargs)

        return _registered("scanner", factory, make, origin, Scanner)

    return decorate if factory is None else decorate(factory)


def loader(
    *,
    name: str | None = None,
    metadata: MetadataFilter = None,
    messages: MessageFilter = None,
    events: EventFilter = None,
    timeline: TimelineFilter = None,
    content: TranscriptContent | None = None,
) -> Callable[[Callable[_P, Loader[_Y]]], Callable[_P, Loader[_Y]]]:
    """Make loaders of what a function returns.

    The function (the factory) takes any parameters and returns an async generator function, which is given a
    transcript and yields the inputs of a scanner. It sees what it asks for here and nothing else, whatever other
    scanners of the same scan ask for.

        @loader(messages="all")
        def ends() -> Loader[list[ChatMessage]]:
            async def load(transcript: Transcript) -> AsyncIterator[list[ChatMessage]]:
                yield transcript.messages[-3:]

            return load

    Args:
        name: Registered name (default: name of the function).
        metadata: False if what the index of a log says of a sample is enough.
        messages: Messages that it needs: "all", or a list of roles.
        events: Events that it needs: "all", or a list of names.
        timeline: Timelines that it needs: True (with the usual events), "all", or a list of event names.
        content: All of these in one; excludes the others.

    Raises:
        ConfigError: Nothing is asked for, a filter is not allowed, or `content` is given with others.
    """
    if content is not None:
        if (metadata, messages, events, timeline) != (None, None, None, None):
            raise ConfigError("@loader takes either content= or messages=, events=, timeline=, metadata=, not both.")
        metadata, messages, events, timeline = content.metadata, content.messages, content.events, content.timeline
    wanted = declared_content(messages=messages, events=events, timeline=timeline, metadata=metadata)
    if content is None and wanted.messages is None and wanted.events is None and wanted.timeline is None:
        raise ConfigError("@loader requires at least one of messages=, events=, timeline= or content=.")

    def decorate(factory: Callable[_P, Loader[_Y]]) -> Callable[_P, Loader[_Y]]:
        own_name = _require_factory("loader", factory)
        origin = origin_of(factory, name or own_name)

        def make(*args: _P.args, **kwargs: _P.kwargs) -> Loader[_Y]:
            params = record_arguments(factory, args, kwargs)
            config = LoaderConfig(name=origin.name, content=wanted, digest=hashed([origin.digest, params]))
            made = _bind_loader(factory(*args, **kwargs), config)
            registry.tag("loader", made, origin.name, params)
            return made

        return _registered("loader", factory, make, origin, Loader)

    return decorate


def _registered(kind: registry.Kind, factory: _F, make: Any, origin: Origin, returns: type[Any]) -> _F:
    """Give what makes scanners or loaders the looks of its factory, and make it known by its name."""
    functools.update_wrapper(make, factory)
    annotate(make, factory)
    registry.register(kind, make, origin.name, returns)
    setattr(make, FACTORY, origin)
    made: _F = make
    return made


def _bind_loader(load: Loader[_Y], config: LoaderConfig) -> Loader[_Y]:
    call: Any = getattr(load.__class__, "__call__", None)  # noqa: B004 - its kind is asked, not whether it exists
    if not inspect.isasyncgenfunction(load) and not inspect.isasyncgenfunction(call):
        raise SignatureError(
            f"The factory of loader {config.name!r} returned {load!r}, not an async generator function ('async def' "
            "with 'yield')."
        )

    @functools.wraps(load, updated=())
    def loading(transcript: Transcript, /) -> AsyncIterator[_Y]:
        return load(transcript)

    setattr(loading, LOADER, config)
    return loading


def _require_factory(kind: str, factory: Any) -> str:
    """Check that a decorator stands above a plain function (or class), and return its name.

    Raises:
        SignatureError: It stands above the async function itself, or above something that cannot be called.
    """
    if inspect.iscoroutinefunction(factory) or inspect.isasyncgenfunction(factory):
        raise SignatureError(
            f"@{kind} stands above the async function {factory.__name__!r}. It belongs above a plain function that "
            "returns the async one."
        )
    own_name = getattr(factory, "__name__", None)
    if not callable(factory) or not isinstance(own_name, str):
        raise SignatureError(f"@{kind} needs a function, not {factory!r}.")
    return own_name
