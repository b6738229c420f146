from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from inspect_ai.event import InfoEvent, Timeline, TimelineSpan
from inspect_ai.model import ChatMessageTool, ChatMessageUser

from inspect_scout import ConfigError
from inspect_scout._scanners import describe_input
from inspect_scout._transcripts import MaterializedHandle
from inspect_scout._types import Transcript

USER, TOOL = ChatMessageUser(id="m1", content="hi"), ChatMessageTool(id="m2", content="ok")
EVENT = InfoEvent(uuid="e1", data=1)
TIMELINE = Timeline(name="main", description="", root=TimelineSpan(id="r", name="main"))
TRANSCRIPT = Transcript(transcript_id="t1")


class SpecialUser(ChatMessageUser):
    pass


async def _load() -> Transcript:
    return TRANSCRIPT


@pytest.mark.parametrize(
    ("given", "described"),
    [
        (TRANSCRIPT, ("transcript", ["t1"])),
        (USER, ("message", ["m1"])),
        (SpecialUser(id="m3", content=""), ("message", ["m3"])),
        ([USER, TOOL], ("messages", ["m1", "m2"])),
        ((TOOL,), ("messages", ["m2"])),
        (EVENT, ("event", ["e1"])),
        ([EVENT, EVENT], ("events", ["e1", "e1"])),
        (TIMELINE, ("timeline", ["main"])),
        ([TIMELINE], ("timelines", ["main"])),
        ([], None),
        ((), None),
    ],
)
def test_inputs_have_a_kind_and_ids(given: Any, described: Any) -> None:
    assert describe_input(given) == described


def test_handles_count_as_transcripts() -> None:
    handle = MaterializedHandle(TRANSCRIPT, _load)
    assert describe_input(handle) == ("transcript", ["t1"])


def ids_of(item: Any, transcript_id: str = "t") -> list[str]:
    described = describe_input(item, transcript_id)
    assert described is not None
    return described[1]


def test_ids_are_derived_where_there_are_none() -> None:
    message = ChatMessageUser(content="hi").model_copy(update={"id": None})
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    event = InfoEvent(data=1, timestamp=when).model_copy(update={"uuid": None})
    (one,) = ids_of([message])
    assert ids_of(message) == [one]
    assert ids_of([message]) != ids_of([message], "another transcript")
    assert ids_of([message, message])[0] == one
    assert len({*ids_of([message, message, USER]), *ids_of([event, event])}) == 5
    assert ids_of(event) == ids_of([event])


@pytest.mark.parametrize("given", ["text", 3, None, [USER, EVENT], ["text"], [TRANSCRIPT], {"a": 1}, [[USER]]])
def test_anything_else_is_refused(given: Any) -> None:
    with pytest.raises(ConfigError, match="A loader yielded"):
        describe_input(given)
