"""Transcripts written as rows, and read again."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai.event import Event, InfoEvent, ModelEvent, SpanBeginEvent, SpanEndEvent, ToolEvent, timeline_build
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelCall,
    ModelOutput,
)
from inspect_ai.tool import ToolCall

from inspect_scout import ConfigError, Transcript, TranscriptContent
from inspect_scout._query import Query
from inspect_scout._transcripts.database.ingest.transcript_rows import raw_of
from inspect_scout._transcripts.database.reading.source import DatabaseSource
from support.databases import parquet_schema, write_rows
from support.own_log import own_records

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all", timeline="all")


async def again(folder: Path, transcripts: Sequence[Transcript]) -> list[Transcript]:
    """Write transcripts into a database and read them."""
    write_rows(folder, map(raw_of, transcripts))
    source = DatabaseSource(str(folder))
    index = await source.index(Query())
    return [(await (await source.locate(index.info(position))).read(ALL)).transcript for position in range(len(index))]


def model_event(*messages: ChatMessage, **fields: Any) -> ModelEvent:
    output = ModelOutput.from_content("m", "done")
    return ModelEvent(
        model="m", input=list(messages), tools=[], tool_choice="auto", config=GenerateConfig(), output=output, **fields
    )


def agent(name: str = "t", **fields: Any) -> Transcript:
    """Make a transcript with everything in it."""
    messages: list[ChatMessage] = [
        ChatMessageUser(id="u", content="Hello", metadata={"when": None, "n": 1.5}),
        ChatMessageAssistant(id="a", content="", tool_calls=[ToolCall(id="c", function="f", arguments={"x": None})]),
        ChatMessageTool(id="r", content="\x00 \u202e 🐟", tool_call_id="c", function="f"),
    ]
    twin = ChatMessageUser(id="other", content="Hello", metadata={"when": None, "n": 1.5})
    call = ModelCall.create({"messages": [{"role": "user", "content": "Hello"}], "seed": 1}, {"ok": True})
    events: list[Event] = [
        SpanBeginEvent(id="s", name="solvers", type="solvers", uuid="e0"),
        model_event(*messages[:1], uuid="e1", call=call),
        ToolEvent(id="c", function="f", arguments={"x": None}, result="r", uuid="e2"),
        model_event(*messages, twin, uuid="e3", call=call),
        SpanEndEvent(id="s", uuid="e4"),
        InfoEvent(data={"n": None}, uuid="e5"),
    ]
    return Transcript(transcript_id=name, messages=messages, events=events, **fields)


async def test_everything_comes_back(tmp_path: Path) -> None:
    given = agent(
        source_type="test",
        date="2026-01-02",
        task_repeat=2,
        agent_args={"n": 1, "deep": {"a": [None]}},
        model_options={},
        score={"a": 1},
        success=False,
        message_count=3,
        total_time=1.25,
        total_tokens=2**60,
        trust_content=True,
        metadata={
            "x": 1,
            "y": [1, {"z": None}],
            "t": "[not json",
            "j": "[1]",
            "b": False,
            "f": 1.0,
            "none": None,
            "e": {},
        },
    )
    given.timelines = [timeline_build(given.events, name="One"), timeline_build(given.events, name="Two")]
    (read,) = await again(tmp_path, [given])
    expected = given.model_dump()
    del expected["metadata"]["none"]
    assert read.model_dump() == expected
    assert [type(v) for v in read.metadata.values()] == [type(expected["metadata"][k]) for k in read.metadata]


async def test_messages_of_one_text_keep_their_ids(tmp_path: Path) -> None:
    (read,) = await again(tmp_path, [agent()])
    event = read.events[3]
    assert isinstance(event, ModelEvent)
    assert [message.id for message in event.input] == ["u", "a", "r", "other"]


async def test_shared_messages_are_stored_once() -> None:
    row = raw_of(agent())
    assert row.events is not None and row.events_data is not None
    events, pools = json.loads(row.events), json.loads(row.events_data)
    assert [message["id"] for message in pools["messages"]] == ["u", "a", "r", "other"]
    assert len(pools["calls"]) == 1
    assert events[3]["input"] == [] and events[3]["input_refs"] == [[0, 4]]
    assert events[3]["call"]["call_refs"] == [[0, 1]] and events[3]["call"]["call_key"] == "messages"
    assert row.timelines is None


async def test_odd_values_in_content_become_what_is_nearest(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    call = ToolCall(id="c", function="f", arguments={"nan": math.nan, "inf": -math.inf, "when": moment})
    transcript = Transcript(
        transcript_id="odd",
        agent_args={"when": moment, "set": {1}},
        model_options={"nan": math.nan},
        messages=[
            ChatMessageAssistant(
                id="a",
                content="lone \ud800",
                tool_calls=[call],
                metadata={"when": moment, "set": frozenset({1}), "bytes": b"\xff", "keys": {(1, 2): 3}},
            )
        ],
        events=[
            InfoEvent(data={"nan": math.nan}),
            model_event(ChatMessageUser(id="u", content="x", metadata={"when": moment})),
        ],
    )
    transcript.events.append(model_event(call=ModelCall.model_construct(request={"messages": [{"at": moment}]})))
    (read,) = await again(tmp_path, [transcript])
    (message,) = read.messages
    assert isinstance(message, ChatMessageAssistant)
    arguments = (message.tool_calls or [])[0].arguments
    assert math.isnan(arguments["nan"]) and arguments["inf"] == -math.inf and arguments["when"] == moment.isoformat()
    assert message.text == "lone \ud800"
    assert message.metadata == {"when": moment.isoformat(), "set": [1], "bytes": "\\xff", "keys": {"(1, 2)": 3}}
    assert read.agent_args == {"when": moment.isoformat(), "set": [1]}
    assert read.model_options is not None and math.isnan(read.model_options["nan"])
    info, event, called = read.events
    assert isinstance(info, InfoEvent) and isinstance(event, ModelEvent) and isinstance(called, ModelEvent)
    assert event.input[0].metadata == {"when": moment.isoformat()}
    assert called.call is not None and called.call.request == {"messages": [{"at": moment.isoformat()}]}


@pytest.mark.parametrize("key", ["transcript_id", "messages", "filename", "score", "", "a\0b", "\ud800"])
def test_keys_that_cannot_be_columns_are_refused(key: str) -> None:
    with pytest.raises(ConfigError, match=r"'mine'.*metadata"):
        raw_of(Transcript(transcript_id="mine", metadata={key: 1}))


@pytest.mark.parametrize("id", ["", "\ud800"])
def test_ids_that_are_no_text_are_refused(id: str) -> None:
    with pytest.raises(ConfigError, match="id"):
        raw_of(Transcript(transcript_id=id))


def test_content_that_holds_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["self"] = loop
    with pytest.raises(ConfigError, match="'loop'"):
        raw_of(Transcript(transcript_id="loop", agent_args=loop))


def test_numbers_beyond_64_bits_are_refused_where_columns_hold_numbers() -> None:
    with pytest.raises(ConfigError, match="total_tokens"):
        raw_of(Transcript(transcript_id="t", total_tokens=2**64))


HOSTILE = [
    "x'; drop table t; --",
    "../../etc/passwd",
    "*?[{",
    "a\0b",
    "n" * 400,
    "🐟\n\t",
    '"quoted"',
    " ",
    "a.b[0]",
    "[1]",
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_stored_and_found(tmp_path: Path, name: str) -> None:
    key = name.replace("\0", "")
    (read,) = await again(tmp_path, [agent(name, model=name, metadata={key: name, "plain": {key: name}})])
    assert (read.transcript_id, read.model) == (name, name)
    assert read.metadata == {key: name, "plain": {key: name}}


SCALARS = st.booleans() | st.integers(-(2**65), 2**65) | st.floats(allow_nan=False) | st.text(max_size=5)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
RECORDS = st.lists(
    st.tuples(st.none() | VALUES, st.dictionaries(st.sampled_from(["a", "b", "c d", "É"]), VALUES, max_size=4)),
    min_size=1,
    max_size=60,
)


@settings(max_examples=60)
@given(RECORDS)
async def test_scores_and_metadata_of_any_mixture_come_back(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[Any, dict[str, Any]]]
) -> None:
    given = [
        Transcript(transcript_id=f"t{number}", score=score, metadata=metadata)
        for number, (score, metadata) in enumerate(records)
    ]
    read = await again(tmp_path_factory.mktemp("database"), given)
    assert [t.score for t in read] == [score for score, _ in records]
    assert [t.metadata for t in read] == [metadata for _, metadata in records]


async def test_types_of_columns_are_those_of_the_published_format(tmp_path: Path) -> None:
    values: dict[str, list[Any]] = {
        "text": ["a", None, "b"],
        "flag": [True, None, False],
        "count": [1, None, 2],
        "ratio": [0.5, None, 1.5],
        "flags": [True, 2, None],
        "mixed": [1, 0.5, True],
        "any": [1, "a", None],
    }
    rows = [
        raw_of(Transcript(transcript_id=f"t{i}", metadata={key: column[i] for key, column in values.items()}))
        for i in range(3)
    ]
    write_rows(tmp_path, rows)
    schema = parquet_schema(tmp_path / "transcripts_a.parquet")
    kinds = {name: str(schema.field(name).type) for name in schema.names[25:]}
    assert kinds == {
        "any": "large_string",
        "count": "int64",
        "flag": "bool",
        "flags": "int64",
        "mixed": "double",
        "ratio": "double",
        "text": "large_string",
    }


async def test_nothing_is_said_of_what_is_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await again(tmp_path, [agent()])
    assert not own_records(caplog)
