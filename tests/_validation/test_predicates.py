"""Built-in predicates, labels and predicates of one's own: what they say, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from inspect_scout import ConfigError, PredicateType, Result, ValidationCase, ValidationSet
from inspect_scout._types import as_resultset
from inspect_scout._validation import Validator

pytestmark = pytest.mark.anyio


async def compared(value: Any, target: Any, predicate: Any = "eq") -> Any:
    cases = ValidationSet(cases=[ValidationCase(id="x", target=target)], predicate=predicate)
    return await Validator(cases).compare(["x"], Result(value=value))


@pytest.mark.parametrize(
    ("predicate", "value", "target", "valid"),
    [
        ("eq", True, True, True),
        ("eq", 1, True, True),
        ("eq", 1.0, 1, True),
        ("eq", "a", "A", False),
        ("eq", [1, 2], [2, 1], False),
        ("eq", {"a": 1}, 3, False),
        ("eq", None, None, True),
        ("ne", 1, 2, True),
        ("gt", 2, 1, True),
        ("gt", 1, 1, False),
        ("gte", 1, 1, True),
        ("gte", True, 0.5, True),
        ("lt", 1, 2, True),
        ("lte", 2.5, 2, False),
        ("contains", "abc", "b", True),
        ("startswith", "abc", "b", False),
        ("endswith", "abc", "c", True),
        ("icontains", "aBc", "b", True),
        ("iequals", "ABC", "abc", True),
    ],
)
async def test_built_in_predicates(predicate: PredicateType, value: Any, target: Any, valid: bool) -> None:
    found = await compared(value, target, predicate)
    assert (found.valid, found.error, found.predicate) == (valid, None, predicate)


@pytest.mark.parametrize(
    ("predicate", "value", "target", "says"),
    [
        ("gt", "3", 2, "the value is text; this predicate compares numbers"),
        ("gte", None, 2, "the value is nothing"),
        ("lt", 2, "3", "the target is text"),
        ("contains", 3, "3", "the value is a number; this predicate compares texts"),
        ("iequals", "a", None, "the target is nothing"),
        ("eq", 3, {"a": 1}, "the value is a number; such a target needs a scanner that returns a mapping"),
        ("gt", {"b": 1}, {"a": 1}, "the value is nothing"),
    ],
)
async def test_what_cannot_be_compared_is_said(predicate: PredicateType, value: Any, target: Any, says: str) -> None:
    found = await compared(value, target, predicate)
    assert found.valid is None
    assert says in found.error
    assert found.target == target


async def test_targets_with_keys_are_met_key_by_key() -> None:
    assert (await compared({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "d": None})).valid == {
        "a": True,
        "b": False,
        "d": True,
    }


LABELLED = as_resultset(
    [
        Result(value=True, label="found"),
        Result(value=0, label="zero"),
        Result(value="no", label="word"),
        Result(value=False, label="mixed"),
        Result(value=-1, label="mixed"),
    ]
)


@pytest.mark.parametrize(
    ("label", "expected", "valid"),
    [
        ("found", True, True),
        ("found", False, False),
        ("zero", True, False),
        ("zero", False, True),
        ("word", True, True),
        ("mixed", True, True),
        ("absent", False, True),
        ("absent", True, False),
    ],
)
async def test_labels(label: str, expected: bool, valid: bool) -> None:
    cases = ValidationSet(cases=[ValidationCase(id="x", labels={label: expected})])
    found = await Validator(cases).compare(["x"], LABELLED)
    assert found is not None
    assert found.valid == {label: valid}
    assert found.target == {label: expected}


async def test_labels_need_a_list_of_results() -> None:
    cases = ValidationSet(cases=[ValidationCase(id="x", labels={"a": True})])
    found = await Validator(cases).compare(["x"], Result(value=True, label="a"))
    assert found is not None
    assert found.valid is None
    assert "list of results" in str(found.error)


async def test_predicates_of_ones_own() -> None:
    async def near(result: Result, target: Any) -> bool:
        return bool(abs(float(str(result.value)) - target) < 0.5)

    async def by_key(result: Result, target: Any) -> dict[str, bool]:
        return {"any": bool(result.value and target)}

    async def wrong(result: Result, target: Any) -> Any:
        return f"{result.value} {target}"

    async def raises(result: Result, target: Any) -> bool:
        raise RuntimeError(f"no {target} {result.value}")

    assert (await compared(2.9, 3, near)).valid is True
    assert (await compared({"x": 1}, {"y": 1}, by_key)).valid == {"any": True}
    assert "must return True or False" in (await compared(1, 1, wrong)).error
    assert "must return a bool for each key" in (await compared({}, {"a": 1}, wrong)).error
    failed = await compared(1, 2, raises)
    assert (failed.valid, failed.error, failed.predicate) == (None, "RuntimeError: no 2 1", None)


def test_predicates_must_be_async() -> None:
    with pytest.raises(ConfigError, match="async function"):
        Validator(ValidationSet(cases=[], predicate=lambda result, target: True))  # type: ignore[arg-type, return-value]


async def test_cases_are_found_by_ids_in_any_order() -> None:
    cases = [
        ValidationCase(id=["b", "a"], target=1),
        ValidationCase(id=["c"], target=2, predicate="gt", split="dev"),
        ValidationCase(id="c", target=3),
    ]
    validator = Validator(ValidationSet(cases=cases))
    assert (await validator.compare(["a", "b"], Result(value=1))).valid is True  # type: ignore[union-attr]
    first = await validator.compare(["c"], Result(value=3))
    assert first is not None
    assert (first.valid, first.target, first.predicate, first.split) == (True, 2, "gt", "dev")
    assert await validator.compare(["a"], Result(value=1)) is None


async def test_sets_use_only_their_splits() -> None:
    cases = [ValidationCase(id="a", target=1, split="dev"), ValidationCase(id="b", target=1, split="test")]
    validator = Validator(ValidationSet(cases=cases, split="dev"))
    assert await validator.compare(["a"], Result(value=1)) is not None
    assert await validator.compare(["b"], Result(value=1)) is None
