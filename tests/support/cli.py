"""The command line with a fake application behind it."""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from inspect_scout import UnknownNameError
from inspect_scout._app import (
    ErrorGroup,
    LabelSample,
    ResumeRequest,
    ScanDiff,
    ScannerBreakdown,
    ScannerFindings,
    ScanOverview,
    ScanRequest,
    WatchedScan,
    explain_settings,
)
from inspect_scout._cli import main as run
from inspect_scout._plan import Setting
from inspect_scout._types import (
    Error,
    ScanFacts,
    ScannerSpec,
    ScannerState,
    ScanSpec,
    ScanState,
    ScanTranscripts,
    Status,
    Summary,
)
from inspect_scout._validation import GroupBy, ScannerReport

LOCATION = "./scans/scan_id=L3aavDT5nsTHpoaVBfah7J"


def state(phase: Any = "complete", errors: int = 0, **facts: Any) -> ScanState:
    """A scan of two scanners; what is given besides is known of it before it runs."""
    known: dict[str, Any] = {
        "scan_id": "L3aavDT5nsTHpoaVBfah7J",
        "name": "popularity",
        "location": LOCATION,
        "created": "2026-01-05T10:00:00+00:00",
        "transcripts": 3,
        "options": {"limit": 3},
    }
    scanners = {
        "refusal": ScannerState(scans=3, results=1, errors=errors, tokens=20, usage={"openai/x": {"input_tokens": 20}}),
        "other": ScannerState(scans=3),
    }
    return ScanState(facts=ScanFacts(**{**known, **facts}), phase=phase, due=6, scanners=scanners)


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


def standing(phase: Any = "complete", errors: Sequence[str] = (), **facts: Any) -> ScanOverview:
    """A scan in which something went wrong ("scanner: what")."""
    groups = [error_group(*(["", error] if ": " not in error else error.split(": ", 1))) for error in errors]
    stands = stood(state(phase, len(errors), **facts), groups)
    problems = Counter(stands.state.facts.unread.values())
    return ScanOverview(msgspec.structs.replace(stands.state, problems=problems), stands.errors)


def stood(state: ScanState, groups: Sequence[ErrorGroup]) -> ScanOverview:
    """Tell what went wrong in a scan."""
    return ScanOverview(msgspec.structs.replace(state, errors={g.headline: g.count for g in groups}), groups)


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

    def to_pylist(self, *, parse_json: bool = False) -> list[dict[str, Any]]:
        del parse_json  # rows hold what they are to become
        return [dict(row) for row in self._rows]


@dataclass
class FakeApp:
    """Answers with what it was given and remembers what it was asked."""

    ends_as: Callable[[], Status] = status
    listed: Sequence[ScanState] = ()
    stands: ScanOverview = field(default_factory=standing)
    tables: dict[str, Rows] = field(default_factory=dict[str, Rows])
    found: Sequence[ScannerFindings] = ()
    breakdowns: Sequence[ScannerBreakdown] = ()
    agreements: Sequence[ScannerReport] = ()
    compared: ScanDiff | None = None
    sample: LabelSample | None = None
    requests: list[ScanRequest] = field(default_factory=list[ScanRequest])
    calls: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])

    @property
    def request(self) -> ScanRequest:
        assert len(self.requests) == 1
        return self.requests[0]

    async def run_scan(self, request: ScanRequest) -> Status:
        self.requests.append(request)
        return self.ends_as()

    async def refuse_scan_early(self, named: str, request: ScanRequest) -> None:
        """Let every scan begin: what it is named by need not be there."""

    async def refuse_complete_scan(self, location: str, wish: str) -> None:
        """Let every scan go on."""

    async def explain_settings(self, request: ScanRequest, run_files: bool = True) -> Mapping[str, Setting]:
        self.requests.append(request)
        return await explain_settings(request, run_files)

    async def resume_scan(self, request: ResumeRequest) -> Status:
        self.calls.append(("resume", request))
        return self.ends_as()

    async def complete_scan(self, location: str, display: str | None, log_level: str | None) -> Status:
        self.calls.append(("complete", location, display, log_level))
        return self.ends_as()

    async def find_scan(self, reference: str | None, scans: str, phases: Collection[str]) -> str:
        return reference or f"newest of {scans} {' '.join(phases)}".rstrip()

    async def list_states(self, scans_location: str) -> Sequence[ScanState]:
        self.calls.append(("list", scans_location))
        return self.listed

    async def read_overview(self, location: str) -> ScanOverview:
        self.calls.append(("status", location))
        return self.stands

    async def read_error_groups(self, location: str, scanner: str | None) -> Sequence[ErrorGroup]:
        self.calls.append(("errors", location, scanner))
        return self.stands.errors

    async def watch_scan(self, location: str) -> AsyncIterator[WatchedScan]:
        self.calls.append(("watch", location))
        yield WatchedScan(msgspec.structs.replace(self.stands.state, phase="running"), 2.0)
        yield WatchedScan(self.stands.state)

    async def results_table(
        self,
        location: str,
        scanner: str | None,
        where: str | None,
        columns: Sequence[str] | None,
        rows: str,
        limit: int | None,
        positive: bool,
    ) -> Rows:
        self.calls.append(("results", location, scanner, where, columns, rows, limit, positive))
        if scanner not in self.tables:
            raise UnknownNameError("scanner", str(scanner), self.tables)
        table = self.tables[scanner]
        return table if limit is None else table.slice(0, limit)

    async def results_scanners(self, location: str) -> Sequence[str]:
        self.calls.append(("scanners of results", location))
        return list(self.stands.state.scanners)

    async def scanner_findings(
        self, location: str, scanner: str | None, where: str | None
    ) -> Sequence[ScannerFindings]:
        self.calls.append(("findings", location, scanner, where))
        return self.found

    async def findings_by(
        self, location: str, by: Sequence[str], scanner: str | None, where: str | None
    ) -> Sequence[ScannerBreakdown]:
        self.calls.append(("findings by", location, by, scanner, where))
        return self.breakdowns

    async def validation_reports(
        self, location: str, scanner: str | None, by: GroupBy | None, validation: object
    ) -> Sequence[ScannerReport]:
        self.calls.append(("validate", location, scanner, by, validation))
        return self.agreements

    async def diff_scans(
        self, first: str, second: str, scanner: str | None, second_scanner: str | None = None
    ) -> ScanDiff:
        self.calls.append(("diff", first, second, scanner, second_scanner))
        assert self.compared is not None
        return self.compared

    async def sample_to_label(self, *arguments: Any) -> LabelSample:
        self.calls.append(("sample", *arguments))
        assert self.sample is not None
        return self.sample

    async def write_to_fill_in(self, path: str, sample: LabelSample, blind: bool) -> None:
        self.calls.append(("fill in", path, blind))

    async def save_reports(self, location: str, reports: Sequence[ScannerReport]) -> str:
        self.calls.append(("save", location, len(reports)))
        return f"{location}/_validation_2026-11-30T14-00-00Z.json"


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
