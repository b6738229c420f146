"""What every kind of answer promises, whatever a model replies."""

from __future__ import annotations

import copy
import json
import pickle
import time
from abc import ABC, abstractmethod
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from inspect_scout import (
    Answer,
    AnswerMultiLabel,
    AnswerSpec,
    AnswerStructured,
    ConfigError,
    Result,
    answer_type,
    extract_references,
    parse_answer,
)
from inspect_scout._scanners.answers.contract import PARSE_ERROR
from support.answers import cited, failed, parse, reply

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=200)
# The laws run once in each class, on purpose.
INHERITED = settings(suppress_health_check=[HealthCheck.differing_executors])
MEGABYTE = 1_000_000
PIECES = [
    "answer:",
    "ANSWER:\n",
    "\nANSWER: yes",
    "**ANSWER:** ",
    " ",
    "\n",
    "*",
    "_",
    "'",
    "(",
    "\\boxed{",
    "not yes, ",
    "yes but ",
    "A, ",
    "and ",
    "1,",
    "1 000 ",
    "0.",
    "\u00bd",
    "[M2",
    '{"value":',
    "\0",
    "\ud800",
    "```\n",
    "final ",
    "<think>",
    "</think>",
    "<|im_end|>",
    "<answer>",
    "## Answer\n",
    "| ANSWER | ",
    '{"answer": ',
    "\u200b",
    "\u2705",
]


class Found(BaseModel):
    value: bool = Field(description="whether it was found")
    note: str = Field(default="", description="a note")


def seen(result: Result[Any]) -> dict[str, Any]:
    """Everything in a result but its id."""
    return {**result.model_dump(exclude={"uuid"}), "parsed": result.parsed}


class AnswerContract(ABC):
    """Every implementation of `Answer` passes these."""

    @abstractmethod
    def spec(self) -> AnswerSpec:
        """Give the spec of the answer."""

    @abstractmethod
    def good(self) -> dict[str, Any]:
        """Give endings of replies, and the values that they mean. Each explains itself with "so it is [M2]"."""

    @abstractmethod
    def bad(self) -> list[str]:
        """Give endings of replies that cannot be read."""

    explained = "so it is [M2]\n\n"

    @property
    def answer(self) -> Answer:
        return answer_type(self.spec())

    def test_prompt_is_one_line(self) -> None:
        prompt = self.answer.prompt
        assert prompt.strip() == prompt and "\n" not in prompt and prompt

    def test_format_says_how_to_reply(self) -> None:
        text = self.answer.format
        assert text.strip() == text
        assert "answer()" in text if isinstance(self.spec(), AnswerStructured) else "'ANSWER: $" in text

    def test_good_reply_is_read(self) -> None:
        for ending, value in self.good().items():
            result = parse(self.spec(), self.explained + ending if self.explained else ending)
            assert result.value == value and type(result.value) is type(value)
            assert result.parsed is not None and not result.metadata
            assert result.explanation == "so it is [M2]"
            assert [r.id for r in result.references] == ["m2"]

    def test_bad_reply_has_no_value_and_says_why(self) -> None:
        for ending in ["", "prose", *self.bad()]:
            text = f"{self.explained}{ending}\n"
            result = parse(self.spec(), text)
            assert failed(result)
            assert result.metadata is not None and result.metadata.keys() == {PARSE_ERROR}
            assert result.explanation == text.strip()

    def test_thought_decides_nothing_and_hides_nothing(self) -> None:
        for ending, value in self.good().items():
            draft = f"<think>{ending}</think>"
            assert failed(parse(self.spec(), f"{draft}None fits."))
            assert failed(parse(self.spec(), f"<think>\n{ending}\n"))
            assert failed(parse(self.spec(), f"{ending}\n</think>\nNone fits."))
            result = parse(self.spec(), f"{draft}\n{self.explained}{ending}")
            assert result.value == value and result.explanation == "so it is [M2]"

    def test_answer_with_a_line_after_it_is_whole_and_a_part_of_it_is_not_another(self) -> None:
        for ending, value in self.good().items():
            text = self.explained + ending
            assert parse(self.spec(), f"{text}\n", stop_reason="max_tokens").value == value
            for length in range(len(text)):
                part = parse(self.spec(), text[:length], stop_reason="max_tokens")
                assert failed(part) or part.value == value
                assert part.value is not None or (part.metadata or {})["stop_reason"] == "max_tokens"

    def test_marks_around_an_answer_change_nothing(self) -> None:
        for ending, value in self.good().items():
            for text in (
                f"\ufeff{ending}",
                f"{ending}<|im_end|>",
                f"{ending}</s>\n",
                f"{ending}\u200b",
                f"\n{ending}\r\n",
            ):
                assert parse(self.spec(), self.explained + text).value == value

    def test_spec_and_answer_are_read_alike(self) -> None:
        for ending in [*self.good(), *self.bad()]:
            text = self.explained + ending
            assert seen(parse(self.spec(), text)) == seen(parse(self.answer, text))

    def test_number_is_asked_for_last_and_only_where_there_is_a_value(self) -> None:
        asked: list[object] = []

        def as_float(value: object) -> float:
            asked.append(value)
            return 0.5

        for ending in self.bad():
            assert failed(parse(self.spec(), self.explained + ending, as_float))
        assert asked == []
        for ending, value in self.good().items():
            result = parse(self.spec(), self.explained + ending, as_float)
            assert result.value == 0.5 and asked.pop() == value
            assert result.answer == parse(self.spec(), self.explained + ending).answer

    def test_reading_changes_nothing_and_repeats(self) -> None:
        for ending in [*self.good(), *self.bad()]:
            output = reply(self.explained + ending)
            before = copy.deepcopy(output)
            first, second = (parse_answer(output, self.spec(), cited) for _ in range(2))
            assert seen(first) == seen(second) and output == before

    def test_answers_travel_to_worker_processes(self) -> None:
        answer: Answer = pickle.loads(pickle.dumps(self.answer))
        assert (answer.prompt, answer.format) == (self.answer.prompt, self.answer.format)
        for ending in self.good():
            text = self.explained + ending
            assert parse(answer, text).value == parse(self.spec(), text).value

    @INHERITED
    @given(before=ANY_TEXT, written=ANY_TEXT)
    def test_any_reply_gives_a_result_that_can_be_stored(self, before: str, written: str) -> None:
        for text in (written, f"{before}\nANSWER: {written}", f"{before}answer:{written}\nANSWER:\n{before}"):
            result = parse(self.spec(), text)
            json.loads(result.model_dump_json())
            if result.value is None:
                assert failed(result)

    @INHERITED
    @given(st.lists(st.sampled_from(PIECES), max_size=12))
    def test_any_mixture_of_what_matters_gives_a_result_that_can_be_stored(self, pieces: list[str]) -> None:
        result = parse(self.spec(), "".join(pieces))
        json.loads(result.model_dump_json())

    @pytest.mark.parametrize("piece", PIECES)
    def test_megabyte_of_anything_is_read_in_one_pass(self, piece: str) -> None:
        garbage = piece * (MEGABYTE // len(piece))
        answer = self.answer
        for text in (garbage, f"{next(iter(self.good()))}{garbage}"):
            output = reply(text)
            started = time.process_time()
            answer.result_for_answer(output, lambda _: [])
            # Reading it in one pass takes about 0.1 s; anything quadratic takes minutes.
            assert time.process_time() - started < 20


class TestBoolean(AnswerContract):
    def spec(self) -> AnswerSpec:
        return "boolean"

    def good(self) -> dict[str, Any]:
        return {"ANSWER: yes": True, "ANSWER: no": False}

    def bad(self) -> list[str]:
        return ["ANSWER: [M3] maybe", "ANSWER: yes and no", "ANSWER: $VALUE"]


class TestNumeric(AnswerContract):
    def spec(self) -> AnswerSpec:
        return "numeric"

    def good(self) -> dict[str, Any]:
        return {"ANSWER: 0": 0.0, "ANSWER: 123456789.25": 123456789.25}

    def bad(self) -> list[str]:
        return ["ANSWER: [M3]", "ANSWER: nan", "ANSWER: $NUMBER"]


class TestString(AnswerContract):
    def spec(self) -> AnswerSpec:
        return "string"

    def good(self) -> dict[str, Any]:
        return {"ANSWER: some words": "some words", "ANSWER: [M3]": "[M3]"}

    def bad(self) -> list[str]:
        return ["ANSWER:", "ANSWER: \nwords"]


class TestLabels(AnswerContract):
    def spec(self) -> AnswerSpec:
        return ["One", "Two"]

    def good(self) -> dict[str, Any]:
        return {"ANSWER: A": "A", "ANSWER: B) Two": "B"}

    def bad(self) -> list[str]:
        return ["ANSWER: [M3]", "ANSWER: A or B", "ANSWER: $LETTER"]


class TestMultiLabels(AnswerContract):
    def spec(self) -> AnswerSpec:
        return AnswerMultiLabel(["One", "Two"], allow_none=True)

    def good(self) -> dict[str, Any]:
        return {"ANSWER: A": ["One"], "ANSWER: B and A": ["Two", "One"], "ANSWER: none.": []}

    def bad(self) -> list[str]:
        return ["ANSWER: [M3]", "ANSWER: A or B", "ANSWER: $LETTERS"]

    def test_number_is_asked_for_last_and_only_where_there_is_a_value(self) -> None:
        for ending in [*self.good(), *self.bad()]:
            with pytest.raises(ConfigError):
                parse(self.spec(), ending, lambda _: 1.0)


class TestStructured(AnswerContract):
    explained = ""

    def spec(self) -> AnswerSpec:
        return AnswerStructured(Found)

    def good(self) -> dict[str, Any]:
        return {json.dumps({"value": value, "explanation": "so it is [M2]"}): value for value in (True, False)}

    def bad(self) -> list[str]:
        return ["{}", "[]", '{"value": "yes", "explanation": ""}', "ANSWER: yes"]

    def test_good_reply_is_read(self) -> None:
        for text, value in self.good().items():
            result = parse(self.spec(), text)
            assert result.value is value and result.parsed == Found.model_validate({"value": value})
            assert result.explanation == "so it is [M2]" and [r.id for r in result.references] == ["m2"]


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
