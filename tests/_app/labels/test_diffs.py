"""Two scans side by side: what they said of the same inputs, and what they asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    LocationError,
    Result,
    Status,
    UnknownNameError,
    llm_scanner,
    scan,
    transcripts_from,
)
from inspect_scout._app import diff_json, explained, said
from inspect_scout.testing import scripted_model
from support.transcripts import each_message, length, number_of, scanner_of, talks
from support.use_cases import diff_scans


def scanned(tmp_path: Path, scanners: Any, count: int = 6, **more: Any) -> Status:
    given = transcripts_from(talks(count))
    return scan(scanners, given, scans=str(tmp_path), display="none", **more)


def found_in(*numbers: int) -> Any:
    """Find something in transcripts of some numbers."""
    return scanner_of(
        lambda t: Result(value=number_of(t) in numbers, explanation=f"{number_of(t)} in {sorted(numbers)}"), "probe"
    )


def test_flips_are_listed_both_ways_with_their_explanations(tmp_path: Path) -> None:
    first, second = scanned(tmp_path, [found_in(0, 1, 2)]), scanned(tmp_path, [found_in(2, 3)], 7)
    diff = diff_scans(first.location, second.location)
    (probe,) = diff.scanners
    assert (len(probe.pairs), probe.only_first, probe.only_second, probe.failed) == (6, 0, 1, 0)
    assert [pair.first.transcript_id for pair in probe.lost] == ["t0", "t1"]
    assert [pair.first.transcript_id for pair in probe.gained] == ["t3"]
    assert [(explained(p.first), explained(p.second)) for p in probe.gained] == [("3 in [0, 1, 2]", "3 in [2, 3]")]
    assert probe.changed == []
    assert (probe.table.agreeing.positive, probe.same.positive) == (3, 3)
    assert probe.table.kappa == pytest.approx(0.0)
    assert probe.mcnemar_p == pytest.approx(1.0)
    written: Any = diff_json(diff)
    written = written["scanners"][0]
    assert (written["n"], written["found"], written["tokens"]) == (
        6,
        {"first": 3, "second": 2},
        {"first": 0, "second": 0},
    )
    assert written["lost"][0] == {
        "transcript_id": "t0",
        "input_ids": ["t0"],
        "task_id": "0",
        "epoch": None,
        "first": {"value": True, "explanation": "0 in [0, 1, 2]"},
        "second": {"value": False, "explanation": "0 in [2, 3]"},
    }


def judge(question: str = "How did it end?", answer: Any = ("done", "failed"), **more: Any) -> Any:
    kind: Any = answer if isinstance(answer, str) else list(answer)
    return {"judge": llm_scanner(question=question, answer=kind, **more)}


def test_labels_are_compared_as_classes_by_their_text(tmp_path: Path) -> None:
    one = scanned(tmp_path, judge(), model=scripted_model([("number [01]", "ANSWER: A"), (".*", "ANSWER: B")]))
    # The same labels in another order have other letters.
    other = scanned(
        tmp_path,
        judge(answer=("failed", "done")),
        model=scripted_model([("number [0]", "ANSWER: B"), (".*", "ANSWER: A")]),
    )
    (diff,) = diff_scans(one.location, other.location).scanners
    assert diff.by_class
    assert [(said(pair.first), said(pair.second)) for pair in diff.changed] == [("done", "failed")]
    assert (diff.gained, diff.lost, diff.mcnemar_p) == ([], [], None)
    assert diff.table.counts == {("done", "done"): 1, ("done", "failed"): 1, ("failed", "failed"): 4}
    assert [(each.name, each.first, each.second) for each in diff.differences] == [
        ("answer", ["done", "failed"], ["failed", "done"])
    ]
    assert sum(pair.first.tokens for pair in diff.pairs) > 0


def test_what_differed_is_said(tmp_path: Path) -> None:
    model = scripted_model([(".*", "ANSWER: yes")])
    one = scanned(tmp_path, judge("Is it done?", "boolean"), model=model, tags=["x"])
    other = scanned(
        tmp_path,
        judge("Has it ended?", "boolean", template="{{ messages }} {{ question }} {{ answer_format }}"),
        model=model,
        limit=3,
    )
    diff = diff_scans(one.location, other.location)
    (found,) = diff.scanners
    assert (len(found.pairs), found.only_first) == (3, 3)
    assert [each.name for each in found.differences][:2] == ["question", "template"]
    assert (found.differences[0].first, found.differences[0].second) == ("Is it done?", "Has it ended?")
    assert [(each.name, each.first, each.second) for each in diff.differences] == [("option limit", None, 3)]
    assert diff_scans(one.location, one.location).differences == []
    assert diff_scans(one.location, one.location).scanners[0].differences == []


def test_numbers_lists_messages_and_failures_are_compared(tmp_path: Path) -> None:
    def counted(add: int) -> Any:
        def count(transcript: Any) -> Result:
            if number_of(transcript) == 0 and add:
                raise ValueError("no idea")
            return Result(value=number_of(transcript) - 1 if add else number_of(transcript))

        return scanner_of(count, "count")

    def listed(label: str) -> Any:
        return scanner_of(lambda _: [Result(label="a", value=True), Result(label=label, value=True)], "listed")

    first = scanned(tmp_path, [counted(0), listed("b"), each_message()], 3)
    second = scanned(tmp_path, [counted(1), listed("c"), each_message()], 3)
    count, lists, messages = diff_scans(first.location, second.location).scanners
    assert (count.failed, len(count.pairs)) == (1, 2)
    assert [pair.first.transcript_id for pair in count.lost] == ["t1"]
    assert [pair.first.transcript_id for pair in count.changed] == ["t2"]
    assert count.same.positive == 0
    assert [said(pair.second) for pair in lists.changed] == [["a", "c"]] * 3
    assert messages.pairs[0].first.input_ids == ("a0",)
    assert messages.same.positive == 3


def test_scanners_are_chosen_and_compared_where_both_have_them(tmp_path: Path) -> None:
    first, second = scanned(tmp_path, [length(), found_in(1)], 2), scanned(tmp_path, [length(), each_message()], 2)
    diff = diff_scans(first.location, second.location)
    assert ([each.scanner for each in diff.scanners], diff.only_first, diff.only_second) == (
        ["length"],
        ["probe"],
        ["each_message"],
    )
    with pytest.raises(UnknownNameError, match="'probe'"):
        diff_scans(first.location, second.location, "probe")
    with pytest.raises(LocationError, match="There is no scan"):
        diff_scans(first.location, str(tmp_path / "nowhere"))


def test_two_scanners_of_one_scan_are_compared(tmp_path: Path) -> None:
    one = scanned(tmp_path, [length(), found_in(1)], 2)
    diff = diff_scans(one.location, one.location, "length", "probe")
    (both,) = diff.scanners
    assert (both.scanner, both.second_scanner) == ("length", "probe")
    assert len(both.pairs) == 2
    assert [pair.first.value for pair in both.pairs] != [pair.second.value for pair in both.pairs]
    assert "code" in {each.name for each in both.differences}
    assert (diff.only_first, diff.only_second) == ([], [])
    with pytest.raises(UnknownNameError, match="'nope'"):
        diff_scans(one.location, one.location, "length", "nope")
    with pytest.raises(ConfigError, match="'probe', is compared with one of A"):
        diff_scans(one.location, one.location, None, "probe")


def test_scans_without_a_common_input_compare_nothing(tmp_path: Path) -> None:
    first = scanned(tmp_path, [length()], 1)
    second = scan([length()], transcripts_from(talks(2)[1:]), scans=str(tmp_path), display="none")
    (diff,) = diff_scans(first.location, second.location).scanners
    assert (diff.pairs, diff.only_first, diff.only_second, diff.table.kappa) == ([], 1, 1, None)
