"""One message as text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentAudio,
    ContentData,
    ContentDocument,
    ContentImage,
    ContentReasoning,
    ContentText,
    ContentToolUse,
    ContentVideo,
)
from inspect_ai.tool import ToolCall, ToolCallError

from inspect_scout import ConfigError
from inspect_scout._scanners import MessageFormatOptions, MessagesPreprocessor, message_as_str

N = "Nonce123"
ALL = MessageFormatOptions(exclude_system=False)


def call(function: str = "bash", **arguments: object) -> ToolCall:
    return ToolCall(id="c1", function=function, arguments=arguments)


def assistant(content: str | list[Content] = "ok", *calls: ToolCall, prefill: bool = False) -> ChatMessageAssistant:
    return ChatMessageAssistant(
        content=content, tool_calls=list(calls) or None, metadata={"prefill": True} if prefill else None
    )


def tool_use(error: str | None = None) -> ContentToolUse:
    return ContentToolUse(tool_type="web_search", id="t", name="search", arguments='{"q":1}', result="res", error=error)


MEDIA: Sequence[Content] = (
    ContentImage(image="data:x"),
    ContentAudio(audio="a", format="mp3"),
    ContentVideo(video="v", format="mp4"),
    ContentData(data={"a": 1}),
    ContentDocument(document="d", filename="f", mime_type="m"),
)


@pytest.mark.parametrize(
    ("message", "text", "marked"),
    [
        (ChatMessageSystem(content="sys"), "SYSTEM:\nsys\n", f"SYSTEM ({N}):\nsys\n"),
        (ChatMessageUser(content="hi"), "USER:\nhi\n", f"USER ({N}):\nhi\n"),
        (ChatMessageUser(content=""), "USER:\n\n", f"USER ({N}):\n\n"),
        (ChatMessageUser(content="hi", metadata={"role_label": "judge"}), "JUDGE:\nhi\n", f"JUDGE ({N}):\nhi\n"),
        (ChatMessageUser(content="hi", metadata={"role_label": ""}), "USER:\nhi\n", f"USER ({N}):\nhi\n"),
        (ChatMessageUser(content="hi", metadata={"role_label": 5}), "USER:\nhi\n", f"USER ({N}):\nhi\n"),
        (ChatMessageUser(content="hi", metadata={"role_label": "a:\nb"}), "A:\nB:\nhi\n", f"A: B ({N}):\nhi\n"),
        (ChatMessageUser(content="hi", metadata={"prefill": True}), "USER:\nhi\n", f"USER ({N}):\nhi\n"),
        (
            assistant("ok", call(cmd="ls\n-l", n=1, x=None), call("py")),
            "ASSISTANT:\nok\n\nTool Call: bash\nArguments:\ncmd: ls\n-l\nn: 1\nx: None\n\nTool Call: py\nArguments:\n\n",
            (
                f"ASSISTANT ({N}):\nok\n\nTool Call ({N}): bash\nArguments:\n[BEGIN 'cmd' ({N})]\nls\n-l\n[END 'cmd' ({N})]\n"
                f"n: 1\nx: None\n\nTool Call ({N}): py\nArguments:\n\n"
            ),
        ),
        (
            assistant("", call("a\nb", **{"c\nd": "x\u2028y"})),
            "ASSISTANT:\n\n\nTool Call: a\nb\nArguments:\nc\nd: x\u2028y\n",
            f"ASSISTANT ({N}):\n\n\nTool Call ({N}): 'a\\nb'\nArguments:\n[BEGIN 'c\\nd' ({N})]\nx\u2028y\n[END 'c\\nd' ({N})]\n",
        ),
        (
            assistant("pre", prefill=True),
            "<prefill>\nASSISTANT:\npre\n</prefill>",
            f"<prefill {N}>\nASSISTANT ({N}):\npre\n</prefill {N}>",
        ),
        (ChatMessageTool(content="out", function="bash"), "TOOL:\nout\n", f"TOOL ({N}):\nout\n"),
        (
            ChatMessageTool(content="out", function="bash", error=ToolCallError("timeout", "slow")),
            "TOOL:\nout\n\nError in tool call 'bash':\nslow\n\n",
            f"TOOL ({N}):\nout\n\nError in tool call 'bash' ({N}):\nslow\n\n",
        ),
        (
            ChatMessageTool(content="out", error=ToolCallError("timeout", "slow")),
            "TOOL:\nout\n\nError in tool call 'unknown':\nslow\n\n",
            f"TOOL ({N}):\nout\n\nError in tool call 'unknown' ({N}):\nslow\n\n",
        ),
        (
            ChatMessageTool(content="", function="we'ird\nx", error=ToolCallError("timeout", "slow")),
            "TOOL:\n\n\nError in tool call 'we'ird\nx':\nslow\n\n",
            f'TOOL ({N}):\n\n\nError in tool call "we\'ird\\nx" ({N}):\nslow\n\n',
        ),
        (
            assistant([ContentText(text="a"), ContentReasoning(reasoning="think"), ContentText(text="b"), *MEDIA]),
            "ASSISTANT:\na\n\n<thinking>think</thinking>\nb\n<image />\n<audio />\n<video />\n<data />\n<document />\n",
            (
                f"ASSISTANT ({N}):\na\n\n<thinking {N}>think\n</thinking {N}>\nb\n"
                "<image />\n<audio />\n<video />\n<data />\n<document />\n"
            ),
        ),
        (
            assistant(
                [
                    ContentReasoning(reasoning="r", summary="sum", redacted=True),
                    ContentReasoning(reasoning="r", redacted=True),
                    ContentReasoning(reasoning="", summary="unused"),
                    ContentText(text="x"),
                ]
            ),
            "ASSISTANT:\n\n<thinking_summary>sum</thinking_summary>\n\n<thinking_redacted/>\nx\n",
            f"ASSISTANT ({N}):\n\n<thinking_summary {N}>sum\n</thinking_summary {N}>\n\n<thinking_redacted {N}/>\nx\n",
        ),
        (
            assistant([tool_use(), tool_use("bad")]),
            'ASSISTANT:\n\nTool Use: search({"q":1}) -> res \n\nTool Use: search({"q":1}) -> res bad\n',
            (
                f'ASSISTANT ({N}):\n\nTool Use ({N}): search({{"q":1}}) -> res \n\n'
                f'Tool Use ({N}): search({{"q":1}}) -> res bad\n'
            ),
        ),
        (assistant([ContentText(text="x"), ContentText(text="")]), "ASSISTANT:\nx\n\n", f"ASSISTANT ({N}):\nx\n\n"),
        (assistant([]), "ASSISTANT:\n\n", f"ASSISTANT ({N}):\n\n"),
    ],
)
def test_messages_render(message: ChatMessage, text: str, marked: str) -> None:
    assert message_as_str(message, ALL) == text
    assert message_as_str(message, ALL, nonce=N) == marked


def test_options_leave_things_out() -> None:
    system, user = ChatMessageSystem(content="s"), ChatMessageUser(content="u")
    reply = assistant([ContentReasoning(reasoning="r"), ContentText(text="a"), tool_use()], call(cmd="ls"))
    output = ChatMessageTool(content="out", error=ToolCallError("timeout", "slow"))
    assert message_as_str(system) is None
    assert message_as_str(system, MessagesPreprocessor[list[ChatMessage]]()) is None
    assert message_as_str(user) == "USER:\nu\n"
    assert message_as_str(reply, MessageFormatOptions(exclude_reasoning=True, exclude_tool_usage=True)) == (
        "ASSISTANT:\na\n"
    )
    assert message_as_str(output, MessageFormatOptions(exclude_tool_usage=True)) is None


@pytest.mark.parametrize("nonce", ["", "a b", "abc", "abcd-1234", "\u00e9" * 9, "abcdefgh\n", "\u0661" * 9])
def test_weak_nonces_are_refused(nonce: str) -> None:
    with pytest.raises(ConfigError, match="8 characters"):
        message_as_str(ChatMessageUser(content="u"), nonce=nonce)


def test_longer_nonces_are_allowed() -> None:
    assert message_as_str(ChatMessageUser(content="u"), nonce="x" * 100) == f"USER ({'x' * 100}):\nu\n"


@given(st.text(st.characters(), max_size=40))
def test_any_text_renders(text: str) -> None:
    assert message_as_str(ChatMessageUser(content=text)) == f"USER:\n{text}\n"
    assert message_as_str(assistant(text, call(text, **{f"_{text}": text}), prefill=True), nonce=N) is not None


def test_lone_surrogates_and_control_characters_render() -> None:
    assert message_as_str(ChatMessageUser(content="\ud800\0\x1b[2J")) == "USER:\n\ud800\0\x1b[2J\n"
