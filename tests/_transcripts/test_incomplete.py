"""What could be read only in part is counted where results are recorded, alike over all sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest
from inspect_ai.event import Event
from inspect_ai.model import ChatMessage

from inspect_scout import (
    Result,
    Scanner,
    Transcript,
    TranscriptContent,
    TranscriptHandle,
    grep_scanner,
    scan,
    scan_results_df,
    scanner,
    transcripts_from,
)
from inspect_scout._query import Query
from inspect_scout._transcripts import LoadedTranscript, MemorySource, TranscriptSource, count_incomplete
from inspect_scout._transcripts.decode.source import MemoryBytes
from inspect_scout._transcripts.decode.stream import open_sample
from inspect_scout._types import TranscriptInfo
from support.inspect_logs import read_eval_log
from support.raw_logs import EVENT, insert, model_event, user, write_raw

pytestmark = pytest.mark.anyio

HOLOGRAM = [{"type": "text", "text": "kept token"}, {"type": "hologram", "text": "inner token"}]
MESSAGES = [
    user("a token"),
    user(HOLOGRAM),
    {"role": "developer", "content": "a token of somebody"},
    {"role": "assistant", "content": "", "tool_calls": [{"id": "c", "function": "f", "arguments": [1]}]},
    7,
]
EVENTS = [
    {"event": "info", "data": "token", **EVENT},
    {"event": "hologram", "data": "token", **EVENT},
    model_event(input=[user("a"), user(HOLOGRAM)]),
    model_event(input=[user("a")]),
    {"event": "tool", "id": "c", "function": "f", "arguments": "ls", **EVENT},
]
SAMPLE = {"messages": MESSAGES, "events": EVENTS}
WHOLE = {"messages": [user("a token")], "events": EVENTS[:1]}
EXPECTED = {"all": 7, "users": 3, "each": [0, 1, 1, 1], "kinds": 1, "streamed": 4, "nothing": 0}


@scanner(messages="all", events="all", name="all")
def everything() -> Scanner[Transcript]:
    """Search all of it."""
    return grep_scanner("token")


@scanner(messages=["user"], name="users")
def users() -> Scanner[list[ChatMessage]]:
    """Look at user messages together."""

    async def scan_messages(messages: list[ChatMessage]) -> Result:
        return Result(value=len(messages))

    return scan_messages


@scanner(messages=["user"], name="each")
def each() -> Scanner[ChatMessage]:
    """Look at user messages one by one."""

    async def scan_message(message: ChatMessage) -> Result:
        return Result(value=message.text)

    return scan_message


@scanner(events=["model"], name="kinds")
def kinds() -> Scanner[list[Event]]:
    """Look at events of one kind."""

    async def scan_events(events: list[Event]) -> Result:
        return Result(value=len(events))

    return scan_events


@scanner(messages="all", supports_streaming=True, name="streamed")
def streamed() -> Scanner[TranscriptHandle]:
    """Read a handle."""

    async def scan_handle(handle: TranscriptHandle) -> Result:
        return Result(value=len([message async for message in handle.messages()]))

    return scan_handle


@scanner(messages=["tool"], name="nothing")
def nothing() -> Scanner[Transcript]:
    """Ask for what is not there."""

    async def scan_transcript(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return scan_transcript


SCANNERS = [everything, users, each, kinds, streamed, nothing]


def counted(tmp_path: Path, name: str, transcripts: Any, scanners: Any = SCANNERS, **options: Any) -> dict[str, Any]:
    """Scan, and give the counts of the rows and of the summary."""
    status = scan(
        scanners=[make() for make in scanners],
        transcripts=transcripts,
        scans=str(tmp_path / name),
        display="none",
        **options,
    )
    assert status.complete
    rows: dict[str, Any] = {}
    for key, frame in scan_results_df(status.location).scanners.items():
        counts = frame["incomplete_items"].tolist()
        rows[key] = counts if len(counts) > 1 else counts[0]
        assert status.summary.scanners[key].incomplete == sum(count > 0 for count in counts)
    return rows


def given(tmp_path: Path, kind: str) -> Any:
    """The same sample as each kind of source has it."""
    log = str(write_raw(tmp_path / f"log.{'json' if kind == 'json' else 'eval'}", [SAMPLE]))
    if kind == "database of a log":
        return transcripts_from(anyio.run(insert, tmp_path / "db", transcripts_from(log)))
    if kind in ("transcript in memory", "database of transcripts"):
        transcript = anyio.run(loaded, transcripts_from(log).source).transcript
        if kind == "transcript in memory":
            return transcripts_from(transcript)
        return transcripts_from(anyio.run(insert, tmp_path / "db", [transcript]))
    return transcripts_from(log)


async def loaded(source: TranscriptSource, content: TranscriptContent | None = None) -> LoadedTranscript:
    info = (await source.index(Query())).info(0)
    return await (await source.locate(info)).read(content or TranscriptContent(messages="all", events="all"))


@pytest.mark.parametrize(
    "kind", ["eval", "json", "database of a log", "transcript in memory", "database of transcripts"]
)
def test_rows_count_what_their_scanner_was_given_in_part(tmp_path: Path, kind: str) -> None:
    assert counted(tmp_path, "scans", given(tmp_path, kind)) == EXPECTED


@pytest.mark.parametrize("scanners", [[streamed], [users], [each], [kinds]])
def test_counts_do_not_depend_on_what_else_is_read(tmp_path: Path, scanners: Any) -> None:
    found = counted(tmp_path, "scans", given(tmp_path, "eval"), scanners)
    assert found == {key: EXPECTED[key] for key in found}
    assert len(found) == 1


def test_processes_count_alike(tmp_path: Path) -> None:
    log = str(write_raw(tmp_path / "log.eval", [SAMPLE, WHOLE]))
    scanners = [everything, users, streamed]
    expected = {"all": [7, 0], "users": [3, 0], "streamed": [4, 0]}
    assert counted(tmp_path, "scans", transcripts_from(log), scanners, max_processes=2) == expected


def test_what_is_whole_counts_nothing(tmp_path: Path) -> None:
    log = str(write_raw(tmp_path / "log.eval", [WHOLE]))
    assert counted(tmp_path, "scans", transcripts_from(log), [everything, users]) == {"all": 0, "users": 0}


async def test_a_read_transcript_tells_how_much_of_it_is_incomplete(tmp_path: Path) -> None:
    log = str(write_raw(tmp_path / "log.eval", [SAMPLE]))
    source = transcripts_from(log).source
    assert count_incomplete((await loaded(source)).transcript) == 7
    assert count_incomplete((await loaded(source, TranscriptContent(messages=["assistant"]))).transcript) == 1
    assert count_incomplete((await loaded(source, TranscriptContent(events=["tool", "model"]))).transcript) == 2
    assert count_incomplete((await loaded(source, TranscriptContent(events=["info"], timeline="all"))).transcript) == 1
    assert count_incomplete((await loaded(source, TranscriptContent())).transcript) == 0


async def test_handles_tell_what_was_read_of_them_in_part() -> None:
    import json

    data = json.dumps({"id": 1, "epoch": 1, **SAMPLE}).encode()
    content = TranscriptContent(messages="all", events="all")
    async with open_sample(MemoryBytes(data, 64), TranscriptInfo(transcript_id="t"), content) as named:
        assert named.incomplete == 0
        for _ in range(2):
            assert len([m async for m in named.messages()]) == len(MESSAGES)
            assert named.incomplete == 4
        assert len([e async for e in named.events()]) == len(EVENTS)
        assert named.incomplete == 7
        await named.load()
        assert named.incomplete == 7


async def test_a_log_that_inspect_has_read_keeps_its_marks(tmp_path: Path) -> None:
    log = str(write_raw(tmp_path / "log.eval", [SAMPLE]))
    transcript = (await loaded(transcripts_from(log).source)).transcript
    made = read_eval_log(str(write_raw(tmp_path / "whole.eval", [WHOLE])))
    assert made.samples is not None
    made.samples[0].messages = transcript.messages
    made.samples[0].events = transcript.events
    assert count_incomplete((await loaded(MemorySource([made]))).transcript) == 7


def test_marked_parts_are_found_by_a_search(tmp_path: Path) -> None:
    log = str(write_raw(tmp_path / "log.eval", [SAMPLE]))
    status = scan(
        scanners=[everything()], transcripts=transcripts_from(log), scans=str(tmp_path / "scans"), display="none"
    )
    (text,) = scan_results_df(status.location).scanners["all"]["explanation"]
    for found in ("kept **token**", "[unreadable part: hologram] inner **token**", "developer] a **token** of"):
        assert found in text
