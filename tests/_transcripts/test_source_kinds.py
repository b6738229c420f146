"""Kinds of sources that other packages add, and executors."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspect_scout import (
    ConfigError,
    LocationError,
    Result,
    Scanner,
    Transcript,
    TranscriptContent,
    TranscriptHandle,
    TranscriptInfo,
    scan,
    scan_resume,
    scan_status,
    scanner,
    transcripts_from,
)
from inspect_scout.sources import (
    InputOrigin,
    LoadedTranscript,
    MaterializedHandle,
    Query,
    RawTranscript,
    SourceKind,
    SourceLocation,
    TranscriptIndex,
    TranscriptSource,
    index_rows,
    raw_of,
    register_source,
    view,
)

GROUPS = ("inspect_scout.sources", "inspect_scout.executors")


@dataclass(frozen=True)
class _Note:
    """A transcript that is a line of text."""

    transcript_id: str
    location: str
    text: str

    def info(self) -> TranscriptInfo:
        return TranscriptInfo(transcript_id=self.transcript_id, source_type="notes", source_uri=self.location)


@dataclass(frozen=True)
class _LocatedNote:
    info: TranscriptInfo
    note: _Note
    fingerprint = None

    @property
    def size(self) -> int:
        return len(self.note.text)

    def _whole(self) -> Transcript:
        message = {"role": "user", "content": self.note.text, "id": "m"}
        return Transcript.model_validate({**self.info.model_dump(), "messages": [message]})

    async def read(self, content: TranscriptContent, *, max_bytes: int | None = None) -> LoadedTranscript:
        return LoadedTranscript(view(self._whole(), content), self.size)

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        async def load() -> Transcript:
            return (await self.read(content)).transcript

        return MaterializedHandle(self.info, load, content)

    async def raw(self) -> RawTranscript:
        return raw_of(self._whole())

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin | None:
        return None


@dataclass(frozen=True)
class NotesSource:
    """Files in which every line is a transcript."""

    files: tuple[str, ...]
    ids: tuple[str, ...] | None = None
    type = "notes"
    location = None

    def _notes(self) -> list[_Note]:
        lines = [(file, line) for file in self.files for line in Path(file).read_text().splitlines()]
        found = {id: _Note(id, file, text) for file, line in lines for id, text in [line.split(" ", 1)]}
        return [found[id] for id in self.ids or found]

    async def index(self, query: Query, progress: object = None) -> TranscriptIndex:
        return index_rows(self._notes(), query)

    async def locate(self, info: TranscriptInfo) -> _LocatedNote:
        return _LocatedNote(info, next(n for n in self._notes() if n.transcript_id == info.transcript_id))


def _recognises(place: SourceLocation) -> bool:
    paths = [place.location] if place.paths is None else place.paths
    return any(path.endswith(".notes") for path in paths)


def _open(locations: Sequence[str], duplicates: str) -> TranscriptSource:
    return NotesSource(tuple(locations))


def _restore(snapshot: object) -> TranscriptSource:
    ids: dict[str, str] = getattr(snapshot, "transcript_ids", {})
    return NotesSource(tuple(dict.fromkeys(ids.values())), tuple(ids))


async def _read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    raise LocationError("notes are not found again")


NOTES = SourceKind("notes", _recognises, _open, _restore, _read_origin)


@scanner(messages="all", name="length")
def length() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages[0].text))

    return scan


@scanner(messages="all", name="stopping")
def stopping() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        if transcript.transcript_id == "b":
            raise ValueError("not b")
        return Result(value=len(transcript.messages[0].text))

    return scan


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "one.notes"
    path.write_text("a hello\nb good day\n")
    return path


def package(folder: Path, name: str, group: str, entry: str, code: str) -> None:
    """Install a package, as far as entry points go."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(code)
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{group}]\n{entry}\n")


def test_a_registered_kind_is_scanned_and_resumed(notes: Path, tmp_path: Path) -> None:
    undo = register_source(NOTES)
    try:
        status = scan(
            [length()], transcripts_from(notes).where("transcript_id = 'b'"), scans=str(tmp_path), display="none"
        )
        assert status.complete
        assert status.spec.transcripts is not None
        assert (status.spec.transcripts.type, list(status.spec.transcripts.transcript_ids)) == ("notes", ["b"])
        longer = scan([stopping()], transcripts_from(notes), scans=str(tmp_path / "stopped"), display="none")
        assert not longer.complete
        resumed = scan_resume(longer.location, display="none")
        assert (resumed.complete, resumed.summary.scanners["stopping"].scans) == (False, 2)
        with pytest.raises(ConfigError, match="choose another name"):
            register_source(NOTES)
        with pytest.raises(ConfigError, match="cannot be read together"):
            transcripts_from([notes, _log(tmp_path)])
    finally:
        undo()
    # Without the package the scan stays readable, and says what is missing where its transcripts are needed.
    recorded = scan_status(status.location)
    assert recorded.spec.transcripts is not None and recorded.spec.transcripts.type == "notes"
    with pytest.raises(LocationError, match="is not an eval log or a database"):
        transcripts_from(notes)


def _log(folder: Path) -> Path:
    from support.logs import make_log, make_sample, write

    return write(make_log([make_sample(1)]), folder / "logs" / "log.eval")


def test_scans_of_a_kind_that_is_not_installed_say_what_to_install() -> None:
    from inspect_scout import ScanTranscripts, Transcripts

    with pytest.raises(ConfigError, match=r"'notes': known are 'eval_log', 'database'.*inspect_scout\.sources"):
        Transcripts.from_snapshot(ScanTranscripts(type="notes", transcript_ids={"a": "x.notes"}))


@pytest.mark.anyio
async def test_a_package_adds_a_kind_by_an_entry_point(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (Path(__file__)).read_text().partition("@scanner")[0]
    package(tmp_path / "site", "notes_package", GROUPS[0], "notes = notes_package:NOTES", code)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))  # pyright: ignore[reportUnknownMemberType]
    transcripts = transcripts_from(tmp_path)
    assert transcripts.source.type == "notes"
    assert list((await transcripts_from(notes).index()).ids) == ["a", "b"]
    assert pickle.loads(pickle.dumps(transcripts_from(notes))).source.type == "notes"


@pytest.mark.parametrize(
    ("code", "reason"),
    [("raise RuntimeError('out of order')", "out of order"), ("NOTES = 5", "it is 5, not a SourceKind")],
)
def test_a_broken_package_is_named_and_skipped(
    notes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: str,
    reason: str,
) -> None:
    name = f"broken_{abs(hash(code))}"
    package(tmp_path / "site", name, GROUPS[0], f"notes = {name}:NOTES", code)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))  # pyright: ignore[reportUnknownMemberType]
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            with pytest.raises(LocationError, match="is not an eval log"):
                transcripts_from(notes)
    (said,) = [record.getMessage() for record in caplog.records]
    assert all(part in said for part in (repr(name), GROUPS[0], reason, "skipped"))


def test_what_is_built_in_looks_for_no_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    package(tmp_path / "site", "unasked", GROUPS[0], "notes = unasked:NOTES", "raise RuntimeError('loaded')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))  # pyright: ignore[reportUnknownMemberType]
    assert transcripts_from(_log(tmp_path)).source.type == "eval_log"
    assert not [record for record in caplog.records if record.name.startswith("inspect_scout")]


def test_a_package_adds_an_executor(notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from inspect_scout.executors import LocalExecutor\nasked = []\n\n\ndef make(units, max_processes):\n"
    code += "    asked.append((units, max_processes))\n    return LocalExecutor()\n"
    package(tmp_path / "site", "own_executor", GROUPS[1], "mine = own_executor:make", code)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))  # pyright: ignore[reportUnknownMemberType]
    status = scan([length()], transcripts_from(_log(tmp_path)), scans=str(tmp_path), display="none", executor="mine")
    assert status.complete
    import own_executor  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

    assert own_executor.asked == [(1, None)]  # pyright: ignore[reportUnknownMemberType]
    with pytest.raises(ConfigError, match=r"'yours' is not known; use one of inline, processes, ray, mine"):
        scan([length()], transcripts_from(_log(tmp_path)), scans=str(tmp_path), display="none", executor="yours")
