"""Messages and events without ids, as older logs have them: each gets one id, the same wherever it is met."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.event import Event, ModelEvent, SampleInitEvent, TimelineEvent, ToolEvent
from inspect_ai.model import ChatMessage

from inspect_scout import (
    Result,
    Scanner,
    Transcript,
    TranscriptContent,
    grep_scanner,
    scan,
    scan_results_df,
    scanner,
    span_messages,
    transcripts_from,
)
from inspect_scout._query import Query
from inspect_scout._transcripts import MemorySource, TranscriptSource
from inspect_scout._transcripts.decode.sample import decode_sample
from inspect_scout._transcripts.decode.source import MemoryBytes
from inspect_scout._transcripts.decode.stream import open_sample
from inspect_scout._types import TranscriptInfo
from support.inspect_logs import read_eval_log
from support.raw_logs import EVENT, insert, model_event, user, write_raw

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all", timeline="all")
INFO = TranscriptInfo(transcript_id="t")
CALL = {"id": "c1", "function": "look", "arguments": {"at": 1}, "type": "function"}
SAID: list[dict[str, Any]] = [
    {"role": "system", "content": "Be good.", "id": None},
    user("Continue, token."),
    {"role": "assistant", "content": "Looking for a token.", "tool_calls": [CALL], "source": "generate", "id": None},
    {"role": "tool", "content": [{"type": "text", "text": "no token"}], "tool_call_id": "c1", "function": "look"},
    user("Continue, token.", metadata={"n": 2}),
    user("Continue, token.", id="own"),
    {"role": "assistant", "content": "A token at last.", "id": ""},
]
ANSWER = {"model": "m", "choices": [{"message": SAID[-1], "stop_reason": "stop"}]}
EVENTS: list[dict[str, Any]] = [
    {"event": "sample_init", "sample": {"input": SAID[:2], "target": "t"}, "state": {}, **EVENT, "uuid": None},
    model_event(input=SAID[:2], output={"model": "m", "choices": [{"message": SAID[2], "stop_reason": "tool_calls"}]}),
    {
        "event": "tool",
        "id": "c1",
        "function": "look",
        "arguments": {"at": 1},
        "result": "no token",
        **EVENT,
        "events": [{"event": "info", "data": "token inside", **EVENT}, model_event(input=SAID[1:2])],
    },
    {"event": "info", "data": "token", **EVENT},
    {"event": "info", "data": "another token", **EVENT},
    {"event": "info", "data": "token", "uuid": "own", **EVENT},
    model_event(input=SAID[:-1], output=ANSWER),
]
SAMPLE = {"messages": SAID, "events": EVENTS}


def ids(transcript: Transcript) -> dict[str, Any]:
    """Every id in a transcript."""
    inside: list[Any] = []
    for event in transcript.events:
        if isinstance(event, ModelEvent):
            inside.append([m.id for m in event.input] + [c.message.id for c in event.output.choices])
        elif isinstance(event, ToolEvent):
            inside.append([each.uuid for each in event.events])
            inside += [[m.id for m in each.input] for each in event.events if isinstance(each, ModelEvent)]
        elif isinstance(event, SampleInitEvent) and not isinstance(event.sample.input, str):
            inside.append([m.id for m in event.sample.input])
    in_timeline = [
        item.event.uuid
        for each in transcript.timelines
        for item in each.root.content
        if isinstance(item, TimelineEvent)
    ]
    return {
        "messages": [message.id for message in transcript.messages],
        "events": [event.uuid for event in transcript.events],
        "inside": inside,
        "timeline": in_timeline,
    }


def decoded(content: TranscriptContent = ALL, info: TranscriptInfo = INFO, **parts: Any) -> Transcript:
    data = json.dumps({"id": 1, "epoch": 1, **(parts or SAMPLE)}).encode()
    return decode_sample(MemoryBytes(data), info, content).transcript


async def read(source: TranscriptSource, content: TranscriptContent = ALL) -> Transcript:
    (info,) = [(await source.index(Query())).info(0)]
    return (await (await source.locate(info)).read(content)).transcript


def test_every_message_and_event_has_an_id_of_its_own() -> None:
    found = ids(decoded())
    assert all(found["messages"] + found["events"])
    assert len(set(found["messages"])) == len(SAID)
    assert len(set(found["events"])) == len(EVENTS)
    assert (found["messages"][5], found["events"][5]) == ("own", "own")
    assert found["timeline"] == found["events"]


def test_a_message_has_one_id_in_the_conversation_and_in_model_events() -> None:
    transcript = decoded()
    messages = [message.id for message in transcript.messages]
    init, first, tool, *_, last = transcript.events
    assert isinstance(init, SampleInitEvent)
    assert isinstance(first, ModelEvent)
    assert isinstance(last, ModelEvent)
    assert isinstance(tool, ToolEvent)
    assert [m.id for m in init.sample.input if not isinstance(m, str)] == messages[:2]
    assert [m.id for m in first.input] + [first.output.choices[0].message.id] == messages[:3]
    assert [m.id for m in last.input] + [last.output.choices[0].message.id] == messages
    assert [m.id for m in span_messages(transcript.events)] == messages
    assert all(event.uuid for event in tool.events)
    assert len({event.uuid for event in [*tool.events, *transcript.events]}) == len(EVENTS) + 2


def test_ids_belong_to_their_transcript() -> None:
    one, other = ids(decoded()), ids(decoded(info=TranscriptInfo(transcript_id="u")))
    assert set(one["messages"]) & set(other["messages"]) == {"own"}
    assert set(one["events"]) & set(other["events"]) == {"own"}


@pytest.mark.parametrize(
    "content",
    [
        TranscriptContent(messages=["user"]),
        TranscriptContent(messages=["tool", "assistant"], events=["info"]),
        TranscriptContent(messages="all", events=["model", "tool"]),
        TranscriptContent(events=["info"], timeline="all"),
    ],
)
def test_filters_change_no_id(content: TranscriptContent) -> None:
    whole, part = decoded(), decoded(content)
    named = {id(m): m.id for m in whole.messages}
    roles = content.messages or []
    expected = [m.id for m in whole.messages if roles == "all" or m.role in roles]
    assert [m.id for m in part.messages] == expected
    assert len(named) == len(SAID)
    kinds = content.events or []
    assert [e.uuid for e in part.events] == [e.uuid for e in whole.events if e.event in kinds]


TEXTS = st.sampled_from(["a", "b", ""])
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "tool", "nobody"]), "content": TEXTS},
        optional={"id": st.sampled_from([None, "x", ""]), "metadata": st.none()},
    ),
    max_size=8,
)


@given(messages=MESSAGES, roles=st.lists(st.sampled_from(["user", "assistant", "system", "tool"]), unique=True))
def test_ids_do_not_depend_on_roles_asked_for(messages: list[dict[str, Any]], roles: list[Any]) -> None:
    whole = decoded(TranscriptContent(messages="all"), messages=messages)
    part = decoded(TranscriptContent(messages=roles), messages=messages)
    assert part.messages == [message for message in whole.messages if message.role in roles]
    derived = [m.id for m, raw in zip(whole.messages, messages, strict=True) if not raw.get("id")]
    assert len(set(derived)) == len(derived)


async def test_handles_give_the_ids_of_a_reading() -> None:
    data = json.dumps(SAMPLE).encode()
    content = TranscriptContent(messages="all", events="all")
    async with open_sample(MemoryBytes(data, 50), INFO, content) as handle:
        streamed = [m async for m in handle.messages()], [e async for e in handle.events()]
        loaded = await handle.load()
    whole = decoded(content)
    assert streamed == (whole.messages, whole.events) == (loaded.messages, loaded.events)
    async with open_sample(MemoryBytes(data, 50), INFO, TranscriptContent(messages=["user"])) as handle:
        assert [m async for m in handle.messages()] == [m for m in whole.messages if m.role == "user"]


def test_messages_in_pools_get_the_ids_that_they_would_have_in_place() -> None:
    twice = [user("again"), user("other"), user("again")]
    pooled = decoded(
        messages=[],
        events=[model_event(input_refs=[[0, 2], [0, 1]]), model_event(input_refs=[[0, 1]])],
        events_data={"messages": twice[:2], "calls": []},
    )
    plain = decoded(messages=twice, events=[model_event(input=twice), model_event(input=twice[:1])])
    assert ids(pooled)["inside"] == ids(plain)["inside"]
    assert ids(pooled)["inside"] == [ids(plain)["messages"], ids(plain)["messages"][:1]]


async def test_every_source_gives_the_same_ids(tmp_path: Path) -> None:
    eval_log = str(write_raw(tmp_path / "a" / "log.eval", [SAMPLE]))
    json_log = str(write_raw(tmp_path / "b" / "log.json", [SAMPLE]))
    expected = await read(transcripts_from(eval_log).source)
    stored = [
        await insert(tmp_path / "of-log", transcripts_from(eval_log)),
        await insert(tmp_path / "of-json", transcripts_from(json_log)),
        await insert(tmp_path / "of-objects", [expected]),
    ]
    sources: list[TranscriptSource] = [
        transcripts_from(json_log).source,
        *(transcripts_from(location).source for location in stored),
        MemorySource([expected]),
    ]
    for source in sources:
        assert ids(await read(source)) == ids(expected)
    in_memory = [
        MemorySource([read_eval_log(eval_log)]),
        MemorySource([read_eval_log(json_log, resolve_attachments="full")]),
        pickle.loads(pickle.dumps(MemorySource([read_eval_log(eval_log)]))),
    ]
    # Inspect has invented ids for the messages of the first event, the sample, when it read the log.
    first = ids(expected)["inside"][1:]
    for source in in_memory:
        found = ids(await read(source))
        assert {**found, "inside": found["inside"][1:]} == {**ids(expected), "inside": first}


async def test_a_database_holds_the_ids_in_its_json(tmp_path: Path) -> None:
    log = str(write_raw(tmp_path / "log.eval", [SAMPLE]))
    source = transcripts_from(await insert(tmp_path / "db", transcripts_from(log))).source
    index = await source.index(Query())
    row = await (await source.locate(index.info(0))).raw()
    expected = ids(await read(source))
    assert [each["id"] for each in json.loads(row.messages or b"")] == expected["messages"]
    assert [each["uuid"] for each in json.loads(row.events or b"")] == expected["events"]


def nameless(transcript: Transcript) -> Transcript:
    """Copy a transcript, all ids taken away."""
    messages = [m.model_copy(update={"id": None}) for m in transcript.messages]
    events = [e.model_copy(update={"uuid": None}) for e in transcript.events]
    return transcript.model_copy(update={"messages": messages, "events": events, "timelines": []})


async def test_transcripts_made_by_hand_get_ids_and_stay_as_they_are(tmp_path: Path) -> None:
    given_one = nameless(decoded())
    found = await read(MemorySource([given_one]))
    assert all(message.id for message in found.messages)
    assert all(event.uuid for event in found.events)
    assert not any(message.id for message in given_one.messages)
    assert not any(event.uuid for event in given_one.events)
    stored = await read(transcripts_from(await insert(tmp_path / "db", [given_one])).source)
    assert ids(stored) == ids(found)


async def test_a_stored_timeline_of_a_transcript_made_by_hand_follows_its_events() -> None:
    whole = decoded()
    for event in whole.events:
        event.uuid = None
    found = await read(MemorySource([whole]))
    assert ids(found)["timeline"] == ids(found)["events"]
    assert all(ids(found)["events"])


def test_an_event_without_a_time_has_the_same_id_each_time() -> None:
    event = {"event": "info", "data": 1}
    one, other = (decoded(messages=[], events=[event]) for _ in range(2))
    assert one.events == other.events


@scanner(messages="all", events="all")
def words() -> Scanner[Transcript]:
    """Search messages and events."""
    return grep_scanner("token")


@scanner(messages=["user"], name="each")
def each_message() -> Scanner[ChatMessage]:
    """Say nothing of each user message."""

    async def scan_message(message: ChatMessage) -> Result:
        return Result(value=message.id)

    return scan_message


@scanner(events=["info"], name="infos")
def each_event() -> Scanner[Event]:
    """Say nothing of each info event."""

    async def scan_event(event: Event) -> Result:
        return Result(value=event.uuid)

    return scan_event


def rows(tmp_path: Path, name: str, transcripts: Any, **options: Any) -> dict[str, Any]:
    """Scan, and give what the rows say about ids."""
    status = scan(
        scanners=[words(), each_message(), each_event()],
        transcripts=transcripts,
        scans=str(tmp_path / name),
        display="none",
        **options,
    )
    assert status.complete
    found: dict[str, Any] = {}
    results = scan_results_df(status.location)
    for key, frame in results.scanners.items():
        found[key] = frame[["input_ids", "value", "message_references", "event_references"]].to_dict("records")
    return found


@pytest.mark.parametrize("kind", ["eval", "json", "database", "log in memory", "transcript in memory"])
def test_rows_cite_what_has_no_id(tmp_path: Path, kind: str) -> None:
    log = str(write_raw(tmp_path / f"log.{'json' if kind == 'json' else 'eval'}", [SAMPLE]))
    transcript = anyio.run(read, transcripts_from(log).source)
    sources: dict[str, Any] = {
        "database": lambda: transcripts_from(anyio.run(insert, tmp_path / "db", transcripts_from(log))),
        "log in memory": lambda: transcripts_from(read_eval_log(log)),
        "transcript in memory": lambda: transcripts_from(transcript),
    }
    given_ones = sources.get(kind, lambda: transcripts_from(log))()
    found = rows(tmp_path, "scans", given_ones)
    (row,) = found["words"]
    messages, events = json.loads(row["message_references"]), json.loads(row["event_references"])
    assert [(ref["cite"], ref["id"]) for ref in messages] == [
        (f"[M{number}]", message.id) for number, message in enumerate(transcript.messages, 1) if number > 1
    ]
    assert {ref["id"] for ref in events} <= {event.uuid for event in transcript.events}
    assert len(events) >= 4
    assert [row["input_ids"] for row in found["each"]] == [
        json.dumps([m.id]) for m in transcript.messages if m.role == "user"
    ]
    assert [row["value"] for row in found["each"]] == [m.id for m in transcript.messages if m.role == "user"]
    assert [row["value"] for row in found["infos"]] == [e.uuid for e in transcript.events if e.event == "info"]


def test_processes_give_the_same_ids(tmp_path: Path) -> None:
    log = str(write_raw(tmp_path / "log.eval", [SAMPLE, SAMPLE]))
    assert rows(tmp_path, "two", transcripts_from(log), max_processes=2) == rows(
        tmp_path, "one", transcripts_from(log), max_processes=1
    )


async def test_grep_cites_messages_that_nobody_gave_an_id() -> None:
    transcript = nameless(decoded())
    found: Any = await grep_scanner("token")(transcript)
    whole = [m.id for m in decoded().messages]
    cited: Sequence[Any] = [ref for ref in found.references if ref.type == "message"]
    assert [ref.id for ref in cited][:4] == whole[1:5]
    assert len(cited) == 6
