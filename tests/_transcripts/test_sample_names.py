"""Ids of samples that look alike are two samples; a sample that is there twice is said."""

from __future__ import annotations

import json
import logging
import warnings
import zipfile
from pathlib import Path

import pytest
from inspect_ai.log import EvalSample

from inspect_scout import TranscriptContent, Transcripts, transcripts_db, transcripts_from
from inspect_scout._transcripts import read_origin
from support.logs import make_log, make_sample, write
from support.own_log import own_records

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all")


def sample_of(id: str | int, text: str, *, uuid: str | None = None, epoch: int = 1) -> EvalSample:
    """Make a sample that says a text."""
    sample = make_sample(1, epoch, uuid=uuid, input=text)
    sample.id = id
    sample.messages[0].content = text
    return sample


def log_with(samples: list[EvalSample], path: Path) -> Path:
    """Write a log in which samples of one name stay apart, as older writers left them."""
    write(make_log(samples), path)
    if path.suffix == ".eval":
        with zipfile.ZipFile(path) as file:
            header = file.read("header.json")
        with zipfile.ZipFile(path, "w") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the names are doubled on purpose
            for sample in samples:
                data = sample.model_dump_json(exclude_none=True)
                file.writestr(f"samples/{sample.id}_epoch_{sample.epoch}.json", data)
            summaries = [sample.summary().model_dump(mode="json") for sample in samples]
            file.writestr("summaries.json", json.dumps(summaries))
            file.writestr("header.json", header)
    return path


async def said(transcripts: Transcripts) -> list[tuple[str | None, str]]:
    """Read what the samples say, with their ids in the index."""
    index = await transcripts.index()
    assert not index.problems
    assert len(set(index.ids)) == len(index)
    texts: list[tuple[str | None, str]] = []
    for position in range(len(index)):
        info = index.info(position)
        transcript = (await (await transcripts.source.locate(info)).read(ALL)).transcript
        assert info.metadata["input"].strip() in ("", f"user:\n{transcript.messages[0].text}")
        texts.append((info.task_id, transcript.messages[0].text))
    return texts


@pytest.fixture(params=["eval", "json", "memory"])
def kind(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


def transcripts_of(samples: list[EvalSample], kind: str, folder: Path) -> Transcripts:
    return transcripts_from(make_log(samples) if kind == "memory" else log_with(samples, folder / f"log.{kind}"))


@pytest.mark.parametrize("uuids", [("a", "b"), (None, None), ("a", None), (None, "b"), ("a", "a")])
@pytest.mark.parametrize("number_first", [True, False])
async def test_a_number_and_its_text_are_two_samples(
    number_first: bool,
    uuids: tuple[str | None, str | None],
    kind: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ids: tuple[str | int, str | int] = (1, "1") if number_first else ("1", 1)
    samples = [sample_of(id, f"I am {id!r}", uuid=uuid) for id, uuid in zip(ids, uuids, strict=True)]
    samples.append(sample_of(2, "Another"))
    transcripts = transcripts_of(samples, kind, tmp_path)
    assert sorted(await said(transcripts)) == [("1", "I am '1'"), ("1", "I am 1"), ("2", "Another")]
    assert ("same id and epoch" in caplog.text) is False
    assert ("carry the uuid of another" in caplog.text) is (uuids == ("a", "a") and kind != "memory")


async def test_ids_do_not_depend_on_the_kind_of_log(tmp_path: Path) -> None:
    samples = [sample_of("1", "text"), sample_of(1, "number")]
    kinds = [transcripts_of(samples, kind, tmp_path) for kind in ("eval", "json", "memory")]
    found = [list((await transcripts.index()).ids) for transcripts in kinds]
    assert sorted(found[0]) == sorted(found[1]) == sorted(found[2])
    turned = log_with(samples[::-1], tmp_path / "turned.eval")
    assert sorted((await transcripts_from(turned).index()).ids) == sorted(found[0])


async def test_ids_that_look_alike_are_kept_apart(kind: str, tmp_path: Path) -> None:
    ids: list[str | int] = [
        1,
        "1",
        "01",
        "1.0",
        "True",
        "true",
        "TRUE",
        " 1",
        "1 ",
        "\u0661",
        "\uff11",
        "'1'",
        "1_epoch_1",
    ]
    ids += ["caf\u00e9", "cafe\u0301", "A", "a", -1, "-1", 10**18, str(10**18)]
    samples = [sample_of(id, f"I am {id!r}") for id in ids]
    found = await said(transcripts_of(samples, kind, tmp_path))
    assert sorted(found, key=repr) == sorted([(str(id), f"I am {id!r}") for id in ids], key=repr)


async def test_epochs_of_both_are_kept_apart(kind: str, tmp_path: Path) -> None:
    both: tuple[str | int, ...] = (1, "1")
    samples = [sample_of(id, f"{id!r} {epoch}", epoch=epoch) for epoch in (1, 2) for id in both]
    texts = [text for _, text in await said(transcripts_of(samples, kind, tmp_path))]
    assert sorted(texts) == sorted(["1 1", "'1' 1", "1 2", "'1' 2"])


async def test_both_are_found_again_and_go_into_databases(tmp_path: Path) -> None:
    samples = [sample_of(1, "number", uuid="a"), sample_of("1", "text", uuid="b")]
    for suffix in ("eval", "json"):
        transcripts = transcripts_from(log_with(samples, tmp_path / f"log.{suffix}"))
        index = await transcripts.index()
        for position, id in enumerate(index.ids):
            info, text = index.info(position), {"a": "number", "b": "text"}[id]
            origin = (await transcripts.source.locate(info)).origin(ALL, 1)
            assert origin is not None
            assert (await read_origin(origin, info)).messages[0].text == text
        async with transcripts.reader() as reader:
            snapshot = await reader.snapshot()
        assert sorted(await said(Transcripts.from_snapshot(snapshot))) == [("1", "number"), ("1", "text")]
        await transcripts_db(tmp_path / suffix).insert(transcripts)
        assert sorted(await said(transcripts_from(tmp_path / suffix))) == [("1", "number"), ("1", "text")]


@pytest.mark.parametrize("suffix", ["eval", "json"])
async def test_true_doubles_are_said(suffix: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    samples = [sample_of(1, "old", uuid="o"), sample_of(2, "b"), sample_of(1, "new", uuid="n"), sample_of("1", "text")]
    path = log_with(samples, tmp_path / f"log.{suffix}")
    for _ in range(2):  # from the log, from the cache
        caplog.clear()
        assert sorted(text for _, text in await said(transcripts_from(path))) == ["b", "new", "text"]
        (record,) = own_records(caplog)
        assert record.levelno == logging.WARNING
        assert record.message.startswith("1 samples are in their log again with the same id and epoch")
        assert str(path) in record.message


async def test_a_sample_that_was_written_again_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of a sample that ran again Inspect lists the last, but leaves the first in the file."""
    path = log_with([sample_of(1, "first", uuid="f"), sample_of(1, "last", uuid="l")], tmp_path / "log.eval")
    with zipfile.ZipFile(path) as file:
        listed = json.loads(file.read("summaries.json"))
    with zipfile.ZipFile(path, "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.writestr("summaries.json", json.dumps(listed[1:]))
    assert [text for _, text in await said(transcripts_from(path))] == ["last"]
    assert "1 samples are in their log again" in caplog.text
