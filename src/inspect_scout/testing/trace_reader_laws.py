"""What every reader of traces must do."""

from __future__ import annotations

from pathlib import Path

import pytest

from .._transcripts import TraceProblem, TraceReader, TraceRef, cursor_of
from .._types import Transcript

HOSTILE = [
    b"",
    b"\0" * 1000,
    b"\xff\xfe{",
    b"[" * 100_000,
    b'{"a": "\\ud800"}\n',
    b"null\n5\n[]\n{}\n",
    b'{"cut off": "',
]


@pytest.mark.anyio
class TraceReaderLaws:
    """Inherit, give the two fixtures and say how an item grows."""

    @pytest.fixture
    def reader(self) -> TraceReader:
        """Make the reader."""
        raise NotImplementedError

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        """Make a folder of at least two files that are items of one transcript or more each."""
        raise NotImplementedError

    def grow(self, file: Path) -> None:
        """Add something to a file, as the program that writes such traces does."""
        raise NotImplementedError

    async def refs(self, reader: TraceReader, place: Path, since: str | None = None) -> list[TraceRef]:
        """Discover what is at a place."""
        return [ref async for ref in reader.discover(str(place), since)]

    async def both(self, reader: TraceReader, ref: TraceRef) -> tuple[list[Transcript], list[TraceProblem]]:
        """Read the transcripts and the problems of an item."""
        found = [one async for one in reader.read(ref)]
        return [o for o in found if not isinstance(o, TraceProblem)], [o for o in found if isinstance(o, TraceProblem)]

    async def test_files_are_recognised_by_their_content(self, reader: TraceReader, place: Path) -> None:
        for ref in await self.refs(reader, place):
            head = Path(ref.location).read_bytes()[:4096]
            assert reader.recognises(ref.location, head)
            assert not reader.recognises(ref.location, b"\0\xff" * 2048)

    async def test_ids_are_unique_and_stay(self, reader: TraceReader, place: Path) -> None:
        refs = await self.refs(reader, place)
        read = [await self.both(reader, ref) for ref in refs]
        ids = [transcript.transcript_id for transcripts, _ in read for transcript in transcripts]
        assert len(refs) >= 2
        assert len({ref.id for ref in refs}) == len(refs)
        assert len(set(ids)) == len(ids) >= len(refs)
        assert not any(problems for _, problems in read)
        assert await self.refs(reader, place) == refs
        assert [await self.both(reader, ref) for ref in refs] == read

    async def test_no_two_events_have_one_id(self, reader: TraceReader, place: Path) -> None:
        for ref in await self.refs(reader, place):
            for transcript in (await self.both(reader, ref))[0]:
                ids = [event.uuid for event in transcript.events]
                begun = [event.id for event in transcript.events if event.event == "span_begin"]
                assert len(set(ids)) == len(ids)
                assert len(set(begun)) == len(begun)

    async def test_a_file_that_grows_keeps_its_ids_and_is_given_again(self, reader: TraceReader, place: Path) -> None:
        before = await self.refs(reader, place)
        first = before[0]
        had = {transcript.transcript_id for transcript in (await self.both(reader, first))[0]}
        self.grow(Path(first.location))
        (again,) = await self.refs(reader, place, cursor_of(before))
        assert (again.id, again.location) == (first.id, first.location)
        assert again.cursor != first.cursor
        assert had <= {transcript.transcript_id for transcript in (await self.both(reader, again))[0]}

    async def test_a_cursor_leaves_out_what_it_holds_and_nothing_else(self, reader: TraceReader, place: Path) -> None:
        refs = await self.refs(reader, place)
        for count in range(len(refs) + 1):
            assert await self.refs(reader, place, cursor_of(refs[:count])) == refs[count:]

    @pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
    async def test_hostile_content_is_a_problem_of_its_item_alone(
        self, reader: TraceReader, place: Path, content: bytes
    ) -> None:
        first, *others = await self.refs(reader, place)
        sound = [await self.both(reader, ref) for ref in others]
        Path(first.location).write_bytes(content)
        transcripts, problems = await self.both(reader, first)
        assert problems or transcripts or not content
        for problem in problems:
            assert problem.message
            assert problem.location == first.location
        assert [await self.both(reader, ref) for ref in others] == sound

    async def test_what_is_sound_before_a_cut_is_read(self, reader: TraceReader, place: Path) -> None:
        first, *_ = await self.refs(reader, place)
        file = Path(first.location)
        had = {transcript.transcript_id for transcript in (await self.both(reader, first))[0]}
        data = file.read_bytes()
        for length in range(0, len(data), max(1, len(data) // 50)):
            file.write_bytes(data[:length])
            assert {transcript.transcript_id for transcript in (await self.both(reader, first))[0]} <= had

    async def test_an_item_that_is_gone_is_a_problem(self, reader: TraceReader, place: Path) -> None:
        first, *_ = await self.refs(reader, place)
        Path(first.location).unlink()
        transcripts, problems = await self.both(reader, first)
        assert not transcripts
        assert problems
