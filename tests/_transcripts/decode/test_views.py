"""What several readers ask for together, and what each of them sees."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai.event import Event, InfoEvent, Timeline, TimelineEvent, TimelineSpan, ToolEvent
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser

from inspect_scout._transcripts.decode.pools import SharedPool
from inspect_scout._transcripts.decode.timelines import build_timelines
from inspect_scout._transcripts.decode.views import (
    filter_events,
    filter_messages,
    filter_timelines,
    union_content,
    view,
)
from inspect_scout._types import Transcript, TranscriptContent

INFO, TOOL = InfoEvent(data=1), ToolEvent(id="c", function="f", arguments={})
USER, ASSISTANT = ChatMessageUser(content="u"), ChatMessageAssistant(content="a")


UNIONS: list[tuple[list[Any], Any]] = [
    ([], None),
    ([None, None], None),
    ([None, "all"], "all"),
    (["all", ["user"]], "all"),
    ([["user"], None], ["user"]),
    ([["tool", "user"], ["assistant", "tool"]], ["tool", "user", "assistant"]),
    ([["user", "user"]], ["user"]),
    ([[]], []),
]


@pytest.mark.parametrize(("filters", "expected"), UNIONS)
def test_union_of_messages_and_events(filters: list[Any], expected: Any) -> None:
    assert union_content([TranscriptContent(messages=each) for each in filters]).messages == expected
    assert union_content([TranscriptContent(events=each) for each in filters]).events == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [([None], None), ([True, ["tool"]], True), ([True, "all"], "all"), ([["tool"], ["model"]], ["tool", "model"])],
)
def test_union_of_timelines(filters: list[Any], expected: Any) -> None:
    assert union_content([TranscriptContent(timeline=each) for each in filters]).timeline == expected


@pytest.mark.parametrize(
    ("filters", "expected"), [([], False), ([False, False], False), ([False, None], None), ([True, False], None)]
)
def test_metadata_is_declined_only_by_all(filters: list[bool | None], expected: bool | None) -> None:
    assert union_content([TranscriptContent(metadata=each) for each in filters]).metadata is expected


def test_filters_of_messages_and_events() -> None:
    messages: list[ChatMessage] = [USER, ASSISTANT, USER]
    events: list[Event] = [INFO, TOOL]
    assert filter_messages(messages, None) == filter_messages(messages, []) == []
    assert filter_messages(messages, "all") == messages
    assert filter_messages(messages, ["user"]) == [USER, USER]
    assert filter_events(events, None) == []
    assert filter_events(events, "all") == events
    assert filter_events(events, ["tool", "no such kind"]) == [TOOL]


def span(name: str, *content: TimelineEvent | TimelineSpan, **more: Any) -> TimelineSpan:
    return TimelineSpan(id=name, name=name, content=list(content), **more)


def test_pruned_timelines_keep_what_spans_say_about_themselves() -> None:
    info, tool = TimelineEvent(event=INFO), TimelineEvent(event=TOOL)
    branch = span("branch", tool, branched_from="anchor")
    inner = span("inner", tool, info, tool_invoked=True, agent_result="r", utility=True, branches=[branch])
    root = span("root", info, span("empty", info), inner, branches=[span("gone", info)], branched_from="x")
    timeline = Timeline(name="n", description="d", root=root)
    [kept] = filter_timelines([timeline], ["tool"])
    assert (kept.name, kept.root.branched_from, kept.root.branches) == ("n", "x", [])
    assert kept.root.content == [inner.model_copy(update={"content": [tool]})]
    assert kept.root.content[0].branches == [branch]  # type: ignore[union-attr]
    assert len(root.content) == 3
    assert filter_timelines([timeline], ["model"])[0].root.content == []
    assert filter_timelines([timeline], True) == filter_timelines([timeline], "all") == [timeline]
    assert filter_timelines([timeline], None) == []


def test_timelines_of_nothing() -> None:
    assert build_timelines([], True) == []
    assert build_timelines([INFO], None) == []


def test_view_shares_everything_but_the_lists() -> None:
    whole = Transcript(transcript_id="t", model="m", messages=[USER, ASSISTANT], events=[INFO, TOOL], metadata={"a": 1})
    seen = view(whole, TranscriptContent(messages=["assistant"], events="all"))
    assert type(seen) is Transcript
    assert seen == Transcript(
        transcript_id="t", model="m", messages=[ASSISTANT], events=[INFO, TOOL], metadata={"a": 1}
    )
    assert seen.metadata is whole.metadata
    assert seen.events is not whole.events
    assert seen.events[0] is INFO
    assert seen.model_dump_json() == Transcript.model_validate(seen.model_dump()).model_dump_json()
    seen.messages.clear()
    assert len(whole.messages) == 2


def test_a_bounded_pool_keeps_what_the_last_event_needs() -> None:
    made: list[bytes] = []

    def make(raw: Any) -> bytes:
        made.append(bytes(raw))
        return bytes(raw)

    raw = [bytes([65 + i]) * 10 for i in range(6)]
    pool = SharedPool(raw, make, keep_bytes=25)
    assert pool.expand([(0, 3)]) == raw[:3]
    assert pool.expand([(0, 4)]) == raw[:4]
    assert made == raw[:4]
    assert pool.expand([(5, 6)]) == raw[5:]
    assert pool.expand([(4, 6), (0, 1)]) == [raw[4], raw[5], raw[0]]
    assert made == [*raw[:4], raw[5], raw[4], raw[0]]
    assert pool.expand([(-1, 99), (3, 1), (7, 9)]) == raw[5:]
