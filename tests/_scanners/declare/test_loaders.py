from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from inspect_ai.event import Event, InfoEvent, LoggerEvent, Timeline, TimelineEvent, TimelineSpan
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

from inspect_scout._scanners import scanner, scanner_config
from inspect_scout._types import Result, Scanner, Transcript, TranscriptHandle

NOTE = InfoEvent(data="note", timestamp=datetime(2026, 1, 1, tzinfo=UTC))
LINE = InfoEvent(data="line", timestamp=datetime(2026, 1, 2, tzinfo=UTC))


def timeline(name: str) -> Timeline:
    root = TimelineSpan(id="root", name="main", content=[TimelineEvent(event=NOTE)])
    return Timeline(name=name, description="", root=root)


TRANSCRIPT = Transcript(
    transcript_id="t1",
    messages=[
        ChatMessageSystem(content="be good"),
        ChatMessageUser(content="one"),
        ChatMessageAssistant(content="two"),
        ChatMessageUser(content="three"),
    ],
    events=[NOTE, LINE],
    timelines=[timeline("first"), timeline("second")],
)


def inputs(scan: Any, transcript: Transcript = TRANSCRIPT) -> list[Any]:
    async def collect() -> list[Any]:
        return [item async for item in scanner_config(scan).loader(transcript)]

    return asyncio.run(collect())


def test_transcripts_show_what_was_asked_for() -> None:
    @scanner(events=["info"])
    def seeing() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan

    (seen,) = inputs(seeing())
    assert seen.messages == []
    assert seen.events == TRANSCRIPT.events
    assert seen.timelines == []
    assert seen is not TRANSCRIPT and len(TRANSCRIPT.messages) == 4


def test_items_come_one_by_one() -> None:
    @scanner(messages=["user"])
    def each() -> Scanner[ChatMessage]:
        async def scan(message: ChatMessage) -> Result:
            return Result(value=1)

        return scan

    assert [m.text for m in inputs(each())] == ["one", "three"]


def test_lists_come_whole() -> None:
    @scanner(messages="all")
    def together() -> Scanner[Sequence[ChatMessage]]:
        async def scan(messages: Sequence[ChatMessage]) -> Result:
            return Result(value=1)

        return scan

    @scanner(events="all")
    def events() -> Scanner[list[Event]]:
        async def scan(events: list[Event]) -> Result:
            return Result(value=1)

        return scan

    assert [len(messages) for messages in inputs(together())] == [4]
    assert inputs(events()) == [TRANSCRIPT.events]


def test_lists_that_are_empty_are_still_yielded() -> None:
    @scanner
    def tools() -> Scanner[list[LoggerEvent]]:
        async def scan(events: list[LoggerEvent]) -> Result:
            return Result(value=1)

        return scan

    assert inputs(tools()) == [[]]


def test_timelines_come_pruned() -> None:
    @scanner(timeline=["info"])
    def all_of_them() -> Scanner[list[Timeline]]:
        async def scan(timelines: list[Timeline]) -> Result:
            return Result(value=1)

        return scan

    @scanner(timeline=["tool"])
    def one() -> Scanner[Timeline]:
        async def scan(timeline: Timeline) -> Result:
            return Result(value=1)

        return scan

    ((first, second),) = inputs(all_of_them())
    assert (first.name, second.name, len(first.root.content)) == ("first", "second", 1)
    (pruned,) = inputs(one())
    assert (pruned.name, pruned.root.content) == ("first", [])
    assert inputs(one(), Transcript(transcript_id="t2")) == []


def test_scanners_of_handles_can_be_given_transcripts() -> None:
    @scanner(messages=["user"], supports_streaming=True)
    def counting() -> Scanner[TranscriptHandle]:
        async def scan(handle: TranscriptHandle) -> Result:
            texts = [message.text async for message in handle.messages()]
            whole = await handle.load()
            return Result(value=[*texts, len(whole.messages), handle.info.transcript_id])

        return scan

    scan: Any = counting()
    assert scanner_config(scan).streaming
    (given,) = inputs(scan)
    assert isinstance(given, Transcript)
    assert asyncio.run(scan(given)).value == ["one", "three", 2, "t1"]
