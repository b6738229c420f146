"""Threads of spans, across compactions."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.event import CompactionEvent, Event, InfoEvent, Timeline, TimelineEvent, TimelineSpan
from inspect_ai.model import ChatMessage

from inspect_scout import ConfigError
from inspect_scout._transcripts.threads.thread import span_messages, span_tools
from support.threads import compaction, model_call, span, user


def ids(events: list[Event], **options: Any) -> str:
    messages = cast("list[ChatMessage]", span_messages(events, **options))
    return " ".join(message.id or "?" for message in messages)


def regions(events: list[Event], **options: Any) -> list[str]:
    return [" ".join(m.id or "?" for m in part) for part in span_messages(events, split_compactions=True, **options)]


SUMMARY: list[Event] = [model_call("a b", "x"), compaction("summary"), model_call("c", "y")]
TRIM: list[Event] = [model_call("a b c", "x"), compaction("trim"), model_call("b c d", "y")]
TRIM_TWICE: list[Event] = [*TRIM, compaction("trim"), model_call("d e", "z")]
EDIT: list[Event] = [model_call("a b", "x"), compaction("edit"), model_call("a b c", "y")]
MIXED: list[Event] = [
    model_call("a b", "x"),
    compaction("summary"),
    model_call("c d", "y"),
    compaction("trim"),
    model_call("d e", "z"),
]


@pytest.mark.parametrize(
    ("events", "compaction", "expected"),
    [
        (SUMMARY, "all", "a b x c y"),
        (SUMMARY, "last", "c y"),
        (SUMMARY, 1, "c y"),
        (SUMMARY, 2, "a b x c y"),
        (SUMMARY, 9, "a b x c y"),
        (TRIM, "all", "a b c d y"),
        (TRIM, "last", "b c d y"),
        (TRIM, 2, "a b c d y"),
        (TRIM_TWICE, "all", "a b c d e z"),
        (TRIM_TWICE, 2, "b c d e z"),
        (TRIM_TWICE, 3, "a b c d e z"),
        (EDIT, "all", "a b c y"),
        (MIXED, "all", "a b x c d e z"),
        (MIXED, 2, "c d e z"),
        (MIXED, 3, "a b x c d e z"),
    ],
)
def test_regions_are_joined_as_they_were_compacted(events: list[Event], compaction: Any, expected: str) -> None:
    assert ids(events, compaction=compaction) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (SUMMARY, ["a b x", "c y"]),
        (TRIM, ["a b c x", "b c d y"]),
        (EDIT, ["a b x", "a b c y"]),
        (MIXED, ["a b x", "c d y", "d e z"]),
        ([compaction(), *SUMMARY, compaction(), compaction()], ["a b x", "c y"]),
        ([], []),
    ],
)
def test_every_compaction_ends_a_region_when_split(events: list[Event], expected: list[str]) -> None:
    assert regions(events) == expected


def test_last_regions_can_be_split_too() -> None:
    assert regions(MIXED, compaction=2) == ["c d y", "d e z"]
    assert regions(MIXED, compaction="last") == ["d e z"]
    assert regions([], compaction="last") == []


def test_trim_is_matched_by_text_when_ids_differ() -> None:
    first, again = model_call("a b c", "x"), model_call("d", "y")
    again.input.insert(0, user("other", text="b"))
    assert ids([first, compaction("trim"), again]) == "a other d y"
    again.input[0].id = None
    assert ids([first, compaction("trim"), again]) == "a ? d y"


def test_trim_puts_nothing_back_that_it_cannot_place() -> None:
    assert ids([model_call("a b", "x"), compaction("trim"), model_call("q", "y")]) == "q y"
    assert ids([model_call("a b", "x"), compaction("trim"), model_call("", "y")]) == "y"
    assert ids([model_call("a b c", "x"), compaction("trim"), compaction(), model_call("c d", "y")]) == "a b c d y"


def test_compactions_at_either_end_lose_nothing() -> None:
    for kind in ("summary", "trim", "edit"):
        call = model_call("a b", "x")
        assert ids([call, compaction(kind)]) == "a b x"
        assert ids([compaction(kind), call]) == "a b x"


def test_calls_without_an_answer_give_their_input() -> None:
    assert ids([model_call("a b", "x"), model_call("c")]) == "c"


def test_only_events_of_the_span_itself_count() -> None:
    inner = span("inner", [model_call("i", "j")])
    outer = span("outer", [model_call("a", "x"), inner, InfoEvent(data=1)])
    assert [m.id for m in span_messages(outer)] == ["a", "x"]
    assert [m.id for m in span_messages(Timeline(name="t", description="", root=outer))] == ["a", "x"]
    assert span_messages(TimelineSpan(id="e", name="e", content=[TimelineEvent(event=InfoEvent(data=1))])) == []


@pytest.mark.parametrize("wrong", [0, -1, "first", True, 1.5, None])
def test_unknown_compactions_are_refused(wrong: Any) -> None:
    with pytest.raises(ConfigError, match="'all', 'last'"):
        span_messages(SUMMARY, compaction=wrong)


def test_tools_are_listed_once_as_last_described() -> None:
    calls: list[Event] = [
        model_call("a", "x", tools={"bash": "1", "look": "1"}),
        model_call("b", "y", tools={"find": "1", "bash": "2"}),
    ]
    found = [(tool.name, tool.description) for tool in span_tools(calls)]
    assert found == [("bash", "2"), ("look", "1"), ("find", "1")]
    assert span_tools(span("s", calls)) == span_tools(calls)
    assert span_tools([]) == []


_calls = st.builds(
    model_call, st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4).map(" ".join), st.sampled_from(["x", ""])
)
_events = st.lists(st.one_of(_calls, st.builds(compaction, st.sampled_from(["summary", "trim", "edit"]))), max_size=8)


@given(_events)
def test_what_the_last_call_saw_always_ends_the_thread(events: list[Event]) -> None:
    whole, last = span_messages(events), span_messages(events, compaction="last")
    kept = [e for e in events if isinstance(e, CompactionEvent)]
    assert whole[len(whole) - len(last) :] == last
    assert span_messages(events, compaction=len(kept) + 1) == (whole if kept else last)
    parts = span_messages(events, split_compactions=True)
    assert all(parts)
    assert (parts[-1] if parts else []) == last
