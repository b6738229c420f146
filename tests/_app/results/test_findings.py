"""What scanners found: how many of how many, of what kinds, and by the values of columns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from inspect_scout import ConfigError, LocationError, Result, UnknownNameError, scan_status
from inspect_scout._app import FindingsGroup, KindCount, ScannerFindings, group_records
from inspect_scout._statistics import Proportion
from inspect_scout._types import ResultReport, ResultValidation, TranscriptInfo, as_resultset
from inspect_scout.testing import LocalStorage
from support.scans import failed_report, make_report, make_spec, make_store, open_journal
from support.use_cases import findings_by, scanner_findings

Row = tuple[dict[str, Any], Sequence[ResultReport]]


def scan_of(folder: Path, rows: Sequence[Row], done: bool = True, scanners: Sequence[str] = ("a",)) -> str:
    """Record a scan of transcripts, each with what is known of it and what the first scanner reported."""

    async def make() -> str:
        order = [f"t{i}" for i in range(len(rows))]
        store = await make_store(make_spec(scanners, order), LocalStorage(), str(folder))
        journal = await open_journal(store)
        for id, (info, reports) in zip(order, rows, strict=True):
            await journal.append(TranscriptInfo(transcript_id=id, **info), scanners[0], reports)
        await journal.aclose()
        if done:
            await store.compact(order, complete=True)
        return store.location

    return asyncio.run(make())


def plain(value: JsonValue, label: str | None = None, **info: Any) -> Row:
    return info, [make_report(value, label=label, input_type="transcript", input_ids=["t"])]


def listed(*items: tuple[str, JsonValue], **info: Any) -> Row:
    results = [Result(value=value, label=label) for label, value in items]
    return info, [make_report(result=as_resultset(results), input_type="transcript", input_ids=["t"])]


def failed(**info: Any) -> Row:
    return info, [failed_report(input_type="transcript", input_ids=["t"])]


def only(location: str, **options: Any) -> ScannerFindings:
    [found] = scanner_findings(location, **options)
    return found


def kinds(found: ScannerFindings) -> dict[object, int]:
    return {kind.value: kind.count for kind in found.kinds}


def groups(location: str, *by: str, **options: Any) -> dict[Any, tuple[int, int]]:
    """Groups by their values: what was found, of how many."""
    [breakdown] = findings_by(location, by, **options)
    return {
        (group.values[0] if len(by) == 1 else tuple(group.values)): (group.found.positive, group.found.n)
        for group in breakdown.groups
    }


@pytest.mark.parametrize("done", [True, False])
def test_findings_count_what_was_judged_and_tell_failures_apart(tmp_path: Path, done: bool) -> None:
    rows = [plain(True), plain(False), plain(False), plain(None), failed()]
    assert only(scan_of(tmp_path, rows, done)) == ScannerFindings(
        scanner="a",
        unit="transcript",
        found=Proportion(4, 1),
        results=1,
        errors=1,
        nulls=1,
        has_lists=False,
        kinds_by="value",
        kinds=[KindCount(False, 2), KindCount(True, 1)],
    )


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("labels", [True, False])
def test_counting_all_rows_tells_what_counting_selected_rows_does(tmp_path: Path, done: bool, labels: bool) -> None:
    values: list[JsonValue] = [2, "2", 0, 0.5, True, False, None, "", "none", {"k": 1}, [], 2, "lie"]
    rows = [plain(value, "ab"[n % 2] if labels and n % 3 else None) for n, value in enumerate(values)]
    rows += [({}, [make_report(1, input_type="message", label="b" if labels else None)]), failed()]
    location = scan_of(tmp_path, rows, done)
    counted = only(location)
    assert counted == only(location, where="transcript_id IS NOT NULL")
    assert (counted.unit, counted.errors, counted.nulls, counted.kinds_by) == (
        "input",
        1,
        1,
        "label" if labels else "value",
    )
    if not labels:
        assert sum(kinds(counted).values()) == len(values)  # all that have a value


def test_kinds_that_are_as_frequent_stand_in_their_order(tmp_path: Path) -> None:
    numbers = scan_of(tmp_path / "numbers", [plain(value) for value in (10, 9, 1, 2, 2)])
    assert list(kinds(only(numbers))) == [2, 1, 9, 10]
    labels = scan_of(tmp_path / "labels", [plain(True, label) for label in "cabb"])
    assert list(kinds(only(labels))) == ["b", "a", "c"]


@pytest.mark.parametrize("done", [True, False])
def test_of_many_rows_what_the_scan_has_counted_is_told(tmp_path: Path, done: bool) -> None:
    rows = [plain(True), plain(False), plain(None), failed()]
    location = scan_of(tmp_path, rows, done)
    told, counted = only(location, max_counted=3), only(location, max_counted=4)
    assert (told.found, told.unit, told.results, told.errors) == (Proportion(3, 1), "transcript", 1, 1)
    assert (told.found, told.unit, told.results, told.errors) == (
        counted.found,
        counted.unit,
        counted.results,
        counted.errors,
    )
    assert (told.nulls, list(told.kinds), counted.nulls, len(counted.kinds)) == (None, [], 1, 2)
    assert only(location, max_counted=1, where="value = true").kinds  # rows that are selected are counted


def test_lists_of_results_are_counted_however_many_there_are(tmp_path: Path) -> None:
    found = only(scan_of(tmp_path, [listed(("loop", True), ("lie", True)), plain(False)]), max_counted=1)
    assert (found.found, found.results) == (Proportion(2, 1), 2)


def test_labels_of_what_was_found_come_before_values(tmp_path: Path) -> None:
    rows = [plain(True, "loop"), plain(True, "loop"), plain(True, "lie"), plain(False, "lie"), plain(False)]
    found = only(scan_of(tmp_path, rows))
    assert (found.kinds_by, kinds(found)) == ("label", {"loop": 2, "lie": 1})


def test_a_list_of_results_counts_once_for_its_input(tmp_path: Path) -> None:
    rows = [listed(("loop", True), ("lie", True), ("loop", True)), listed(("loop", False)), listed(), failed()]
    location = scan_of(tmp_path, rows)
    found = only(location)
    assert (found.unit, found.has_lists) == ("transcript", True)
    assert found.found == Proportion(3, 1)  # the transcript without results was judged
    assert (found.results, found.errors, kinds(found)) == (3, 1, {"loop": 2, "lie": 1})
    assert groups(location, "label") == {"loop": (1, 3), "lie": (1, 3)}
    [breakdown] = findings_by(location, ["label"])
    assert [(group.values, group.results) for group in breakdown.groups] == [(("loop",), 2), (("lie",), 1)]


def test_a_condition_on_results_of_lists_makes_results_the_unit(tmp_path: Path) -> None:
    location = scan_of(
        tmp_path, [listed(("loop", True), ("lie", True)), listed(("loop", False)), plain(True, model="m")]
    )
    found = only(location, where="label = 'loop'")
    assert (found.unit, found.found, found.results) == ("result", Proportion(2, 1), 1)
    assert groups(location, "value", where="label = 'loop'") == {True: (1, 2), False: (1, 2)}
    by_task = only(location, where="model = 'm'")
    assert (by_task.unit, by_task.found) == ("transcript", Proportion(1, 1))


def test_labels_that_were_rightly_not_found_are_no_findings(tmp_path: Path) -> None:
    target = ResultValidation(target={"loop": True, "lie": False}, valid={"loop": True, "lie": True})
    info, [report] = listed(("loop", True))
    labelled = make_report(result=report.result, validation=target, input_type="transcript", input_ids=["t"])
    location = scan_of(tmp_path, [(info, [labelled])])
    assert kinds(only(location)) == {"loop": 1}
    assert groups(location, "label") == {"loop": (1, 1)}


@pytest.mark.parametrize(
    ("input_types", "unit"),
    [
        (["transcript"], "transcript"),
        (["message"], "message"),
        (["event"], "event"),
        (["messages"], "input"),
        (["message", "event"], "input"),
    ],
)
def test_the_unit_is_what_the_scanner_was_given(tmp_path: Path, input_types: Sequence[Any], unit: str) -> None:
    reports = [make_report(True, f"u{i}", input_type=each) for i, each in enumerate(input_types)]
    found = only(scan_of(tmp_path, [({}, reports)]))
    assert (found.unit, found.found.n) == (unit, len(input_types))


def test_a_column_of_transcripts_gives_a_rate_for_each_group(tmp_path: Path) -> None:
    rows = [
        plain(True, model="x", task_set="s", score=1),
        plain(False, model="x", task_set="s", score=0),
        plain(True, model="y", task_set="s"),
        failed(model="y", task_set="s"),
    ]
    location = scan_of(tmp_path, rows)
    assert groups(location, "model") == {"x": (1, 2), "y": (1, 1)}
    assert groups(location, "task", "model") == {("s", "x"): (1, 2), ("s", "y"): (1, 1)}
    assert groups(location, "score") == {None: (1, 1), "1": (1, 1), "0": (0, 1)}
    assert groups(location, "model", where="score IS NOT NULL") == {"x": (1, 2)}
    [breakdown] = findings_by(location, ["model"])
    assert (breakdown.is_share, [group.errors for group in breakdown.groups]) == (False, [0, 1])


def test_results_of_lists_are_counted_in_groups_of_transcripts(tmp_path: Path) -> None:
    location = scan_of(tmp_path, [listed(("a", True), ("b", True), model="x"), listed(model="x"), listed(model="y")])
    [breakdown] = findings_by(location, ["model"])
    assert breakdown.groups == [
        FindingsGroup(("x",), Proportion(2, 1), 2, 0, 0),
        FindingsGroup(("y",), Proportion(1, 0), 0, 0, 0),
    ]


def test_a_column_of_results_gives_shares_of_all(tmp_path: Path) -> None:
    location = scan_of(tmp_path, [plain(True), plain(False), plain(False), plain(None), failed()])
    assert groups(location, "value") == {False: (2, 4), True: (1, 4), None: (1, 4)}
    [breakdown] = findings_by(location, ["value"])
    assert breakdown.is_share


def test_groups_are_flat_records_for_programs(tmp_path: Path) -> None:
    location = scan_of(tmp_path, [plain(True, model="x"), plain(False, model="x"), failed(model="y")])
    [breakdown] = findings_by(location, ["model"])
    x, y = group_records(breakdown)
    low, high = Proportion(2, 1).interval() or (0, 0)
    assert x == {
        "scanner": "a", "model": "x", "unit": "transcript", "n": 2, "found": 1, "rate": 0.5, "rate_low": low,
        "rate_high": high, "results": 1, "errors": 0, "nulls": 0,
    }  # fmt: skip
    assert (y["n"], y["rate"], y["rate_low"], y["errors"]) == (0, None, None, 1)


def test_scanners_without_rows_found_nothing(tmp_path: Path) -> None:
    location = scan_of(tmp_path, [plain(True)], scanners=("a", "b"))
    found = scanner_findings(location)
    assert [(each.scanner, each.found) for each in found] == [("a", Proportion(1, 1)), ("b", Proportion(0, 0))]
    assert [breakdown.groups for breakdown in findings_by(location, ["model"])][1] == []


def test_what_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    location = scan_of(tmp_path, [plain(True)])
    with pytest.raises(UnknownNameError, match="'b'"):
        scanner_findings(location, "b")
    with pytest.raises(UnknownNameError, match=r"'modle'.*Did you mean 'model'"):
        findings_by(location, ["modle"])
    with pytest.raises(ConfigError, match="name it once"):
        findings_by(location, ["model", "transcript_model"])
    with pytest.raises(LocationError, match="There is no scan"):
        scanner_findings(str(tmp_path / "nowhere"))


VALUES: Sequence[JsonValue] = [True, False, None, 0, 1, 2.5, "", "x", "none", [], ["x"], {}, {"k": 1}]
rows_of_values = st.one_of(
    st.sampled_from(VALUES).map(plain),
    st.lists(st.tuples(st.sampled_from(["loop", "lie"]), st.sampled_from(VALUES))).map(lambda items: listed(*items)),
    st.just(failed()),
)


@settings(max_examples=10)
@given(st.lists(rows_of_values, min_size=1, max_size=6))
def test_findings_agree_with_the_summary(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    location = scan_of(tmp_path_factory.mktemp("scan"), rows)
    found, summary = only(location), scan_status(location).summary["a"]
    assert (found.results, found.errors) == (summary.results, summary.errors)
    assert found.found.n + found.errors == len(rows)
    assert found.found.positive <= found.results
