"""Structured answers that miss the form by a little: taken where the schema leaves one reading."""

from __future__ import annotations

import json
import time
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from inspect_scout._scanners.answers.spec import AnswerStructured
from inspect_scout.testing.answer_laws import failed, parse


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Part(BaseModel):
    line_no: int = Field(description="which", alias="lineNumber")
    sure: bool = Field(description="whether it is certain")


class Report(BaseModel):
    is_safe: bool = Field(description="whether it is safe", title="Is it safe?")
    how_many: int = Field(default=0, description="how many", validation_alias=AliasChoices("count", "number"))
    share: float | None = Field(default=None, description="what share")
    mood: Literal["calm", "wild"] = Field(default="calm", description="in what mood")
    level: Level = Field(default=Level.LOW, description="how much")
    parts: list[Part] = Field(default_factory=list[Part], description="where")
    part: Part | None = Field(default=None, description="mainly where")
    note: str = Field(default="", description="a note")
    either: int | str = Field(default=0, description="a number or a word")


class Small(BaseModel):
    value: int = Field(description="how many")


REPORT = AnswerStructured(Report)
REPORTS = AnswerStructured(list[Report])
SMALL = AnswerStructured(Small)
GOOD: dict[str, Any] = {"is_safe": True, "explanation": "x"}


def report(text: str) -> Report:
    found = parse(REPORT, text)
    assert isinstance(found.parsed, Report), found.metadata
    return found.parsed


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Here it is: {}",
        "{} That is my answer.",
        "As [M1] and [M2-M4] show (a, b):\n\n{}\n\nI hope {{this}} helps.",
        "```json\n{}\n```",
        "Sure!\n```json\n{}\n```\nDone.",
        "```\n{}\n```",
        '<think>It may be {{"is_safe": false, "explanation": "y"}}.</think>{}',
        '<think>\n{{"is_safe": false, "explanation": "y"}}\n</think>\n\n```json\n{}\n```',
        'I am not sure yet: {{"is_safe": false}}\n{}',
        "[{}]",
        '{{"answer": {}}}',
        '{{"name": "answer", "arguments": {}}}',
        '<tool_call>\n{{"name": "answer", "arguments": {}}}\n</tool_call>',
        '{{"type": "function", "function": {{"name": "answer", "parameters": {}}}}}',
        "answer({})",
        "{}\n\n{}",
        "{}<|im_end|>",
        "\ufeff{}",
        '{{"results": [{}]}}',
        '{{"result": {}}}',
        "<|channel|>analysis<|message|>Hm.<|channel|>commentary to=functions.answer <|message|>{}<|call|>",
    ],
)
def test_words_around_the_json_are_passed_over(around: str) -> None:
    text = around.format(*[json.dumps(GOOD)] * 2)
    assert report(text).is_safe is True
    assert parse(REPORT, text).explanation == "x"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"is_safe": "true"}, "is_safe", True),
        ({"is_safe": " False "}, "is_safe", False),
        ({"isSafe": False}, "is_safe", False),
        ({"IS_SAFE": False}, "is_safe", False),
        ({"is-safe": False}, "is_safe", False),
        ({"Is it safe?": False}, "is_safe", False),
        ({"count": 3}, "how_many", 3),
        ({"number": "3"}, "how_many", 3),
        ({"howMany": 3}, "how_many", 3),
        ({"how_many": "3"}, "how_many", 3),
        ({"how_many": "-12"}, "how_many", -12),
        ({"share": "0.5"}, "share", 0.5),
        ({"share": "1e-3"}, "share", 0.001),
        ({"mood": "Wild"}, "mood", "wild"),
        ({"level": "HIGH"}, "level", Level.HIGH),
        ({"parts": {"line_no": 3, "sure": True}}, "parts", [Part(lineNumber=3, sure=True)]),
        ({"parts": [{"lineNumber": "3", "sure": "TRUE"}]}, "parts", [Part(lineNumber=3, sure=True)]),
        ({"part": [{"lineNo": 3, "sure": True}]}, "part", Part(lineNumber=3, sure=True)),
        ({"either": "3"}, "either", "3"),
        ({"note": "true"}, "note", "true"),
    ],
)
def test_field_is_read_as_its_type_and_name_say(changes: dict[str, Any], field: str, value: Any) -> None:
    given = {k: v for k, v in GOOD.items() if k != "is_safe" or field != "is_safe"} | changes
    found = getattr(report(json.dumps(given)), field)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    "changes",
    [
        {"is_safe": "yes"},
        {"is_safe": "1"},
        {"is_safe": 1},
        {"is_safe": None},
        {"is_safe": ["true", "false"]},
        {"isSafe": False},
        {"isSafe": True},
        {"count": 1, "number": 2},
        {"how_many": True},
        {"how_many": "3.5"},
        {"how_many": "three"},
        {"how_many": "3 or 4"},
        {"how_many": "10:30"},
        {"how_many": 3.5},
        {"share": "nan"},
        {"share": "inf"},
        {"share": "50%"},
        {"mood": "wil"},
        {"mood": ["calm", "wild"]},
        {"part": [{"line_no": 1, "sure": True}, {"line_no": 2, "sure": True}]},
        {"part": []},
        {"note": 5},
        {"unknown": 1},
    ],
)
def test_what_the_schema_does_not_settle_is_not_guessed(changes: dict[str, Any]) -> None:
    assert failed(parse(REPORT, json.dumps(GOOD | changes)))


@pytest.mark.parametrize(
    "text",
    [
        '{"is_safe": true, "explanation": "x"} or {"is_safe": false, "explanation": "x"}',
        '[{"is_safe": true, "explanation": "x"}, {"is_safe": false, "explanation": "x"}]',
        '{"is_safe": true, "is_safe": false, "explanation": "x"}',
        '{"results": [{"is_safe": true, "explanation": "x"}, {"is_safe": false, "explanation": "x"}]}',
        '{"note": {"is_safe": true, "explanation": "x"}, "is_safe": "?"}',
        '{"unsure": [{"is_safe": true, "explanation": "x"}',
        '<think>{"is_safe": true, "explanation": "x"}</think>None fits.',
        '{"name": "other", "arguments": {"is_safe": true, "explanation": "x"}}',
        "true",
        "[]",
        "[[]]",
    ],
)
def test_two_candidates_or_parts_of_one_are_not_an_answer(text: str) -> None:
    assert failed(parse(REPORT, text))


@pytest.mark.parametrize(
    "text",
    [
        '[{"is_safe": true, "explanation": "x"}]',
        '{"is_safe": true, "explanation": "x"}',
        '{"results": {"is_safe": true, "explanation": "x"}}',
        '{"Results": [{"isSafe": "true", "explanation": "x"}]}',
        'Here: {"results": [{"is_safe": true, "explanation": "x"}]}.',
    ],
)
def test_list_is_made_of_one_object_and_of_a_bare_list(text: str) -> None:
    assert parse(REPORTS, text).parsed == [Report(is_safe=True)]


def test_bare_list_keeps_its_order() -> None:
    found = parse(AnswerStructured(list[Small]), json.dumps([{"value": n, "explanation": ""} for n in (2, 1)]))
    assert found.parsed == [Small(value=2), Small(value=1)]


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"results": {}}', '{"is_safe": true, "explanation": "x"}{"is_safe": false, "explanation": "x"}'],
)
def test_list_is_not_made_of_nothing_or_of_two_answers(text: str) -> None:
    assert failed(parse(REPORTS, text))


def test_open_model_takes_a_name_that_is_meant_for_a_field() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        is_safe: bool = Field(default=True, description="d")

    class Loose(BaseModel):
        model_config = ConfigDict(extra="ignore")
        is_safe: bool = Field(default=True, description="d")

    for kind in (Open, Loose):
        found = parse(AnswerStructured(kind), '{"isSafe": false, "more": 1, "explanation": ""}')
        assert getattr(found.parsed, "is_safe", None) is False


def test_validators_of_the_model_see_what_was_written() -> None:
    class Counted(BaseModel):
        value: Annotated[int, BeforeValidator(lambda given: int(str(given).split()[0]))] = Field(description="d")

    assert parse(AnswerStructured(Counted), '{"value": "3 files", "explanation": ""}').value == 3
    assert parse(AnswerStructured(Counted), '{"value": "3", "explanation": ""}').value == 3


def test_bounds_hold_for_what_was_text() -> None:
    class Bounded(BaseModel):
        value: int = Field(description="d", ge=0, le=10)

    assert parse(AnswerStructured(Bounded), '{"value": "10", "explanation": ""}').value == 10
    assert failed(parse(AnswerStructured(Bounded), '{"value": "11", "explanation": ""}'))


@pytest.mark.parametrize(
    "piece",
    [
        "{",
        "[",
        '{"a":',
        '{"a":1}',
        '[{"value":1},',
        '{"value": 1, "explanation": ""} ',
        '"',
        "{'",
        '{"',
        "```json\n{",
        "<think>{",
    ],
)
def test_megabyte_of_anything_like_json_is_read_in_one_pass(piece: str) -> None:
    started = time.process_time()
    parse(SMALL, piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "text", ['{"value": 1, "explanation": "x"}', '```json\n{"value": 1, "explanation": "x"}\n```\nThat is']
)
def test_whole_json_counts_although_the_reply_was_cut(text: str) -> None:
    assert parse(SMALL, text, stop_reason="max_tokens").value == 1


@pytest.mark.parametrize("kind", [Small, list[Small]])
@pytest.mark.parametrize(
    "text",
    [
        '{"value": 1, "explanation": "x"',
        '{"value": 1',
        '{"results": [{"value": 1, "explanation": "x"}, {"value": 2, "expl',
        '{"results": [{"value": 1, "explanation": "x"}',
        '[{"value": 1, "explanation": "x"}, {"value": 2, "explanation": "yes, th',
        '[{"value": 1, "explanation": "x"},',
        '<think>{"value": 1, "explanation": "x"}',
    ],
)
def test_part_of_json_is_not_an_answer(text: str, kind: Any) -> None:
    assert failed(parse(AnswerStructured(kind), text))
    cut = parse(AnswerStructured(kind), text, stop_reason="max_tokens")
    assert failed(cut) and cut.metadata is not None and cut.metadata["stop_reason"] == "max_tokens"
