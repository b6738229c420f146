"""The column `input`: shared messages put back, references followed."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from inspect_ai.event import Event, ModelEvent
from inspect_ai.model import ChatMessage, GenerateConfig, ModelCall, ModelOutput

from inspect_scout import LogReadError
from inspect_scout._results import ScanStore
from inspect_scout._results.reading.inputs import ReadOrigin, expand_inputs
from inspect_scout._types import InputOrigin, ResultReport, Transcript, TranscriptInfo
from inspect_scout.testing import Storage
from support.results import results_arrow, results_df
from support.scans import finished, make_report, make_user

pytestmark = pytest.mark.anyio

MESSAGES: list[ChatMessage] = [make_user(f"message {i}", f"m{i}") for i in range(4)]


def model_event(count: int, uuid: str) -> ModelEvent:
    call = ModelCall(
        request={"model": "m", "messages": [{"role": "user", "content": m.text} for m in MESSAGES[:count]]}, response={}
    )
    return ModelEvent(
        uuid=uuid,
        model="m",
        input=MESSAGES[:count],
        tools=[],
        tool_choice="auto",
        config=GenerateConfig(),
        output=ModelOutput(),
        call=call,
    )


EVENTS: list[Event] = [model_event(1, "e0"), model_event(3, "e1")]


def make_transcript(**fields: Any) -> Transcript:
    return Transcript(transcript_id="t0", messages=MESSAGES, events=EVENTS, **fields)


def origin(member: str = "one") -> InputOrigin:
    return InputOrigin("eval_log", "/logs/x.eval", member, "print", "{}", 10**6)


async def inputs_of(report: ResultReport, read: ReadOrigin | None = None, copies: int = 1) -> list[Any]:
    store, storage = await finished([(f"t{i}", "a", [report]) for i in range(copies)])
    frame = (await reading(store, storage, read)).scanners["a"]
    assert "input_data" not in frame.columns
    return [json.loads(cell) if isinstance(cell, str) else None for cell in frame["input"]]


async def reading(store: ScanStore, storage: Storage, read: ReadOrigin | None = None) -> Any:
    more = {} if read is None else {"read": read}
    return await results_df(store.location, exclude_columns=[], storage=storage, **more)  # type: ignore[arg-type]


async def test_shared_messages_and_calls_are_put_back() -> None:
    (value,) = await inputs_of(make_report(input_type="transcript", input_ids=["t0"], input=make_transcript()))
    assert [message["content"] for message in value["events"][1]["input"]] == ["message 0", "message 1", "message 2"]
    assert len(value["events"][1]["call"]["request"]["messages"]) == 3
    assert value["events"][1]["call"]["request"]["model"] == "m"
    assert "input_refs" not in value["events"][1]
    assert "call_refs" not in value["events"][1]["call"]
    again = Transcript.model_validate(value)
    assert isinstance(again.events[1], ModelEvent)
    assert again.events[1].input == MESSAGES[:3]


async def test_events_are_put_back_too() -> None:
    (value,) = await inputs_of(make_report(input_type="events", input_ids=["e0", "e1"], input=EVENTS))
    assert [len(event["input"]) for event in value] == [1, 3]


async def test_arrow_gives_the_condensed_form() -> None:
    report = make_report(input_type="transcript", input_ids=["t0"], input=make_transcript())
    store, storage = await finished([("t0", "a", [report])])
    table = (await results_arrow(store.location, storage=storage)).reader("a", exclude_columns=[]).read_all()
    assert json.loads(str(table.column("input")[0].as_py()))["events"][1]["input_refs"] == [[0, 3]]
    assert len(json.loads(table.column("input_data")[0].as_py())["messages"]) == 3


def table_of(text: str | None, pools: str | None) -> pa.Table:
    return pa.table({"input": pa.array([text], pa.large_string()), "input_data": pa.array([pools], pa.large_string())})


def test_attachments_are_put_back() -> None:
    text = json.dumps([{"event": "info", "data": {"deep": ["attachment://abc", "attachment://gone"]}}])
    (value,) = expand_inputs(table_of(text, '{"attachments":{"abc":"long text"}}')).column("input").to_pylist()
    assert json.loads(str(value))[0]["data"]["deep"] == ["long text", "attachment://gone"]


@pytest.mark.parametrize("pools", ["[]", "{", "3", '{"messages":5}', '{"messages":[]}'])
@pytest.mark.parametrize(
    "text",
    [
        '{"events":[{"input_refs":[[0,1]]}]}',
        '[{"input_refs":[["a","b"]]}]',
        '[{"input_refs":5}]',
        '[{"input_refs":[[0,1,2]]}]',
        '{"events":"x_refs"}',
        '[1,{"call":{"call_refs":[[0,9]],"request":3}}]',
        '"_refs',
    ],
)
def test_what_a_stranger_wrote_cannot_make_reading_fail(text: str, pools: str) -> None:
    table = expand_inputs(table_of(text, pools))
    assert table.column_names == ["input"]
    assert isinstance(table.column("input")[0].as_py(), str)


class Source:
    """Reads origins, and remembers which."""

    def __init__(self, transcript: Transcript | Exception) -> None:
        self.transcript = transcript
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, origin: InputOrigin, info: TranscriptInfo) -> Transcript:
        self.asked.append((origin.member, info.transcript_id))
        if isinstance(self.transcript, Exception):
            raise self.transcript
        return self.transcript


async def test_a_reference_is_followed() -> None:
    report = make_report(input_type="transcript", input_ids=["t0"], input=make_transcript(), origin=origin())
    copy = make_report(input_type="transcript", input_ids=["t0"], input=make_transcript())
    source = Source(make_transcript())
    assert await inputs_of(report, source) == await inputs_of(copy)
    assert source.asked == [("one", "t0")]


async def test_nothing_is_read_unless_the_input_is_asked_for() -> None:
    store, storage = await finished([("t0", "a", [make_report(input_type="transcript", origin=origin())])])
    source = Source(make_transcript())
    results = await results_df(store.location, storage=storage, read=source)
    assert len(results.scanners["a"]) == 1
    assert source.asked == []


async def test_a_transcript_is_read_once_for_all_its_rows() -> None:
    kinds = [("messages", ["m1", "m2"]), ("events", ["e1"]), ("transcript", ["t0"])]
    reports = [make_report(input_type=kind, input_ids=ids, input=MESSAGES[1:3], origin=origin()) for kind, ids in kinds]
    store, storage = await finished([("t0", "a", reports)])
    source = Source(make_transcript())
    frame = (await reading(store, storage, source)).scanners["a"]
    messages, events, transcript = (json.loads(cell) for cell in frame["input"])
    assert [message["id"] for message in messages] == ["m1", "m2"]
    assert [event["uuid"] for event in events] == ["e1"]
    assert len(events[0]["input"]) == 3
    assert transcript["transcript_id"] == "t0"
    assert source.asked == [("one", "t0")]


async def test_references_are_followed_in_arrow_too() -> None:
    report = make_report(input_type="transcript", input_ids=["t0"], input=make_transcript(), origin=origin())
    store, storage = await finished([("t0", "a", [report])])
    results = await results_arrow(store.location, storage=storage, read=Source(make_transcript()))
    assert results.get_field("a", "transcript_id", "t0", "input").as_py() is not None
    table = results.reader("a", exclude_columns=["scan_events", "input_data"]).read_all()
    assert json.loads(str(table.column("input")[0].as_py()))["transcript_id"] == "t0"
    assert "input_ref" not in table.column_names


@pytest.mark.parametrize(
    "problem", [LogReadError("/logs/x.eval", "changed"), FileNotFoundError("gone"), ValueError("?")]
)
async def test_a_log_that_is_gone_leaves_the_cell_empty_with_a_warning(
    problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    report = make_report(input_type="transcript", input_ids=["t0"], input=make_transcript(), origin=origin())
    assert await inputs_of(report, Source(problem)) == [None]
    assert "cannot be found" in caplog.text


async def test_messages_that_are_no_longer_there_leave_the_cell_empty(caplog: pytest.LogCaptureFixture) -> None:
    report = make_report(input_type="messages", input_ids=["m1", "gone"], input=MESSAGES[:2], origin=origin())
    assert await inputs_of(report, Source(make_transcript())) == [None]
    assert "no longer" in caplog.text


async def test_the_description_is_the_one_of_the_scan() -> None:
    report = make_report(input_type="transcript", input_ids=["t0"], input=make_transcript(), origin=origin())
    seen: list[TranscriptInfo] = []

    async def read(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
        seen.append(info)
        return make_transcript()

    await inputs_of(report, read)
    assert seen[0].transcript_id == "t0"
    assert seen[0].source_uri == "log.eval"
    assert seen[0].metadata == {}
