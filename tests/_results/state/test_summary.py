"""What counts, and how agreement with labelled cases is measured."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from pydantic import JsonValue

from inspect_scout._results import read_overview
from inspect_scout._results.rows.counting import count_results, count_row_results
from inspect_scout._types import Result, ResultValidation, ScannerState, ValidationMetrics, as_resultset, is_positive
from support.scans import fill, finished, make_report


def counted(value: str | None, kind: str | None) -> int:
    return int(count_row_results(pa.array([value], pa.string()), pa.array([kind], pa.string()))[0])


@pytest.mark.parametrize("value", [False, None, 0, 0.0, "", "none", "NONE", {}, []])
def test_negative_values(value: JsonValue) -> None:
    assert not is_positive(value)


@pytest.mark.parametrize("value", [True, 1, -1, "no", "false", [0], {"a": 0}, 0.1])
def test_positive_values(value: JsonValue) -> None:
    assert is_positive(value)


@pytest.mark.parametrize(
    ("result", "count"),
    [
        (Result[Any](value=True), 1),
        (Result[Any](value=0), 0),
        (Result[Any](value="none"), 1),
        (Result[Any](value=[]), 0),
        (Result[Any](value=[0]), 1),
        (as_resultset([Result(value=True), Result(value="none"), Result(value=None), Result(value=3)]), 2),
        (as_resultset([]), 0),
        (None, 0),
    ],
)
def test_results_are_counted(result: Result[Any] | None, count: int) -> None:
    assert count_results(result) == count


@pytest.mark.parametrize(
    ("value", "kind", "count"),
    [
        ("True", "boolean", 1),
        ("False", "boolean", 0),
        ("0.0", "number", 0),
        ("nonsense", "number", 1),
        ("-0", "number", 0),
        ("0e5", "number", 0),
        ("NaN", "number", 1),
        ("0.001", "number", 1),
        ("0x0", "number", 1),
        ("", "string", 0),
        (None, "string", 0),
        ("x", None, 0),
        ("[ ]", "resultset", 0),
        ("broken[", "resultset", 0),
        ("{}", "mine", 0),
    ],
)
def test_cells_of_other_writers_are_counted(value: str | None, kind: str | None, count: int) -> None:
    assert counted(value, kind) == count


async def metrics_of(*cases: tuple[JsonValue, bool | dict[str, bool]]) -> Any:
    reports = [make_report(validation=ResultValidation(target=target, valid=valid)) for target, valid in cases]
    store, _ = await finished([("t0", "a", reports)])
    return (await store.status()).summary["a"].validation


@pytest.mark.anyio
async def test_agreement_is_counted_by_positive_targets() -> None:
    validation = await metrics_of(
        (True, True), (True, False), (False, True), (False, False), ("none", True), (None, False)
    )
    # That no value is expected is also an expectation.
    assert validation.metrics == ValidationMetrics(tp=1, fn=1, tn=2, fp=2)
    assert len(validation.entries) == 6
    assert validation.entries[0].id == "m0"
    assert validation.metrics_by_key is None


@pytest.mark.anyio
async def test_verdicts_by_key_are_counted_by_key() -> None:
    target: JsonValue = {"x": True, "y": False}
    validation = await metrics_of((target, {"x": True, "y": False}), (target, {"x": False, "y": True}), (True, True))
    assert validation.metrics_by_key == {"x": ValidationMetrics(tp=1, fn=1), "y": ValidationMetrics(tn=1, fp=1)}
    assert validation.metrics == ValidationMetrics(tp=1, fn=1, tn=1, fp=1)


@pytest.mark.anyio
async def test_results_that_could_not_be_compared_are_counted_apart() -> None:
    failed = make_report(validation=ResultValidation(target=1, error="TypeError: no number"))
    store, _ = await finished([("t0", "a", [failed])])
    validation = (await store.status()).summary["a"].validation
    assert validation is not None
    assert (validation.entries, validation.not_compared) == ([], 1)
    assert validation.metrics == ValidationMetrics()


@pytest.mark.anyio
async def test_nothing_compared_is_no_validation() -> None:
    store, _ = await finished([("t0", "a", [make_report()])])
    assert (await store.status()).summary["a"].validation is None


@pytest.mark.anyio
async def test_shaky_verdicts_are_counted_in_the_journal_as_in_the_table() -> None:
    shaky = make_report(metadata={"unseen_citations": ["[M9]"]}, incomplete=3)
    store, storage = await finished([("t0", "a", [shaky, make_report()])], complete=False)
    merged = (await store.status()).summary["a"]
    assert (merged.incomplete, merged.unseen_citations, merged.fingerprints) == (1, 1, {"fingerprint": 2})
    await fill(store, [("t1", "a", [shaky]), ("t2", "a", [])])
    for summary in ((await store.status()).summary["a"], (await store.compact(["t0", "t1"], complete=True))["a"]):
        assert (summary.incomplete, summary.unseen_citations, summary.fingerprints) == (2, 2, {"fingerprint": 3})
    assert (await read_overview(store.location, storage)).state.scanners["a"] == ScannerState(
        scans=3, results=3, rows=3, incomplete=2, unseen_citations=2, fingerprints={"fingerprint": 3}
    )
