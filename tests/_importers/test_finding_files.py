"""Which files below a folder are traces: each is found once, and what cannot be looked at is named."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from _importers import test_codex
from _importers.claude_sessions import Session, small
from _importers.documents import write
from inspect_scout import LocationError, transcripts_from
from inspect_scout.sources import claude_code, trace_reader
from support.special import SPECIAL

pytestmark = pytest.mark.anyio


async def found(place: Path) -> tuple[list[str], list[str]]:
    """Ids of the transcripts of a place, and its problems."""
    index = await transcripts_from(place).index()
    return sorted(index.ids), [f"{problem.location!r} {problem.message}" for problem in index.problems]


def too_deep(folder: Path) -> None:
    """Make folders in each other whose path is longer than any that the system opens."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(20):
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
    finally:
        os.chdir(before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("what", [what for what in SPECIAL if what != "empty folder"])
async def test_what_is_not_a_file_is_named_and_the_others_are_read(tmp_path: Path, what: str) -> None:
    small("a").write(tmp_path)
    SPECIAL[what](tmp_path / "b.jsonl")
    small("c").write(tmp_path)
    ids, problems = await found(tmp_path)
    assert ids == ["a", "c"]
    (problem,) = [each for each in problems if "b.jsonl" in each]
    assert what.strip() in problem


async def test_folders_behind_links_are_read_once_and_circles_end(tmp_path: Path) -> None:
    small("a").write(tmp_path / "elsewhere")
    (tmp_path / "sessions" / "deep").mkdir(parents=True)
    (tmp_path / "sessions" / "deep" / "up").symlink_to("..")
    (tmp_path / "sessions" / "one").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "sessions" / "two").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "sessions" / "lost").symlink_to("nowhere")
    ids, problems = await found(tmp_path / "sessions")
    assert ids == ["a"]
    assert len(problems) == 1
    assert "'nowhere', which is not there" in problems[0]


async def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    small("a").write(tmp_path / "sessions")
    too_deep(tmp_path / "sessions")
    ids, problems = await found(tmp_path / "sessions")
    assert ids == ["a"]
    assert ["the folder cannot be read" in each for each in problems] == [True]


async def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    whole = gzip.compress(small("a").write(tmp_path / "kept").read_bytes())
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "noise.jsonl.gz").write_bytes(whole[:12] + b"\xff" * 40)
    (tmp_path / "noise.jsonl.zst").write_bytes(b"\x28\xb5\x2f\xfd" + b"\xff" * 40)
    ids, problems = await found(tmp_path)
    assert ids == ["a"]
    assert len(problems) == 3
    assert all("damaged" in each for each in problems)


async def test_what_was_recognised_is_remembered_until_the_file_changes(tmp_path: Path) -> None:
    async def discovered() -> list[str]:
        return [ref.location async for ref in trace_reader("claude_code").discover(str(tmp_path))]

    file = small("a").write(tmp_path)
    assert await discovered() == [str(file)]
    state, content = file.stat(), file.read_bytes()
    file.write_bytes(b"x" * len(content))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert await discovered() == [str(file)]  # not opened: nothing says that it changed
    os.utime(file)
    assert await discovered() == []
    file.write_bytes(content)
    assert await discovered() == [str(file)]


async def test_a_file_of_another_format_is_not_taken_for_one_that_was_asked_for(tmp_path: Path) -> None:
    small("a").write(tmp_path)
    write(tmp_path / "chat.jsonl", [{"id": "c", "messages": [{"role": "user", "content": "Hi"}]}])
    for _ in range(2):  # the second time out of memory
        refs = [ref.location async for ref in trace_reader("chat").discover(str(tmp_path))]
        assert refs == [str(tmp_path / "chat.jsonl")]
        assert [each.transcript_id async for each in claude_code(tmp_path)] == ["a"]
        assert (await found(tmp_path))[0] == ["a", "c"]


async def test_a_session_that_begins_with_an_image_is_recognised(tmp_path: Path) -> None:
    session = Session("a")
    image = {"type": "base64", "media_type": "image/png", "data": "A" * 200_000}
    session.user([{"type": "image", "source": image}])
    (record,) = session.records
    first = {name: record[name] for name in ("parentUuid", "isSidechain", "cwd", "sessionId", "type", "message")}
    session.records = [{**first, "uuid": record["uuid"], "timestamp": record["timestamp"]}]
    session.write(tmp_path)
    (tmp_path / "noise.jsonl").write_text('{"parentUuid":null,"type":"user","message":{"role":"' + "x" * 100_000)
    assert (await found(tmp_path))[0] == ["a"]


async def test_a_thread_whose_first_line_holds_long_instructions_is_recognised_with_its_parent(tmp_path: Path) -> None:
    parent = test_codex.small(1)
    child = test_codex.Rollout(2, forked_from_id=parent.id, base_instructions={"text": "Be kind. " * 20_000})
    child.lines += parent.lines[1:]
    child.turn(number=2)
    child.prompt("And now?")
    child.answer("Done")
    for rollout in (parent, child):
        rollout.write(tmp_path)
    infos = await transcripts_from(tmp_path).index()
    assert sorted(infos.ids) == sorted([parent.id, child.id])
    (info,) = [infos.info(n) for n in range(2) if infos.ids[n] == child.id]
    assert info.message_count == 3  # what the parent said is not said again


async def test_names_that_are_not_unicode_are_told_of(tmp_path: Path) -> None:
    small("a").write(tmp_path)
    try:
        for name in (b"caf\xe9.jsonl", b"caf\xe9"):
            small("b").write(tmp_path / "b").rename(tmp_path / os.fsdecode(name))
    except OSError:
        pytest.skip("this file system refuses such names")
    ids, problems = await found(tmp_path)
    assert ids == ["a"]
    assert ["not Unicode" in each for each in problems] == [True]


async def test_places_that_are_not_on_this_machine_are_refused() -> None:
    with pytest.raises(LocationError, match=r"'s3://bucket/sessions' is not on this machine.*copy it here first"):
        [each async for each in claude_code("s3://bucket/sessions")]


async def test_a_place_may_be_a_file_url(tmp_path: Path) -> None:
    small("a").write(tmp_path)
    assert [each.transcript_id async for each in claude_code(f"file://{tmp_path}")] == ["a"]
