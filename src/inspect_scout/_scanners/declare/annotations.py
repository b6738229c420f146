"""What the annotation of a scan function says about the input that it takes."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from inspect_ai.event import Event, Timeline
from inspect_ai.model import ChatMessage

from ..._types import Transcript, TranscriptContent, TranscriptHandle
from .filters import EVENT_TYPES, SignatureError
from .hints import UNRESOLVED, members_of, visible_names

MESSAGE_CLASSES: dict[type, str] = {c: c.model_fields["role"].default for c in get_args(ChatMessage)}
EVENT_CLASSES: dict[type, str] = {c: c.model_fields["event"].default for c in get_args(Event)}

_CONTAINERS = (
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Collection,
    collections.abc.Iterable,
    collections.abc.Reversible,
)


@dataclass(frozen=True, slots=True)
class InputHint:
    """Input that a scan function takes, according to its annotation.

    Args:
        many: Whether it takes a sequence of the following.
        messages: Roles of the messages that it takes.
        events: Names of the events that it takes.
        timeline: Whether it takes timelines.
        transcript: Whether it takes transcripts.
        handle: Whether it takes handles of transcripts.
    """

    many: bool
    messages: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    timeline: bool = False
    transcript: bool = False
    handle: bool = False


def is_async(scan: Any) -> bool:
    """Tell whether calling `scan` gives something to await."""
    return inspect.iscoroutinefunction(_plain(scan)) or inspect.iscoroutinefunction(type(scan).__call__)


def read_hint(scan: Callable[..., Any], factory: Callable[..., Any]) -> InputHint | None:
    """Read the annotation of the first parameter of a scan function.

    Args:
        scan: The scan function.
        factory: The factory that made it; its module's names resolve annotations too.

    Returns:
        None if there is no annotation, it says nothing (`Any`), or its names cannot be resolved.

    Raises:
        SignatureError: The function does not take one argument, or takes something that no transcript holds.
    """
    annotation = _first_annotation(scan)
    if annotation is inspect.Parameter.empty:
        return None
    function = inspect.unwrap(_plain(scan))
    names = dict(visible_names(factory, function if inspect.isroutine(function) else type(function).__call__))
    try:
        holder = types.SimpleNamespace(__annotations__={"input": annotation})
        resolved = typing.get_type_hints(holder, globalns=names)["input"]
    except UNRESOLVED:
        return None
    return _hint([member for member in members_of(resolved) if member is not types.NoneType])


def inferred_content(hint: InputHint) -> TranscriptContent | None:
    """Filters that follow from an annotation; None if it is not specific."""
    if hint.transcript or hint.handle:
        return None
    kinds = [bool(hint.messages), bool(hint.events), hint.timeline]
    if sum(kinds) != 1:
        return None
    if hint.timeline:
        return TranscriptContent(timeline="all", events="all")
    if hint.messages:
        roles: Any = list(hint.messages)
        return TranscriptContent(messages=roles) if len(roles) < len(MESSAGE_CLASSES) else None
    if len(hint.events) == len(EVENT_CLASSES) or not set(hint.events) <= set(EVENT_TYPES):
        return None
    return TranscriptContent(events=list(hint.events))


def check_hint(name: str, content: TranscriptContent, hint: InputHint) -> None:
    """Check that a scan function takes what its filters select.

    Raises:
        SignatureError: It does not.
    """
    if hint.transcript or hint.handle:
        if hint.many:
            raise SignatureError(f"Scanner {name!r} takes a list of transcripts; a scanner is given one at a time.")
        return
    if content.timeline is not None:
        if not hint.timeline:
            raise SignatureError(
                f"Scanner {name!r} asks for timelines, so its input must be Transcript, Timeline or list[Timeline]."
            )
        if content.messages is not None:
            raise SignatureError(f"Scanner {name!r} asks for timelines and messages, so its input must be Transcript.")
        return
    if content.messages is not None and content.events is not None:
        raise SignatureError(f"Scanner {name!r} asks for messages and events, so its input must be Transcript.")
    if content.messages is not None:
        _check_classes(name, "messages", content.messages, hint.messages, MESSAGE_CLASSES, "ChatMessage")
    elif content.events is not None:
        _check_classes(name, "events", content.events, hint.events, EVENT_CLASSES, "Event")
    else:
        raise SignatureError(f"Scanner {name!r} asks for no content, so its input must be Transcript.")


def _check_classes(
    name: str,
    parameter: str,
    wanted: Literal["all"] | typing.Sequence[str],
    taken: tuple[str, ...],
    classes: Mapping[type, str],
    base: str,
) -> None:
    required = set(classes.values()) if wanted == "all" else set(wanted)
    if required <= set(taken):
        return
    if wanted == "all":
        need = f"{base} (or a list of it)"
    else:
        need = f"{base}, or a union of {', '.join(c.__name__ for c, kind in classes.items() if kind in required)}"
    raise SignatureError(
        f"Scanner {name!r} has {parameter}={wanted!r}, but the annotation of its input does not cover that: "
        f"it must be {need}, or Transcript."
    )


def _plain(scan: Any) -> Any:
    while isinstance(scan, functools.partial):
        scan = scan.func  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return scan  # pyright: ignore[reportUnknownVariableType]


def _first_annotation(scan: Callable[..., Any]) -> Any:
    signature = inspect.signature(scan)
    try:
        signature.bind(None)
    except TypeError:
        title = getattr(scan, "__qualname__", type(scan).__qualname__)
        raise SignatureError(
            f"{title} takes {signature}: a scan function takes exactly one argument, its input."
        ) from None
    return next(iter(signature.parameters.values())).annotation


def _hint(members: list[Any]) -> InputHint | None:
    if Any in members or object in members:
        return None
    single = [m for m in members if get_origin(m) not in _CONTAINERS]
    inside = [(get_args(m) or (get_origin(m),))[0] for m in members if get_origin(m) in _CONTAINERS]
    many = [element for member in inside for element in members_of(member) if element is not types.NoneType]
    for member in (*single, *many):
        _check_possible(member)
    taken = single or many
    hint = InputHint(
        many=not single,
        messages=_covered(taken, MESSAGE_CLASSES),
        events=_covered(taken, EVENT_CLASSES),
        timeline=bool(_covered(taken, {Timeline: "timeline"})),
        transcript=bool(_covered(taken, {Transcript: "transcript"})),
        handle=any(map(_is_handle, taken)),
    )
    if single and many and not hint.transcript:
        raise SignatureError("The input of a scanner is either one thing or a list of things, not a union of both.")
    return hint


def _check_possible(member: Any) -> None:
    known = (*MESSAGE_CLASSES, *EVENT_CLASSES, Timeline, Transcript)
    if _is_handle(member) or any(_is_a(k, member) for k in known):
        return
    shown = member.__name__ if isinstance(member, type) else str(member)
    raise SignatureError(
        f"A scanner cannot be given {shown!r}. Its input is Transcript, ChatMessage, Event, Timeline, a class of "
        "message or event, a list of messages, events or timelines, or a union of such classes."
    )


def _covered(members: list[Any], classes: Mapping[type, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for m in members for c, kind in classes.items() if _is_a(c, m)))


def _is_a(known: type, member: Any) -> bool:
    try:
        return issubclass(known, member)
    except TypeError:  # no class, or a protocol that cannot tell
        return False


def _is_handle(member: Any) -> bool:
    looks = isinstance(member, type) and all(hasattr(member, n) for n in ("messages", "events", "load", "aclose"))
    return looks or member is TranscriptHandle
