"""Content copied as JSON gives the same objects as the sample it came from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._transcripts.decode import raw as module
from inspect_scout._transcripts.decode.raw import raw_content
from inspect_scout._transcripts.decode.sample import decode_sample, decode_sections
from inspect_scout._transcripts.decode.sections import sections_from
from inspect_scout._transcripts.decode.source import MemoryBytes, SampleError
from inspect_scout._types import Transcript, TranscriptContent, TranscriptInfo

INFO = TranscriptInfo(transcript_id="t", metadata={"log": "x", "target": "shortened"})
EVENT = {"timestamp": "2026-01-01T00:00:00+00:00", "working_start": 0.0}
ALL = TranscriptContent(messages="all", events="all", timeline="all")
DIGEST = "0123456789abcdef" * 2
OTHER = "f" * 32
REF = f"attachment://{DIGEST}"


def sample(**more: Any) -> bytes:
    return json.dumps({"id": 1, "epoch": 1, "input": "i", "target": "t", **more}).encode()


def user(content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


def model_event(**more: Any) -> dict[str, Any]:
    needed: dict[str, Any] = {"model": "m", "input": [], "tools": [], "tool_choice": "auto", "config": {}, "output": {}}
    return {"event": "model", **needed, **EVENT, **more}


def call(**request: Any) -> dict[str, Any]:
    return {"request": request, "response": {"ok": True}}


def tool(**more: Any) -> dict[str, Any]:
    return {"event": "tool", "id": "c", "function": "f", "arguments": {}, **EVENT, **more}


def copied(data: bytes) -> Transcript:
    """Read the copy of a sample."""
    content, body = raw_content(MemoryBytes(data))
    for name in ("messages", "events", "events_data"):
        json.loads(content[name] or b"")
    made = decode_sections(lambda: sections_from(content), INFO, ALL).transcript
    return made.model_copy(update={"metadata": body.overlay(INFO.metadata)})


def same(data: bytes) -> Transcript:
    """Check that the copy of a sample reads as the sample."""
    read, copy = decode_sample(MemoryBytes(data), INFO, ALL).transcript, copied(data)
    # as text, so that NaN equals itself
    shown = [json.dumps(each.model_dump(), sort_keys=True, default=str) for each in (copy, read)]
    assert shown[0] == shown[1]
    return copy


INPUT = [user("one", id="1"), user("two", id="2")]
SAMPLES: dict[str, dict[str, Any]] = {
    "empty": {},
    "nulls": {"messages": None, "events": None, "attachments": None, "events_data": None, "timelines": None},
    "messages": {"messages": INPUT, "metadata": {"k": [1, None]}, "scores": {"s": {"value": 1}}},
    "attachments": {
        "messages": [user(REF), user([{"type": "text", "text": REF}]), user(f"in {REF}"), user(f'"{REF}')],
        "events": [tool(result=REF), tool(result=f"attachment://{OTHER}"), model_event(input=[user(REF)])],
        "attachments": {DIGEST: 'long "text"\n\\ \u00e9 attachment://' + OTHER},
    },
    "keys": {
        "messages": [user("x", metadata={REF: 1, "a": {REF: REF}, "b": [REF, REF]})],
        "attachments": {DIGEST: "value"},
    },
    "odd attachments": {"messages": [user(REF), user(f"attachment://{OTHER}")], "attachments": {DIGEST: 5, OTHER: "x"}},
    "first scheme": {"messages": [user(f"tc://{DIGEST}"), user(f"tc:/{DIGEST}")], "attachments": {DIGEST: "old"}},
    "first transcript": {
        "transcript": {"events": [tool(result=f"tc://{DIGEST}")], "content": {DIGEST: "old"}},
        "messages": [user(f"tc://{DIGEST}")],
        "score": {"value": "C"},
    },
    "pools": {
        "events": [
            model_event(input_refs=[[0, 2]]),
            model_event(input_refs=[[1, 2], [0, 1]], call={**call(), "call_refs": [[0, 1]]}),
        ],
        "events_data": {"messages": INPUT, "calls": [{"role": "user", "content": REF}]},
        "attachments": {DIGEST: "shared"},
    },
    "older pools": {
        "events": [
            model_event(input_refs=[[0, 2]], call={**call(seed=1), "call_refs": [[0, 1]], "call_key": "contents"})
        ],
        "message_pool": INPUT,
        "call_pool": ["x"],
    },
    "no pools": {
        "events": [
            model_event(input=INPUT[:1], call=call(messages=["a"], seed=1)),
            tool(),
            model_event(input=INPUT, call=call(messages=["a", {"b": None}])),
            model_event(input=INPUT[::-1], call=call(contents=["c"])),
            model_event(input=[], call=call(input="text")),
            model_event(input=INPUT, call=call(messages=[])),
        ]
    },
    "half pools": {
        "events": [model_event(input_refs=[[0, 1]]), model_event(input=INPUT, call=call(messages=["a"]))],
        "events_data": {"messages": INPUT[:1], "calls": []},
    },
    "malformed": {
        "messages": [user("good"), {"role": "nobody"}, 5],
        "events": [
            model_event(input=[user("good"), {"role": "nobody"}]),
            {"event": "unheard"},
            7,
            model_event(input=5),
        ],
    },
    "malformed call": {
        "events": [
            model_event(call=5, input=INPUT),
            model_event(call={"request": 5}),
            model_event(call=call(messages={})),
        ]
    },
    "nested": {"events": [tool(events=[model_event(input=INPUT), {"no": "event"}])]},
    "nan": {
        "messages": [user("x", metadata={"n": float("nan")})],
        "events": [model_event(input=[user("y", metadata={"n": float("inf")})], call=call(messages=[float("nan")]))],
    },
    "surrogates": {"messages": [user("\ud800")], "events": [model_event(input=[user("\udfff")])]},
    "timelines": {
        "events": [{**tool(), "uuid": "e1"}],
        "timelines": [
            {
                "name": "Mine",
                "description": "",
                "root": {"type": "span", "id": "r", "name": "n", "content": [{"type": "event", "event": "e1"}]},
            }
        ],
    },
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("indent", [None, 2])
def test_copies_read_as_their_samples(name: str, indent: int | None) -> None:
    whole = {"id": 1, "epoch": 1, "input": "i", "target": ["t", "u"], **SAMPLES[name]}
    same(json.dumps(whole, indent=indent).encode())


def test_references_with_escaped_slashes_are_resolved() -> None:
    data = sample(messages=[user(REF), user("x")], attachments={DIGEST: "text"}).replace(
        b"attachment://", rb"attachment:\/\/"
    )
    assert [message.text for message in same(data).messages] == ["text", "x"]


def test_what_events_share_is_stored_once() -> None:
    content, _ = raw_content(MemoryBytes(sample(**SAMPLES["no pools"])))
    pools = json.loads(content["events_data"] or b"")
    assert pools == {"messages": INPUT, "calls": ["a", {"b": None}, "c"]}
    events = json.loads(content["events"] or b"")
    assert [event.get("input_refs") for event in events] == [[[0, 1]], None, [[0, 2]], [[1, 2], [0, 1]], None, [[0, 2]]]
    assert events[3]["call"] == {"request": {}, "response": {"ok": True}, "call_refs": [[2, 3]], "call_key": "contents"}


def test_spaces_for_people_are_left_out() -> None:
    data = json.dumps({"messages": [user("a  b\nc")], "events": [tool()]}, indent=4).encode()
    content, _ = raw_content(MemoryBytes(data))
    assert content["messages"] == b'[{"role":"user","content":"a  b\\nc"}]'


TEXTS = st.sampled_from(
    [REF, f"attachment://{OTHER}", f"x{REF}", f'"{REF}"', f"\\{REF}", f'\\"{REF}', "", "plain", "tc://" + DIGEST]
)
VALUES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)


@given(st.lists(VALUES, max_size=3), st.dictionaries(st.sampled_from([DIGEST, OTHER]), TEXTS), st.booleans())
def test_exactly_the_strings_that_are_references_are_resolved(
    values: list[Any], attachments: dict[str, str], spaced: bool
) -> None:
    whole = {"messages": [user("x", metadata={"v": value}) for value in values], "attachments": attachments}
    same(json.dumps(whole, separators=(", ", " : ") if spaced else (",", ":")).encode())


def test_attachments_cannot_exhaust_memory() -> None:
    refs = [REF] * 1100
    data = sample(
        messages=[user("x", metadata={"v": refs})], attachments={DIGEST: "x" * (module.MAX_PART_BYTES // 1000)}
    )
    with pytest.raises(SampleError, match="'messages'"):
        raw_content(MemoryBytes(data))


@pytest.mark.parametrize(
    "broken", [b"", b"[]", b'{"messages": 5}', b'{"events": {}}', b'{"messages": [', b'{"attachments": []}']
)
def test_what_is_no_sample_is_refused(broken: bytes) -> None:
    with pytest.raises(SampleError):
        raw_content(MemoryBytes(broken))
