"""`scout validate`: the report in a narrow and in a wide terminal, and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspect_scout import ValidationCase
from inspect_scout._validation import Comparison, ScannerReport, scanner_report
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


def test_the_report_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FakeApp(agreements=[report("split")])
    lines = table(80, monkeypatch, "--by", "split", app=app)
    assert app.calls == [("validate", LOCATION, None, "split")]
    assert lines[0] == "found: 16 labelled cases, 12 verdicts"
    assert lines[1].split() == ["cases", "n", "match", "precision", "recall", "specificity", "F1"]
    assert lines[2].split() == [
        *("all", "12", "50%", "(25-75)", "50%", "(15-85)", "33%", "(10-70)", "67%", "(30-90)", "0.40")
    ]
    assert [line.split()[0] for line in lines[3:5]] == ["dev", "test"]
    assert all(len(line) <= 80 for line in lines[:6])
    assert lines[-4:] == [
        "1 result could not be compared:",
        "  TypeError: red",
        "1 case without a result, because the scan of it failed: t13",
        "2 cases not scanned: t14, t15",
    ]


def test_a_wide_terminal_shows_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = table(160, monkeypatch, app=FakeApp(agreements=[report()]))
    assert lines[1].split()[-6:] == ["F1", "balanced", "tp", "fp", "tn", "fn"]
    assert lines[2].split()[-6:] == ["0.40", "0.50", "2", "2", "4", "4"]


def test_numbers_and_labels_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    numeric = scanner_report("size", [], [Comparison((str(i),), i, i + 1, False) for i in range(4)])
    keyed = scanner_report("labels", [], [Comparison(("x",), {"a": True}, [], {"a": False}, unlisted=("odd",))])
    lines = table(80, monkeypatch, app=FakeApp(agreements=[numeric, keyed]))
    assert "numbers (n = 4): mean absolute error 1, mean error +1, Pearson 1.00, Spearman 1.00" in lines
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
