"""Whatever is in a file: what can be read of it is read, the rest is named, and the files beside it are as they were."""

from __future__ import annotations

import copy
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from _importers.claude_sessions import Session, call, small, text
from _importers.documents import read
from _importers.every_format import MAKERS, only_file
from inspect_scout import LogReadError, Transcript, TranscriptContent, transcripts_from
from inspect_scout.sources import trace_reader
from support.shapes import is_list, is_mapping

pytestmark = pytest.mark.anyio

TEXTS = [kind for kind in MAKERS if kind != "dataset"]
"""Formats that are text."""
MARK = "QQQ"
EVERYTHING = TranscriptContent(messages="all", events="all")


async def looked_at(place: Path) -> tuple[list[Transcript], list[str]]:
    """The transcripts of a place, all of them read, and what was told of it."""
    index = await transcripts_from(place).index()
    source = transcripts_from(place).source
    infos = [index.info(position) for position in range(len(index))]
    found = [(await (await source.locate(info)).read(EVERYTHING)).transcript for info in infos]
    assert all(json.loads(each.model_dump_json()) for each in found)
    return found, [str(problem) for problem in index.problems]


def values(file: Path) -> list[Any]:
    """The JSON of a file: its lines, or its document."""
    content = file.read_text()
    return [json.loads(line) for line in content.splitlines()] if file.suffix == ".jsonl" else [json.loads(content)]


def put(file: Path, given: list[Any]) -> None:
    """Write JSON again, as compact as it was."""
    separators = (",", ":") if '":"' in file.read_text() else None
    file.write_text("\n".join(json.dumps(each, separators=separators) for each in given) + "\n")


def marked(value: Any) -> Any:
    """Put a mark into each text of several words."""
    if is_mapping(value):
        return {name: marked(each) for name, each in value.items()}
    if is_list(value):
        return [marked(each) for each in value]
    is_text = isinstance(value, str) and not value.startswith(("[", "{"))  # and not JSON in JSON
    return value.replace(" ", f" {MARK} ") if is_text else value


@pytest.mark.parametrize("bytes", [b"\xff\xfe", b"\\u0000", b"\\ud800", b"\x1b[2J", b"\\u001b]0;x\\u0007", b"\x00"])
@pytest.mark.parametrize("kind", TEXTS)
async def test_any_bytes_may_be_in_a_text(kind: str, bytes: bytes, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path)
    (before,) = await read(tmp_path)
    file = only_file(tmp_path)
    put(file, [marked(each) for each in values(file)])
    file.write_bytes(file.read_bytes().replace(MARK.encode(), bytes))
    found, problems = await looked_at(tmp_path)
    if bytes.startswith((b"\x00", b"\x1b")):  # control characters are not JSON: the lines are named
        assert found or problems
    else:
        assert [len(each.messages) for each in found] == [len(before.messages)]
        assert all(message.text.encode() for message in found[0].messages if message.text)


@pytest.mark.parametrize("kind", TEXTS)
async def test_a_file_that_ends_anywhere_costs_no_other(kind: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path)
    small("other").write(tmp_path / "beside")
    whole = (file := next(path for path in tmp_path.rglob("*") if path.is_file() and path.stem != "other")).read_bytes()
    for part in range(12):
        file.write_bytes(whole[: len(whole) * part // 12])
        found, _ = await looked_at(tmp_path)
        assert "other" in {each.transcript_id for each in found}


@pytest.mark.parametrize("kind", TEXTS)
async def test_the_last_line_of_what_is_being_written_is_not_wrong(kind: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path)
    file = only_file(tmp_path)
    if file.suffix == ".jsonl":
        with file.open("a") as end:
            end.write('{"type": "user", "mess')
        found, problems = await looked_at(tmp_path)
        assert (len(found), problems) == (1, [])


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("kind", TEXTS)
async def test_compressed_files_are_read_alike(kind: str, suffix: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path)
    (before,) = await read(tmp_path)
    file = only_file(tmp_path)
    content = file.read_bytes()
    file.unlink()
    small_enough = gzip.compress(content) if suffix == ".gz" else zstandard.compress(content)
    file.with_name(file.name + suffix).write_bytes(small_enough)
    (after,) = await read(tmp_path)
    assert [message.text for message in after.messages] == [message.text for message in before.messages]
    assert after.total_tokens == before.total_tokens


@pytest.mark.parametrize("kind", MAKERS)
async def test_a_file_that_is_gone_when_it_is_read_is_named(kind: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path)
    source = transcripts_from(tmp_path).source
    info = (await transcripts_from(tmp_path).index()).info(0)
    refs = [ref async for ref in trace_reader(kind).discover(str(tmp_path))]
    only_file(tmp_path).unlink()
    with pytest.raises(LogReadError, match="gone"):
        await source.locate(info)
    (problem,) = [each async for each in trace_reader(kind).read(refs[0])]
    assert "gone" in str(problem)


@pytest.mark.parametrize("kind", TEXTS)
async def test_the_same_file_twice_is_read_once_and_told(kind: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path / "one")
    MAKERS[kind](tmp_path / "two")
    found, problems = await looked_at(tmp_path)
    ids = [each.transcript_id for each in found]
    assert len(ids) == len(set(ids))
    assert len(ids) + len(problems) >= 1
    assert len(ids) == 2 or any("as well" in problem for problem in problems)


def times_reversed(content: str) -> str:
    """Let clocks go back: each time that a file says is earlier than the one before."""
    minutes = iter(range(59 * 24, 0, -1))

    def earlier(found: re.Match[str]) -> str:
        minute = next(minutes)
        return f"{found[1]}{minute // 60 % 24:02}:{minute % 60:02}:00"

    return re.sub(r"(20\d\d-\d\d-\d\d[T ])\d\d:\d\d:\d\d", earlier, content)


@pytest.mark.parametrize("kind", ["claude_code", "codex", "atif", "gemini_cli", "openhands", "tau2"])
async def test_clocks_that_go_back_change_neither_order_nor_counts(kind: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path)
    (before,) = await read(tmp_path)
    file = only_file(tmp_path)
    file.write_text(times_reversed(file.read_text()))
    (after,) = await read(tmp_path)
    assert [message.text for message in after.messages] == [message.text for message in before.messages]
    assert [event.event for event in after.events] == [event.event for event in before.events]
    assert after.total_tokens == before.total_tokens
    assert after.total_time is None or after.total_time >= 0


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all values in a value."""
    yield at
    inside: Iterable[tuple[Any, Any]] = (
        value.items() if is_mapping(value) else enumerate(value if is_list(value) else ())
    )
    for name, each in inside:
        yield from paths(each, (*at, name))


ODD: list[Any] = [None, 5, -1.5, "x", "", [], {}, [1], [None], {"a": 1}, True, [[{}]], "2026-99-99", 1e300, "\0"]


@pytest.mark.parametrize("kind", TEXTS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_a_value_of_any_type_anywhere_ends_nothing(
    kind: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp(kind)
    MAKERS[kind](folder)
    file = only_file(folder)
    whole = values(file)
    way = data.draw(st.sampled_from([way for way in paths(whole) if way]))
    changed: Any = copy.deepcopy(whole)
    inner = changed
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = data.draw(st.sampled_from(ODD))
    put(file, changed)
    async for ref in trace_reader(kind).discover(str(folder)):
        async for each in trace_reader(kind).read(ref):
            assert not isinstance(each, Transcript) or each.model_dump_json()


async def test_a_million_empty_lines_cost_nothing(tmp_path: Path) -> None:
    file = small("a").write(tmp_path)
    first, _, rest = file.read_bytes().partition(b'"Fix the test')
    begin, _, line = first.rpartition(b"\n")
    file.write_bytes(begin + b"\n" + line + b'"Fix the test' + rest.replace(b"\n", b"\n" * 1_000_000, 1))
    (tmp_path / "empty.jsonl").write_bytes(b"\n" * 1_000_000)
    found, problems = await looked_at(tmp_path)
    assert [len(each.messages) for each in found] == [4]
    assert (found[0].metadata["records"], problems) == (6, [])


async def test_a_record_of_many_megabytes_is_read(tmp_path: Path) -> None:
    session = Session("a")
    session.user("Go")
    session.assistant("m", call("t"))
    session.result("t", "x" * 50_000_000)
    session.assistant("m2", text("Done"))
    session.write(tmp_path)
    (found,), problems = await looked_at(tmp_path)
    assert ([len(message.text) for message in found.messages], problems) == ([2, 0, 50_000_000, 4], [])


@pytest.mark.parametrize(("kind", "suffix"), [("claude_code", ".gz"), ("gemini_cli", ".zst")])
async def test_a_small_file_that_would_fill_the_memory_is_refused(kind: str, suffix: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path)
    file = only_file(tmp_path)
    content = file.read_bytes()
    file.unlink()
    bomb = content[:-2] + b" " * 300_000_000 + b"\n"
    (tmp_path / (file.name + suffix)).write_bytes(
        gzip.compress(bomb) if suffix == ".gz" else zstandard.compress(bomb, 1)
    )
    small("other").write(tmp_path)
    found, problems = await looked_at(tmp_path)
    assert [each.transcript_id for each in found if each.transcript_id == "other"]
    assert any("times its size" in problem for problem in problems)


async def test_records_of_several_versions_are_one_session(tmp_path: Path) -> None:
    old, new = Session("a", version="1.0.3"), Session("a", version="2.1.207")
    old.user("Go")
    old.assistant("m1", text("I look"))
    new.records = list(old.records)
    new.rewind(old.records[-1]["uuid"])
    new.user("And now?")
    new.assistant("m2", text("Done"))
    new.write(tmp_path)
    (found,), problems = await looked_at(tmp_path)
    assert [message.text for message in found.messages] == ["Go", "I look", "And now?", "Done"]
    assert (found.metadata["version"], problems) == ("1.0.3", [])
