"""What `scout scan list` shows, and which scans it chooses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from inspect_scout._types import ScannerState, ScanState
from support.cli import LOCATION, FakeApp, scout, state


def made(number: int, age: timedelta, phase: str = "complete", **facts: Any) -> ScanState:
    """A scan of some age, by number."""
    created = (datetime.now(UTC) - age).isoformat()
    known: dict[str, Any] = {
        "scan_id": f"{number:03}aavDT5nsTHpoaVBfah7J",
        "scanners": ("refusal", "other"),
        "created": created,
    }
    return state(phase, **{**known, **facts})


def large(scan: ScanState) -> ScanState:
    counts = ScannerState(scans=1_234_567, results=1_000_000, errors=12_345)
    return msgspec.structs.replace(scan, due=1_234_567, scanners={"refusal": counts}, phase="interrupted")


def some_scans() -> list[ScanState]:
    """Scans of several ages, states and widths."""
    return [
        made(1, timedelta(minutes=5, seconds=9), "running", model="openai/gpt-4o", tags=("nightly", "v2")),
        large(
            made(
                2,
                timedelta(minutes=90, seconds=9),
                "interrupted",
                name="a job of a rather long name.yaml",
                model="m\x1b[2J" * 9,
            )
        ),
        made(3, timedelta(hours=30), "errors", scanners=tuple(f"scanner_{n}" for n in range(9))),
        made(4, timedelta(days=400), location="s3://bucket/" + "x" * 100),
    ]


def shown(width: int | None, monkeypatch: pytest.MonkeyPatch, *options: str) -> list[str]:
    if width is not None:
        monkeypatch.setenv("COLUMNS", str(width))
    else:
        monkeypatch.delenv("COLUMNS", raising=False)
    return scout("scan", "list", *options, app=FakeApp(listed=some_scans())).out.splitlines()


@pytest.mark.parametrize(
    ("width", "headers"),
    [
        (50, "id state done found"),
        (80, "id age state done found errors"),
        (120, "id age state scanners done found errors model tags"),
        (160, "id age state scanners done found errors model tags name"),
        (None, "id age state scanners done found errors model tags name location"),
    ],
)
def test_a_list_fits_its_terminal(width: int | None, headers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(width, monkeypatch)
    assert lines[0].split() == headers.split()
    assert len(lines) == 1 + len(some_scans())
    assert width is None or max(map(len, lines)) <= width
    assert "\x1b" not in "".join(lines)


def test_a_row_says_how_a_scan_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [line.split("  ") for line in shown(None, monkeypatch)]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows[1:]]
    where = LOCATION.removeprefix("./")
    assert cells[0] == [
        *["001aavDT", "5m", "running", "refusal, other", "6/6", "1", "-"],
        *["openai/gpt-4o", "nightly, v2", "popularity", where],
    ]
    assert cells[1][:7] == [
        "002aavDT",
        "90m",
        "interrupted",
        "refusal, other",
        "1234567/1234567",
        "1,000,000",
        "12,345",
    ]
    assert cells[2][1:3] == ["30h", "errors"]
    assert cells[3][1] == "400d"
    assert cells[3][-1] == some_scans()[3].facts.location


def test_costs_and_models_have_a_column_where_they_are_known() -> None:
    plain = made(1, timedelta())
    assert scout("scan", "list", app=FakeApp(listed=[plain])).out.split()[:8] == [
        *["id", "age", "state", "scanners", "done", "found", "errors", "name"]
    ]
    paid = msgspec.structs.replace(plain, cost=1234.5)
    ran = scout("scan", "list", app=FakeApp(listed=[paid, plain]))
    assert "cost" in ran.out.splitlines()[0]
    assert ran.out.count("$1,234.50") == 1


def test_what_was_not_counted_is_not_shown_as_nothing() -> None:
    older = msgspec.structs.replace(made(1, timedelta(), created=""), counted=False)
    ran = scout("scan", "list", app=FakeApp(listed=[older]))
    assert ran.out.splitlines()[1].split()[1:7] == ["?", "complete", "refusal,", "other", "?/6", "?"]
    (said,) = json.loads(scout("scan", "list", "--json", app=FakeApp(listed=[older])).out)
    assert (said["done"], said["results"], said["total"]) == (None, None, 6)


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ("", "1 2 3 4"),
        ("--limit 2", "1 2"),
        ("--state complete", "4"),
        ("--state errors --state running", "1 3"),
        ("--tag nightly", "1"),
        ("--tag v?", "1"),
        ("--scanner scanner_3", "3"),
        ("--scanner scanner_3 --scanner refusal --limit 3", "1 2 3"),
        ("--model gpt-4o", "1"),
        ("--model openai/*", "1 2 3 4"),  # all of them called one
        ("--model openai/gpt*", "1"),
        ("--state complete --tag nightly", ""),
    ],
)
def test_options_choose_scans(options: str, numbers: str) -> None:
    called = [msgspec.structs.replace(each, scanners=state().scanners) for each in some_scans()]
    ran = scout("scan", "list", "--json", *options.split(), app=FakeApp(listed=called))
    assert [int(each["scan_id"][:3]) for each in json.loads(ran.out)] == [int(number) for number in numbers.split()]


def test_where_nothing_fits_it_is_said() -> None:
    ran = scout("scan", "list", "somewhere", "--tag", "x", app=FakeApp(listed=some_scans()))
    assert (ran.code, ran.out, ran.err) == (0, "", "4 scans in 'somewhere', none of which meets the conditions.\n")
    assert scout("scan", "list", "--state", "done").code == 2


def test_json_keeps_its_keys_and_adds_some() -> None:
    (said, *_) = json.loads(scout("scan", "list", "--json", app=FakeApp(listed=some_scans())).out)
    assert list(said) == [
        *["scan_id", "name", "location", "timestamp", "state", "complete", "transcripts", "results", "error_count"],
        *["unread", "scanner_names", "done", "total", "model", "tags", "cost"],
    ]
    assert said["scanner_names"] == ["refusal", "other"]
    assert (said["done"], said["total"], said["cost"]) == (6, 6, None)
    assert (said["model"], said["tags"]) == ("openai/gpt-4o", ["nightly", "v2"])
