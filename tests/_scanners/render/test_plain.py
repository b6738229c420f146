"""Messages that are JSON are shown as prompts show them, with the same numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.event import InfoEvent, ToolEvent
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
    ContentToolUse,
)
from inspect_ai.tool import ToolCall, ToolCallError

from inspect_scout import MessagesPreprocessor, messages_as_str
from inspect_scout._scanners import plain_events_text, plain_messages_text

EVERYTHING = MessagesPreprocessor[list[ChatMessage]](exclude_system=False)
texts = st.text(max_size=30)
ids = st.sampled_from(["a", "b", "c", None])
contents = st.one_of(
    texts,
    st.lists(
        st.one_of(
            st.builds(ContentText, text=texts),
            st.builds(ContentReasoning, reasoning=texts, redacted=st.booleans(), summary=st.none() | texts),
            st.builds(ContentImage, image=st.just("x.png")),
            st.builds(
                ContentToolUse,
                tool_type=st.just("web_search"),
                id=st.just("u"),
                name=texts,
                arguments=texts,
                result=texts,
                error=st.none() | texts,
            ),
        ),
        max_size=3,
    ),
)
calls = st.lists(
    st.builds(
        ToolCall,
        id=st.just("c"),
        function=texts,
        arguments=st.dictionaries(texts, texts | st.integers() | st.lists(texts, max_size=2), max_size=3),
    ),
    max_size=2,
)
messages = st.one_of(
    st.builds(ChatMessageSystem, id=ids, content=contents),
    st.builds(ChatMessageUser, id=ids, content=contents),
    st.builds(ChatMessageAssistant, id=ids, content=contents, tool_calls=st.none() | calls),
    st.builds(
        ChatMessageTool,
        id=ids,
        content=contents,
        function=st.none() | texts,
        error=st.none() | st.builds(ToolCallError, type=st.just("unknown"), message=texts),
    ),
)


def as_json(items: list[Any]) -> list[dict[str, Any]]:
    return [item.model_dump(mode="json", exclude_none=True) for item in items]


@pytest.mark.anyio
@given(conversation=st.lists(messages, max_size=6))
async def test_messages_have_the_texts_and_the_numbers_of_prompts(conversation: list[ChatMessage]) -> None:
    rendered, _ = await messages_as_str(conversation, preprocessor=EVERYTHING, include_ids=True, format="list")
    shown = plain_messages_text(as_json(conversation))
    assert [f"[{item.cite}]" for item in shown] == [text.split(" ", 1)[0] for text in rendered]
    for item, text in zip(shown, rendered, strict=True):
        assert item.text == text.split(":\n", 1)[1].rstrip("\n")


def test_who_speaks_is_named() -> None:
    given_: list[ChatMessage] = [
        ChatMessageTool(content="x", function="bash"),
        ChatMessageTool(content="x"),
        ChatMessageUser(content="x", metadata={"role_label": "Reviewer"}),
    ]
    assert [item.who for item in plain_messages_text(as_json(given_))] == ["tool bash", "tool", "Reviewer"]


ODD: list[Any] = [
    None,
    "text",
    7,
    [],
    {},
    {"role": 3, "content": {"a": 1}, "id": ["x"]},
    {"role": "assistant", "content": [None, 3, {"type": "text"}, {"type": "new"}], "tool_calls": ["x", {}]},
    {"role": "tool", "content": "x", "error": "it broke", "metadata": "no"},
]


@pytest.mark.parametrize("odd", ODD)
def test_what_no_schema_allows_is_shown_all_the_same(odd: Any) -> None:
    (message,), (event,) = plain_messages_text([odd]), plain_events_text([odd])
    assert (message.cite, event.cite) == ("M1", "E1")
    assert all(isinstance(text, str) for text in (message.id, message.who, message.text, event.text))


def test_events_say_what_happened() -> None:
    events = [
        ToolEvent(id="c", function="bash", arguments={"cmd": "ls"}, result="a.py", uuid="e1"),
        InfoEvent(data={"found": 3}, uuid="e2"),
    ]
    tool, info = plain_events_text(as_json(events))
    assert (tool.who, tool.id) == ("tool", "e1")
    assert tool.text == "Tool Call: bash\nArguments:\ncmd: ls\nResult:\na.py"
    assert info.text == 'data: {"found":3}'
