"""`scout scan diff`: what is printed of two scans, at all widths, and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspect_scout._app import ScanDiff, SettingDifference, compare_verdicts
from inspect_scout._results import RecordedVerdict
from support.cli import LOCATION, FakeApp, scout

OTHER = "./scans/scan_id=9hTz3LwB"
HOSTILE = "see\x1b[2J [M3]\n" + "and more " * 60


def verdicts(*values: Any, tokens: int = 10, kind: str = "boolean") -> list[RecordedVerdict]:
    return [
        RecordedVerdict(f"transcript-number-{n}", (), value, kind, explanation=HOSTILE, tokens=tokens)
        for n, value in enumerate(values)
    ]


def two_scans(*, texts: bool = False) -> ScanDiff:
    asked = [SettingDifference("question", "Did it?\x1b[31m", "Has it?"), SettingDifference("argument limit", None, 3)]
    first, second = ("abc", "aca") if texts else ((True, True, True, False), (False, True, False, True))
    kind = "string" if texts else "boolean"
    pairs = compare_verdicts("found", verdicts(*first, kind=kind), verdicts(*second, tokens=20, kind=kind), asked)
    model = [SettingDifference("model", "openai/gpt-5", "openai/gpt-5-mini")]
    return ScanDiff(LOCATION, OTHER, [pairs], ["old"], [], model)


def shown(width: int, monkeypatch: pytest.MonkeyPatch, diff: ScanDiff, *arguments: str) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("SCOUT_DISPLAY", "plain")
    app = FakeApp(compared=diff)
    ran = scout("scan", "diff", LOCATION, OTHER, *arguments, app=app)
    assert (ran.code, ran.err) == (0, "")
    assert app.calls == [("diff", LOCATION, OTHER, None, None)]
    assert "\x1b" not in ran.out
    return ran.out.splitlines()


@pytest.mark.parametrize("width", [50, 80, 160])
def test_flips_numbers_and_settings_are_printed(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(width, monkeypatch, two_scans())
    assert lines[:3] == [f"A: {LOCATION[2:]}", f"B: {OTHER[2:]}", "only A has: old"]
    assert "found: 4 compared" in lines
    assert "  found: 3 of 4 in A, 2 in B" in lines
    agreement = "agreement 25% (5-70), Cohen's kappa -0.50 (-1.00 to 0.23), McNemar's p 1"
    assert agreement in " ".join(" ".join(lines).split())
    assert "  tokens: 40 in A, 80 in B" in lines
    assert "only A found something: 2 results" in lines
    assert "only B found something: 1 result" in lines
    tables = [line for line in lines if line.startswith("transcri") and "see" in line]
    assert len(tables) == 3
    assert all(len(line) <= max(width, 60) for line in tables)


def test_texts_change_without_a_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(80, monkeypatch, two_scans(texts=True), "--limit", "1")
    assert "another answer: 2 results, the first 1 of them (--limit shows more)" in lines
    assert not any("McNemar" in line or "found something" in line for line in lines)


def test_json_holds_all_flips_whole() -> None:
    ran = scout("scan", "diff", LOCATION, OTHER, "--json", app=FakeApp(compared=two_scans()))
    written = json.loads(ran.out)
    assert (written["first"], written["second"], written["only_first"]) == (LOCATION, OTHER, ["old"])
    (found,) = written["scanners"]
    assert (found["n"], len(found["lost"]), len(found["gained"]), found["mcnemar_p"]) == (4, 2, 1, 1.0)
    assert found["lost"][0]["first"]["explanation"] == HOSTILE
    assert found["differences"][1] == {"name": "argument limit", "first": None, "second": 3}


def test_two_scans_must_be_named() -> None:
    assert scout("scan", "diff", LOCATION).code == 2
