"""One damaged part of a scan's files costs that part, never the rest; the full and the light reader agree about it."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_scout import LocationError, Status, scan_list, scan_status
from inspect_scout._results import ScanStore
from inspect_scout._types import ResultValidation, ScanState, Worklist
from support.scans import failed_report, fill, make_report, make_spec, make_usage
from support.shapes import is_list, is_mapping
from support.use_cases import list_states, read_overview

IDS = ["t0", "t1", "t2"]
SCANNERS = ["a", "b", "c"]

Node = tuple[str | int, ...]


def checked(target: Any, valid: Any, **fields: Any) -> Any:
    return make_report(validation=ResultValidation(target=target, valid=valid), **fields)


def make_scan(scans: Path, complete: bool = True, **fields: Any) -> Path:
    """A scan with verdicts, verdicts by key, usage and, where it is not complete, an error."""

    async def make() -> str:
        store = await ScanStore.create(make_spec(SCANNERS, IDS, **fields), str(scans))
        last = make_report(3, model_usage=make_usage(7)) if complete else failed_report("t2", "c")
        await fill(
            store,
            [
                ("t0", "a", [checked(True, True, model_usage=make_usage(3))]),
                ("t1", "a", [checked(False, False), checked(True, False)]),
                ("t2", "a", [make_report(0)]),
                ("t0", "b", [checked({"x": True, "y": False}, {"x": True, "y": False})]),
                ("t1", "b", []),
                ("t2", "b", [checked({"x": True, "y": False}, {"x": False, "y": True})]),
                *[(i, "c", [make_report(n)]) for n, i in enumerate(IDS[:2])],
                ("t2", "c", [last]),
            ],
        )
        await store.compact(IDS, complete)
        summary = json.loads(Path(store.location, "_summary.json").read_text())
        summary["scanners"]["c"]["metrics"] = {"c": {"mean": 1.0}}
        Path(store.location, "_summary.json").write_text(json.dumps(summary))
        return store.location

    return Path(asyncio.run(make()))


@pytest.fixture(scope="module", params=[True, False], ids=["complete", "with an error"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_scan(tmp_path_factory.mktemp("scans"), request.param)


def nodes(value: Any, place: Node = ()) -> Iterator[Node]:
    yield place
    children: Any = value.items() if is_mapping(value) else enumerate(value) if is_list(value) else ()
    for key, child in children:
        yield from nodes(child, (*place, key))


def changed(data: Any, place: Node, value: Any) -> Any:
    """Put a value at a place of decoded JSON; `...` removes what is there."""
    if not place:
        return {} if value is ... else value
    data = copy.deepcopy(data)
    inner = data
    for step in place[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return data


def told(folder: Path) -> tuple[Status, ScanState]:
    return scan_status(str(folder)), read_overview(str(folder)).state


def figures(state: ScanState) -> dict[str, tuple[object, ...]]:
    """What the light reader says of the scanners."""
    return {
        key: (
            c.scans,
            c.results,
            c.errors,
            c.tokens,
            c.agreement.score,
            c.fingerprints,
            c.incomplete,
            c.unseen_citations,
        )
        for key, c in state.scanners.items()
    }


def light_counts(status: Status) -> dict[str, tuple[object, ...]]:
    """What the light reader must say of the scanners."""
    return {
        key: (
            s.scans,
            s.results,
            s.errors,
            s.tokens,
            s.validation.metrics.agreement if s.validation and s.validation.metrics else None,
            s.fingerprints,
            s.incomplete,
            s.unseen_citations,
        )
        for key, s in status.summary.scanners.items()
    }


ODD: list[Any] = [None, "x", "7", -1, 7.5, True, [], {}, [1, "a"], {"odd": 1}, {"x": {"y": ["z"]}}, 1e300, ...]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damaged_node_of_a_summary_costs_only_itself(folder: Path, data: st.DataObject) -> None:
    path = folder / "_summary.json"
    text = path.read_text()
    sound = scan_status(str(folder))
    place = data.draw(st.sampled_from(sorted(nodes(json.loads(text)), key=str)))
    value = data.draw(st.sampled_from(ODD))
    try:
        path.write_text(json.dumps(changed(json.loads(text), place, value)))
        status, light = told(folder)
        (entry,) = list_states(str(folder.parent))
    finally:
        path.write_text(text)
    if place != ("complete",) or not isinstance(value, bool):
        assert status.complete == sound.complete
    assert (light.phase, entry.phase) == ("complete" if status.complete else "errors",) * 2
    for key in SCANNERS:
        if len(place) < 2 and place != ("complete",):  # only the summary has the metrics
            assert status.summary[key] == sound.summary[key].model_copy(update={"metrics": None})
        elif place[:2] != ("scanners", key):
            assert status.summary[key] == sound.summary[key]
    assert figures(light) == light_counts(status)
    assert entry.error_count == light.error_count == sum(s.errors for s in status.summary.scanners.values())
    assert status.errors == sound.errors


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("scanners", "a", "validation", "entries", 0, "valid"), "perhaps"),
        (("scanners", "a", "validation", "entries", 1), 7),
        (("scanners", "a", "validation", "metrics", "tp"), "many"),
        (("scanners", "a", "model_usage", "mock/model", "input_tokens"), "three"),
        (("scanners", "a", "model_usage"), [1]),
        (("scanners", "a", "scans"), None),
        (("scanners", "a", "metrics"), "none"),
        (("scanners", "a"), ...),
    ],
    ids=str,
)
def test_a_damaged_scanner_keeps_its_counts_and_its_agreement(tmp_path: Path, place: Node, value: Any) -> None:
    folder = make_scan(tmp_path)
    sound = scan_status(str(folder))
    path = folder / "_summary.json"
    path.write_text(json.dumps(changed(json.loads(path.read_text()), place, value)))
    status, light = told(folder)
    assert status.complete
    one, other = status.summary["a"], sound.summary["a"]
    assert (one.scans, one.results, one.errors, one.tokens) == (other.scans, other.results, other.errors, other.tokens)
    assert one.validation is not None and other.validation is not None
    assert one.validation.metrics == other.validation.metrics
    assert one.model_usage == other.model_usage
    assert (
        light.scanners["a"].agreement.score == other.validation.metrics.agreement if other.validation.metrics else False
    )


@pytest.mark.parametrize("complete", [True, False])
def test_zeros_over_full_tables_are_not_believed(tmp_path: Path, complete: bool) -> None:
    folder = make_scan(tmp_path, complete)
    sound = scan_status(str(folder))
    (folder / "_summary.json").write_text(
        json.dumps(
            {"complete": complete, "scanners": {key: {"scans": 0, "results": 0, "errors": 0} for key in SCANNERS}}
        )
    )
    (folder / "_errors.jsonl").write_text("")
    status, light = told(folder)
    assert status.complete == complete
    assert {k: (s.scans, s.results, s.errors, s.tokens) for k, s in status.summary.scanners.items()} == {
        k: (s.scans, s.results, s.errors, s.tokens) for k, s in sound.summary.scanners.items()
    }
    assert status.summary["a"].validation == sound.summary["a"].validation
    assert figures(light) == light_counts(status)
    assert figures(list_states(str(folder.parent))[0]) == light_counts(status)
    assert [(e.scanner, e.error) for e in status.errors] == [(e.scanner, e.error) for e in sound.errors]


def test_more_scans_than_transcripts_are_counted_again(tmp_path: Path) -> None:
    folder = make_scan(tmp_path)
    path = folder / "_summary.json"
    path.write_text(json.dumps(changed(json.loads(path.read_text()), ("scanners", "c", "scans"), 6)))
    status, light = told(folder)
    assert status.summary["c"].scans == light.scanners["c"].scans == 3
    assert status.summary["c"].metrics == {"c": {"mean": 1.0}}


def test_a_summary_without_tables_is_believed(tmp_path: Path) -> None:
    folder = make_scan(tmp_path)
    sound = scan_status(str(folder))
    for table in folder.glob("*.parquet"):
        table.unlink()
    status, light = told(folder)
    assert status.summary == sound.summary
    assert figures(light) == light_counts(sound)


def test_a_damaged_table_costs_its_scanner_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = make_scan(tmp_path)
    path = folder / "_summary.json"
    summary = json.loads(path.read_text())
    for key in ("a", "b"):
        summary["scanners"][key]["scans"] = "?"
    path.write_text(json.dumps(summary))
    (folder / "b.parquet").write_bytes(b"PAR1 not a table")
    status, light = told(folder)
    assert status.complete
    assert status.summary["a"].scans == status.summary["c"].scans == 3
    assert status.summary["b"].results == summary["scanners"]["b"]["results"]
    assert figures(light) == light_counts(status)
    assert "'b'" in caplog.text
    assert [s.location for s in scan_list(str(tmp_path))] == [e.facts.location for e in list_states(str(tmp_path))]


def test_a_damaged_table_does_not_hide_a_running_scan(tmp_path: Path) -> None:
    folder = make_scan(tmp_path)
    (folder / "b.parquet").write_bytes(b"PAR1 not a table")
    asyncio.run(fill(ScanStore(str(folder)), [("t2", "c", [make_report(9)])]))
    status, light = told(folder)
    assert not status.complete
    assert status.summary["a"].scans == 3
    assert figures(light) == light_counts(status)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00", '"x"', "[" * 100_000])
def test_a_summary_that_is_none_is_counted_from_rows(tmp_path: Path, text: str) -> None:
    folder = make_scan(tmp_path)
    sound = scan_status(str(folder))
    (folder / "_summary.json").write_text(text)
    status, light = told(folder)
    assert status.complete
    assert light.phase == list_states(str(tmp_path))[0].phase == "complete"
    assert status.summary["a"] == sound.summary["a"]
    assert figures(light) == light_counts(status)


def test_older_summaries_with_bare_verdicts_are_read(tmp_path: Path) -> None:
    folder = make_scan(tmp_path)
    path = folder / "_summary.json"
    older = changed(json.loads(path.read_text()), ("scanners", "a", "validation"), [True, "odd", {"x": False}])
    path.write_text(json.dumps(older))
    status, light = told(folder)
    assert status.complete
    assert status.summary["a"].validation is not None
    assert [entry.valid for entry in status.summary["a"].validation.entries] == [True, {"x": False}]
    assert figures(light) == light_counts(status)


LINE = {"transcript_id": "t2", "scanner": "c", "error": "broken", "traceback": "Traceback", "refusal": True}


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ({k: v for k, v in LINE.items() if k != "refusal"}, ("t2", "c", "broken", False)),
        ({**LINE, "refusal": "maybe"}, ("t2", "c", "broken", False)),
        ({**LINE, "traceback": None}, ("t2", "c", "broken", True)),
        ({**LINE, "transcript_id": 7}, ("7", "c", "broken", True)),
        ({**LINE, "error": {"code": 500}}, ("t2", "c", '{"code":500}', True)),
        ({**LINE, "more": [1]}, ("t2", "c", "broken", True)),
        ({"scanner": "c"}, None),
        ([1], None),
    ],
)
def test_lines_of_the_errors_are_read_as_far_as_they_go(tmp_path: Path, line: Any, read: Any) -> None:
    folder = make_scan(tmp_path, complete=False)
    good = json.dumps({**LINE, "error": "last"})
    (folder / "_errors.jsonl").write_bytes(b"\xff\n{\n" + json.dumps(line).encode() + b"\n\n" + good.encode())
    status, light = told(folder)
    found = [(e.transcript_id, e.scanner, e.error, e.refusal) for e in status.errors]
    assert found == [*([read] if read else []), ("t2", "c", "last", True)]
    assert read_overview(str(folder)).errors == status.error_groups
    assert sum(light.errors.values()) == len(found)


def spec_changed(folder: Path, change: Callable[[Any], Any]) -> None:
    path = folder / "_scan.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))


FULL: dict[str, Any] = {
    "tags": ["x"],
    "metadata": {"k": 1},
    "scan_args": {"n": 1},
    "scan_file": "scan.py",
    "work_dir": "/x",
    "worklist": [Worklist(scanner="a", transcripts=IDS), Worklist(scanner="b", transcripts=IDS[:1])],
}
REQUIRED: list[Node] = [
    *[(), ("scan_id",), ("scan_name",), ("scanners",)],
    *[("scanners", key) for key in SCANNERS],
    *[("scanners", key, "name") for key in SCANNERS],
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan whose description says much."""
    return make_scan(tmp_path_factory.mktemp("scans"), **FULL)


def refusal(read: Callable[[str], object], folder: Path) -> str | None:
    """What a reader says of a scan that it refuses."""
    try:
        read(str(folder))
    except LocationError as error:
        return str(error)
    return None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damaged_node_of_a_spec_is_left_out_or_refused_by_name(described: Path, data: st.DataObject) -> None:
    folder, text = described, (described / "_scan.json").read_text()
    spec = json.loads(text)
    place = data.draw(st.sampled_from(sorted(nodes(spec), key=str)))
    value = data.draw(st.sampled_from(ODD))
    try:
        (folder / "_scan.json").write_text(json.dumps(changed(spec, place, value)))
        check_spec(folder, place)
    finally:
        (folder / "_scan.json").write_text(text)


def check_spec(folder: Path, place: Node) -> None:
    """The readers agree about a scan one node of whose description was damaged."""
    refused = refusal(scan_status, folder)
    assert (refused is None) == (refusal(read_overview, folder) is None)
    if refused is not None:
        assert place in REQUIRED
        assert not place or str(place[-1]) in refused
        assert list_states(str(folder.parent)) == []
        return
    status = scan_status(str(folder))
    light = read_overview(str(folder)).state
    assert status.complete
    assert figures(light) == light_counts(status)
    assert status.spec.scan_id == light.facts.scan_id
    if place != ("timestamp",):  # a number as text is a moment for one of them
        assert status.spec.timestamp.timestamp() == light.facts.created_at
    assert light.facts.transcripts == (len(status.spec.transcripts.transcript_ids) if status.spec.transcripts else 0)


def test_left_out_parts_are_named_and_resume_refuses_those_that_decide(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_scan(tmp_path, complete=False, tags=["x"])
    spec_changed(folder, lambda spec: {**spec, "tags": 7})
    with caplog.at_level(logging.WARNING):
        assert scan_status(str(folder)).spec.tags is None
    assert "tags" in caplog.text
    asyncio.run(ScanStore(str(folder)).spec(strict=True))
    spec_changed(folder, lambda spec: {**spec, "worklist": [{"scanner": "a"}]})
    assert scan_status(str(folder)).spec.worklist == []
    with pytest.raises(LocationError, match=r"worklist\.0.*Repair it"):
        asyncio.run(ScanStore(str(folder)).spec(strict=True))


@pytest.mark.parametrize(
    ("kind", "read"), [(7, "eval_log"), ("", "eval_log"), ("of another package", "of another package")]
)
def test_a_kind_of_source_that_cannot_be_one_is_told_by_the_location(tmp_path: Path, kind: Any, read: str) -> None:
    folder = make_scan(tmp_path)
    spec_changed(folder, lambda spec: changed(spec, ("transcripts", "type"), kind))
    snapshot = scan_status(str(folder)).spec.transcripts
    assert snapshot is not None
    assert (snapshot.type, list(snapshot.transcript_ids)) == (read, IDS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"b": ["t1"], "c": 7}', True),
        ('{"b": ["t1", 7]}', True),
        ('{"b": ["t1"], "": null}', True),
        ("[]", False),
        ("{", False),
    ],
)
def test_odd_parts_of_the_list_of_empty_pairs_cost_only_themselves(tmp_path: Path, text: str, kept: bool) -> None:
    folder = make_scan(tmp_path)
    (folder / "_empty.json").write_text(text)
    recorded = asyncio.run(ScanStore(str(folder)).recorded_pairs())
    assert recorded.is_done("t1", "b") == kept
    assert recorded.is_done("t0", "b")
