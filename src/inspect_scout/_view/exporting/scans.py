"""What the page asks about scans."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .recording import Query, Reader, Recorder

RESULTS = 100
"""Results of a part."""

_GROUPINGS: Final = (
    (),
    ("transcript_model",),
    ("transcript_task_set",),
    ("transcript_task_id",),
    ("transcript_score",),
    ("label",),
)
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
        for by in _GROUPINGS:
            await recorder.record(f"{at}/{scanner}/distribution", {"by": by}, named={"by": by})
        for by in _GROUPINGS[1:]:
            await recorder.record(f"{at}/{scanner}/facets", {"by": by}, named={"by": by})
    recorder.folder.end_script()


async def record_results(recorder: Recorder, scan: ExportedScan, scanner: str) -> AsyncGenerator[int]:
    """Record the results of a scanner, and what each rests on; gives the number of results, step by step.

    Args:
        recorder: Asks where the scan is.
        scan: The scan.
        scanner: Key of the scanner.
    """
    at = f"/scans/{scan.id}/{scanner}/results"
    listed = recorder.start_list(at, "places", RESULTS)
    async for page in _pages(recorder, at):
        # By its uuid, or by the transcript on which the call failed.
        names = [str(row.get("uuid") or row["transcript_id"]) for row in page["items"]]
        for name in dict.fromkeys(names):
            await recorder.record(f"{at}/{name}")
            await recorder.record(f"{at}/{name}/evidence")
        listed.add(page)
        yield len(names)
    listed.end()
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
