"""What every source of transcripts must do."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from .._query import columns
from .._support.errors import ScoutError, TranscriptTooLargeError, UnknownNameError
from .._transcripts import Transcripts, TranscriptSource, read_origin, transcripts_db, transcripts_from
from .._types import Transcript, TranscriptContent, TranscriptInfo

ALL = TranscriptContent(messages="all", events="all", timeline="all")
COLUMNS = ("source_id", "source_uri", "task_set", "task_id", "task_repeat", "agent", "model", "message_count", "limit")


async def infos(source: TranscriptSource) -> list[TranscriptInfo]:
    """Describe all transcripts."""
    index = await Transcripts(source).index()
    return [index.info(position) for position in range(len(index))]


async def ids(transcripts: Transcripts) -> list[str]:
    """Give the ids of a collection."""
    return list((await transcripts.index()).ids)


async def read(source: TranscriptSource, info: TranscriptInfo, content: TranscriptContent = ALL) -> Transcript:
    """Read a transcript."""
    return (await (await source.locate(info)).read(content)).transcript


@pytest.mark.anyio
class SourceLaws:
    """Inherit, and give the fixture. A scan finds transcripts again only if the kind of source is registered."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Scout runs on asyncio."""
        return "asyncio"

    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        """Make a source of at least three transcripts, each with messages."""
        raise NotImplementedError

    async def test_ids_are_unique_and_keep_their_order(self, source: TranscriptSource) -> None:
        index = await Transcripts(source).index()
        assert len(index) == len(index.ids) == len(index.locations) == len(set(index.ids)) >= 3
        assert await ids(Transcripts(source)) == list(index.ids)
        assert not index.problems

    async def test_what_readers_change_in_infos_stays_with_them(self, source: TranscriptSource) -> None:
        index = await Transcripts(source).index()
        first = [index.info(position) for position in range(len(index))]
        before = [info.model_dump_json() for info in first]
        assert [info.transcript_id for info in first] == list(index.ids)
        for info in first:
            for value in (info.metadata, *info.metadata.values()):
                if isinstance(value, dict):
                    value["touched"] = True
        assert [info.model_dump_json() for info in await infos(source)] == before

    async def test_infos_can_be_written(self, source: TranscriptSource) -> None:
        for info in await infos(source):
            text = info.model_dump_json()
            assert TranscriptInfo.model_validate_json(text).model_dump_json() == text

    @pytest.mark.parametrize("name", COLUMNS)
    async def test_conditions_select_what_infos_say(self, source: TranscriptSource, name: str) -> None:
        described = {info.transcript_id: getattr(info, name) for info in await infos(source)}
        column = columns[name]
        for value in {value for value in described.values() if value is not None}:
            assert await ids(Transcripts(source).where(column == value)) == [
                i for i in described if described[i] == value
            ]
            assert await ids(Transcripts(source).where(column == value).where(column != value)) == []
        assert await ids(Transcripts(source).where(column.is_null())) == [i for i in described if described[i] is None]

    async def test_an_unknown_column_is_named(self, source: TranscriptSource) -> None:
        with pytest.raises(UnknownNameError, match="total_toknes"):
            await Transcripts(source).where("total_toknes > 1").index()

    async def test_limit_takes_the_first(self, source: TranscriptSource) -> None:
        everything = await ids(Transcripts(source))
        for limit in (0, 2, 99):
            assert await ids(Transcripts(source).limit(limit)) == everything[:limit]
        assert await ids(Transcripts(source).where(columns.transcript_id != everything[0]).limit(1)) == everything[1:2]

    async def test_order_puts_what_has_no_value_last(self, source: TranscriptSource) -> None:
        found = [(info.transcript_id, info.total_time) for info in await infos(source)]
        timed = sorted(((time, id) for id, time in found if time is not None), key=lambda one: -one[0])
        expected = [id for _, id in timed] + [id for id, time in found if time is None]
        assert await ids(Transcripts(source).order_by("total_time", "DESC")) == expected

    async def test_shuffling_depends_on_ids_and_seed_alone(self, source: TranscriptSource) -> None:
        everything = await ids(Transcripts(source))
        shuffled = await ids(Transcripts(source).shuffle(0))
        assert sorted(shuffled) == sorted(everything)
        assert len({tuple(await ids(Transcripts(source).shuffle(seed))) for seed in range(20)}) > 1
        some = await ids(Transcripts(source).where(columns.transcript_id != everything[0]).shuffle(0))
        assert some == [id for id in shuffled if id != everything[0]]
        assert await ids(Transcripts(source).shuffle(0).order_by("task_id")) == shuffled
        assert await ids(Transcripts(source).shuffle(0).limit(2)) == shuffled[:2]

    async def test_nothing_is_read_that_was_not_asked_for(self, source: TranscriptSource) -> None:
        for info in await infos(source):
            nothing = await read(source, info, TranscriptContent())
            assert (nothing.messages, nothing.events, nothing.timelines) == ([], [], [])
            whole, some = await read(source, info), await read(source, info, TranscriptContent(messages=["user"]))
            assert some.messages == [message for message in whole.messages if message.role == "user"]
            assert whole.messages and some.transcript_id == whole.transcript_id == info.transcript_id

    async def test_streaming_gives_what_reading_gives(self, source: TranscriptSource) -> None:
        content = TranscriptContent(messages="all", events="all")
        for info in await infos(source):
            whole = await read(source, info, content)
            async with await (await source.locate(info)).open(content) as handle:
                assert [message async for message in handle.messages()] == whole.messages
                assert [event async for event in handle.events()] == whole.events
                assert (await handle.load()).model_dump() == whole.model_dump()
            with pytest.raises(RuntimeError):
                await handle.load()

    async def test_too_large_transcripts_are_refused(self, source: TranscriptSource) -> None:
        (info, *_) = await infos(source)
        with pytest.raises(TranscriptTooLargeError, match=info.transcript_id):
            await (await source.locate(info)).read(ALL, max_bytes=10)
        assert (await (await source.locate(info)).read(ALL, max_bytes=10**9)).transcript.messages

    async def test_another_process_can_open_it(self, source: TranscriptSource) -> None:
        found = await infos(source)
        assert (await read(source, found[0])).messages  # what it remembers stays behind
        copy = pickle.loads(pickle.dumps(source))
        for info, there in zip(found, await infos(copy), strict=True):
            assert there.model_dump_json() == info.model_dump_json()
            again = pickle.loads(pickle.dumps(info))
            there, here = await read(copy, again), await read(source, info)
            assert there.model_dump_json() == here.model_dump_json()
            assert (await copy.locate(again)).fingerprint == (await source.locate(info)).fingerprint

    async def test_a_scan_finds_its_transcripts_again(self, source: TranscriptSource) -> None:
        chosen = Transcripts(source).shuffle(1).limit(2)
        index = await chosen.index()
        if source.location is not None or all(location is not None for location in index.locations):
            again = Transcripts.from_snapshot(await chosen.reader().snapshot())
            assert await ids(again) == list(index.ids)
            for info, expected in zip(await infos(again.source), map(index.info, range(2)), strict=True):
                assert (await read(again.source, info)).messages == (await read(source, expected)).messages

    async def test_content_can_be_found_again_where_its_origin_says(self, source: TranscriptSource) -> None:
        view = TranscriptContent(messages=["user"], events=["model"])
        for info in await infos(source):
            located = await source.locate(info)
            origin = located.origin(view, 7)
            assert (origin is None) == (located.fingerprint is None)
            if origin is not None:
                assert (origin.size, origin.source, origin.fingerprint) == (7, source.type, located.fingerprint)
                assert (await read_origin(origin, info)).model_dump() == (await read(source, info, view)).model_dump()

    async def test_what_a_database_stores_of_it_reads_the_same(self, source: TranscriptSource, tmp_path: Path) -> None:
        async with transcripts_db(tmp_path / "copied") as database:
            assert await database.insert(Transcripts(source)) == len(await infos(source))
        stored = transcripts_from(tmp_path / "copied").source
        there = {info.transcript_id: (await read(stored, info)).model_dump() for info in await infos(stored)}
        assert there == {info.transcript_id: (await read(source, info)).model_dump() for info in await infos(source)}

    async def test_a_transcript_that_is_not_there_is_named(self, source: TranscriptSource) -> None:
        (info, *_) = await infos(source)
        ghost = {"transcript_id": "ghost", "task_id": "ghost"}
        with pytest.raises(ScoutError, match="ghost"):
            await source.locate(info.model_copy(update=ghost))
