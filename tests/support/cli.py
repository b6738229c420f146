"""The command line with a fake application behind it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from inspect_scout._app import (
    LightStatus,
    ResumeRequest,
    ScanEntry,
    ScannerFileReport,
    ScanRequest,
    SettingEntry,
    Watched,
    explain_settings,
)
from inspect_scout._cli.contract import ResultTable, RowsKind
from inspect_scout._cli.run import run
from inspect_scout._support.causes.grouping import ErrorGroup
from inspect_scout._support.errors import UnknownNameError
from inspect_scout._types import Error, ScannerCounts, ScannerSpec, ScanSpec, ScanTranscripts, Status, Summary
from inspect_scout._validation import GroupBy, ScannerReport

LOCATION = "./scans/scan_id=L3aavDT5nsTHpoaVBfah7J"


def entry(state: Any = "complete", **changes: Any) -> ScanEntry:
    fields: dict[str, Any] = {
        "scan_id": "L3aavDT5nsTHpoaVBfah7J",
        "name": "popularity",
        "location": LOCATION,
        "timestamp": "2026-01-05T10:00:00+00:00",
        "epoch": 1_767_607_200.0,
        "state": state,
        "error_count": 0,
        "transcripts": 3,
        "results": 1,
    }
    return ScanEntry(**{**fields, **changes})


def error_group(scanner: str, error: str, **changes: Any) -> ErrorGroup:
    fields: dict[str, Any] = {
        "error": error,
        "count": 1,
        "scanners": {scanner: 1},
        "transcripts": ("t0",),
        "traceback": f"Traceback: ...\n{error}\n",
        "refusal": False,
    }
    return ErrorGroup(**{**fields, **changes})


def light_status(state: Any = "complete", errors: Sequence[str] = (), **changes: Any) -> LightStatus:
    fields: dict[str, Any] = {
        "entry": entry(state, error_count=len(errors)),
        "counts": {"refusal": ScannerCounts(3, 1, len(errors), 20), "other": ScannerCounts(3)},
        "model_usage": {"openai/x": {"input_tokens": 20}},
        "config": {"limit": 3},
        "error_groups": [
            error_group(*(["", error] if ": " not in error else error.split(": ", 1))) for error in errors
        ],
        "total": 6,
    }
    return LightStatus(**{**fields, **changes})


def status(complete: bool = True, errors: Sequence[Error] = (), location: str = LOCATION) -> Status:
    spec = ScanSpec(
        scan_name="popularity",
        scanners={"refusal": ScannerSpec(name="refusal"), "other": ScannerSpec(name="other")},
        transcripts=ScanTranscripts(type="eval_log", transcript_ids={"a": None, "b": None, "c": None}),
    )
    return Status(complete, spec, location, Summary(complete=complete), list(errors))


class Rows:
    """A table made of dictionaries."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self._rows = list(rows)
        self.column_names = list(dict.fromkeys(name for row in rows for name in row))

    @property
    def num_rows(self) -> int:
        return len(self._rows)

    def slice(self, offset: int, length: int) -> Rows:
        part = Rows(*self._rows[offset : offset + length])
        part.column_names = self.column_names
        return part

    def to_pylist(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._rows]


@dataclass
class FakeApp:
    """Answers with what it was given and remembers what it was asked."""

    ends_as: Callable[[], Status] = status
    entries: Sequence[ScanEntry] = ()
    stands: LightStatus = field(default_factory=light_status)
    tables: dict[str, Rows] = field(default_factory=dict[str, Rows])
    reports: Sequence[ScannerFileReport] = ()
    agreements: Sequence[ScannerReport] = ()
    requests: list[ScanRequest] = field(default_factory=list[ScanRequest])
    calls: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])

    @property
    def request(self) -> ScanRequest:
        assert len(self.requests) == 1
        return self.requests[0]

    def run_scan(self, request: ScanRequest) -> Status:
        self.requests.append(request)
        return self.ends_as()

    def explain_settings(self, request: ScanRequest) -> Sequence[SettingEntry]:
        self.requests.append(request)
        return explain_settings(request)

    def resume_scan(self, request: ResumeRequest) -> Status:
        self.calls.append(("resume", request))
        return self.ends_as()

    def complete_scan(self, location: str, display: str | None, log_level: str | None) -> Status:
        self.calls.append(("complete", location, display, log_level))
        return self.ends_as()

    def list_entries(self, scans_location: str) -> Sequence[ScanEntry]:
        self.calls.append(("list", scans_location))
        return self.entries

    def read_outcome(self, location: str) -> LightStatus:
        self.calls.append(("status", location))
        return self.stands

    def read_error_groups(self, location: str, scanner: str | None) -> Sequence[ErrorGroup]:
        self.calls.append(("errors", location, scanner))
        return self.stands.error_groups

    def describe_scanner_files(self, location: str) -> Sequence[ScannerFileReport]:
        self.calls.append(("scanners", location))
        return self.reports

    def watch(self, location: str) -> Iterator[Watched]:
        self.calls.append(("watch", location))
        yield Watched(replace(self.stands, entry=replace(self.stands.entry, state="running")), 2.0)
        yield Watched(self.stands)

    def results_table(
        self,
        location: str,
        scanner: str | None,
        where: str | None,
        columns: Sequence[str] | None,
        rows: RowsKind,
        limit: int | None,
        positive: bool,
    ) -> ResultTable:
        self.calls.append(("results", location, scanner, where, columns, rows, limit, positive))
        if scanner not in self.tables:
            raise UnknownNameError("scanner", str(scanner), self.tables)
        table = self.tables[scanner]
        return table if limit is None else table.slice(0, limit)

    def validation_report(self, location: str, scanner: str | None, by: GroupBy | None) -> Sequence[ScannerReport]:
        self.calls.append(("validate", location, scanner, by))
        return self.agreements

    def default_scans(self) -> str:
        return os.environ.get("SCOUT_SCAN_SCANS") or "./scans"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


def scout(*arguments: str, app: FakeApp | None = None) -> Ran:
    """Run a command in this process."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(arguments, app or FakeApp())
    return Ran(code, out.getvalue(), err.getvalue())
