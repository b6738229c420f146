"""Spans and whole transcripts -> segments."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai.event import InfoEvent, Timeline

from inspect_scout import ConfigError
from inspect_scout._scanners import message_numbering
from inspect_scout._scanners.segments.messages import MessagesSegment
from inspect_scout._scanners.segments.timeline import TimelineMessages, timeline_messages, transcript_messages
from inspect_scout._types import Transcript
from support.counting import mock
from support.threads import model_call, span, timeline, user

pytestmark = pytest.mark.anyio


def agents() -> Timeline:
    inner = span("inner", [model_call("c", "z")])
    grader = span("grader", [model_call("g", "h")], span_type="scorers")
    return timeline(span("outer", [model_call("a b", "x"), inner, grader]))


async def of_timeline(source: Any, **options: Any) -> list[TimelineMessages]:
    render, _ = message_numbering()
    return [found async for found in timeline_messages(source, messages_as_str=render, model=mock(), **options)]


async def of_transcript(**content: Any) -> list[MessagesSegment]:
    options = {
        key: content.pop(key) for key in ("timeline", "depth", "include_scorers", "compaction") if key in content
    }
    transcript = Transcript(transcript_id="t", **content)
    render, _ = message_numbering()
    return [f async for f in transcript_messages(transcript, messages_as_str=render, model=mock(), **options)]


def ids(segments: list[Any]) -> list[str]:
    return [" ".join(m.id or "?" for m in segment.messages) for segment in segments]


async def test_spans_follow_each_other_with_one_count() -> None:
    found = await of_timeline(agents(), context_window=12)
    assert [part.segment for part in found] == list(range(len(found)))
    assert list(dict.fromkeys(part.span.id for part in found)) == ["outer", "inner", "grader"]
    whole = await of_timeline(agents())
    assert [(part.span.id, part.messages_str) for part in whole][1:] == [
        ("inner", "[M4] USER:\nc\n\n[M5] ASSISTANT:\nz\n"),
        ("grader", "[M6] USER:\ng\n\n[M7] ASSISTANT:\nh\n"),
    ]


async def test_depth_and_compaction_are_passed_on() -> None:
    assert ids(await of_timeline(agents(), depth=1)) == ["a b x"]
    assert await of_timeline(agents(), depth=0) == []
    assert ids(await of_timeline(agents().root, compaction="last")) == ["a b x", "c z", "g h"]


async def test_transcript_is_read_by_its_timeline() -> None:
    found = await of_transcript(timelines=[agents()], messages=[user("m")])
    assert ids(found) == ["a b x", "c z"]
    assert all(isinstance(part, TimelineMessages) for part in found)
    assert ids(await of_transcript(timelines=[agents()], include_scorers=True)) == ["a b x", "c z", "g h"]
    other = timeline(span("o", [model_call("q", "r")]), "other")
    assert ids(await of_transcript(timelines=[agents(), other], timeline="other")) == ["q r"]
    assert ids(await of_transcript(events=[model_call("a", "x")])) == ["a x"]


async def test_messages_are_read_when_no_event_shows_a_thread() -> None:
    messages = [user("m"), user("n")]
    assert ids(await of_transcript(messages=messages)) == ["m n"]
    assert ids(await of_transcript(messages=messages, events=[InfoEvent(data=1)])) == ["m n"]
    graded_only = timeline(span("o", [span("s", [model_call("g", "h")], span_type="scorers")]))
    assert ids(await of_transcript(messages=messages, timelines=[graded_only])) == ["m n"]
    assert await of_transcript(messages=messages, timelines=[graded_only], timeline="main") == []
    assert await of_transcript(messages=messages, events=[model_call("a", "x")], depth=0) == []
    assert await of_transcript() == []


async def test_timelines_that_are_not_there_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"'x'.*'main'"):
        await of_transcript(timelines=[agents()], timeline="x")
    with pytest.raises(ValueError, match="messages only"):
        await of_transcript(messages=[user("m")], timeline="x")
