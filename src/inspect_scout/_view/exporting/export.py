"""Exporting scans: what would be written, and the writing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..._app import Masker, ScanVerdict, find_scan, resolve_citations, written_beside
from ..._support.confinement import confined
from ..._support.errors import LocationError
from ..._support.storage import normalize
from ..application import create_app
from ..context import ViewContext
from ..settings import ViewSettings
from ..site import page_folder
from .recording import Api, Reader, Recorder
from .scans import ExportedScan, look_at, record_evidence, record_results, record_scan, record_scans
from .transcripts import find_transcript, record_transcript

if TYPE_CHECKING:
    from ..._app import OpenedTranscript, TranscriptCitations

_RESULT_BYTES, _MESSAGE_BYTES = 6000, 5000
"""About what is written of each, measured on the example logs."""

Said = Mapping[str, Mapping[str, Sequence[ScanVerdict]]]
"""Ids of transcripts -> ids of scans -> what was said."""

Report = Callable[[str, int, int], None]
"""Is told what is being written, how many of it are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class PlannedExport:
    """What an export will hold.

    Args:
        scans: The scans.
        transcripts: How many transcripts they cite.
        results: How many results they have.
        size: How many bytes that will be, about.
    """

    scans: Sequence[ExportedScan]
    transcripts: int
    results: int
    size: int


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """What an export holds.

    Args:
        folder: Where it is.
        transcripts: How many transcripts.
        missing: Transcripts that are cited, but were not found.
        unread: How many results rest on messages that could not be read.
        masked: How many secrets were masked.
        size: Its bytes.
    """

    folder: str
    transcripts: int
    missing: Sequence[str]
    unread: int
    masked: int
    size: int


async def plan_export(settings: ViewSettings, references: Sequence[str]) -> PlannedExport:
    """Find out what an export will hold; nothing is written.

    Args:
        settings: What a server would show.
        references: Which scans (none: the newest).

    Raises:
        LocationError: There is no such scan, or this version has no page that opens from disk.
        ConfigError: A word means several scans.
    """
    with contextlib.closing(_Exporter(settings)) as exporter:
        return await exporter.plan(references)


async def write_export(
    settings: ViewSettings, planned: PlannedExport, folder: str, report: Report = lambda _kind, _done, _of: None
) -> WrittenExport:
    """Write an export.

    Args:
        settings: What a server would show.
        planned: What it is to hold.
        folder: Where it is to be; an earlier export there is replaced.
        report: Is told how far it is.

    Raises:
        ConfigError: There are other things.
        LocationError: Something cannot be read, or not be written there.
    """
    with contextlib.closing(_Exporter(settings)) as exporter:
        return await exporter.write(planned, folder, report)


class _Exporter:
    """Exports scans of what a server would show.

    Args:
        settings: What it would show.
    """

    def __init__(self, settings: ViewSettings) -> None:
        self._settings = settings
        self._app = create_app(settings)
        self._api = Api(self._app)
        self._context: ViewContext = self._app.state.context

    async def plan(self, references: Sequence[str]) -> PlannedExport:
        """Find out what an export will hold."""
        scans = list[ExportedScan]()
        for reference in references or (None,):
            location = normalize(await find_scan(reference, self._context.served().scans))
            folder, _, name = location.rstrip("/").rpartition("/")
            self._context.places.allow(folder)  # it was named by whoever runs this
            if location not in {scan.location for scan in scans}:
                reader = Reader(self._api, {"location": folder})
                scans.append(await look_at(reader, name.removeprefix("scan_id="), location))
        cited = {id for scan in scans for id in scan.cited}
        results, messages = sum(scan.results for scan in scans), sum(scan.messages for scan in scans)
        size = results * _RESULT_BYTES + messages * _MESSAGE_BYTES + _folder_bytes(self._page())
        return PlannedExport(scans, len(cited), results, size)

    async def write(self, planned: PlannedExport, folder: str, report: Report) -> WrittenExport:
        """Write it."""
        masker, usual = Masker(), self._context.served().transcripts
        with written_beside(folder) as export, confined(self._context.places):
            recorder = Recorder(self._api, export, masker)
            for scan in planned.scans:
                self._context.places.allow(os.path.dirname(scan.location))
            scans = [(recorder.at({"location": os.path.dirname(scan.location)}), scan) for scan in planned.scans]
            await record_scans(scans)
            said, unread, done = dict[str, dict[str, list[ScanVerdict]]](), 0, 0
            for there, scan in scans:
                await record_scan(there, scan)
                for scanner in scan.scanners:
                    await record_results(there, scan, scanner)
                async for part in record_evidence(there, scan, usual, self._context.places.check):
                    done, unread = done + part.results, unread + part.unread
                    for id, verdicts in part.verdicts.items():
                        said.setdefault(id, {})[scan.id] = [ScanVerdict(scan.location, verdict) for verdict in verdicts]
                    report("results", min(done, planned.results), planned.results)
            missing = await self._write_transcripts(recorder, planned.scans, usual, said, report)
            export.finish(self._page())
            size = export.written
        return WrittenExport(folder, planned.transcripts - len(missing), missing, unread, masker.masked, size)

    def close(self) -> None:
        """Close what is open."""
        self._context.kept.close()

    async def _write_transcripts(
        self, recorder: Recorder, scans: Sequence[ExportedScan], usual: Sequence[str], said: Said, report: Report
    ) -> Sequence[str]:
        """Write the transcripts that scans cite; gives those that were not found."""
        cited = {id: source for scan in scans for id, source in scan.cited.items()}
        missing, ids = list[str](), list(cited)
        for number, (id, source) in enumerate(cited.items()):
            there = await find_transcript(recorder, id, [None, source] if source else [None])
            if there is None:
                missing.append(id)
            else:
                found = [str(there.places["location"])] if there.places else usual
                own = {scan.id: said.get(id, {}).get(scan.id, []) for scan in scans}
                await record_transcript(there, id, await self._citations(found, id, own))
                beside = {"previous": ids[number - 1] if number else None, "next": (*ids, None)[number + 1]}
                recorder.keep(f"/transcripts/{id}/neighbours", {**beside, "number": number + 1, "total": len(ids)})
            report("transcripts", number + 1, len(cited))
        return missing

    async def _citations(
        self, places: Sequence[str], id: str, said: Mapping[str, Sequence[ScanVerdict]]
    ) -> dict[str, TranscriptCitations]:
        """Find in a transcript what each scan cites of it."""
        cache, locations = self._context.kept.transcripts(), tuple(map(self._context.check, places))

        def resolve(opened: OpenedTranscript) -> dict[str, TranscriptCitations]:
            return {scan: resolve_citations(opened, verdicts) for scan, verdicts in said.items()}

        return await cache.ask_transcript(locations, id, resolve)

    def _page(self) -> str:
        folder = page_folder(self._settings)
        page = os.path.join(folder, "export") if folder is not None else ""
        if not os.path.isfile(os.path.join(page, "index.html")):
            raise LocationError(
                "This version has no page that opens from disk. In the repository, `make web` builds it."
            )
        return page


def _folder_bytes(folder: str) -> int:
    return sum(entry.stat().st_size for entry in os.scandir(folder))
