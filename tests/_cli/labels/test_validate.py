"""`scout validate`: the report in a narrow and in a wide terminal, and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspect_scout import ValidationCase
from inspect_scout._validation import CasesFile, Comparison, ScannerReport, scanner_report
from support.cli import LOCATION, FakeApp, scout


def report(by: Any = None) -> ScannerReport:
    rows = [
        Comparison((f"t{i}",), i % 2 == 0, i % 3 == 0, (i % 2 == 0) == (i % 3 == 0), split="dev" if i < 8 else "test")
        for i in range(12)
    ]
    rows.append(Comparison(("t12",), True, None, None, error="TypeError: \x1b[31mred\x1b[0m", split="dev"))
    rows.append(Comparison(("t13",), scan_error="broken"))
    cases = [ValidationCase(id=f"t{i}", target=True) for i in range(16)]
    return scanner_report("found", cases, rows, by)


def table(width: int, monkeypatch: pytest.MonkeyPatch, *arguments: str, app: FakeApp) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("SCOUT_DISPLAY", "plain")
    ran = scout("validate", LOCATION, *arguments, app=app)
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    return ran.out.splitlines()


@pytest.mark.parametrize("width", [50, 80, 160])
def test_rates_are_whole_at_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = table(width, monkeypatch, "--by", "model", app=FakeApp(agreements=[report("split")]))
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines[: lines.index("")])
    assert "50% (15-85)" in lines[2]


def test_a_pipe_gets_all_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = scout("validate", LOCATION, app=FakeApp(agreements=[report()])).out.splitlines()
    assert lines[1].endswith("balanced accuracy")
    assert "false negatives" in lines[4]


def test_the_report_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FakeApp(agreements=[report("split")])
    lines = table(80, monkeypatch, "--by", "split", app=app)
    assert app.calls == [("validate", LOCATION, None, "split", None)]
    assert lines[0] == "found: 16 labelled cases, 12 verdicts"
    assert lines[1].split() == ["cases", "n", "match", "precision", "recall", "specificity", "F1"]
    assert lines[2].split() == [
        *("all", "12", "50%", "(25-75)", "50%", "(15-85)", "33%", "(10-70)", "67%", "(30-90)", "0.40")
    ]
    assert [line.split()[0] for line in lines[3:5]] == ["dev", "test"]
    assert all(len(line) <= 80 for line in lines)
    assert lines[7].split()[:3] == ["cases", "true", "positives"]
    assert lines[8].split() == ["all", "2", "2", "4", "4"]
    assert "Cohen's kappa of all: 0.00 (-0.53 to 0.53)" in lines
    assert lines[-4:] == [
        "1 result could not be compared:",
        "  TypeError: red",
        "1 case without a result, because the scan of it failed: t13",
        "2 cases not scanned: t14, t15",
    ]


def test_a_wide_terminal_shows_more_rates_and_a_small_one_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = table(160, monkeypatch, app=FakeApp(agreements=[report()]))
    assert lines[1].split()[-3:] == ["F1", "balanced", "accuracy"]
    assert lines[2].split()[-2:] == ["0.40", "0.50"]
    lines = table(50, monkeypatch, app=FakeApp(agreements=[report()]))
    assert lines[1].split() == ["cases", "n", "match", "precision", "recall"]
    assert lines[2].split() == ["all", "12", "50%", "(25-75)", "50%", "(15-85)", "33%", "(10-70)"]


@pytest.mark.parametrize("width", [50, 80, 160])
def test_disagreements_are_listed_with_their_explanation(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        Comparison(
            (f"transcript-{i}",), True, i == 0, i == 0, explanation=f"Not\n\x1b[31mseen {i}\x1b[0m" + " at all" * 99
        )
        for i in range(4)
    ]
    keyed = Comparison(("x",), {"a": True, "b": False}, [], {"a": False, "b": True}, explanation=None)
    reports = [scanner_report("found", [], rows), scanner_report("labels", [], [keyed])]
    lines = table(width, monkeypatch, "--limit", "2", app=FakeApp(agreements=reports))
    start = lines.index("3 disagreements, the first 2 of them (--limit shows more):")
    assert lines[start + 1].split() == ["case", "expected", "given", "explanation"]
    assert lines[start + 2].split()[1:6] == ["true", "false", "Not", "seen", "1"]
    assert all(len(line) <= max(width, 60) for line in lines[start:])
    assert lines[-1].split()[0] == "x"
    assert '{"a":' in lines[-1]
    assert not any(
        "disagreement" in line for line in table(width, monkeypatch, "--limit", "0", app=FakeApp(agreements=reports))
    )


def test_cases_are_given_as_to_a_scan_and_reports_kept() -> None:
    app = FakeApp(agreements=[report()])
    ran = scout("validate", LOCATION, "-V", "a:x.csv:gte", "-V", "b:y.csv", "--save", "--json", app=app)
    cases = {"a": CasesFile("x.csv", "gte"), "b": CasesFile("y.csv")}
    assert app.calls == [("validate", LOCATION, None, None, cases), ("save", LOCATION, 1)]
    assert ran.err == f"Kept the report in {LOCATION}/_validation_2026-11-30T14-00-00Z.json\n"
    assert json.loads(ran.out)[0]["scanner"] == "found"
    assert scout("validate", LOCATION, "-V", "x.csv", "-V", "y.csv").code == 2


def test_cases_that_match_nothing_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [ValidationCase(id=id, target=True) for id in ("t1", "t2", "elsewhere")]
    said = scanner_report("found", cases, [Comparison(("t1",), True, True, True)], transcripts={"t1", "t2"})
    lines = table(80, monkeypatch, app=FakeApp(agreements=[said]))
    assert lines[-2:] == ["1 case whose key is not in this scan: elsewhere", "1 case not scanned: t2"]


def test_numbers_and_labels_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    numeric = scanner_report("size", [], [Comparison((str(i),), i, i + 1, False) for i in range(4)])
    keyed = scanner_report("labels", [], [Comparison(("x",), {"a": True}, [], {"a": False}, unlisted=("odd",))])
    lines = table(80, monkeypatch, app=FakeApp(agreements=[numeric, keyed]))
    numbers = "numbers (n = 4): mean absolute error 1, mean error +1, Pearson 1.00, Spearman 1.00"
    assert numbers in " ".join(lines)
    assert "labels found that the cases do not list: odd" in lines
    assert any(line.split()[:2] == ["all", "a"] for line in lines)


def test_json_holds_everything() -> None:
    ran = scout("validate", LOCATION, "--json", app=FakeApp(agreements=[report()]))
    (said,) = json.loads(ran.out)
    assert said["scanner"] == "found"
    assert said["rows"][0]["tp"] == 2
    assert said["rows"][0]["match_rate_low"] == pytest.approx(0.2538, abs=1e-3)
    assert (said["failed"], said["missing"]) == (["t13"], ["t14", "t15"])


def test_scans_without_cases_say_so() -> None:
    ran = scout("validate", LOCATION, "--display", "plain")
    assert ran.code == 0
    assert "No scanner of this scan has labelled cases" in ran.out
    assert scout("validate", LOCATION, "--by", "colour").code == 2
