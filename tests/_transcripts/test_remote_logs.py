"""Eval logs in an object store: read by ranges, few requests, changes noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from inspect_scout import LocationError, LogReadError, StorageError, TranscriptContent, transcripts_from
from inspect_scout._transcripts.eval_log.cache import IndexCache
from inspect_scout._transcripts.eval_log.locator import SampleLocator, SampleSource
from inspect_scout._transcripts.eval_log.source import EvalLogSource
from inspect_scout.testing import JumpingClock, storage_for
from support.logs import make_log, make_sample, write
from support.s3 import S3Server, methods

pytestmark = pytest.mark.anyio

EVERYTHING = TranscriptContent(messages="all", events="all")


async def put(path: str, log: Any, tmp_path: Path) -> None:
    """Write a log into the store."""
    local = write(log, tmp_path / path.rpartition("/")[2])
    await storage_for(path).write(path, Path(local).read_bytes())


def source(location: str, tmp_path: Path) -> EvalLogSource:
    return EvalLogSource((location,), cache=IndexCache(tmp_path / "cache.sqlite"))


async def infos(location: str) -> list[Any]:
    async with transcripts_from(location).reader() as reader:
        return [info async for info in reader.index()]


async def test_a_log_a_prefix_and_a_bucket(bucket: str, tmp_path: Path) -> None:
    await put(f"{bucket}/logs/deep/a b#1.eval", make_log([make_sample(1)]), tmp_path)
    await put(f"{bucket}/logs/b.json", make_log([make_sample(2)]), tmp_path)
    await put(f"{bucket}/logs2/c.eval", make_log([make_sample(3)]), tmp_path)
    await storage_for(bucket).write(f"{bucket}/logs/other.json", b'{"x": 1}')
    await storage_for(bucket).write(f"{bucket}/logs/notes.txt", b"")
    assert [i.task_id for i in await infos(f"{bucket}/logs")] == ["2", "1"]
    assert [i.task_id for i in await infos(f"{bucket}/logs/")] == ["2", "1"]
    assert [i.task_id for i in await infos(f"{bucket}/logs/deep/a b#1.eval")] == ["1"]
    assert [i.task_id for i in await infos(bucket)] == ["2", "1", "3"]
    assert (await infos(f"{bucket}/logs2"))[0].source_uri == f"{bucket}/logs2/c.eval"


async def test_logs_beside_parquet_files_are_read_and_other_json_does_not_count(bucket: str, tmp_path: Path) -> None:
    storage = storage_for(bucket)
    await storage.write(f"{bucket}/db/transcripts_1.parquet", b"PAR1")
    await storage.write(f"{bucket}/db/other.json", b'{"x": 1}')
    transcripts = transcripts_from(f"{bucket}/db")
    with pytest.raises(LogReadError, match=r"transcripts_1\.parquet"):
        await transcripts.index()
    assert transcripts.source.type == "database"
    await put(f"{bucket}/db/log.json", make_log([make_sample(1)]), tmp_path)
    assert [i.task_id for i in await infos(f"{bucket}/db")] == ["1"]


async def test_what_is_not_there(bucket: str) -> None:
    with pytest.raises(LocationError, match="no such file or folder"):
        await infos(f"{bucket}/none")
    with pytest.raises(StorageError, match="no bucket 'none-such'"):
        await infos("s3://none-such/logs")


async def test_one_that_is_no_log_is_reported(bucket: str, tmp_path: Path) -> None:
    await put(f"{bucket}/a.eval", make_log([make_sample(1)]), tmp_path)
    await storage_for(bucket).write(f"{bucket}/b.eval", b"PK no zip")
    index = await source(bucket, tmp_path).index(transcripts_from(bucket).query)
    assert [problem.location for problem in index.problems] == [f"{bucket}/b.eval"]


async def test_requests_for_index_and_samples(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    """A log of 100 samples of 50 kB, that is 5 MB: what is read is its end, and the samples asked for."""
    import random

    noise = random.Random(1)
    samples = [make_sample(n, metadata={"noise": noise.randbytes(25_000).hex()}) for n in range(100)]
    await put(f"{bucket}/logs/big.eval", make_log(samples), tmp_path)
    (entry,) = await storage_for(bucket).list(f"{bucket}/logs")
    assert entry.size > 2 << 20
    logs = source(f"{bucket}/logs", tmp_path)
    query = transcripts_from(f"{bucket}/logs").query
    with s3.counting() as asked:
        index = await logs.index(query)
    # Is it a file? What is below it? The end of the log, which holds directory, header and summaries.
    assert methods(asked) == {"HEAD": 1, "GET": 2}
    found = [index.info(position) for position in range(len(index))]
    assert len(found) == 100
    with s3.counting() as asked:
        await (await logs.locate(found[50])).read(EVERYTHING)
    assert methods(asked) == {"HEAD": 1, "GET": 2}  # its state, its directory, the sample
    with s3.counting() as asked:
        for info in found[:10]:
            located = await logs.locate(info)
            assert located.size > 50_000
            loaded = await located.read(EVERYTHING)
            assert loaded.transcript.task_id == info.task_id
    assert methods(asked)["GET"] == 10
    assert methods(asked)["HEAD"] <= 1
    # Another process, the index from the cache: only the listing.
    with s3.counting() as asked:
        assert len(await source(f"{bucket}/logs", tmp_path).index(query)) == 100
    assert methods(asked) == {"HEAD": 1, "GET": 1}


async def test_a_changed_log_is_indexed_anew(bucket: str, tmp_path: Path) -> None:
    logs, query = source(bucket, tmp_path), transcripts_from(bucket).query
    await put(f"{bucket}/x.eval", make_log([make_sample(1)]), tmp_path)
    assert list((await logs.index(query)).ids) == ["u1-1"]
    await put(f"{bucket}/x.eval", make_log([make_sample(1), make_sample(2)]), tmp_path)
    assert list((await logs.index(query)).ids) == ["u1-1", "u2-1"]


@pytest.mark.parametrize("name", ["x.eval", "x.json"])
async def test_a_changed_log_is_never_read_by_its_old_directory(bucket: str, tmp_path: Path, name: str) -> None:
    path = f"{bucket}/{name}"
    clock = JumpingClock()
    locator = SampleLocator(clock)

    async def sample(id: str) -> SampleSource:
        return await anyio.to_thread.run_sync(locator.sample, path, id, 1)

    await put(path, make_log([make_sample(n) for n in range(5)]), tmp_path)
    before = await sample("4")
    await put(path, make_log([make_sample(4, metadata={"new": True})]), tmp_path)
    if name == "x.eval":
        with pytest.raises(LogReadError, match="changed meanwhile"):
            await anyio.to_thread.run_sync(before.read)
    else:
        assert b'"new"' not in await anyio.to_thread.run_sync(before.read)  # it was read whole
        clock.jump(11)
    again = await sample("4")
    assert b'"new"' in await anyio.to_thread.run_sync(again.read)
    with pytest.raises(LogReadError, match="no such sample"):
        await sample("3")
    await storage_for(path).delete(path)
    clock.jump(11)
    with pytest.raises(LogReadError, match="no such file"):
        await sample("4")


async def test_large_samples_are_streamed(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    long = make_sample(1, metadata={"noise": "x y z" * 20_000})
    await put(f"{bucket}/x.eval", make_log([long]), tmp_path)
    locator = SampleLocator()
    sample = await anyio.to_thread.run_sync(locator.sample, f"{bucket}/x.eval", "1", 1)
    pieces = await anyio.to_thread.run_sync(lambda: list(sample.chunks()))
    assert b"".join(pieces) == await anyio.to_thread.run_sync(sample.read)


async def test_sessions_in_a_store_are_not_passed_over_in_silence(
    bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    await storage_for(bucket).write(f"{bucket}/sessions/one.jsonl", b'{"type": "user"}\n')
    assert await transcripts_from(f"{bucket}/sessions").count_async() == 0
    assert "Sessions and traces are read from this machine: copy them here first." in caplog.text
    with pytest.raises(LocationError, match=r"one.jsonl' is not an eval log or a database.*copy them here first"):
        await infos(f"{bucket}/sessions/one.jsonl")
