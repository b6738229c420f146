"""What every source of transcripts promises."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import read_eval_log

from inspect_scout import (
    ConfigError,
    ScoutError,
    Transcript,
    TranscriptContent,
    TranscriptInfo,
    Transcripts,
    TranscriptTooLargeError,
    UnknownNameError,
    ValidationCase,
    ValidationSet,
)
from inspect_scout._query import OrderBy, Query, condition_from_sql
from inspect_scout._support.json import finite
from inspect_scout._transcripts import (
    DatabaseSource,
    EvalLogSource,
    MemorySource,
    TranscriptSource,
    raw_of,
    read_origin,
    transcripts_from,
)
from inspect_scout._types import InputOrigin
from support.databases import database_of, write_rows
from support.logs import unfinished, varied_log, write

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all", timeline="all")
IDS = ["u1-1", "u2-1", "u3-1", "u4-1", "u5-1", "u6-1", "u7-1", None, "u9-1", "u10-1", "u11-1", "u10-2"]
CONDITIONS: list[tuple[str, Callable[[TranscriptInfo], bool]]] = [
    ("total_tokens > 20", lambda i: (i.total_tokens or 0) > 20),
    ("task_id = '10'", lambda i: i.task_id == "10"),
    ("task_repeat = 2", lambda i: i.task_repeat == 2),
    ("success", lambda i: i.success is True),
    ("success = true", lambda i: i.success is True),
    ("success IS NULL", lambda i: i.success is None),
    ("error != ''", lambda i: i.error != ""),
    ("\"limit\" = 'token'", lambda i: i.limit == "token"),
    ("total_time IS NULL", lambda i: i.total_time is None),
    ("total_time BETWEEN 3 AND 6", lambda i: 3 <= (i.total_time or 0) <= 6),
    ("score_other >= 0.5", lambda i: i.metadata.get("score_other", 0) >= 0.5),
    ("sample_metadata.a = 1", lambda i: i.metadata["sample_metadata"].get("a") == 1),
    ("eval_metadata.owner = 'me'", lambda _: True),
    ("sample_id = 'u4-1'", lambda i: i.transcript_id == "u4-1"),
    ("transcript_id IN ('u1-1', 'u10-2')", lambda i: i.transcript_id in ("u1-1", "u10-2")),
    ("date > '2026-01-01'", lambda i: (i.date or "")[:10] > "2026-01-01"),
    ("date = '2026-01-02'", lambda i: (i.date or "")[:10] == "2026-01-02"),
    ("date IN (DATE '2026-01-02', DATE '2026-01-05')", lambda i: (i.date or "")[:10] in ("2026-01-02", "2026-01-05")),
    ("date <= DATE '2026-01-02'", lambda i: (i.date or "9")[:10] <= "2026-01-02"),
    ("model LIKE 'mock%' AND NOT task_id = '1'", lambda i: i.task_id != "1"),
]


async def infos(source: TranscriptSource) -> list[TranscriptInfo]:
    """Describe all transcripts."""
    index = await source.index(Query())
    return [index.info(position) for position in range(len(index))]


async def selected(source: TranscriptSource, *where: str, **query: Any) -> list[str]:
    """Ids of what a query selects."""
    return list((await source.index(Query(tuple(map(condition_from_sql, where)), **query))).ids)


def normal(info: TranscriptInfo) -> dict[str, Any]:
    """What an info says, apart from where the log is."""
    fields = info.model_dump(exclude={"source_uri"})
    return {**fields, "metadata": {k: v for k, v in fields["metadata"].items() if k != "log"}}


class TranscriptSourceLaws:
    """Tests that hold for every source; each is made from the same log of 12 samples."""

    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        raise NotImplementedError

    async def test_ids_are_unique_and_in_order(self, source: TranscriptSource) -> None:
        index = await source.index(Query())
        assert len(index) == len(index.ids) == len(index.locations) == 12
        assert len(set(index.ids)) == 12
        assert [id for id, known in zip(index.ids, IDS) if known] == [known for known in IDS if known]
        assert (await source.index(Query())).ids == index.ids
        assert not index.problems

    async def test_infos_belong_to_ids_and_do_not_change(self, source: TranscriptSource) -> None:
        index = await source.index(Query())
        first = [index.info(position) for position in range(len(index))]
        for info in first:
            info.metadata["touched"] = True
            info.metadata.get("sample_metadata", {})["touched"] = True
        again = await infos(source)
        assert [info.transcript_id for info in again] == list(index.ids)
        assert not any("touched" in info.metadata for info in again)
        assert not any("touched" in info.metadata.get("sample_metadata", {}) for info in again)

    async def test_infos_are_whole_and_can_be_written(self, source: TranscriptSource) -> None:
        for info in await infos(source):
            assert info.source_type == "eval_log"
            assert info.task_set == "varied"
            assert info.model_options == {"temperature": 0.5, "max_tokens": 100}
            assert info.agent_args == {"tools": ["bash"]}
            assert isinstance(info.metadata["sample_metadata"], dict)
            assert TranscriptInfo.model_validate_json(info.model_dump_json()).model_dump() == self.as_json(info)

    def as_json(self, info: TranscriptInfo) -> dict[str, Any]:
        """Tell what JSON can say of an info."""
        return info.model_dump()

    @pytest.mark.parametrize(("where", "holds"), CONDITIONS)
    async def test_conditions_select_what_infos_say(
        self, source: TranscriptSource, where: str, holds: Callable[[TranscriptInfo], bool]
    ) -> None:
        assert await selected(source, where) == [i.transcript_id for i in await infos(source) if holds(i)]

    async def test_all_conditions_must_hold(self, source: TranscriptSource) -> None:
        assert await selected(source, "task_id = '10'", "epoch = 1") == ["u10-1"]

    @pytest.mark.parametrize("where", ["total_tokens = 'many'", "date > 5", "success != 'perhaps'", "task_set > 1"])
    async def test_a_condition_that_no_value_fits_is_refused(self, source: TranscriptSource, where: str) -> None:
        with pytest.raises(ConfigError, match="none of which can be compared with"):
            await selected(source, where)

    async def test_an_unknown_column_is_named(self, source: TranscriptSource) -> None:
        with pytest.raises(UnknownNameError, match="total_tokens"):
            await source.index(Query((condition_from_sql("total_toknes > 1"),)))

    async def test_cases_choose_by_ids_of_transcripts_and_of_messages(self, source: TranscriptSource) -> None:
        collection = Transcripts(source)
        ids = await selected(source)
        held = {
            i.transcript_id: (await (await source.locate(i)).read(ALL)).transcript.messages for i in await infos(source)
        }
        inside = next(message.id for message in held[ids[4]] if message.id)
        meant = [id for id in ids if id == ids[2] or any(message.id == inside for message in held[id])]
        cases = [ValidationCase(id=id, target=True) for id in (ids[2], inside, "nowhere")]
        chosen = await collection.for_validation(cases).index()
        assert list(chosen.ids) == meant
        rest = await collection.for_validation(cases).where(f"transcript_id != '{ids[2]}'").index()
        assert list(rest.ids) == [id for id in meant if id != ids[2]]
        assert not (await collection.for_validation(ValidationSet(cases=[])).index()).ids

    async def test_limit_takes_the_first(self, source: TranscriptSource) -> None:
        ids = await selected(source)
        assert await selected(source, limit=3) == ids[:3]
        assert await selected(source, limit=0) == []
        assert await selected(source, limit=99) == ids
        assert await selected(source, "epoch = 2", limit=1) == ["u10-2"]

    async def test_order_puts_what_has_no_value_last(self, source: TranscriptSource) -> None:
        found = await infos(source)
        timed = sorted((i for i in found if i.total_time is not None), key=lambda i: i.total_time or 0, reverse=True)
        expected = [i.transcript_id for i in timed] + [i.transcript_id for i in found if i.total_time is None]
        assert await selected(source, order_by=(OrderBy("total_time", "DESC"),)) == expected

    async def test_shuffling_depends_on_ids_and_seed_alone(self, source: TranscriptSource) -> None:
        ids = await selected(source)
        shuffled = await selected(source, shuffle=0)
        assert sorted(shuffled) == sorted(ids)
        assert shuffled != ids
        assert await selected(source, shuffle=0) == shuffled
        assert await selected(source, shuffle=1) != shuffled
        some = await selected(source, "epoch = 1", shuffle=0)
        assert some == [id for id in shuffled if id in some]
        assert await selected(source, shuffle=0, order_by=(OrderBy("task_id"),)) == shuffled
        assert await selected(source, shuffle=0, limit=2) == shuffled[:2]

    async def test_nothing_is_read_that_was_not_asked_for(self, source: TranscriptSource) -> None:
        (info, *_) = await infos(source)
        loaded = await (await source.locate(info)).read(TranscriptContent())
        assert (loaded.transcript.messages, loaded.transcript.events, loaded.transcript.timelines) == ([], [], [])
        some = await (await source.locate(info)).read(TranscriptContent(messages=["assistant", "tool"]))
        assert [m.role for m in some.transcript.messages] == ["assistant", "tool"]
        assert some.transcript.transcript_id == info.transcript_id

    async def test_streaming_gives_what_reading_gives(self, source: TranscriptSource) -> None:
        for info in await infos(source):
            content = TranscriptContent(messages="all", events="all")
            read = (await (await source.locate(info)).read(content)).transcript
            async with await (await source.locate(info)).open(content) as handle:
                assert [message async for message in handle.messages()] == read.messages
                assert [event async for event in handle.events()] == read.events
                assert (await handle.load()).model_dump() == read.model_dump()
            with pytest.raises(RuntimeError):
                await handle.load()

    async def test_too_large_transcripts_are_refused(self, source: TranscriptSource) -> None:
        (info, *_) = await infos(source)
        with pytest.raises(TranscriptTooLargeError, match=info.transcript_id):
            await (await source.locate(info)).read(ALL, max_bytes=10)
        assert (await (await source.locate(info)).read(ALL, max_bytes=10_000_000)).transcript.messages

    async def test_another_process_can_open_it(self, source: TranscriptSource) -> None:
        found = await infos(source)
        assert (await (await source.locate(found[0])).read(ALL)).transcript.messages  # what it remembers stays behind
        copy = pickle.loads(pickle.dumps(source))
        assert [normal(i) for i in await infos(copy)] == [normal(i) for i in found]
        for info in found[:3]:
            again = pickle.loads(pickle.dumps(info))
            there, here = await copy.locate(again), await source.locate(info)
            assert (await there.read(ALL)).transcript.model_dump() == (await here.read(ALL)).transcript.model_dump()
            assert there.fingerprint == here.fingerprint

    async def test_content_can_be_found_again_where_its_origin_says(self, source: TranscriptSource) -> None:
        view = TranscriptContent(messages=["user"], events=["model"])
        for info in (await infos(source))[:3]:
            located = await source.locate(info)
            origin = located.origin(view, 7)
            if origin is None:
                assert source.type == "eval_log" and isinstance(source, MemorySource)
                continue
            loaded = await located.read(view)
            assert origin.size == 7
            assert origin.source == source.type
            assert origin.fingerprint == located.fingerprint
            assert (await self.read_again(origin, info)).model_dump() == loaded.transcript.model_dump()

    async def read_again(self, origin: InputOrigin, info: TranscriptInfo) -> Transcript:
        """Read content where its origin says."""
        return await read_origin(origin, info)

    async def test_what_a_database_stores_of_it_reads_the_same(self, source: TranscriptSource, tmp_path: Path) -> None:
        copy = await database_of(source, tmp_path / "copied")
        for info, stored in zip(await infos(source), await infos(copy), strict=True):
            here, there = await (await source.locate(info)).read(ALL), await (await copy.locate(stored)).read(ALL)
            assert there.transcript.model_dump() == here.transcript.model_dump()

    async def test_a_transcript_that_is_not_there_is_named(self, source: TranscriptSource) -> None:
        (info, *_) = await infos(source)
        ghost = info.model_copy(update={"transcript_id": "ghost", "task_id": "ghost"})
        with pytest.raises(ScoutError, match="ghost"):
            await source.locate(ghost)

    async def test_the_index_says_what_the_log_says(self, source: TranscriptSource, tmp_path: Path) -> None:
        path = write(varied_log(), tmp_path / "reference" / "log.eval")
        reference = transcripts_from(path).source
        expected = [await self.described(reference, info) for info in await infos(reference)]
        assert [normal(i) for i in await infos(source)] == [normal(i) for i in expected]

    async def described(self, reference: TranscriptSource, info: TranscriptInfo) -> TranscriptInfo:
        """Tell what the index says of a sample of the log."""
        del reference
        return info


class TestEvalLogs(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        return transcripts_from(write(varied_log(), tmp_path / "log.eval")).source


class TestFolders(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        samples = varied_log().samples or []
        for position, some in enumerate((samples[:5], samples[5:])):
            log = varied_log()
            log.samples = some
            write(log, tmp_path / "logs" / f"{position}" / f"log.{'eval' if position else 'json'}")
        return transcripts_from(tmp_path / "logs").source


class TestJsonLogs(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        return transcripts_from(write(varied_log(), tmp_path / "log.json")).source


class TestRecordedTranscripts(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        path = str(write(varied_log(), tmp_path / "log.eval"))
        ids = tuple((await transcripts_from(path).source.index(Query())).ids)
        return EvalLogSource((path,), ids, (path,) * len(ids))


class TestLogsInMemory(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        return MemorySource([read_eval_log(str(write(varied_log(), tmp_path / "log.eval")))])


class TestTranscriptsInMemory(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        source = transcripts_from(write(varied_log(), tmp_path / "log.eval")).source
        content = TranscriptContent(messages="all", events="all", metadata=False)
        held: Sequence[Any] = [
            (await (await source.locate(info)).read(content)).transcript for info in await infos(source)
        ]
        return MemorySource(held)


class TestDatabases(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        logs = transcripts_from(write(varied_log(), tmp_path / "log.eval")).source
        return await database_of(logs, tmp_path / "database")

    def as_json(self, info: TranscriptInfo) -> dict[str, Any]:
        """Scores as the sample has them may be NaN, which strict JSON does not know."""
        found: dict[str, Any] = finite(info.model_dump())
        return found

    async def described(self, reference: TranscriptSource, info: TranscriptInfo) -> TranscriptInfo:
        """A database has the metadata, target and scores of the sample itself in its index."""
        read = (await (await reference.locate(info)).read(TranscriptContent())).transcript
        return info.model_copy(update={"metadata": read.metadata})


class TestDatabasesOfTranscripts(TranscriptSourceLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        source = transcripts_from(write(varied_log(), tmp_path / "log.eval")).source
        content = TranscriptContent(messages="all", events="all", metadata=False)
        held: Sequence[Any] = [
            (await (await source.locate(info)).read(content)).transcript for info in await infos(source)
        ]
        write_rows(tmp_path / "database", map(raw_of, held))
        return DatabaseSource(str(tmp_path / "database"))


async def test_an_unfinished_log_is_read_from_its_journal(tmp_path: Path) -> None:
    source = transcripts_from(unfinished(write(varied_log(), tmp_path / "log.eval"))).source
    found = await infos(source)
    assert len(found) == 12
    assert {info.metadata["eval_status"] for info in found} == {"started"}
    assert len((await (await source.locate(found[0])).read(ALL)).transcript.messages) == 3
