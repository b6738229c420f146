"""What every kind of answer must do, whatever a model replies."""

from __future__ import annotations

import copy
import json
import pickle
import random
import re
import time
from typing import Any

import pytest
from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, ModelOutput, StopReason
from inspect_ai.scorer import Reference, ValueToFloat

from .._scanners import Answer, AnswerSpec, parse_answer
from .._types import Result

EXPLANATION = "so it is [M2]"
MEGABYTE = 1_000_000
_FORMS = ("answer:", "ANSWER:\n", "\nANSWER: yes", "**ANSWER:** ", "final ", "<answer>", "## Answer\n", "| ANSWER | ")
_MARKUP = (
    '{"answer": ',
    '{"value":',
    "\\boxed{",
    "```\n",
    "<think>",
    "</think>",
    "<|im_end|>",
    " ",
    "\n",
    "*",
    "_",
    "'",
)
_VALUES = ("(", "not yes, ", "yes but ", "A, ", "and ", "1,", "1 000 ", "0.", "[M2")
FRAGMENTS = (*_FORMS, *_MARKUP, *_VALUES, "\0", "\ud800", "\u00bd", "\u200b", "\u2705")
"""What parsers of replies stumble over, alone and in any order."""


def cited(text: str) -> list[Reference]:
    """Find citations like [M2]."""
    return [Reference(type="message", cite=f"[M{n}]", id=f"m{n}") for n in re.findall(r"\[M(\d{1,5})\]", text)]


def reply(text: str, stop_reason: StopReason = "stop") -> ModelOutput:
    """Make the output of a model that wrote a text, and say why it stopped."""
    choice = ChatCompletionChoice(message=ChatMessageAssistant(content=text, id="reply"), stop_reason=stop_reason)
    return ModelOutput(model="test", choices=[choice], completion=text)


def parse(
    answer: AnswerSpec | Answer, text: str, value_to_float: ValueToFloat | None = None, stop_reason: StopReason = "stop"
) -> Result[Any]:
    """Read a reply."""
    return parse_answer(reply(text, stop_reason), answer, cited, value_to_float)


def failed(result: Result[Any]) -> bool:
    """Tell whether a result says that the reply could not be read, in all the ways it must."""
    has_nothing = result.value is None and result.answer is None and result.parsed is None
    return has_nothing and bool((result.metadata or {}).get("parse_error"))


def seen(result: Result[Any]) -> dict[str, Any]:
    """Give everything in a result but its id."""
    return {**result.model_dump(exclude={"uuid"}), "parsed": result.parsed}


class AnswerLaws:
    """Inherit, and give the three fixtures."""

    @pytest.fixture
    def answer(self) -> Answer:
        """Make the answer."""
        raise NotImplementedError

    @pytest.fixture
    def good(self) -> dict[str, Any]:
        """Give replies that explain themselves with "so it is [M2]", and the values that they mean."""
        raise NotImplementedError

    @pytest.fixture
    def bad(self) -> list[str]:
        """Give replies that cannot be read."""
        raise NotImplementedError

    def test_prompt_is_one_line_and_format_says_how_to_reply(self, answer: Answer) -> None:
        assert answer.prompt.strip() == answer.prompt and len(answer.prompt.splitlines()) == 1
        assert answer.format.strip() == answer.format != ""

    def test_good_reply_is_read(self, answer: Answer, good: dict[str, Any]) -> None:
        for text, value in good.items():
            result = parse(answer, text)
            assert result.value == value and type(result.value) is type(value)
            assert result.parsed is not None and "parse_error" not in (result.metadata or {})
            assert result.explanation == EXPLANATION
            assert [reference.id for reference in result.references] == ["m2"]

    def test_bad_reply_has_no_value_and_says_why(self, answer: Answer, bad: list[str]) -> None:
        for text in ["", "prose", *bad]:
            result = parse(answer, text)
            assert failed(result) and (result.metadata or {}).keys() == {"parse_error"}
            assert result.explanation == text.strip()

    def test_thought_decides_nothing_and_hides_nothing(self, answer: Answer, good: dict[str, Any]) -> None:
        for text, value in good.items():
            for thought in (f"<think>{text}</think>None fits.", f"<think>\n{text}\n", f"{text}\n</think>\nNone fits."):
                assert failed(parse(answer, thought))
            result = parse(answer, f"<think>{text}</think>\n{text}")
            assert result.value == value and result.explanation == EXPLANATION

    def test_part_of_a_reply_is_not_another_answer(self, answer: Answer, good: dict[str, Any]) -> None:
        for text, value in good.items():
            assert parse(answer, f"{text}\n", stop_reason="max_tokens").value == value
            for length in range(len(text)):
                part = parse(answer, text[:length], stop_reason="max_tokens")
                assert failed(part) or part.value == value
                assert part.value is not None or (part.metadata or {})["stop_reason"] == "max_tokens"

    @pytest.mark.parametrize("around", ["\ufeff{}", "{}<|im_end|>", "{}</s>\n", "{}\u200b", "\n{}\r\n"])
    def test_marks_around_a_reply_change_nothing(self, answer: Answer, good: dict[str, Any], around: str) -> None:
        for text, value in good.items():
            assert parse(answer, around.replace("{}", text)).value == value

    def test_number_is_asked_for_last_and_only_where_there_is_a_value(
        self, answer: Answer, good: dict[str, Any], bad: list[str]
    ) -> None:
        asked: list[object] = []

        def as_float(value: object) -> float:
            asked.append(value)
            return 0.5

        for text in bad:
            assert failed(parse(answer, text, as_float))
        assert asked == []
        for text, value in good.items():
            result = parse(answer, text, as_float)
            assert result.value == 0.5 and asked.pop() == value
            assert result.answer == parse(answer, text).answer

    def test_reading_changes_nothing_and_repeats(self, answer: Answer, good: dict[str, Any], bad: list[str]) -> None:
        for text in [*good, *bad]:
            output = reply(text)
            before = copy.deepcopy(output)
            assert seen(parse_answer(output, answer, cited)) == seen(parse_answer(output, answer, cited))
            assert output == before

    def test_answers_travel_to_worker_processes(self, answer: Answer, good: dict[str, Any]) -> None:
        copied: Answer = pickle.loads(pickle.dumps(answer))
        assert (copied.prompt, copied.format) == (answer.prompt, answer.format)
        assert all(parse(copied, text).value == parse(answer, text).value for text in good)

    def test_any_reply_gives_a_result_that_can_be_stored(self, answer: Answer, good: dict[str, Any]) -> None:
        choose = random.Random(0)
        for _ in range(500):
            result = parse(answer, "".join(choose.choices([*FRAGMENTS, *good], k=choose.randrange(12))))
            json.loads(result.model_dump_json())
            assert result.value is not None or failed(result)

    @pytest.mark.parametrize("piece", FRAGMENTS)
    def test_megabyte_of_anything_is_read_in_one_pass(self, answer: Answer, good: dict[str, Any], piece: str) -> None:
        garbage = piece * (MEGABYTE // len(piece))
        for text in (garbage, f"{next(iter(good))}{garbage}"):
            output = reply(text)
            started = time.process_time()
            answer.result_for_answer(output, lambda _: [])
            # Reading it in one pass takes about 0.1 s; anything quadratic takes minutes.
            assert time.process_time() - started < 20
