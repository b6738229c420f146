"""Which inputs go with which filters. Annotations here are real objects, not text."""

import functools
from collections.abc import Sequence
from typing import Any

import pytest
from inspect_ai.event import Event, ModelEvent, StepEvent, Timeline, ToolEvent
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser

from inspect_scout._scanners import ScannerConfig, SignatureError, scanner, scanner_config
from inspect_scout._types import Result, Transcript, TranscriptHandle


def declared(annotation: Any, **filters: Any) -> ScannerConfig:
    @scanner(**filters)
    def checked() -> Any:
        async def scan(given: Any) -> Result:
            return Result(value=True)

        scan.__annotations__["given"] = annotation
        return scan

    return scanner_config(checked())


USER_OR_TOOL = ChatMessageUser | ChatMessageTool


@pytest.mark.parametrize(
    ("annotation", "filters", "kind"),
    [
        (Transcript, {"timeline": True}, "transcript"),
        (Timeline, {"timeline": ["tool"]}, "timeline"),
        (list[Timeline], {"timeline": "all"}, "timelines"),
        (Transcript, {"timeline": True, "messages": "all"}, "transcript"),
        (Transcript, {"messages": "all", "events": "all"}, "transcript"),
        (Transcript | TranscriptHandle, {"messages": "all", "events": ["model"]}, "transcript"),
        (Transcript, {"messages": ["user"]}, "transcript"),
        (ChatMessage, {"messages": "all"}, "items"),
        (ChatMessage, {"messages": ["user"]}, "items"),
        (list[ChatMessage], {"messages": "all"}, "messages"),
        (Sequence[ChatMessage], {"messages": ["tool"]}, "messages"),
        (ChatMessageUser, {"messages": ["user"]}, "items"),
        (USER_OR_TOOL, {"messages": ["user"]}, "items"),
        (list[USER_OR_TOOL], {"messages": ["tool", "user"]}, "messages"),
        (Event, {"events": "all"}, "items"),
        (list[Event], {"events": ["model"]}, "events"),
        (ModelEvent | ToolEvent, {"events": ["tool"]}, "items"),
        (Any, {"messages": ["user"]}, "transcript"),
        ("Nowhere", {"messages": ["user"]}, "transcript"),
    ],
)
def test_inputs_that_cover_their_filters_are_accepted(annotation: Any, filters: dict[str, Any], kind: str) -> None:
    assert declared(annotation, **filters).kind == kind


@pytest.mark.parametrize(
    ("annotation", "filters", "says"),
    [
        (ChatMessage, {"timeline": True}, "Timeline"),
        (list[Event], {"timeline": True}, "Timeline"),
        (Timeline, {"timeline": True, "messages": "all"}, "timelines and messages"),
        (list[Timeline], {"timeline": True, "messages": "all"}, "timelines and messages"),
        (ChatMessage, {"messages": "all", "events": "all"}, "messages and events"),
        (Event, {"messages": "all"}, "ChatMessage"),
        (ChatMessage, {"events": "all"}, "Event"),
        (Timeline, {"events": "all"}, "Event"),
        (ChatMessageUser, {"messages": "all"}, "ChatMessage"),
        (ChatMessageUser, {"messages": ["user", "tool"]}, "ChatMessageUser, ChatMessageTool"),
        (list[ChatMessageAssistant], {"messages": ["user"]}, "ChatMessageUser"),
        (ModelEvent, {"events": ["model", "tool"]}, "ModelEvent, ToolEvent"),
        (ModelEvent | StepEvent, {"events": "all"}, "Event"),
        (list[Transcript], {"messages": "all"}, "one at a time"),
        (list, {"messages": "all"}, "'list'"),
        (str, {"messages": "all"}, "'str'"),
        (list[str], {"messages": "all"}, "'str'"),
        (dict[str, ChatMessage], {"messages": "all"}, "cannot be given"),
        (ChatMessage | list[ChatMessage], {"messages": "all"}, "not a union of both"),
    ],
)
def test_inputs_that_do_not_cover_their_filters_are_refused(
    annotation: Any, filters: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=r"checked|scanner") as refused:
        declared(annotation, **filters)
    assert isinstance(refused.value, SignatureError)
    assert says in str(refused.value)


def test_scan_functions_must_be_async_when_the_factory_is_called() -> None:
    @scanner(messages="all")
    def plain() -> Any:
        def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan

    with pytest.raises(TypeError, match="is not declared as an async callable"):
        plain()


def test_async_generators_are_told_from_async_functions() -> None:
    @scanner(messages="all")
    def yielding() -> Any:
        async def scan(transcript: Transcript) -> Any:
            yield Result(value=1)

        return scan

    with pytest.raises(SignatureError, match="return a list of results instead"):
        yielding()


def test_a_forgotten_return_is_named() -> None:
    @scanner(messages="all")
    def forgetful() -> Any:
        return None

    with pytest.raises(SignatureError, match="return statement missing"):
        forgetful()


def test_the_decorator_does_not_belong_above_the_async_function() -> None:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=1)

    with pytest.raises(SignatureError, match="above a plain function"):
        scanner(messages="all")(scan)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("arguments", [(), ("input", "other")])
def test_scan_functions_take_one_argument(arguments: tuple[str, ...]) -> None:
    made: dict[str, Any] = {}
    exec(f"async def scan({', '.join(arguments)}): pass", made)

    @scanner(messages="all")
    def checked() -> Any:
        return made["scan"]

    with pytest.raises(SignatureError, match="exactly one argument"):
        checked()


def test_further_arguments_with_defaults_are_fine() -> None:
    async def scan(strict: bool, message: ChatMessageUser, limit: int = 3) -> Result:
        return Result(value=strict and limit == 3)

    @scanner
    def checked() -> Any:
        return functools.partial(scan, True)

    assert scanner_config(checked()).content.messages == ["user"]
