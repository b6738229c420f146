"""Transcripts chosen by labelled cases: by their own ids, and by those of messages and events in them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import InfoEvent

from inspect_scout import ConfigError, Transcripts, ValidationCase, ValidationSet, columns, scan, transcripts_from
from support.logs import make_log, make_sample, write
from support.transcripts import length, talks

pytestmark = pytest.mark.anyio


def cases(*ids: Any) -> list[ValidationCase]:
    return [ValidationCase(id=id, target=True) for id in ids]


async def chosen(transcripts: Transcripts) -> list[str]:
    async with transcripts.reader() as reader:
        return [info.transcript_id async for info in reader.index()]


@pytest.fixture(params=["memory", "log", "log in memory"])
def four(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Transcripts, list[str], list[str]]:
    """Four transcripts of each kind of source, their ids, and the ids of one message of each."""
    if request.param == "memory":
        return transcripts_from(talks(4)), [f"t{i}" for i in range(4)], [f"a{i}" for i in range(4)]
    log = make_log([make_sample(i) for i in range(4)])
    source: Any = log if request.param == "log in memory" else str(write(log, tmp_path / "a.eval"))
    return transcripts_from(source), [f"u{i}-1" for i in range(4)], [f"m{i}a" for i in range(4)]


async def test_cases_choose_transcripts_by_id(four: tuple[Transcripts, list[str], list[str]]) -> None:
    transcripts, ids, messages = four
    assert await chosen(transcripts.for_validation(cases(ids[2], ids[0], "nowhere"))) == [ids[0], ids[2]]
    assert await chosen(transcripts.for_validation(cases(messages[1]))) == [ids[1]]
    assert await chosen(transcripts.for_validation(cases([messages[3], messages[1]], ids[0]))) == [
        ids[0],
        ids[1],
        ids[3],
    ]


async def test_other_conditions_hold_too(four: tuple[Transcripts, list[str], list[str]]) -> None:
    transcripts, ids, messages = four
    both = transcripts.for_validation(cases(*messages)).where(columns.transcript_id != ids[0])
    assert await chosen(both) == ids[1:]
    assert await chosen(both.limit(1)) == [ids[1]]
    assert await chosen(both.order_by("transcript_id", "DESC").limit(2)) == [ids[3], ids[2]]
    assert await chosen(both.for_validation(cases(ids[0], ids[2]))) == [ids[2]]


async def test_events_choose_transcripts() -> None:
    held = talks(3)
    held[1].events = [InfoEvent(uuid="e1", data="x")]
    assert await chosen(transcripts_from(held).for_validation(cases("e1"))) == ["t1"]


async def test_no_cases_choose_nothing_and_say_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    none = transcripts_from(talks(2)).for_validation(ValidationSet(cases=[]))
    assert "no labelled cases" in caplog.text
    assert await chosen(none) == []


async def test_ids_found_nowhere_are_told(caplog: pytest.LogCaptureFixture) -> None:
    assert await chosen(transcripts_from(talks(2)).for_validation(cases("a1", "lost"))) == ["t1"]
    assert "in no transcript: 1 ('lost')" in caplog.text


def test_files_and_mappings_of_cases_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("id,target\nt0,1\n")
    transcripts = transcripts_from(talks(4))
    assert transcripts.for_validation(str(file)).cases == (frozenset({"t0"}),)
    both: dict[str, str | Path | ValidationSet] = {"a": str(file), "b": ValidationSet(cases=cases(["t1", "t2"]))}
    assert transcripts.for_validation(both).cases == (frozenset({"t0", "t1", "t2"}),)
    with pytest.raises(ConfigError, match="is not a ValidationCase"):
        transcripts.for_validation(["t0"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("ids", "says"), [((), "was given no labelled cases"), (("lost",), "no id of a labelled case")]
)
def test_scans_without_transcripts_say_why(tmp_path: Path, ids: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        scan([length()], transcripts_from(talks(2)).for_validation(cases(*ids)), scans=str(tmp_path / "s"))
    assert not (tmp_path / "s").exists()


def test_scans_use_the_transcripts_of_cases(tmp_path: Path) -> None:
    validation = ValidationSet(cases=[ValidationCase(id="t1", target=3), ValidationCase(id="a0", target=3)])
    status = scan(
        [length()],
        transcripts_from(talks(4)).for_validation(validation),
        scans=str(tmp_path),
        validation=validation,
        display="none",
    )
    assert status.summary["length"].scans == 2
