"""Lists of messages as text, numbers and citations."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
)
from inspect_ai.scorer import Reference
from inspect_ai.tool import ToolCall, ToolCallError

from inspect_scout import ConfigError
from inspect_scout._scanners import (
    MessagesPreprocessor,
    grep_scanner,
    message_as_str,
    message_numbering,
    messages_as_str,
    tool_callers,
)
from inspect_scout._scanners.declare.config import REVISION
from inspect_scout._scanners.render.citations import MOST_UNSEEN, MessageCitations
from inspect_scout._scanners.render.numbers import Numbering
from inspect_scout._types import Result, Transcript

pytestmark = pytest.mark.anyio


async def test_rendering_changes_with_the_revision_only() -> None:
    """Verdicts of an earlier version are taken for those of this one as long as `REVISION` is the same.

    Whoever changes what is rendered raises it, and writes the new pair here.
    """
    messages: list[ChatMessage] = [
        *thread(),
        ChatMessageUser(content=[ContentText(text="see"), ContentImage(image="data:,x")]),
        ChatMessageAssistant(
            content=[ContentReasoning(reasoning="hm"), ContentReasoning(reasoning="x", redacted=True, summary="sum")],
            tool_calls=[ToolCall(id="c2", function="run", arguments={"code": "a\nb", "n": [1]})],
        ),
        ChatMessageTool(content="no", tool_call_id="c2", function="run", error=ToolCallError("timeout", "too slow")),
        ChatMessageAssistant(content="I", metadata={"prefill": True}),
    ]
    everything = MessagesPreprocessor[list[ChatMessage]](exclude_system=False)
    rendered = [
        await messages_as_str(messages, preprocessor=everything, include_ids=True, nonce=nonce)
        for nonce in (None, "abcdefgh12345678")
    ]
    text = "\0".join(text for text, _ in rendered)
    assert (REVISION, hashlib.sha256(text.encode()).hexdigest()[:16]) == (1, "1db164eb98da84c3")


def thread() -> list[ChatMessage]:
    return [
        ChatMessageSystem(id="s", content="sys"),
        ChatMessageUser(id="u", content="hi"),
        ChatMessageAssistant(
            id="a", content="needle", tool_calls=[ToolCall(id="c1", function="bash", arguments={"x": 1})]
        ),
        ChatMessageSystem(id="s2", content="more"),
        ChatMessageTool(id="t", content="needle", tool_call_id="c1", function="bash"),
        ChatMessageAssistant(id="b", content="bye", metadata={"role_label": "judge"}),
    ]


def everything() -> MessagesPreprocessor[list[ChatMessage]]:
    return MessagesPreprocessor[list[ChatMessage]](exclude_system=False)


def cites(references: list[Reference]) -> list[tuple[str | None, str]]:
    assert all(reference.type == "message" for reference in references)
    return [(reference.cite, reference.id) for reference in references]


async def test_messages_are_joined_by_a_line_break() -> None:
    messages = thread()
    rendered = [text for text in map(message_as_str, messages) if text is not None]
    assert await messages_as_str(messages) == "\n".join(rendered)
    assert await messages_as_str(Transcript(transcript_id="x", messages=messages)) == "\n".join(rendered)
    assert await messages_as_str(messages, format="list") == rendered
    assert await messages_as_str([]) == ""
    assert await messages_as_str([], format="json") == "[]"


async def test_numbers_are_places_in_the_list() -> None:
    text, _ = await messages_as_str(thread(), include_ids=True)
    assert [line.split(":")[0] for line in text.splitlines() if line.startswith("[")] == [
        "[M2] USER",
        "[M3] ASSISTANT",
        "[M5] TOOL",
        "[M6] JUDGE",
    ]
    texts, _ = await messages_as_str(thread(), preprocessor=everything(), include_ids=True, format="list")
    assert [text.split()[0] for text in texts] == ["[M1]", "[M2]", "[M3]", "[M4]", "[M5]", "[M6]"]


async def test_json_has_role_content_and_id() -> None:
    data, extract = await messages_as_str(thread(), include_ids=True, format="json")
    objects: list[dict[str, str]] = json.loads(data)
    assert objects[0] == {"role": "user", "content": "USER:\nhi\n", "id": "M2"}
    assert objects[-1] == {"role": "JUDGE", "content": "JUDGE:\nbye\n", "id": "M6"}
    assert cites(extract("[M6]")) == [("[M6]", "b")]
    assert json.loads(await messages_as_str(thread(), format="json"))[0] == {"role": "user", "content": "USER:\nhi\n"}


async def test_one_message_has_one_number_everywhere() -> None:
    transcript = Transcript(transcript_id="x", messages=thread())
    _, extract = await messages_as_str(transcript, include_ids=True)
    found = await grep_scanner("needle")(transcript)
    assert isinstance(found, Result)
    searched = {reference.cite: reference.id for reference in found.references}
    assert searched == {"[M3]": "a", "[M5]": "t"}
    assert dict(cites(extract(" ".join(cite or "" for cite in searched)))) == searched
    render, extract_all, label = message_numbering(label_for_id=True)
    await render(transcript.messages)
    assert dict(cites(extract_all("[M3] [M5]"))) == searched
    assert label("a") == "M3"
    callers = tool_callers(transcript)
    assert {key: (message.id, number) for key, (message, number) in callers.items()} == {"c1": ("a", 3)}


async def test_numbers_go_on_over_calls_and_all_lead_back() -> None:
    messages = thread()
    render, extract, label = message_numbering(label_for_id=True)
    assert (await render(messages[:3])).startswith("[M2] USER")
    assert "[M4] ASSISTANT" in await render(messages[2:5])
    assert "[M8] JUDGE" in await render(messages[4:])
    assert [label(key) for key in ("s", "u", "a", "s2", "t", "b", "?")] == [None, "M2", "M4", None, "M7", "M8", None]
    assert cites(extract("[M1-M3]")) == [("[M2]", "u"), ("[M3]", "a")]
    assert cites(extract("[M4-M9]")) == [("[M4]", "a"), ("[M6]", "t"), ("[M8]", "b")]


async def test_numbering_takes_a_nonce() -> None:
    render, extract = message_numbering(MessagesPreprocessor(exclude_system=False), nonce="3f9a1c7e")
    assert (await render(thread()[:2])) == "[M1] SYSTEM (3f9a1c7e):\nsys\n\n[M2] USER (3f9a1c7e):\nhi\n"
    assert cites(extract("[M1]")) == [("[M1]", "s")]
    with pytest.raises(ConfigError):
        message_numbering(nonce="short")


async def test_transform_is_given_the_whole_input() -> None:
    given: list[Any] = []

    async def newest_first(transcript: Transcript) -> list[ChatMessage]:
        given.append(transcript)
        return [ChatMessageUser(id="new", content="note"), *reversed(transcript.messages[2:])]

    transcript = Transcript(transcript_id="x", messages=thread())
    text, extract = await messages_as_str(
        transcript, preprocessor=MessagesPreprocessor(transform=newest_first), include_ids=True
    )
    assert given == [transcript]
    assert [line.split()[0] for line in text.splitlines() if line.startswith("[")] == ["[M7]", "[M6]", "[M5]", "[M3]"]
    assert cites(extract("[M7, M3]")) == [("[M7]", "new"), ("[M3]", "a")]


async def test_transform_of_a_numbering_is_given_each_list() -> None:
    lengths: list[int] = []

    async def measured(messages: list[ChatMessage]) -> list[ChatMessage]:
        lengths.append(len(messages))
        return [message.model_copy(update={"content": "changed"}) for message in messages]

    render, _ = message_numbering(MessagesPreprocessor(transform=measured))
    assert "[M2] USER:\nchanged\n" in await render(thread())
    assert lengths == [6]


async def test_unknown_formats_are_refused() -> None:
    with pytest.raises(ConfigError, match="'yaml'"):
        await messages_as_str(thread(), format="yaml")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]


async def test_old_name_of_the_json_format_warns() -> None:
    with pytest.warns(DeprecationWarning, match="format='json'"):
        assert json.loads(await messages_as_str(thread()[:2], as_json=True)) == [
            {"role": "user", "content": "USER:\nhi\n"}
        ]


def test_messages_that_share_an_id_or_have_none_have_numbers_of_their_own() -> None:
    same = [ChatMessageUser(id="x", content=str(i)) for i in range(3)]
    nameless = [ChatMessageUser.model_construct(id=None, content=str(i), role="user") for i in range(2)]
    numbering = Numbering()
    assert numbering.number([*same, *nameless]) == [1, 2, 3, 4, 5]
    assert numbering.number([same[0], *nameless, same[1]]) == [1, 4, 5, 2]
    assert numbering.number([ChatMessageUser.model_construct(id=None, content="", role="user")]) == [6]


@given(st.lists(st.sampled_from("abc"), max_size=8))
def test_first_numbers_are_always_places(ids: list[str]) -> None:
    messages = [ChatMessageUser(id=key, content="") for key in ids]
    assert Numbering().number(messages) == list(range(1, len(ids) + 1))


def test_last_of_several_calls_with_one_id_is_the_caller() -> None:
    calls = [ToolCall(id="c", function="f", arguments={})]
    messages: list[ChatMessage] = [ChatMessageAssistant(id=key, content="", tool_calls=calls) for key in "ab"]
    assert tool_callers(Transcript(transcript_id="x", messages=messages))["c"][1] == 2
    assert tool_callers(Transcript(transcript_id="x")) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [M2]", [2]),
        ("see [m2] and [ M4 ]", [2, 4]),
        ("[M2, M5]", [2, 5]),
        ("[M5;M2 and m3]", [5, 2, 3]),
        ("[M2-M4]", [2, 3, 4]),
        ("[m2 - 4]", [2, 3, 4]),
        ("[M4-M2]", [2, 3, 4]),
        ("[M2\u2013M4]", [2, 3, 4]),
        ("[M2..M4]", [2, 3, 4]),
        ("[M2 to M3]", [2, 3]),
        ("[M2-M4, M12]", [2, 3, 4, 12]),
        ("[M4-M999999999]", [4, 5, 12]),
        ("[**M2**] [_M3]", [2]),
        ("[see M3: 'x']", [3]),
        ("[M2][M2] [M3]", [2, 3]),
        ("[a [M3] b]", [3]),
        ("[[M3]]", [3]),
        ("[M2](http://x)", [2]),
        ("[FORM1] [see ITEM3] [M3x] [xM3] [M_3] [M 3]", []),
        ("(M3) M3 [M99] [E3] [M]", []),
        ("[M0] [M00002]", [2]),
        ("[M99999999999999999999]", []),
        ("[M3", []),
        ("M3]", []),
        ("", []),
    ],
)
def test_citations_are_read(text: str, expected: list[int]) -> None:
    ids = {number: f"id{number}" for number in (2, 3, 4, 5, 12)}
    assert cites(MessageCitations(ids)(text)) == [(f"[M{number}]", f"id{number}") for number in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[M2] [M3, M5] [M2-M5] [m12]", []),
        ("It says so [M99].", ["[M99]"]),
        ("[M99] [M2, M98; M99]", ["[M99]", "[M98]"]),
        ("[M0] [M00001]", ["[M0]", "[M1]"]),
        ("[M4-M5] [M3-M4]", []),
        ("[M2-M12]", []),
        ("[M2-M99]", ["[M13-M99]"]),
        ("[M12-M13] [M1-M2]", ["[M13]", "[M1]"]),
        ("[M99-M1]", ["[M1]", "[M13-M99]"]),
        ("[M20\u2013M30] [M40 to M41] [M50..51]", ["[M20-M30]", "[M40-M41]", "[M50-M51]"]),
        ("[M6-M11]", ["[M6-M11]"]),
        ("[m99]", ["[M99]"]),
        ("[M99999999999999999999999]", ["[M1000000000000000000]"]),
        ("(M99) M99 [FORM99] [M99x] [E5] [M] [M 99]", []),
        ("[M99", []),
    ],
)
def test_citations_of_what_was_not_shown_are_told(text: str, expected: list[str]) -> None:
    ids = {number: f"id{number}" for number in (2, 3, 4, 5, 12)}
    assert MessageCitations(ids).unseen(text) == expected


def test_so_many_are_told_and_no_more() -> None:
    text = "".join(f"[M{n}]" for n in range(100, 1000))
    assert MessageCitations({1: "a"}).unseen(text) == [f"[M{n}]" for n in range(100, 100 + MOST_UNSEEN)]


@given(st.text(alphabet="[]Mm129-, x", max_size=60), st.sets(st.integers(0, 30)))
def test_citation_is_seen_or_not(text: str, numbers: set[int]) -> None:
    ids = {number: f"id{number}" for number in numbers}
    unseen = MessageCitations(ids).unseen(text)
    # What is unseen cites nothing, and is unseen when it is read again.
    assert MessageCitations(ids)(" ".join(unseen)) == []
    assert MessageCitations(ids).unseen(" ".join(unseen)) == unseen


async def test_what_was_left_out_was_not_shown() -> None:
    messages: list[ChatMessage] = [
        ChatMessageSystem(id="s", content="Be good."),
        ChatMessageUser(id="u", content="Hi."),
        ChatMessageUser(content="I have no id."),
    ]
    render, extract = message_numbering()
    assert isinstance(extract, MessageCitations)
    assert extract.unseen("[M2]") == ["[M2]"]
    messages[2].id = None
    await render(messages)
    assert extract.unseen("[M1] [M2] [M3] [M4]") == ["[M1]", "[M4]"]
    assert extract.among({2}).unseen("[M2] [M3]") == ["[M3]"]
    assert cites(extract.among({2})("[M2-M3]")) == [("[M2]", "u")]


def test_a_message_with_two_numbers_is_cited_once() -> None:
    assert cites(MessageCitations({1: "a", 2: "a"})("[M2, M1]")) == [("[M2]", "a")]


@given(st.text(alphabet="[]Mm12-, x"))
def test_citations_of_any_text_can_be_read(text: str) -> None:
    numbers = {1: "a", 2: "b", 11: "c"}
    assert {reference.id for reference in MessageCitations(numbers)(text)} <= {"a", "b", "c"}


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "[" * 100_000 + "]", "[M1 " * 100_000, "]" * 200_000, "[" + "M" * 400_000]
)
def test_citations_take_linear_time(text: str) -> None:
    started = time.process_time()
    MessageCitations({1: "a"})(text)
    assert time.process_time() - started < 2
