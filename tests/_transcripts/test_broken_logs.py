"""Logs that are damaged, unfinished, repeated or hostile."""

from __future__ import annotations

import json
import os
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalSample

from inspect_scout import LogReadError, ScoutError, TranscriptContent, TranscriptInfo, transcripts_from
from inspect_scout._query import Query
from inspect_scout._transcripts import EvalLogSource, TranscriptIndex, read_origin
from inspect_scout._transcripts.decode.source import MemoryBytes
from inspect_scout._transcripts.decode.stream import open_sample
from support.inspect_logs import read_eval_log, read_eval_log_sample
from support.logs import make_log, make_sample, patch_directory, rewrite, unfinished, varied_log, write

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all", timeline="all")
# `make faults` runs many more.
ROUNDS = 25 * int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "8"))


async def index_of(*paths: Path) -> TranscriptIndex:
    """Index logs, past the cache's memory of what they were."""
    return await EvalLogSource(tuple(map(str, paths))).index(Query())


def log_of(path: Path, *names: str) -> Path:
    """Write a log whose samples have these uuids."""
    return write(make_log([make_sample(number, uuid=name) for number, name in enumerate(names, 1)]), path)


def change_summaries(change: Callable[[list[Any]], list[Any]]) -> Callable[[dict[str, bytes]], None]:
    """Change the summaries of a log."""

    def rewritten(members: dict[str, bytes]) -> None:
        members["summaries.json"] = json.dumps(change(json.loads(members["summaries.json"]))).encode()

    return rewritten


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: p.write_bytes(b""), "empty"),
    "cut off": (lambda p: p.write_bytes(p.read_bytes()[:-100]), "cut off"),
    "no zip": (lambda p: p.write_bytes(b"hello" * 100), "neither a zip file nor JSON"),
    "another zip": (lambda p: rewrite(p, lambda _: {"a.txt": b"x"}), "not an Inspect log"),
    "header is not JSON": (lambda p: rewrite(p, lambda m: {**m, "header.json": b"{nope"}), r"header\.json.*valid JSON"),
    "header is a list": (lambda p: rewrite(p, lambda m: {**m, "header.json": b"[]"}), r"header\.json.*Expected"),
    "header without eval": (lambda p: rewrite(p, lambda m: {**m, "header.json": b"{}"}), "`eval`"),
    "header nested": (lambda p: rewrite(p, lambda m: {**m, "header.json": b"[" * 10**5}), "nested too deeply"),
    "header encrypted": (lambda p: patch_directory(p, "header.json", flags=1), "encrypted"),
    "header compressed oddly": (lambda p: patch_directory(p, "header.json", method=12), "method 12"),
    "header with wrong sum": (lambda p: patch_directory(p, "header.json", crc=7), "checksum"),
    "header too small": (lambda p: patch_directory(p, "header.json", size=7), "7 bytes that it declares"),
    "header elsewhere": (lambda p: patch_directory(p, "header.json", offset=3), "points to something else"),
    "header outside": (lambda p: patch_directory(p, "header.json", offset=2**31), "damaged"),
    "list of samples is none": (
        lambda p: rewrite(p, lambda m: {"header.json": m["header.json"], "summaries.json": b"7"}),
        r"summaries\.json",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_log_is_named_and_the_others_are_read(name: str, tmp_path: Path) -> None:
    harm, reason = BREAKS[name]
    log_of(tmp_path / "logs" / "a.eval", "a")
    broken = log_of(tmp_path / "logs" / "b.eval", "b")
    log_of(tmp_path / "logs" / "c.json", "c")
    harm(broken)
    index = await index_of(tmp_path / "logs")
    assert list(index.ids) == ["a", "c"]
    (problem,) = index.problems
    assert problem.location == str(broken)
    assert str(broken) in str(problem)
    with pytest.raises(LogReadError, match=reason) as raised:
        await index_of(broken)
    assert raised.value.log == str(broken)
    assert str(raised.value) == str(problem)


async def test_if_no_log_can_be_read_nothing_is_scanned(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.eval").write_bytes(b"")
    with pytest.raises(LogReadError, match=r"a\.eval.*empty.*none of the other 2"):
        await index_of(tmp_path)


async def test_a_broken_sample_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = patch_directory(log_of(tmp_path / "log.eval", "a", "b"), "samples/1_epoch_1.json", crc=1)
    source = transcripts_from(path).source
    index = await source.index(Query())
    with pytest.raises(LogReadError, match=r"log\.eval.*'1' epoch 1.*checksum") as raised:
        await (await source.locate(index.info(0))).read(ALL)
    assert (raised.value.log, raised.value.sample) == (str(path), "'1' epoch 1")
    with pytest.raises(LogReadError, match="'1' epoch 1"):
        await (await (await source.locate(index.info(0))).open(ALL)).load()
    assert (await (await source.locate(index.info(1))).read(ALL)).transcript.messages


@pytest.mark.parametrize("content", [b"", b"{nope", b"[]", b"7", b"[" * 10**5, b'{"messages": 7}', b"\xff\xfe"])
@pytest.mark.parametrize("kind", ["eval", "json"])
async def test_a_sample_that_is_no_sample(content: bytes, kind: str, tmp_path: Path) -> None:
    path = log_of(tmp_path / f"log.{kind}", "a", "b")
    if kind == "eval":
        rewrite(path, lambda m: {**m, "samples/1_epoch_1.json": content})
    else:
        log = json.loads(path.read_text())
        log["samples"][0]["messages"] = content.decode("latin-1")
        path.write_text(json.dumps(log))
    source = transcripts_from(path).source
    index = await source.index(Query())
    if kind == "json":
        assert list(index.ids) == ["b"]
        assert "sample number 1" in str(index.problems[0])
        return
    with pytest.raises(LogReadError, match=r"log\.eval.*'1' epoch 1"):
        await (await source.locate(index.info(0))).read(ALL)
    assert (await (await source.locate(index.info(1))).read(ALL)).transcript.messages


async def test_a_sample_that_is_missing_is_named(tmp_path: Path) -> None:
    path = rewrite(
        log_of(tmp_path / "log.eval", "a"), lambda m: {k: v for k, v in m.items() if not k.startswith("samples/")}
    )
    source = transcripts_from(path).source
    index = await source.index(Query())
    with pytest.raises(LogReadError, match="'1' epoch 1: the log has no such sample"):
        await (await source.locate(index.info(0))).read(ALL)


async def test_a_sample_in_chunks_is_named(tmp_path: Path) -> None:
    path = rewrite(
        log_of(tmp_path / "log.eval", "a"),
        lambda m: {k.replace("_epoch_1.json", "_epoch_1/sample.json"): v for k, v in m.items()},
    )
    source = transcripts_from(path).source
    index = await source.index(Query())
    assert not index.problems
    with pytest.raises(LogReadError, match="chunks"):
        await (await source.locate(index.info(0))).read(ALL)


async def test_a_malformed_summary_costs_nothing_if_its_sample_is_there(tmp_path: Path) -> None:
    harm = change_summaries(lambda summaries: [{"id": None}, *summaries[1:]])
    path = rewrite(log_of(tmp_path / "log.eval", "a", "b"), harm)
    index = await index_of(path)
    assert list(index.ids) == ["a", "b"]
    assert not index.problems


async def test_a_malformed_summary_without_its_sample_is_reported(tmp_path: Path) -> None:
    harm = change_summaries(lambda summaries: [{"id": None}, *summaries[1:]])
    path = rewrite(
        rewrite(log_of(tmp_path / "log.eval", "a", "b"), harm), lambda m: {**m, "samples/1_epoch_1.json": b"{"}
    )
    index = await index_of(path)
    assert list(index.ids) == ["b"]
    assert any("samples/1_epoch_1.json" in str(problem) for problem in index.problems)
    assert [str(p) for p in (await index_of(path)).problems] == [str(p) for p in index.problems]  # from the cache too
    gone = rewrite(path, lambda m: {name: data for name, data in m.items() if name != "samples/1_epoch_1.json"})
    assert "summary number 1" in str((await index_of(gone)).problems[0])


async def test_of_a_repeated_sample_the_last_counts_as_inspect_reads_it(tmp_path: Path) -> None:
    path = log_of(tmp_path / "log.eval", "old", "b")
    newer = make_sample(1, uuid="new", input="Newer?")
    summaries = [
        sample.summary().model_dump(mode="json") for sample in (make_sample(1), newer, make_sample(2, uuid="b"))
    ]
    with zipfile.ZipFile(path, "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the names are doubled on purpose
        file.writestr("samples/1_epoch_1.json", newer.model_dump_json(exclude_none=True))
        file.writestr("summaries.json", json.dumps(summaries))
    source = transcripts_from(path).source
    index = await source.index(Query())
    assert list(index.ids) == ["new", "b"]
    transcript = (await (await source.locate(index.info(0))).read(ALL)).transcript
    assert index.info(0).metadata["input"] == "user:\nNewer?\n"
    assert transcript.messages[0].text == read_eval_log_sample(str(path), 1).messages[0].text
    assert {sample.uuid for sample in read_eval_log(str(path)).samples or ()} == set(index.ids)


async def test_a_repeated_sample_of_a_json_log(tmp_path: Path) -> None:
    path = log_of(tmp_path / "log.json", "old", "b")
    log = json.loads(path.read_text())
    log["samples"].append({**log["samples"][0], "uuid": "new", "target": "other"})
    path.write_text(json.dumps(log))
    source = transcripts_from(path).source
    index = await source.index(Query())
    assert list(index.ids) == ["new", "b"]
    assert (await (await source.locate(index.info(0))).read(ALL)).transcript.metadata["target"] == "other"


async def test_one_uuid_twice_in_a_log_hides_no_sample(tmp_path: Path) -> None:
    path = log_of(tmp_path / "log.eval", "same", "same", "other")
    source = transcripts_from(path).source
    index = await source.index(Query())
    assert len(set(index.ids)) == 3
    assert index.ids[0] == "same"
    texts = [(await (await source.locate(index.info(n))).read(ALL)).transcript.messages[0].text for n in range(3)]
    assert texts == ["Question 1?", "Question 2?", "Question 3?"]


async def test_epochs_are_different_samples(tmp_path: Path) -> None:
    samples = [make_sample(1, 1), make_sample(1, 2), make_sample(1, 3, uuid=None)]
    source = transcripts_from(write(make_log(samples), tmp_path / "log.eval")).source
    index = await source.index(Query())
    assert len(set(index.ids)) == 3
    assert [index.info(n).task_repeat for n in range(3)] == [1, 2, 3]


async def test_hostile_ids_are_only_names(tmp_path: Path) -> None:
    samples: list[EvalSample] = []
    for number, name in enumerate(["../../etc/passwd", "a/b", "\u202e\x1b[31m", "a'b\"c", "x" * 500, "é\n"]):
        sample = make_sample(number)
        sample.id = name
        samples.append(sample)
    source = transcripts_from(write(make_log(samples), tmp_path / "log.eval")).source
    index = await source.index(Query())
    assert not index.problems
    for position, sample in enumerate(samples):
        info = index.info(position)
        assert info.task_id == sample.id
        assert len((await (await source.locate(info)).read(ALL)).transcript.messages) == 3
    assert not (tmp_path.parent / "etc").exists()


async def test_a_log_that_changes_is_read_anew(tmp_path: Path) -> None:
    path = log_of(tmp_path / "log.eval", "a")
    source = transcripts_from(path).source
    info = (await source.index(Query())).info(0)
    origin = (await source.locate(info)).origin(ALL, 1)
    assert origin is not None
    write(make_log([make_sample(1, uuid="a", messages=[])]), path)
    assert (await (await source.locate(info)).read(ALL)).transcript.messages == []
    with pytest.raises(LogReadError, match="has changed since it was scanned"):
        await read_origin(origin, info)
    path.unlink()
    with pytest.raises(LogReadError, match=r"log\.eval.*no such file"):
        await read_origin(origin, info)
    with pytest.raises(LogReadError, match=r"log\.eval.*no such file"):
        await (await source.locate(info)).read(ALL)


@pytest.mark.parametrize("name", ["log.eval", "log.json"])
async def test_what_is_said_of_a_sample_is_said_of_what_was_read(tmp_path: Path, name: str) -> None:
    path = log_of(tmp_path / name, "a")
    source = transcripts_from(path).source
    info = (await source.index(Query())).info(0)
    located = await source.locate(info)
    write(make_log([make_sample(0, uuid="b"), make_sample(1, uuid="a", messages=[])]), path)
    read = (await located.read(ALL)).transcript
    origin = located.origin(ALL, 1)
    assert origin is not None and origin.fingerprint == located.fingerprint
    if name == "log.eval":  # JSON logs are in memory already
        assert read.messages == []
        assert (await read_origin(origin, info)).messages == []
    else:
        with pytest.raises(LogReadError, match="has changed since it was scanned"):
            await read_origin(origin, info)
    path.unlink()
    with pytest.raises(LogReadError, match="no such file"):
        await source.locate(info)


async def test_large_samples_are_read_in_a_thread(tmp_path: Path) -> None:
    big = make_sample(1, uuid="a", store={"text": "x" * 3_000_000})
    source = transcripts_from(write(make_log([big]), tmp_path / "log.eval")).source
    info = (await source.index(Query())).info(0)
    assert (await source.locate(info)).size > 3_000_000
    assert len((await (await source.locate(info)).read(ALL)).transcript.messages) == 3


async def test_errors_while_streaming_name_log_and_sample() -> None:
    info = TranscriptInfo(transcript_id="t")
    for content, reason in ((b"{nope", "damaged"), (b"[]", "")):
        naming = open_sample(
            MemoryBytes(content),
            info,
            TranscriptContent(messages="all", events="all"),
            lambda error: LogReadError("big.eval", str(error), "'s' epoch 1"),
        )
        assert naming.info is info
        async with naming:
            for items in (naming.messages, naming.events):
                with pytest.raises(LogReadError, match=rf"big\.eval.*'s' epoch 1.*{reason}"):
                    assert [item async for item in items()] == []
            with pytest.raises(LogReadError, match="'s' epoch 1"):
                await naming.load()
        with pytest.raises(RuntimeError):
            await naming.load()


async def test_nan_in_a_json_log(tmp_path: Path) -> None:
    path = log_of(tmp_path / "log.json", "a", "b")
    log = json.loads(path.read_text())
    log["samples"][0]["metadata"] = {"x": float("nan")}
    log["samples"][0]["messages"][0]["content"] = "\ud800"
    path.write_text(json.dumps(log))
    source = transcripts_from(path).source
    index = await source.index(Query())
    assert list(index.ids) == ["a", "b"]
    for position in range(2):
        transcript = (await (await source.locate(index.info(position))).read(ALL)).transcript
        assert len(transcript.messages) >= 2


def must_name(path: Path, error: ScoutError) -> None:
    """Check that an error says which file is concerned."""
    assert path.name in str(error)


async def read_everything(path: Path) -> list[TranscriptInfo]:
    """Index a log and read all of it, in every way."""
    source = EvalLogSource((str(path),))
    index = await source.index(Query())
    found = [index.info(position) for position in range(len(index))]
    for info in found:
        try:
            await (await source.locate(info)).read(ALL)
        except ScoutError as error:
            must_name(path, error)
        async with await (await source.locate(info)).open(ALL) as handle:
            try:
                assert len([message async for message in handle.messages()]) < 100
            except ScoutError as error:
                must_name(path, error)
    return found


@pytest.mark.fault
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["eval", "json", "journal"])
async def test_no_corruption_crashes(kind: str, tmp_path: Path) -> None:
    path = write(varied_log(), tmp_path / f"log.{'json' if kind == 'json' else 'eval'}")
    if kind == "journal":
        unfinished(path)
    good, survived = path.read_bytes(), 0
    for seed in range(ROUNDS):
        path.write_bytes(corrupted(good, random.Random(seed)))
        try:
            await read_everything(path)
            survived += 1
        except ScoutError as error:
            must_name(path, error)
    assert 0 < survived < ROUNDS


def corrupted(data: bytes, rng: random.Random) -> bytes:
    """Cut, flip, swap or overwrite some of it."""
    broken, kind = bytearray(data), rng.randrange(4)
    if kind == 0:
        del broken[rng.randrange(len(broken)) :]
    elif kind == 1:
        for _ in range(rng.choice([1, 1, 3, 30])):
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    elif kind == 2:
        size = rng.choice([8, 64, 512])
        one, two = sorted(rng.randrange(len(broken) - size) for _ in range(2))
        broken[one : one + size], broken[two : two + size] = broken[two : two + size], broken[one : one + size]
    else:
        start = rng.randrange(len(broken))
        end = min(len(broken), start + rng.choice([1, 4, 100]))
        broken[start:end] = rng.randbytes(end - start) if rng.random() < 0.5 else bytes(end - start)
    return bytes(broken)
