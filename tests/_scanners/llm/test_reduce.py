"""One result of several: the aggregation table."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from inspect_ai.scorer import Reference

from inspect_scout import ConfigError
from inspect_scout._scanners.answers.contract import PARSE_ERROR
from inspect_scout._scanners.llm.reduce import (
    UNREAD_SEGMENTS,
    Reducer,
    ResultReducer,
    flat_resultset,
    reducing_with,
)
from inspect_scout._types import RESULTSET, Result, as_resultset
from inspect_scout.testing import scripted_model

R = ResultReducer


def reduce(reducer: Reducer, results: list[Result[Any]]) -> Result[Any]:
    async def run() -> Result[Any]:
        return await reducer(results)

    return asyncio.run(run())


def of(*values: Any) -> list[Result[Any]]:
    return [Result(value=value, answer=str(value)) for value in values]


def unread() -> Result[Any]:
    return Result(value=None, explanation="Hm.", metadata={PARSE_ERROR: "no answer", "stop_reason": "stop"})


TABLE: list[tuple[Reducer, list[Any], Any, str | None]] = [
    (R.mean, [1, 2, 6], 3.0, "3.0"),
    (R.mean, [1.5], 1.5, "1.5"),
    (R.mean, [None, 4], 4.0, "4.0"),
    (R.mean, [True, 4], 4.0, "4.0"),  # booleans are not numbers
    (R.median, [1, 2, 10], 2, "2"),
    (R.median, [1, 2], 1.5, "1.5"),
    (R.mode, [3, 1, 3, 1, 2], 3, "3"),
    (R.max, [1, 7.5, 3], 7.5, "7.5"),
    (R.min, [1, 7.5, 3], 1, "1"),
    (R.mean, ["a", "b"], "b", "b"),  # no numbers: the last result
    (R.max, [False, True], True, "True"),
    (R.any, [False, True, False], True, "Yes"),
    (R.any, [False, False], False, "No"),
    (R.any, [False, None], False, "No"),
    (R.any, [None, None], None, None),  # nothing could be read, which is not a "no"
    (R.any, ["yes", 1], None, None),
    (R.union, [["b", "a"], [], ["a", "c"]], ["b", "a", "c"], "b, a, c"),
    (R.union, [[], []], [], None),
    (R.union, [["a"], None], ["a"], "a"),
    (R.union, [None], None, None),
    (R.majority, ["A", "B", "A"], "A", "A"),
    (R.majority, ["A", "B", "B", "A"], "A", "A"),  # a tie: the one found last
    (R.majority, ["A", "B"], "B", "B"),
    (R.majority, ["A", None, None], "A", "A"),  # what could not be read has no vote
    (R.majority, [None, None], None, None),
    (R.last, [1, "x", {"k": 2}], {"k": 2}, "{'k': 2}"),
]


@pytest.mark.parametrize(("reducer", "values", "value", "answer"), TABLE)
def test_aggregation_table(reducer: Reducer, values: list[Any], value: Any, answer: str | None) -> None:
    reduced = reduce(reducer, of(*values))
    assert reduced.value == value
    assert type(reduced.value) is type(value)
    assert reduced.answer == answer


def test_numbers_made_of_verdicts_keep_their_verdict() -> None:
    converted = [Result(value=0.0, answer="No", parsed=False), Result(value=10.0, answer="Yes", parsed=True)]
    reduced = reduce(R.any, converted)
    assert (reduced.value, reduced.answer, reduced.parsed) == (10.0, "Yes", True)
    reduced = reduce(R.any, converted[:1])
    assert (reduced.value, reduced.answer) == (0.0, "No")


def test_majority_keeps_the_label_of_the_winner_and_its_parsed_answer() -> None:
    results = [Result(value="A", answer="One", parsed="One"), Result(value="A", answer="One", parsed="One"), *of("B")]
    reduced = reduce(R.majority, results)
    assert (reduced.answer, reduced.parsed) == ("One", "One")


def test_explanations_references_and_metadata_are_merged() -> None:
    m2, m3 = (Reference(type="message", cite=f"[M{n}]", id=f"m{n}") for n in (2, 3))
    results: list[Result[Any]] = [
        Result(value=1, explanation="first [M2]", references=[m2], metadata={"a": 1, "b": 1}),
        Result(value=2),
        Result(value=3, explanation="third [M3]", references=[m3, m2], metadata={"b": 2}),
    ]
    reduced = reduce(R.mean, results)
    assert reduced.explanation == "[Segment 1]\nfirst [M2]\n\n[Segment 3]\nthird [M3]"
    assert reduced.references == [m2, m3]
    assert reduced.metadata == {"a": 1, "b": 2}
    assert reduced.uuid not in {r.uuid for r in results}
    assert reduce(R.mean, of(1, 2)).explanation is None


def test_label_that_all_share_is_kept() -> None:
    both = [Result(value=1, label="x"), Result(value=2, label="x")]
    assert reduce(R.mean, both).label == "x"
    assert reduce(R.mean, [*both, Result(value=3)]).label is None
    assert reduce(R.last, [*both, Result(value=3, label="y")]).label == "y"


def test_segments_that_could_not_be_read_are_named() -> None:
    reduced = reduce(R.any, [unread(), Result(value=True, answer="Yes"), unread()])
    assert reduced.value is True
    assert reduced.metadata == {"stop_reason": "stop", UNREAD_SEGMENTS: [1, 3]}
    reduced = reduce(R.any, [unread(), unread()])
    assert reduced.value is None
    assert reduced.metadata is not None
    assert reduced.metadata[PARSE_ERROR] == "no answer"


@pytest.mark.parametrize("reducer", [R.mean, R.any, R.union, R.majority, R.last, R.llm()])
def test_nothing_cannot_be_reduced(reducer: Reducer) -> None:
    with pytest.raises(ConfigError, match="at least one"):
        reduce(reducer, [])


def test_model_writes_one_answer_of_several() -> None:
    model = scripted_model("They agree [M2] [M9].\n\nANSWER: both are polite")
    results: list[Result[Any]] = [
        Result(value="polite", answer="polite", explanation="says please [M2]", metadata={"x": 1}),
        Result(value="very", answer="very", explanation="says thanks [M9]"),
    ]
    reduced = reduce(R.llm(model), results)
    assert (reduced.value, reduced.answer) == ("both are polite", "both are polite")
    assert reduced.explanation == "They agree [M2] [M9]."
    assert reduced.metadata == {"x": 1, "stop_reason": "stop"}
    (prompt,) = model.prompts
    assert "[Segment 1]\nAnswer: polite\nExplanation: says please [M2]" in prompt
    assert "[Segment 2]\nAnswer: very" in prompt


def test_model_of_the_scanner_writes_if_no_other_is_named() -> None:
    scanners, own = scripted_model("ANSWER: by the scanner's"), scripted_model("ANSWER: by its own")
    with reducing_with(scanners):
        assert reduce(R.llm(), of("a", "b")).value == "by the scanner's"
        assert reduce(R.llm(own, prompt="Say it in verse."), of("a", "b")).value == "by its own"
    assert "Say it in verse." in own.prompts[0]
    assert len(scanners.calls) == len(own.calls) == 1


def test_model_is_not_asked_about_nothing() -> None:
    model = scripted_model()
    reduced = reduce(R.llm(model), [unread(), unread()])
    assert reduced.value is None
    assert not model.calls


def test_explanations_stand_in_when_the_model_gives_none() -> None:
    results: list[Result[Any]] = [Result(value="a", explanation="why a"), Result(value="b", explanation="why b")]
    reduced = reduce(R.llm(scripted_model("ANSWER: c")), results)
    assert reduced.explanation == "[Segment 1]\nwhy a\n\n[Segment 2]\nwhy b"


def test_resultsets_become_one_flat_resultset() -> None:
    one = as_resultset([Result(value=1, label="x"), Result(value=2, label="y")])
    two = as_resultset([Result(value=3, label="x")])
    flat = flat_resultset([one, two])
    assert flat.type == RESULTSET
    assert isinstance(flat.value, list)
    assert [(item["value"], item["label"]) for item in flat.value if isinstance(item, dict)] == [
        (1, "x"),
        (2, "y"),
        (3, "x"),
    ]
