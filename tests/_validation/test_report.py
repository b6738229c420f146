"""Agreement in numbers: the published example, intervals, correlations, groups, and what is left out of them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ValidationCase
from inspect_scout._types import ValidationMetrics
from inspect_scout._validation import Comparison, Confusion, scanner_report
from inspect_scout._validation.metrics import pearson, spearman


def test_the_published_example_of_labels() -> None:
    confusion = Confusion()
    for labels in (
        {"a": True, "b": False, "c": False},
        {"a": True, "b": True, "c": False},
        {"a": False, "b": False, "c": True},
    ):
        found = {"a"}
        confusion.add(labels, {label: (label in found) == expected for label, expected in labels.items()})
    total = confusion.total
    assert (total.tp, total.fp, total.tn, total.fn, total.total) == (2, 1, 4, 2, 9)
    rounded = [round(v or 0, 3) for v in (total.precision, total.recall, total.specificity, total.f1, total.accuracy)]
    assert rounded == [0.667, 0.5, 0.8, 0.571, 0.65]
    assert total.match_rate == 6 / 9


def test_verdicts_without_keys_do_not_mix_with_those_that_have_them() -> None:
    confusion = Confusion()
    confusion.add(True, True)
    assert confusion.total == ValidationMetrics(tp=1)
    confusion.add({"x": False}, {"x": True})
    assert confusion.total == ValidationMetrics(tn=1)


def test_correlations() -> None:
    assert pearson([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert pearson([1, 2, 3, 4], [1, 3, 2, 5]) == pytest.approx(0.8315218)
    assert spearman([1, 2, 3, 4], [1, 100, 3, 1000]) == pytest.approx(0.8)
    assert spearman([1, 1, 2], [3, 3, 1]) == pytest.approx(-1)
    assert pearson([1, 2], [1, 2]) is None
    assert pearson([1, 1, 1], [1, 2, 3]) is None


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(finite, finite), max_size=8))
def test_correlations_stay_in_bounds(pairs: list[tuple[float, float]]) -> None:
    for found in (pearson(*_columns(pairs)), spearman(*_columns(pairs))):
        assert found is None or -1 <= found <= 1


def _columns(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x / 4 for x, _ in pairs], [y / 4 for _, y in pairs]


def row(id: str, target: Any, value: Any, valid: Any = ..., **more: Any) -> Comparison:
    return Comparison((id,), target, value, value == target if valid is ... else valid, **more)


def test_numbers_are_judged_as_numbers() -> None:
    rows = [row("a", 1, 2), row("b", 2, 2), row("c", 3, 5.5), row("d", 5, 6)]
    agreement = scanner_report("s", [], rows).rows[0]
    numbers = agreement.numbers
    assert numbers is not None
    assert (numbers.count, numbers.mean_error, numbers.mean_absolute_error) == (4, 1.125, 1.125)
    assert numbers.pearson == pytest.approx(0.8863, abs=1e-4)
    assert agreement.match_rate is not None
    assert agreement.match_rate.value == 0.25
    assert (agreement.precision, agreement.recall, agreement.f1, agreement.accuracy) == (None, None, None, None)


def test_numbers_of_keys() -> None:
    rows = [row(str(i), {"x": i, "y": "a"}, {"x": i + 1, "y": "a"}, {"x": False, "y": True}) for i in range(4)]
    total, x, y = scanner_report("s", [], rows).rows
    assert (total.key, x.key, y.key) == (None, "x", "y")
    assert x.numbers is not None
    assert x.numbers.mean_error == 1.0
    assert x.numbers.pearson == pytest.approx(1.0)
    assert y.numbers is None
    assert (total.compared, total.matched) == (8, 4)


def test_what_was_not_compared_is_told() -> None:
    cases = [ValidationCase(id=i, target=True, split="dev" if i in "abe" else None) for i in "abcdef"]
    rows = [
        row("a", True, True, split="dev", task="t1"),
        row("b", True, None, None, error="TypeError: x", split="dev", task="t1"),
        row("c", None, None, None, scan_error="broken", task="t2"),
        row("d", True, [], True, unlisted=("odd", "odder")),
        row("other", None, None, None),
        row("z", False, True, False, task="t2", unlisted=("odd",)),
    ]
    report = scanner_report("s", cases, rows, by="split")
    total, *groups = report.rows
    assert (total.cases, total.compared, total.matched) == (7, 3, 2)
    assert (total.not_compared, total.failed, total.missing) == (1, 1, 2)
    assert report.failed == ["c"]
    assert report.missing == ["e", "f"]
    assert report.problems == {"TypeError: x": 1}
    assert report.unlisted == {"odd": 2, "odder": 1}
    assert [(g.group, g.cases, g.compared, g.missing) for g in groups] == [
        ("dev", 3, 1, 1),
        ("(split not known)", 4, 2, 1),
    ]
    by_task = scanner_report("s", cases, rows, by="task").rows
    assert [(g.group, g.compared) for g in by_task[1:]] == [("t1", 1), ("t2", 1), ("(task not known)", 1)]


def test_nothing_compared_gives_no_rates() -> None:
    only = scanner_report("s", [], []).rows[0]
    assert (only.cases, only.compared, only.match_rate, only.precision, only.numbers) == (0, 0, None, None, None)
    assert math.isfinite(only.matched)


def classified(expected: str, value: Any, answer: str | None = None, **more: Any) -> Comparison:
    fields: dict[str, Any] = {"predicate": "eq", "valid": expected in {answer, value}, **more}
    return Comparison((f"{expected}{value}{len(more)}",), target=expected, value=value, answer=answer, **fields)


def test_classes_have_a_table_of_confusion_and_a_rate_each() -> None:
    rows = [
        *[classified("done", "A", "done")] * 3,
        classified("done", "B", "failed"),
        *[classified("failed", "B", "failed")] * 2,
        classified("failed", None),
        classified("stuck", "C", "stuck", split="dev"),
    ]
    report = scanner_report("judge", [], rows, by="split")
    assert report.confusion == {
        "done": {"done": 3, "failed": 1},
        "failed": {"(no value)": 1, "failed": 2},
        "stuck": {"stuck": 1},
    }
    shown = [
        (row.group, row.class_name, row.compared, row.matched, row.match_rate.value if row.match_rate else None)
        for row in report.rows
    ]
    assert shown == [
        ("all", None, 8, 6, 0.75),
        ("all", "done", 4, 3, 0.75),
        ("all", "failed", 3, 2, 2 / 3),
        ("all", "stuck", 1, 1, 1.0),
        ("dev", None, 1, 1, 1.0),
        ("dev", "stuck", 1, 1, 1.0),
        ("(split not known)", None, 7, 5, 5 / 7),
        ("(split not known)", "done", 4, 3, 0.75),
        ("(split not known)", "failed", 3, 2, 2 / 3),
    ]
    assert {row.precision for row in report.rows} == {row.recall for row in report.rows} == {None}
    assert {row.f1 for row in report.rows} == {row.accuracy for row in report.rows} == {None}


def test_a_label_with_a_number_and_an_own_class_are_named_by_their_text() -> None:
    rows = [classified("good", 0.0, "poor", valid=False), classified("good", "unsafe", "a long answer", valid=False)]
    assert scanner_report("judge", [], rows).confusion == {"good": {"poor": 1, "unsafe": 1}}


def test_free_text_and_text_predicates_have_no_classes_but_no_precision_either() -> None:
    free = [classified(f"text {number}", f"text {number}") for number in range(21)]
    found = scanner_report("judge", [], [classified("do", "done", predicate="startswith", valid=True)])
    for report in (scanner_report("judge", [], free), found):
        (row,) = report.rows
        assert (report.confusion, row.match_rate is not None, row.precision) == ({}, True, None)


def test_booleans_keep_their_rates() -> None:
    rows = [Comparison(("a",), target=True, value=True, valid=True, predicate="eq")]
    report = scanner_report("judge", [], rows)
    assert (report.confusion, report.rows[0].precision is not None, len(report.rows)) == ({}, True, 1)
