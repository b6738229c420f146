"""Typed access to what an eval log says about a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_scout import SampleMetadata, TranscriptContent, TranscriptInfo, transcripts_from
from support.logs import varied_log, write

pytestmark = pytest.mark.anyio


@pytest.fixture
async def read(tmp_path: Path) -> dict[str, tuple[SampleMetadata, SampleMetadata]]:
    """By sample: from the description, and from the transcript that was read."""
    async with transcripts_from(write(varied_log(), tmp_path / "log.eval")).reader() as reader:
        return {
            info.transcript_id: (SampleMetadata(info), SampleMetadata(await reader.read(info, TranscriptContent())))
            async for info in reader.index()
        }


async def test_what_the_eval_says(read: dict[str, tuple[SampleMetadata, SampleMetadata]]) -> None:
    for sample in read["u1-1"]:
        assert sample.eval_id == "eval-space/varied"
        assert sample.log.endswith("log.eval")
        assert sample.eval_status == "success"
        assert sample.eval_tags == ["one", "two"]
        assert sample.eval_metadata == {"owner": "me", "n": None}
        assert sample.task_args == {"a": 1, "b": None, "c": [1]}
        assert sample.generate_config.temperature == 0.5
        assert list(sample.model_roles or ()) == ["grader"]


async def test_what_the_sample_says(read: dict[str, tuple[SampleMetadata, SampleMetadata]]) -> None:
    for sample in read["u10-2"]:
        assert (sample.id, sample.epoch) == ("10", 2)
        assert sample.input == "user:\nQuestion 10?\n"
        assert sample.score_values == {"match": "0.25"}
        assert sample.working_time == 1.0
    for sample in read["u7-1"]:
        assert sample.working_time is None


async def test_targets(read: dict[str, tuple[SampleMetadata, SampleMetadata]]) -> None:
    described, whole = read["u2-1"]
    assert whole.target == ["x", "y,z"]
    assert described.target == ["x", "y", "z"]
    assert read["u1-1"][1].target == ["Answer 1"]


async def test_whole_metadata_of_the_sample(read: dict[str, tuple[SampleMetadata, SampleMetadata]]) -> None:
    described, whole = read["u3-1"]
    assert described.sample_metadata["big"] == "Key removed from summary (> 1k)"
    assert len(whole.sample_metadata["big"][0]) == 10_000


def test_what_is_missing_is_none() -> None:
    info = TranscriptInfo(
        transcript_id="t", source_type="eval_log", metadata={"eval_tags": " , ", "task_args": '{"a": 1}'}
    )
    sample = SampleMetadata(info)
    assert sample.eval_tags is None
    assert sample.eval_metadata is None
    assert sample.model_roles is None
    assert sample.task_args == {"a": 1}
    assert sample.sample_metadata == {}


def test_other_sources_are_refused() -> None:
    with pytest.raises(ValueError, match="'langsmith'"):
        SampleMetadata(TranscriptInfo(transcript_id="t", source_type="langsmith"))
