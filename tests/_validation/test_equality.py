"""Values and targets that say the same in different words agree; those that do not, do not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import PredicateType, Result, ValidationCase, ValidationSet
from inspect_scout._types import PossibleValues, ResultValidation
from inspect_scout._validation import Validator, never_met

pytestmark = pytest.mark.anyio

OUTCOME = PossibleValues("label", ("done", "failed", "B"), ("A", "B", "C"))
YES_NO = PossibleValues("label", ("Yes", "No"), ("A", "B"))
GRADE = PossibleValues("label", ("poor", "good"), ("A", "B"), numbered=True)
TOOLS = PossibleValues("labels", ("bash", "python", "web search"), ("A", "B", "C"))


async def compared(
    result: Result, target: Any, predicate: PredicateType | None = "eq", values: PossibleValues | None = None
) -> ResultValidation:
    cases = ValidationSet(cases=[ValidationCase(id="x", target=target)], predicate=predicate)
    found = await Validator(cases, values).compare(["x"], result)
    assert found is not None
    return found


def label(letter: str, text: str) -> Result:
    return Result(value=letter, answer=text)


@pytest.mark.parametrize(
    ("target", "values"),
    [
        ("done", OUTCOME),
        ("Done", OUTCOME),
        (" DONE ", OUTCOME),
        ("A", OUTCOME),
        ("a", OUTCOME),
        # Where it is not known what is a label, texts are compared to the letter.
        ("done", None),
        ("A", None),
    ],
)
async def test_a_label_is_met_by_its_text_and_by_its_letter(target: str, values: PossibleValues | None) -> None:
    found = await compared(label("A", "done"), target, values=values)
    assert (found.valid, found.target) == (True, "done")
    assert (await compared(label("B", "failed"), target, values=values)).valid is False
    assert (await compared(label("B", "failed"), target, "ne", values)).valid is True


async def test_the_text_of_a_label_goes_before_the_letter_of_another() -> None:
    # "B" is the letter of "failed" and the text of the third label.
    assert (await compared(label("B", "failed"), "B", values=OUTCOME)).valid is False
    found = await compared(label("C", "B"), "B", values=OUTCOME)
    assert (found.valid, found.target) == (True, "B")


@pytest.mark.parametrize(
    ("value", "target", "valid"),
    [
        (True, "Yes", True),
        (True, "yes ", True),
        (True, "TRUE", True),
        (True, "1", True),
        (True, 1, True),
        (True, 1.0, True),
        (True, "y", True),
        (False, "No", True),
        (False, "false", True),
        (False, 0, True),
        (False, "n", True),
        (True, "No", False),
        (False, "Yes", False),
        (True, "maybe", False),
        (True, 2, False),
        (True, None, False),
        (False, None, False),
        ("Yes", True, True),
        ("no", False, True),
        ("true", "yes", True),
        ("no idea", False, False),
        (1, True, True),
        (0, False, True),
        (6, True, True),
        (6, False, False),
        (-1, True, False),
        (0.5, True, False),
        (1.0, True, True),
    ],
)
async def test_truth_is_compared_as_truth(value: Any, target: Any, valid: bool) -> None:
    assert (await compared(Result(value=value), target)).valid is valid


@pytest.mark.parametrize(
    ("value", "target", "valid"),
    [
        (3, "3", True),
        (3.0, "3", True),
        (3, " 3.0 ", True),
        ("3", 3, True),
        ("3.50", 3.5, True),
        (0.1, "0.10", True),
        (1e3, "1e3", True),
        (3, "three", False),
        (3, "4", False),
        ("3", "3.0", False),
        (2**70, str(2**70), True),
        (2**70, str(2**70 + 1), False),
        ([1, "2"], ["1", 2], True),
        ([1, 2], [2, 1], False),
        ({"a": True}, {"a": "yes"}, {"a": True}),
        ({"a": 3, "b": "no"}, {"a": "3", "b": True}, {"a": True, "b": False}),
        ({"a": None}, {"a": None}, {"a": True}),
    ],
)
async def test_numbers_lists_and_keys_are_compared_by_what_they_mean(value: Any, target: Any, valid: Any) -> None:
    assert (await compared(Result(value=value), target)).valid == valid


@pytest.mark.parametrize(
    ("result", "target", "valid"),
    [
        (label("A", "Yes"), True, True),
        (label("B", "No"), False, True),
        (label("B", "No"), True, False),
        (label("A", "Yes"), 1, True),
        (label("A", "Yes"), "true", True),
    ],
)
async def test_yes_and_no_as_labels_agree_with_booleans(result: Result, target: Any, valid: bool) -> None:
    assert (await compared(result, target, values=YES_NO)).valid is valid
    assert (await compared(result, target)).valid is valid


async def test_a_label_of_which_a_number_was_made_is_met_by_either() -> None:
    result = Result(value=0.5, answer="good")
    for target, valid in {"good": True, "B": True, "poor": False, 0.5: True, "0.5": True, 1: False}.items():
        assert (await compared(result, target, values=GRADE)).valid is valid, target


@pytest.mark.parametrize(
    ("value", "target", "valid"),
    [
        (["bash", "python"], ["python", "bash"], True),
        (["bash", "python"], ["A", "B"], True),
        (["bash", "python"], "Bash, python", True),
        (["web search"], "web search", True),
        (["web search"], "C", True),
        ([], [], True),
        ([], "none", True),
        ([], None, True),
        (["bash"], ["bash", "python"], False),
        (["bash"], "none", False),
        (["bash"], ["rust"], False),
    ],
)
async def test_lists_of_labels_are_compared_as_sets(value: Any, target: Any, valid: bool) -> None:
    assert (await compared(Result(value=value), target, values=TOOLS)).valid is valid


@pytest.mark.parametrize(
    ("predicate", "target", "valid"),
    [
        ("iequals", "DONE", True),
        ("contains", "on", True),
        ("icontains", "FAIL", False),
        ("startswith", "do", True),
        ("endswith", "ne", True),
        ("iequals", "a", True),
    ],
)
async def test_text_predicates_read_the_text_of_a_label(predicate: PredicateType, target: str, valid: bool) -> None:
    for values in (OUTCOME, None):
        assert (await compared(label("A", "done"), target, predicate, values)).valid is valid


async def test_an_answer_that_is_no_label_does_not_count() -> None:
    assert (await compared(Result(value="unsafe", answer="safe"), "safe")).valid is False
    assert (await compared(Result(value=3, answer="three"), "three")).valid is False


@pytest.mark.parametrize(
    ("value", "target", "recorded"),
    [
        (False, "No", False),
        (True, "no", False),
        (3, "4", 4),
        ("text", "yes", "yes"),
        (True, "maybe", "maybe"),
        ({"a": True}, {"a": "no"}, {"a": False}),
    ],
)
async def test_targets_are_recorded_in_the_terms_of_the_value(value: Any, target: Any, recorded: Any) -> None:
    found = await compared(Result(value=value), target)
    assert found.target == recorded
    assert type(found.target) is type(recorded)


def lost(values: PossibleValues, *targets: Any, predicate: PredicateType | None = "eq") -> str | None:
    cases = [ValidationCase(id=str(number), target=target) for number, target in enumerate(targets)]
    return never_met(ValidationSet(cases=cases, predicate=predicate), values)


TARGETS: list[tuple[PossibleValues, list[Any], list[Any]]] = [
    (PossibleValues("boolean"), [True, "Yes", "no", 1, 0, "true", None], ["done", 2, [True], {"a": 1}, 0.5]),
    (PossibleValues("number"), [3, "3", 0.5, True, None], ["many", [], {}]),
    (PossibleValues("text"), ["x", True, 3, None], [["x"], {"x": 1}]),
    (OUTCOME, ["done", "DONE", "b", "C", None], ["finished", True, 3, ["done"], "D"]),
    (YES_NO, [True, False, "yes", "B", 1], ["maybe", 2]),
    (GRADE, ["good", "A", 0.3, "1"], ["great", True]),
    (TOOLS, [["bash"], "bash", "A, B", [], "none", ["C"]], [["rust"], "bash, rust", True, 3]),
]


@pytest.mark.parametrize(("values", "possible", "impossible"), TARGETS)
def test_targets_that_no_value_can_meet_are_told(
    values: PossibleValues, possible: list[Any], impossible: list[Any]
) -> None:
    assert lost(values, *possible) is None
    for target in impossible:
        assert lost(values, target) is not None, target
    said = lost(values, *possible, *impossible)
    assert said is not None
    assert said.startswith(f"{len(impossible)} of {len(possible) + len(impossible)} labelled cases can never be met: ")


def test_what_can_never_be_met_is_counted_and_shortened() -> None:
    said = lost(OUTCOME, "over", "over", *"DEFGHIJ")
    assert said is not None
    assert said.startswith('9 of 9 labelled cases can never be met: target "over" (2 cases), target "D"')
    assert said.endswith("and 3 more")
    assert str(OUTCOME) == "one of the labels 'done' (A), 'failed' (B), 'B' (C)"


def test_other_predicates_can_be_impossible_too() -> None:
    assert lost(OUTCOME, 3, predicate="gt") is not None
    assert lost(PossibleValues("number"), 3, predicate="gt") is None
    assert lost(PossibleValues("number"), "3", predicate="contains") is not None
    assert lost(OUTCOME, "don", predicate="startswith") is None
    assert lost(OUTCOME, "xyz", predicate="icontains") is not None
    assert lost(OUTCOME, "xyz", predicate="ne") is None
    labelled = ValidationSet(cases=[ValidationCase(id="a", labels={"x": True})])
    assert never_met(labelled, PossibleValues("boolean")) is not None


def test_only_the_cases_of_the_chosen_split_are_checked() -> None:
    cases = [ValidationCase(id="a", target="over", split="test"), ValidationCase(id="b", target="done", split="dev")]
    assert never_met(ValidationSet(cases=cases, split="dev"), OUTCOME) is None
    assert never_met(ValidationSet(cases=cases, split="test"), OUTCOME) is not None


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)


@given(scalars, scalars, st.sampled_from([None, OUTCOME, YES_NO, TOOLS, PossibleValues("boolean")]))
async def test_whatever_is_compared_agrees_with_itself_and_never_fails(
    value: Any, target: Any, values: PossibleValues | None
) -> None:
    assert (await compared(Result(value=value), value, values=values)).valid is True
    assert isinstance((await compared(Result(value=value), target, values=values)).valid, bool)
