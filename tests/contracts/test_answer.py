"""Every kind of answer keeps the laws of answers; what only ours promise."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from inspect_scout import (
    Answer,
    AnswerMultiLabel,
    AnswerSpec,
    AnswerStructured,
    ConfigError,
    answer_type,
    extract_references,
)
from inspect_scout.testing.answer_laws import EXPLANATION, FRAGMENTS, AnswerLaws, cited, failed, parse, seen

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=200)


class Found(BaseModel):
    value: bool = Field(description="whether it was found")
    note: str = Field(default="", description="a note")


class OurLaws(AnswerLaws):
    spec: ClassVar[AnswerSpec]
    replies: ClassVar[dict[str, Any]]
    """Endings of replies, and the values that they mean."""
    unreadable: ClassVar[list[str]]

    @pytest.fixture
    def answer(self) -> Answer:
        return answer_type(self.spec)

    @pytest.fixture
    def good(self) -> dict[str, Any]:
        return {f"{EXPLANATION}\n\n{ending}": value for ending, value in self.replies.items()}

    @pytest.fixture
    def bad(self) -> list[str]:
        return [f"{EXPLANATION}\n\n{ending}\n" for ending in self.unreadable]

    def test_format_names_the_form(self, answer: Answer) -> None:
        assert ("answer()" if isinstance(self.spec, AnswerStructured) else "'ANSWER: $") in answer.format

    def test_spec_and_answer_are_read_alike(self, answer: Answer, good: dict[str, Any], bad: list[str]) -> None:
        for text in [*good, *bad]:
            assert seen(parse(self.spec, text)) == seen(parse(answer, text))


class TestBoolean(OurLaws):
    spec = "boolean"
    replies: ClassVar = {"ANSWER: yes": True, "ANSWER: no": False}
    unreadable: ClassVar = ["ANSWER: [M3] maybe", "ANSWER: yes and no", "ANSWER: $VALUE"]


class TestNumeric(OurLaws):
    spec = "numeric"
    replies: ClassVar = {"ANSWER: 0": 0.0, "ANSWER: 123456789.25": 123456789.25}
    unreadable: ClassVar = ["ANSWER: [M3]", "ANSWER: nan", "ANSWER: $NUMBER"]


class TestString(OurLaws):
    spec = "string"
    replies: ClassVar = {"ANSWER: some words": "some words", "ANSWER: [M3]": "[M3]"}
    unreadable: ClassVar = ["ANSWER:", "ANSWER: \nwords"]


class TestLabels(OurLaws):
    spec: ClassVar = ["One", "Two"]
    replies: ClassVar = {"ANSWER: A": "A", "ANSWER: B) Two": "B"}
    unreadable: ClassVar = ["ANSWER: [M3]", "ANSWER: A or B", "ANSWER: $LETTER"]


class TestMultiLabels(OurLaws):
    spec = AnswerMultiLabel(["One", "Two"], allow_none=True)
    replies: ClassVar = {"ANSWER: A": ["One"], "ANSWER: B and A": ["Two", "One"], "ANSWER: none.": []}
    unreadable: ClassVar = ["ANSWER: [M3]", "ANSWER: A or B", "ANSWER: $LETTERS"]

    def test_number_is_asked_for_last_and_only_where_there_is_a_value(
        self, answer: Answer, good: dict[str, Any], bad: list[str]
    ) -> None:
        for text in [*good, *bad]:
            with pytest.raises(ConfigError):
                parse(answer, text, lambda _: 1.0)


class TestStructured(OurLaws):
    spec = AnswerStructured(Found)
    unreadable: ClassVar = ["{}", "[]", '{"value": "yes", "explanation": ""}', "ANSWER: yes"]

    @pytest.fixture
    def good(self) -> dict[str, Any]:
        return {json.dumps({"value": value, "explanation": EXPLANATION}): value for value in (True, False)}

    @pytest.fixture
    def bad(self) -> list[str]:
        return list(self.unreadable)

    def test_parsed_is_the_model(self, answer: Answer, good: dict[str, Any]) -> None:
        for text, value in good.items():
            assert parse(answer, text).parsed == Found.model_validate({"value": value})


@pytest.mark.parametrize("kind", OurLaws.__subclasses__())
@given(before=ANY_TEXT, written=ANY_TEXT, pieces=st.lists(st.sampled_from(FRAGMENTS), max_size=12))
def test_any_reply_gives_a_result_that_can_be_stored(
    kind: type[OurLaws], before: str, written: str, pieces: list[str]
) -> None:
    around = f"{before}answer:{written}\nANSWER:\n{before}"
    for text in (written, f"{before}\nANSWER: {written}", around, "".join(pieces)):
        result = parse(kind.spec, text)
        json.loads(result.model_dump_json())
        assert result.value is not None or failed(result)


@pytest.mark.parametrize(
    "spec", ["", "bool", 5, None, {}, bool, Found, Found(value=True), "Boolean", {"labels": ["a"]}, set[str]()]
)
def test_what_is_no_answer_is_refused(spec: Any) -> None:
    with pytest.raises(ValueError, match="AnswerStructured"):
        answer_type(spec)


def test_references_are_collected_from_any_depth_in_order() -> None:
    nested: Any = "[M5]"
    for _ in range(100_000):
        nested = [nested]
    values = ["[M3]", {"[M9]": ["[M1] [M3]", 5, None, ("[M4]",)]}, nested, 1.5, "[M1]"]
    assert [r.id for r in extract_references(values, cited)] == ["m3", "m1", "m4", "m5"]
