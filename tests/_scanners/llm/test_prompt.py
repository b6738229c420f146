"""Prompts: templates, variables, nonce."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import ChatMessageUser, ContentText
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from inspect_scout import ConfigError
from inspect_scout._scanners.answers.build import answer_type
from inspect_scout._scanners.llm.prompt import PREFIX, SUFFIX, PromptTemplate, info_variables, scanner_prompt, sendable
from inspect_scout._types import TranscriptInfo

NONCE = "a1b2c3d4e5f6"
VALUES = {"messages": "[M1] USER:\nhello\n", "question": "Is it polite?", "answer_prompt": "AP", "answer_format": "AF"}


def test_transcript_and_question_are_two_blocks() -> None:
    prefix, suffix = PromptTemplate.of().render(VALUES).blocks
    rule = "=" * 35
    assert prefix.startswith("\n")
    assert prefix.endswith(f"[BEGIN TRANSCRIPT]\n{rule}\n[M1] USER:\nhello\n\n{rule}\n[END TRANSCRIPT]\n\n")
    assert suffix.startswith("AP\n\nIs it polite?\n\n")
    assert suffix.endswith("\n\nAF\n")
    assert "[M2]" in suffix


def test_first_block_says_nothing_of_the_question() -> None:
    template = PromptTemplate.of(nonce=NONCE)
    one = template.render(VALUES)
    other = template.render({**VALUES, "question": "Is it long?", "answer_prompt": "x", "answer_format": "y"})
    assert one.blocks[0] == other.blocks[0]
    assert one.blocks[1] != other.blocks[1]


def test_pair_is_sent_as_one_message_of_two_parts() -> None:
    template = PromptTemplate.of(("T {{ messages }}", "Q {{ question }}"))
    sent = template.render(VALUES).as_input()
    assert isinstance(sent, list)
    (message,) = sent
    assert isinstance(message, ChatMessageUser)
    assert isinstance(message.content, list)
    assert [part.text for part in message.content if isinstance(part, ContentText)] == [
        "T [M1] USER:\nhello\n",
        "Q Is it polite?",
    ]


def test_text_is_sent_as_one() -> None:
    template = PromptTemplate.of("{{ question }} {{ messages }}\n")
    assert template.render(VALUES).as_input() == "Is it polite? [M1] USER:\nhello\n\n"


def test_pair_may_be_a_list_as_files_hold_it() -> None:
    given: Any = ["a", "b"]
    assert PromptTemplate.of(given).render({}).blocks == ("a", "b")


@pytest.mark.parametrize("template", [("a",), ("a", "b", "c"), (1, 2), 7, {"a": "b"}, "{{ open", ("{% if %}", "")])
def test_template_that_is_none_is_refused(template: Any) -> None:
    with pytest.raises(ConfigError, match="template"):
        PromptTemplate.of(template)


def test_unknown_variable_cannot_be_printed() -> None:
    with pytest.raises(UndefinedError, match="'nothing' is undefined"):
        PromptTemplate.of("{{ nothing }}").render({})
    with pytest.raises(UndefinedError, match="no attribute 'nothing'"):
        PromptTemplate.of("{{ metadata.nothing }}").render({"metadata": {}})


@pytest.mark.parametrize(
    "template",
    [
        "{% if nothing %}x{% endif %}",
        "{% if not nothing %}{% else %}x{% endif %}",
        "{% for item in nothing %}x{% endfor %}",
        "{% if nothing is defined %}x{% endif %}",
        "{% if metadata.nothing %}x{% endif %}",
        "{% if nothing == 1 %}x{% endif %}",
    ],
)
def test_unknown_variable_is_false_and_empty(template: str) -> None:
    assert PromptTemplate.of(template).render({"metadata": {}}).text == ""


def test_template_of_a_stranger_reaches_nothing() -> None:
    for hostile in ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ metadata.__class__.__init__.__globals__ }}"):
        with pytest.raises((SecurityError, UndefinedError)):
            PromptTemplate.of(hostile).render({"metadata": {}})


@pytest.mark.parametrize("name", list(VALUES))
def test_what_looks_like_a_template_in_a_value_is_text(name: str) -> None:
    hostile = "{{ 7 * 7 }} {% for x in range(9) %}{{ question }}{% endfor %} {# gone #}"
    assert hostile in PromptTemplate.of().render({**VALUES, name: hostile}).text


def test_nonce_marks_the_structure() -> None:
    prefix, suffix = PromptTemplate.of(nonce=NONCE).render(VALUES).blocks
    assert f"[BEGIN TRANSCRIPT ({NONCE})]\n" in prefix
    assert f"[END TRANSCRIPT ({NONCE})]\n" in prefix
    assert f"carry the code {NONCE}" in prefix
    assert NONCE not in suffix
    assert "code" not in PromptTemplate.of().render(VALUES).blocks[0]


def test_variables_of_an_author_cannot_set_the_nonce() -> None:
    values = {**VALUES, "scout_nonce": "forged12"}
    assert PromptTemplate.of(nonce=NONCE).render(values) == PromptTemplate.of(nonce=NONCE).render(VALUES)
    assert PromptTemplate.of().render(values) == PromptTemplate.of().render(VALUES)
    assert PromptTemplate.of("{{ scout_nonce is defined }}").render(values).text == "False"


def test_scanner_prompt_is_what_is_sent_in_one_text() -> None:
    prompt = scanner_prompt("MESSAGES", "Is it?", "boolean")
    kind = answer_type("boolean")
    values = {"messages": "MESSAGES", "question": "Is it?", "answer_prompt": kind.prompt, "answer_format": kind.format}
    assert prompt + "\n" == PromptTemplate.of((PREFIX, SUFFIX)).render(values).text
    assert scanner_prompt("MESSAGES", "Is it?", kind) == prompt
    assert f"({NONCE})" in scanner_prompt("MESSAGES", "Is it?", "string", nonce=NONCE)


def test_variables_describe_the_transcript() -> None:
    info = TranscriptInfo(
        transcript_id="t",
        task_set="math",
        agent="react",
        model="openai/x",
        score=1,
        message_count=3,
        metadata={"colour": "red", "limit": "own"},
    )
    found = info_variables(info)
    assert found["task_set"] == "math"
    assert found["message_count"] == 3
    assert found["success"] is None
    assert found["metadata"] == {
        "colour": "red",
        "limit": "own",
        "task_name": "math",
        "solver": "react",
        "score": 1,
        "model": "openai/x",
        "error": None,
    }
    assert info.metadata == {"colour": "red", "limit": "own"}


@given(st.text(st.characters(codec=None, categories=["L", "Cs", "Cc", "So"])))
def test_whatever_is_sent_can_be_encoded(text: str) -> None:
    sent = sendable(text)
    sent.encode()
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert sent == text


def test_lone_surrogates_are_replaced_and_pairs_joined() -> None:
    assert sendable("a\ud800b\udc00c") == "a\ufffdb\ufffdc"
    assert sendable("\ud83d\ude00") == "😀"


def test_every_variable_of_prompts_is_explained() -> None:
    page = (Path(__file__).parents[3] / "docs" / "llm.md").read_text(encoding="utf-8").partition("## Prompts")[2]
    known = info_variables(TranscriptInfo(transcript_id="t"))
    names = ["messages", "question", "answer_prompt", "answer_format", *known]
    assert [name for name in names if f"`{name}`" not in page] == []
