"""Searching transcripts."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from inspect_ai.event import (
    ApprovalEvent,
    ErrorEvent,
    Event,
    InfoEvent,
    LoggerEvent,
    LoggingMessage,
    ModelEvent,
    SentinelEvent,
    SpanBeginEvent,
    ToolEvent,
)
from inspect_ai.log import EvalError
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
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolCallError

from inspect_scout import ConfigError
from inspect_scout._scanners import grep_scanner, scanner, scanner_config
from inspect_scout._scanners.grep.patterns import SearchedText, compile_groups, required_literal
from inspect_scout._scanners.grep.texts import event_text
from inspect_scout._transcripts import MaterializedHandle
from inspect_scout._types import Result, Scanner, Transcript, TranscriptHandle

pytestmark = pytest.mark.anyio


def transcript(*messages: ChatMessage, events: list[Event] | None = None) -> Transcript:
    return Transcript(transcript_id="t", messages=list(messages), events=events or [])


def said(text: str) -> Transcript:
    return transcript(ChatMessageUser(id="u", content=text))


def talk() -> Transcript:
    return transcript(
        ChatMessageSystem(id="s", content="needle"),
        ChatMessageUser(id="u", content="x" * 60 + " a needle b\nneedle\n" + "y" * 80),
        ChatMessageAssistant(
            id="a", content="ok Needle", tool_calls=[ToolCall(id="1", function="bash", arguments={"cmd": "needle"})]
        ),
        ChatMessageUser(id="v", content="needlework, needle and noodle"),
    )


async def one(scan: Scanner[Any], given: Transcript | TranscriptHandle) -> Result[Any]:
    found = await scan(given)
    assert isinstance(found, Result)
    return found


async def many(scan: Scanner[Any], given: Transcript) -> list[Result[Any]]:
    found = await scan(given)
    assert isinstance(found, list)
    return found


async def count(pattern: Any, given: Transcript, **options: Any) -> int:
    value = (await one(grep_scanner(pattern, **options), given)).value
    assert isinstance(value, int)
    return value


async def test_matches_are_shown_with_their_surroundings() -> None:
    found = await one(grep_scanner("needle"), talk())
    assert found.value == 6
    assert (found.explanation or "").split("\n") == [
        "[M2]: ..." + "x" * 47 + " a **needle** b needle " + "y" * 40 + "...",
        "[M2]: ..." + "x" * 38 + " a needle b **needle** " + "y" * 49 + "...",
        "[M3]: ASSISTANT: ok **Needle**  Tool Call: bash Arguments: cmd: needle ",
        "[M3]: ...STANT: ok Needle  Tool Call: bash Arguments: cmd: **needle** ",
        "[M4]: USER: **needle**work, needle and noodle ",
        "[M4]: USER: needlework, **needle** and noodle ",
    ]
    assert [(r.type, r.cite, r.id) for r in found.references] == [
        ("message", "[M2]", "u"),
        ("message", "[M3]", "a"),
        ("message", "[M4]", "v"),
    ]
    assert (found.label, found.type, found.answer, found.metadata) == (None, None, None, None)


async def test_nothing_found_is_zero() -> None:
    found = await one(grep_scanner("haystack"), talk())
    assert (found.value, found.explanation, found.references) == (0, None, [])
    assert (await one(grep_scanner("x"), transcript())).value == 0


@pytest.mark.parametrize(
    ("pattern", "options", "expected"),
    [
        ("needle", {"ignore_case": False}, 5),
        ("needle", {"word_boundary": True}, 5),
        ("NEEDLE", {}, 6),
        (["needle", "noodle"], {}, 7),
        (["needle", "need"], {}, 12),
        ("need|noo", {"regex": True}, 7),
        ("need|noodle", {"regex": True, "word_boundary": True}, 1),
        ("(?i)NEEDLE", {"regex": True, "ignore_case": False, "word_boundary": True}, 5),
        ("(?x) needle # comment", {"regex": True, "word_boundary": True}, 5),
        ("need.e", {}, 0),
        ("need.e", {"regex": True}, 6),
        ("b\nneedle", {}, 1),
        ("user", {}, 2),
        ("user", {"content_only": True}, 0),
        ("arguments", {}, 1),
        ("arguments", {"content_only": True}, 0),
        ("cmd", {"content_only": True}, 0),
        ("needle", {"content_only": True}, 6),
        ("bash", {"content_only": True}, 1),
    ],
)
async def test_options_say_what_matches(pattern: str | list[str], options: dict[str, Any], expected: int) -> None:
    assert await count(pattern, talk(), **options) == expected


async def test_labels_give_one_result_each() -> None:
    found = await many(grep_scanner({"a": "needle", "b": ["noodle", "zzz"], "c": "zzz", "d": []}), talk())
    assert [(r.label, r.value) for r in found] == [("a", 6), ("b", 1), ("c", 0), ("d", 0)]
    assert found[1].explanation == "[M4]: USER: needlework, needle and **noodle** "
    assert [r.cite for r in found[1].references] == ["[M4]"]


@pytest.mark.parametrize("pattern", [[], {}, None, 5, [5], {"a": [None]}])
def test_patterns_must_be_texts(pattern: Any) -> None:
    with pytest.raises(ConfigError, match="attern"):
        grep_scanner(pattern)


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "[z-a]", "*a", "(?L)a", "(?<=a+)b", "a" + "{9999999999999999999}"])
def test_broken_expressions_are_refused_at_once(pattern: str) -> None:
    with pytest.raises(ConfigError, match="regular expression"):
        grep_scanner({"label": ["fine", pattern]}, regex=True)
    grep_scanner(pattern)


async def test_explanation_can_be_capped() -> None:
    found = await one(grep_scanner("needle", max_matches=2), talk())
    assert found.value == 6
    assert len(found.references) == 3
    assert (found.explanation or "").split("\n")[1:] == [
        "[M2]: ..." + "x" * 38 + " a needle b **needle** " + "y" * 49 + "...",
        "... and 4 more",
    ]
    assert (await one(grep_scanner("needle", max_matches=0), talk())).explanation == "... and 6 more"
    with pytest.raises(ConfigError, match="-1"):
        grep_scanner("x", max_matches=-1)


async def test_huge_searches_stay_bounded() -> None:
    found = await one(grep_scanner(""), said("z" * 30_000))
    assert found.value == 30_008
    assert (found.explanation or "").endswith("\n... and 20008 more")
    whole = await one(grep_scanner(r"(?s).+", regex=True), said("z" * 1_000_000))
    assert whole.value == 1
    assert len(whole.explanation or "") < 1100


async def test_hostile_text_can_be_searched() -> None:
    found = await one(grep_scanner("needle"), said("\ud800 needle \0\x1b[2J \udfff"))
    assert found.value == 1
    assert (found.explanation or "").encode()
    assert "**needle** \0\x1b[2J" in (found.explanation or "")


async def test_every_part_of_a_message_is_searched() -> None:
    parts = transcript(
        ChatMessageAssistant(
            content=[
                ContentText(text="needle"),
                ContentReasoning(reasoning="needle"),
                ContentReasoning(reasoning="cipher", summary="needle", redacted=True),
                ContentReasoning(reasoning="needle", redacted=True),
                ContentToolUse(
                    tool_type="mcp_call", id="1", name="needle", arguments="needle", result="needle", error="needle"
                ),
                ContentImage(image="needle"),
            ]
        ),
        ChatMessageTool(content="needle", function="needle", error=ToolCallError("timeout", "needle")),
    )
    assert await count("needle", parts) == 10
    assert await count("needle", parts, content_only=True) == 9


def model_event(output: ModelOutput) -> ModelEvent:
    return ModelEvent(
        model="m",
        input=[ChatMessageUser(content="needle")],
        tools=[],
        tool_choice="auto",
        config=GenerateConfig(),
        output=output,
    )


def sentinel(**fields: Any) -> SentinelEvent:
    return SentinelEvent(
        factory="fac", path="p", step_id="s", conversation="c", stage="tool_call", function="fn", **fields
    )


F = ToolCall(id="1", function="f", arguments={"a": "x", "b": 2})


@pytest.mark.parametrize(
    ("event", "text", "contents"),
    [
        (model_event(ModelOutput.from_content("m", "out")), "MODEL:\nout\n", "out"),
        (model_event(ModelOutput(model="m", choices=[])), None, None),
        (
            ToolEvent(
                id="1",
                function="bash",
                arguments={"cmd": "ls", "m": "a\nb", "d": {"x": [1]}},
                result="res",
                error=ToolCallError("timeout", "slow"),
            ),
            "TOOL (bash):\nArguments:\n  cmd: ls\n  m: a\nb\n  d: {'x': [1]}\nResult: res\nError: slow\n",
            "bash\nls\na\nb\n{'x': [1]}\nres\nslow",
        ),
        (ToolEvent(id="1", function="bash", arguments={}, result=5), "TOOL (bash):\nResult: 5\n", "bash\n5"),
        (
            ToolEvent(id="1", function="f", arguments={}, result=[ContentText(text="a"), ContentImage(image="x")]),
            "TOOL (f):\nResult: a\n<image />\n",
            "f\na\n<image />",
        ),
        (
            ToolEvent(id="1", function="f", arguments={}, result=ContentText(text="a")),
            "TOOL (f):\nResult: a\n",
            "f\na",
        ),
        (ErrorEvent(error=EvalError(message="bad", traceback="tb", traceback_ansi="")), "ERROR:\nbad\n", "bad"),
        (InfoEvent(source="s", data="text"), "INFO (s):\ntext\n", "text"),
        (InfoEvent(data={"a": "\u00e9", "b": [1]}), 'INFO:\n{"a": "\u00e9", "b": [1]}\n', '{"a": "\u00e9", "b": [1]}'),
        (InfoEvent(data=None), None, None),
        (
            LoggerEvent(
                message=LoggingMessage(level="info", message="said", created=1.0, filename="f", module="m", lineno=1)
            ),
            "LOG (info):\nsaid\n",
            "said",
        ),
        (
            ApprovalEvent(message="why", call=F, approver="ap", decision="approve", explanation="ex"),
            "APPROVAL (approve):\nMessage: why\nTool: f\nArgs: a=x, b=2\nExplanation: ex\n",
            "why\nf\na=x, b=2\nex",
        ),
        (
            ApprovalEvent(
                message="", call=ToolCall(id="1", function="f", arguments={}), approver="ap", decision="reject"
            ),
            "APPROVAL (reject):\nTool: f\n",
            "f",
        ),
        (
            sentinel(kind="observation", status="reported", suspicion={"a": 0.1, "b": 2}, explanation="ex"),
            (
                "SENTINEL (observation: reported):\nFactory: fac (p)\nStage: tool_call\nSuspicion: a=0.1, b=2.0\n"
                "Explanation: ex\n"
            ),
            "ex",
        ),
        (
            sentinel(kind="decision", status="reported", action="modify", modified=F),
            "SENTINEL (decision: modify):\nFactory: fac (p)\nStage: tool_call\nModified: f\nArgs: a=x, b=2\n",
            "f\na=x, b=2",
        ),
        (
            sentinel(kind="decision", status="reported", action="reject", message="no"),
            "SENTINEL (decision: reject):\nFactory: fac (p)\nStage: tool_call\nMessage: no\n",
            "no",
        ),
        (
            sentinel(kind="observation", status="error", error="bad"),
            "SENTINEL (observation: error):\nFactory: fac (p)\nStage: tool_call\nError: bad\n",
            "bad",
        ),
        (SpanBeginEvent(id="1", name="needle"), None, None),
    ],
)
def test_events_have_texts(event: Event, text: str | None, contents: str | None) -> None:
    assert event_text(event, content_only=False) == text
    assert event_text(event, content_only=True) == contents


async def test_events_are_searched_after_messages() -> None:
    events: list[Event] = [
        SpanBeginEvent(id="1", name="needle"),
        InfoEvent(uuid="i", data="needle needle"),
        model_event(ModelOutput.from_content("m", "nothing")),
    ]
    found = await one(grep_scanner("needle"), transcript(ChatMessageUser(id="u", content="needle"), events=events))
    assert (found.explanation or "").split("\n") == [
        "[M1]: USER: **needle** ",
        "[E2]: INFO: **needle** needle ",
        "[E2]: INFO: needle **needle** ",
    ]
    assert [(r.type, r.cite, r.id) for r in found.references] == [("message", "[M1]", "u"), ("event", "[E2]", "i")]


async def test_handles_give_the_same_result() -> None:
    given = transcript(*talk().messages, events=[InfoEvent(data="needle")])

    async def load() -> Transcript:
        return given

    async with MaterializedHandle(given, load) as handle:
        streamed = await one(grep_scanner("needle"), handle)
    plain = await one(grep_scanner("needle"), given)
    assert streamed.model_dump(exclude={"uuid"}) == plain.model_dump(exclude={"uuid"})


async def test_scanner_is_registered_and_can_be_decorated_again() -> None:
    config = scanner_config(grep_scanner("needle", name="words"))
    assert config.content.messages == "all"
    assert config.content.events is None
    assert config.given_name == "words"
    assert config.streaming

    @scanner(messages="all", events=["info"])
    def wrapped() -> Scanner[Transcript]:
        return grep_scanner("needle")

    assert scanner_config(wrapped()).content.events == ["info"]
    assert await count("needle", talk()) == (await one(wrapped(), talk())).value


_LETTERS = "aAiIkKsS\u0130\u0131\u017f\u212a\u00e9\u03c3\u03c2\u00df -"


@given(st.text(_LETTERS, max_size=3), st.text(_LETTERS, max_size=12), st.booleans(), st.booleans())
def test_quick_rejection_changes_nothing(word: str, text: str, ignore_case: bool, word_boundary: bool) -> None:
    (group,) = compile_groups(word, regex=False, ignore_case=ignore_case, word_boundary=word_boundary)
    (pattern,) = group.patterns
    slow = [match.span() for match in pattern.regex.finditer(text)]
    assert [match.span() for match in pattern.matches(SearchedText(text))] == slow


def test_every_letter_that_matches_an_ascii_letter_is_known() -> None:
    letters = re.compile("[a-z]", re.IGNORECASE)
    for code in range(128, sys.maxunicode + 1):
        if letters.fullmatch(chr(code)):
            assert chr(code).lower().isascii() or SearchedText(chr(code)).lowered is None


@pytest.mark.parametrize(
    ("source", "literal"),
    [
        (r"warning:\s+\w+ detected", " detected"),
        (r"ZEBRA\w+", "ZEBRA"),
        (r"ab*c", "a"),
        (r"ab?cd", "cd"),
        (r"ab{0,2}cd", "cd"),
        (r"ab+c", "ab"),
        (r"ab{2}cde", "cde"),
        (r"a\.b\-c", "a.b-c"),
        (r"[^]a-z]x[\]]", "x"),
        (r"^.$", None),
        (r"a|b", None),
        (r"(?:ab)?", None),
        (r"\x41b", None),
        (r"a{b", None),
        ("", None),
    ],
)
def test_literals_that_expressions_need_are_found(source: str, literal: str | None) -> None:
    assert required_literal(source) == literal


@given(st.text("ab\\.*+?[]{}1,^$dws-x ", max_size=10), st.text("ab1. \\-", max_size=10), st.booleans())
def test_quick_rejection_of_expressions_changes_nothing(source: str, text: str, ignore_case: bool) -> None:
    try:
        re.compile(source)
    except (re.error, FutureWarning):
        reject()
    (group,) = compile_groups(source, regex=True, ignore_case=ignore_case, word_boundary=False)
    (pattern,) = group.patterns
    slow = [match.span() for match in pattern.regex.finditer(text)]
    assert [match.span() for match in pattern.matches(SearchedText(text))] == slow
