"""What the page asks about scans."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..._app import Verdict, evidence_json, evidence_of_scan, named_results
from .recording import Query, Reader, Recorder, as_answered

RESULTS = 100
"""Results of a part."""

COLUMNS: Final = (
    *("uuid", "transcript_id", "value", "label", "answer", "explanation", "scan_error"),
    *("message_references", "event_references"),
    *("task_set", "task_id", "epoch", "model", "score", "message_count", "agent", "date", "total_tokens", "total_time"),
    *("validation_target", "validation_result", "scan_total_tokens", "input_type", "metadata"),
    *("transcript_source_uri", "timestamp"),
)
"""Columns that the page's table can show, under the names that it asks for."""

_GROUPINGS: Final = ("model", "task_set", "task_id", "score", "agent", "epoch", "label", "transcript_error")
"""What the page offers to group by."""

_GROUPS: Final = 20

_REFERENCES = ("message_references", "event_references")
_SOURCE, _MESSAGES = "transcript_source_uri", "transcript_message_count"


@dataclass(frozen=True, slots=True)
class ExportedScan:
    """A scan that is exported.

    Args:
        id: Its id.
        location: Its directory.
        scanners: Keys of its scanners.
        cited: Ids of the transcripts that it cites -> the logs that they came from.
        messages: How many messages those have.
        results: How many results it has.
    """

    id: str
    location: str
    scanners: Sequence[str]
    cited: Mapping[str, str | None]
    messages: int
    results: int


@dataclass(frozen=True, slots=True)
class RecordedPart:
    """What was recorded of results on some transcripts.

    Args:
        results: How many there are.
        unread: How many of them rest on messages that could not be read.
        verdicts: Ids of the transcripts -> what was said of each.
    """

    results: int
    unread: int
    verdicts: Mapping[str, Sequence[Verdict]]


async def look_at(reader: Reader, scan_id: str, location: str) -> ExportedScan:
    """Find out what there is to export of a scan.

    Args:
        reader: Asks where the scan is.
        scan_id: Its id.
        location: Its directory.

    Raises:
        LocationError: It cannot be read.
    """
    detail = await reader.need(f"/scans/{scan_id}", {"findings": "false"})
    cited, sizes, results = dict[str, str | None](), dict[str, int](), 0
    for scanner in detail["scanner_names"]:
        asked = {"columns": ["transcript_id", _SOURCE, _MESSAGES, *_REFERENCES]}
        async for page in _pages(reader, f"/scans/{scan_id}/{scanner}/results", asked):
            results += len(page["items"])
            for row in page["items"]:
                if any(map(row.get, _REFERENCES)):
                    cited[row["transcript_id"]] = row[_SOURCE]
                    sizes[row["transcript_id"]] = row[_MESSAGES] or 0
    return ExportedScan(scan_id, location, tuple(detail["scanner_names"]), cited, sum(sizes.values()), results)


async def record_scans(recorders: Sequence[tuple[Recorder, ExportedScan]]) -> None:
    """Record the list of the scans that are exported."""
    items = list[Any]()
    for recorder, scan in recorders:
        async for page in _pages(recorder, "/scans"):
            found = [item for item in page["items"] if item["scan_id"] == scan.id]
            items += found
            if found:
                break
    for recorder, _ in recorders[:1]:
        listed = recorder.start_list("/scans", "places", max(1, len(items)))
        listed.add({"items": items, "total": len(items), "next": None})
        listed.end()
        recorder.keep("/runs", {"items": [], "running": []})
        recorder.keep("/project", {"path": "", "config": {}})


async def record_scan(recorder: Recorder, scan: ExportedScan) -> None:
    """Record one scan, but for its results.

    Args:
        recorder: Asks where the scan is.
        scan: The scan.
    """
    at = f"/scans/{scan.id}"
    await recorder.record(at)
    await recorder.record(f"{at}/errors", {"limit": 1000})
    for scanner in scan.scanners:
        await recorder.record(f"{at}/errors", {"scanner": scanner, "limit": 1000}, named={"scanner": scanner})
        await _record_counts(recorder, f"{at}/{scanner}")
    recorder.folder.end_script()


async def _record_counts(recorder: Recorder, at: str) -> None:
    for column in ("value", "label"):
        for by in ({}, *({"by": name} for name in _GROUPINGS)):
            asked = {"column": column, **by}
            await recorder.record(f"{at}/distribution", {**asked, "limit": _GROUPS}, named=asked)
    for name in _GROUPINGS:
        await recorder.record(f"{at}/facets", {"by": name, "limit": _GROUPS}, named={"by": name})


async def record_results(recorder: Recorder, scan: ExportedScan, scanner: str) -> None:
    """Record the results of a scanner.

    Args:
        recorder: Asks where the scan is.
        scan: The scan.
        scanner: Key of the scanner.
    """
    at = f"/scans/{scan.id}/{scanner}/results"
    listed = recorder.start_list(at, "places", RESULTS)
    async for page in _pages(recorder, at, {"columns": COLUMNS}):
        # By its uuid, or by the transcript on which the call failed.
        names = list(dict.fromkeys(str(row.get("uuid") or row["transcript_id"]) for row in page["items"]))
        for name, whole in (await named_results(scan.location, scanner, names)).items():
            recorder.keep(f"{at}/{name}", as_answered(whole))
        listed.add(page)
    listed.end()
    recorder.folder.end_script()


async def record_evidence(
    recorder: Recorder, scan: ExportedScan, moved: Sequence[str], check: Callable[[str], object]
) -> AsyncGenerator[RecordedPart]:
    """Record what all results of a scan rest on, step by step.

    Args:
        recorder: Keeps the answers.
        scan: The scan.
        moved: Where logs are looked for that are not where the scan read them.
        check: Raises an error for a log that may not be read.
    """
    async for part in evidence_of_scan(scan.location, moved=moved, check=check):
        unread = 0
        for each in part.found:
            answered = as_answered(evidence_json(each.found))
            unread += any(e.remarks and not (e.messages or e.events) for e in each.found.evidence)
            recorder.keep(f"/scans/{scan.id}/{each.scanner}/results/{each.name}/evidence", answered)
        yield RecordedPart(part.results, unread, part.verdicts)
    recorder.folder.end_script()


async def _pages(reader: Reader, path: str, query: Query | None = None) -> AsyncGenerator[Any]:
    """Read a list page by page, the same size as its parts have."""
    cursor: str | None = None
    while True:
        after = {} if cursor is None else {"cursor": cursor}
        page = await reader.need(path, {**(query or {}), "limit": RESULTS, **after})
        yield page
        cursor = page["next"]
        if cursor is None:
            return
