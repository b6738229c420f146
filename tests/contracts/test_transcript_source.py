"""Every source of transcripts keeps the laws of sources, and says of the same log the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import (
    ConfigError,
    Transcript,
    TranscriptContent,
    TranscriptInfo,
    Transcripts,
    UnknownNameError,
    ValidationCase,
    ValidationSet,
    transcripts_db,
    transcripts_from,
)
from inspect_scout.sources import TranscriptSource
from inspect_scout.testing.source_laws import SourceLaws, ids, infos, read
from support.inspect_logs import read_eval_log
from support.logs import unfinished, varied_log, write

pytestmark = pytest.mark.anyio

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


def normal(info: TranscriptInfo) -> dict[str, Any]:
    """What an info says, apart from where the log is."""
    fields = info.model_dump(exclude={"source_uri"})
    return {**fields, "metadata": {k: v for k, v in fields["metadata"].items() if k != "log"}}


async def selected(source: TranscriptSource, *where: str) -> list[str]:
    """Ids of what conditions select."""
    collection = Transcripts(source)
    for condition in where:
        collection = collection.where(condition)
    return await ids(collection)


async def held(source: TranscriptSource) -> list[Transcript]:
    """Read whole transcripts, to be kept in memory."""
    content = TranscriptContent(messages="all", events="all", metadata=False)
    return [await read(source, info, content) for info in await infos(source)]


class VariedLaws(SourceLaws):
    """Each source is made of the same log of 12 samples."""

    async def test_samples_keep_their_ids(self, source: TranscriptSource) -> None:
        found = await selected(source)
        assert len(found) == 12
        assert [id for id, known in zip(found, IDS, strict=True) if known] == [known for known in IDS if known]

    async def test_infos_are_whole(self, source: TranscriptSource) -> None:
        for info in await infos(source):
            assert info.source_type == "eval_log"
            assert info.task_set == "varied"
            assert info.model_options == {"temperature": 0.5, "max_tokens": 100}
            assert info.agent_args == {"tools": ["bash"]}
            assert isinstance(info.metadata["sample_metadata"], dict)

    @pytest.mark.parametrize(("where", "holds"), CONDITIONS)
    async def test_conditions_as_text_select_what_infos_say(
        self, source: TranscriptSource, where: str, holds: Callable[[TranscriptInfo], bool]
    ) -> None:
        assert await selected(source, where) == [i.transcript_id for i in await infos(source) if holds(i)]

    async def test_all_conditions_must_hold(self, source: TranscriptSource) -> None:
        assert await selected(source, "task_id = '10'", "epoch = 1") == ["u10-1"]

    @pytest.mark.parametrize("where", ["total_tokens = 'many'", "date > 5", "success != 'perhaps'", "task_set > 1"])
    async def test_a_condition_that_no_value_fits_is_refused(self, source: TranscriptSource, where: str) -> None:
        with pytest.raises(ConfigError, match="none of which can be compared with"):
            await selected(source, where)

    async def test_the_column_meant_is_proposed(self, source: TranscriptSource) -> None:
        with pytest.raises(UnknownNameError, match="total_tokens"):
            await selected(source, "total_toknes > 1")

    async def test_cases_choose_by_ids_of_transcripts_and_of_messages(self, source: TranscriptSource) -> None:
        collection = Transcripts(source)
        messages = {i.transcript_id: (await read(source, i)).messages for i in await infos(source)}
        found = list(messages)
        inside = next(message.id for message in messages[found[4]] if message.id)
        meant = [id for id in found if id == found[2] or any(message.id == inside for message in messages[id])]
        chosen = collection.for_validation([ValidationCase(id=id, target=True) for id in (found[2], inside, "nowhere")])
        assert await ids(chosen) == meant
        assert await ids(chosen.where(f"transcript_id != '{found[2]}'")) == [id for id in meant if id != found[2]]
        assert not await ids(collection.for_validation(ValidationSet(cases=[])))

    async def test_roles_are_chosen(self, source: TranscriptSource) -> None:
        (info, *_) = await infos(source)
        some = await read(source, info, TranscriptContent(messages=["assistant", "tool"]))
        assert [message.role for message in some.messages] == ["assistant", "tool"]

    async def test_the_index_says_what_the_log_says(self, source: TranscriptSource, tmp_path: Path) -> None:
        reference = transcripts_from(write(varied_log(), tmp_path / "reference" / "log.eval")).source
        expected = [await self.described(reference, info) for info in await infos(reference)]
        assert [normal(i) for i in await infos(source)] == [normal(i) for i in expected]

    async def described(self, reference: TranscriptSource, info: TranscriptInfo) -> TranscriptInfo:
        """Tell what the index says of a sample of the log."""
        del reference
        return info


class TestEvalLogs(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        return transcripts_from(write(varied_log(), tmp_path / "log.eval")).source


class TestFolders(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        samples = varied_log().samples or []
        for position, some in enumerate((samples[:5], samples[5:])):
            log = varied_log()
            log.samples = some
            write(log, tmp_path / "logs" / f"{position}" / f"log.{'eval' if position else 'json'}")
        return transcripts_from(tmp_path / "logs").source


class TestJsonLogs(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        return transcripts_from(write(varied_log(), tmp_path / "log.json")).source


class TestRecordedTranscripts(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        logs = transcripts_from(write(varied_log(), tmp_path / "log.eval"))
        return Transcripts.from_snapshot(await logs.reader().snapshot()).source


class TestLogsInMemory(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        return transcripts_from(read_eval_log(str(write(varied_log(), tmp_path / "log.eval")))).source


class TestTranscriptsInMemory(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        return transcripts_from(await held(transcripts_from(write(varied_log(), tmp_path / "log.eval")).source)).source


class TestDatabases(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        async with transcripts_db(tmp_path / "database") as database:
            await database.insert(transcripts_from(write(varied_log(), tmp_path / "log.eval")))
        return transcripts_from(tmp_path / "database").source

    async def described(self, reference: TranscriptSource, info: TranscriptInfo) -> TranscriptInfo:
        """A database has the metadata, target and scores of the sample itself in its index."""
        return info.model_copy(update={"metadata": (await read(reference, info, TranscriptContent())).metadata})


class TestDatabasesOfTranscripts(VariedLaws):
    @pytest.fixture
    async def source(self, tmp_path: Path) -> TranscriptSource:
        async with transcripts_db(tmp_path / "database") as database:
            await database.insert(await held(transcripts_from(write(varied_log(), tmp_path / "log.eval")).source))
        return transcripts_from(tmp_path / "database").source


async def test_an_unfinished_log_is_read_from_its_journal(tmp_path: Path) -> None:
    source = transcripts_from(unfinished(write(varied_log(), tmp_path / "log.eval"))).source
    found = await infos(source)
    assert len(found) == 12
    assert {info.metadata["eval_status"] for info in found} == {"started"}
    assert len((await read(source, found[0])).messages) == 3
