"""Filters that follow from the annotation of the input. Annotations here are real objects, not text."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar, Union

import pytest
from inspect_ai.event import (
    ApprovalEvent,
    BranchEvent,
    CompactionEvent,
    ErrorEvent,
    Event,
    InfoEvent,
    InputEvent,
    LoggerEvent,
    ModelEvent,
    SampleInitEvent,
    SampleLimitEvent,
    SandboxEvent,
    ScoreEvent,
    SentinelEvent,
    SpanBeginEvent,
    SpanEndEvent,
    StateEvent,
    StepEvent,
    StoreEvent,
    Timeline,
    ToolEvent,
)
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageBase,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
)
from typing_extensions import TypeAliasType

from inspect_scout import ConfigError
from inspect_scout._scanners import ScannerConfig, scanner, scanner_config
from inspect_scout._types import Result, Transcript, TranscriptContent, TranscriptHandle

Turn = TypeAliasType("Turn", ChatMessageUser | ChatMessageAssistant)
Asked = TypeVar("Asked", bound=ChatMessageUser)


def declared(annotation: Any, **filters: Any) -> ScannerConfig:
    @scanner(**filters)
    def checked() -> Any:
        async def scan(given: Any) -> Result:
            return Result(value=True)

        if annotation is None:
            del scan.__annotations__["given"]
        else:
            scan.__annotations__["given"] = annotation
        return scan

    return scanner_config(checked())


@pytest.mark.parametrize(
    ("annotation", "roles", "kind"),
    [
        (ChatMessageUser, ["user"], "items"),
        (ChatMessageSystem, ["system"], "items"),
        (list[ChatMessageUser], ["user"], "messages"),
        (list[ChatMessageUser | ChatMessageTool], ["user", "tool"], "messages"),
        (list[Union[ChatMessageTool, ChatMessageUser]], ["tool", "user"], "messages"),
        (ChatMessageTool | ChatMessageAssistant, ["tool", "assistant"], "items"),
        (Sequence[ChatMessageUser], ["user"], "messages"),
        (Iterable[ChatMessageUser], ["user"], "messages"),
        (list[ChatMessageUser] | list[ChatMessageTool], ["user", "tool"], "messages"),
        (Annotated[ChatMessageUser, "note"], ["user"], "items"),
        (Turn, ["user", "assistant"], "items"),
        (list[Turn], ["user", "assistant"], "messages"),
        (Asked, ["user"], "items"),
        (ChatMessageUser | None, ["user"], "items"),
        ("ChatMessageUser", ["user"], "items"),
        ("list[ChatMessageUser | ChatMessageTool]", ["user", "tool"], "messages"),
        ("Sequence['ChatMessageUser']", ["user"], "messages"),
        (list["ChatMessageUser"], ["user"], "messages"),
    ],
)
def test_message_classes_become_roles_in_their_order(annotation: Any, roles: list[str], kind: str) -> None:
    config = declared(annotation)
    assert config.content == TranscriptContent(messages=roles)  # type: ignore[arg-type]
    assert config.kind == kind


@pytest.mark.parametrize(
    ("annotation", "events"),
    [
        (ModelEvent, ["model"]),
        (ToolEvent, ["tool"]),
        (SampleInitEvent, ["sample_init"]),
        (SampleLimitEvent, ["sample_limit"]),
        (SandboxEvent, ["sandbox"]),
        (StateEvent, ["state"]),
        (StoreEvent, ["store"]),
        (ApprovalEvent, ["approval"]),
        (SentinelEvent, ["sentinel"]),
        (InputEvent, ["input"]),
        (ScoreEvent, ["score"]),
        (ErrorEvent, ["error"]),
        (LoggerEvent, ["logger"]),
        (InfoEvent, ["info"]),
        (SpanBeginEvent, ["span_begin"]),
        (SpanEndEvent, ["span_end"]),
        (CompactionEvent, ["compaction"]),
        (BranchEvent, ["branch"]),
        (ToolEvent | ModelEvent, ["tool", "model"]),
    ],
)
def test_event_classes_become_event_names(annotation: Any, events: list[str]) -> None:
    assert declared(annotation).content == TranscriptContent(events=events)
    assert declared(annotation).kind == "items"
    assert declared(list[annotation]).kind == "events"


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [(Timeline, "timeline"), (list[Timeline], "timelines"), (Sequence[Timeline], "timelines")],
)
def test_timelines_ask_for_all_timelines_and_events(annotation: Any, kind: str) -> None:
    config = declared(annotation)
    assert config.content == TranscriptContent(timeline="all", events="all")
    assert config.kind == kind


@pytest.mark.parametrize(
    "annotation",
    [
        None,
        Any,
        object,
        ChatMessage,
        ChatMessageBase,
        Event,
        list[ChatMessage],
        list[Event],
        Transcript,
        Transcript | TranscriptHandle,
        ChatMessageUser | ModelEvent,
        ModelEvent | StepEvent,
        "NowhereDefined",
    ],
)
def test_nothing_is_inferred_from_what_is_not_specific(annotation: Any) -> None:
    with pytest.raises(ConfigError, match="Scanner 'checked' requires at least one of"):
        declared(annotation)


def test_declared_filters_win_over_the_annotation() -> None:
    assert declared(ChatMessageUser | ChatMessageTool, messages=["tool"]).content.messages == ["tool"]


def test_inference_keeps_what_was_said_of_metadata() -> None:
    assert declared(ChatMessageUser, metadata=False).content == TranscriptContent(messages=["user"], metadata=False)


def test_names_of_the_module_of_a_callable_object_resolve() -> None:
    class Asking:
        async def __call__(self, message: "ChatMessageUser") -> Result:
            return Result(value=message.text)

    @scanner
    def asking() -> Any:
        return Asking()

    assert scanner_config(asking()).content.messages == ["user"]


def test_types_imported_for_checkers_only_are_known() -> None:
    scan: dict[str, Any] = {}
    source = "async def scan(given: 'Sequence[ModelEvent]') -> 'Result':\n    return None\n"
    exec(source, scan)

    @scanner
    def checked() -> Any:
        return scan["scan"]

    assert scanner_config(checked()).content.events == ["model"]


def test_annotations_name_what_the_factory_holds() -> None:
    def make(kind: type) -> Callable[[], Any]:
        @scanner
        def checked() -> Any:
            async def scan(message: Any) -> Result:
                return Result(value=kind.__name__)

            scan.__annotations__["message"] = "kind"
            return scan

        return checked

    assert scanner_config(make(ChatMessageTool)()).content.messages == ["tool"]
