"""Counting the transcripts of a scan that has many."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from inspect_scout._results.files.light_spec import (
    MANY_BYTES,
    count_members,
    ids_in_order,
    parse_light_spec,
    read_declared_scanners,
    read_light_spec,
    read_spec_head,
    transcript_count,
    without_ids,
)
from inspect_scout.testing import LocalStorage

TEXTS = st.text(st.sampled_from('ab":,{}[]\\ \nnul0é'), max_size=6)


@given(
    st.dictionaries(TEXTS, st.one_of(st.none(), TEXTS, st.integers(), st.booleans(), st.lists(TEXTS))), st.booleans()
)
@example({":": ":", ",": None}, True)
@example({'a":null,"b': None, "n": 5}, True)
def test_members_are_counted_right_or_not_at_all(members: dict[str, object], compact: bool) -> None:
    separators = (",", ":") if compact else (", ", ": ")
    text = json.dumps(members, separators=separators, ensure_ascii=False).encode()
    fit = all(value is None or isinstance(value, str) for value in members.values())
    assert count_members(text) in ((len(members), None) if fit else (None,))


def described(ids: dict[str, object], **fields: object) -> bytes:
    spec = {"scan_id": "x", "scan_name": "n", "scanners": {"a": {"name": "a"}}, "transcripts": {"transcript_ids": ids}}
    return json.dumps({**spec, **fields}, indent=2).encode()


def test_ids_of_large_scans_are_counted() -> None:
    ids: dict[str, object] = {f"t{number:09}": "log.eval" if number % 2 else None for number in range(60_000)}
    assert len(described(ids)) > MANY_BYTES
    assert count_members(json.dumps(ids).encode()) == 60_000
    assert transcript_count(parse_light_spec(described(ids))) == 60_000
    odd = {**ids, "s3://x": "s3://bucket/log.eval", "not a place": 7}
    assert transcript_count(parse_light_spec(described(odd))) == 60_001
    spec = parse_light_spec(described(ids, worklist=[{"scanner": "a", "transcripts": ["t000000001"]}]))
    assert spec.transcripts is not None
    assert "t000000001" in spec.transcripts.transcript_ids


def test_ids_of_many_transcripts_are_read_where_they_matter() -> None:
    ids: dict[str, object] = {f"transcript-{number:08}": None for number in range(60_000)}
    assert len(described(ids)) > MANY_BYTES
    assert list(ids_in_order(described(ids))) == list(ids)


def test_ids_of_many_transcripts_are_left_out_with_nothing_else() -> None:
    ids: dict[str, object] = {f"transcript-{number:08}": None for number in range(60_000)}
    found = without_ids(described(ids, tags=["x"]))
    assert found is not None
    rest, spec = found
    assert json.loads(rest) == json.loads(described({}, tags=["x"]))
    assert transcript_count(spec) == 60_000
    assert without_ids(described(ids, metadata={"transcript_ids": {}})) is None
    assert without_ids(described({"a": None})) is None


class CountingStorage(LocalStorage):
    """Counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    async def read(self, path: str) -> bytes:
        self.reads += 1
        return await super().read(path)


def test_a_long_local_description_is_read_again_where_it_has_changed(tmp_path: Path) -> None:
    ids: dict[str, object] = {f"transcript-{number:08}": None for number in range(60_000)}
    file, folder, storage = tmp_path / "_scan.json", str(tmp_path), CountingStorage()

    async def told() -> tuple[int, list[str], object]:
        spec = await read_light_spec(storage, folder)
        head = await read_spec_head(storage, folder)
        return transcript_count(spec), list(await read_declared_scanners(storage, folder)), head["scan_name"]

    for seconds, name, count in ((100, "first", 60_000), (200, "next", 59_999)):
        file.write_bytes(described(dict(list(ids.items())[:count]), scan_name=name))
        os.utime(file, (seconds, seconds))
        storage.reads = 0
        assert [asyncio.run(told()) for _ in range(3)] == [(count, ["a"], name)] * 3
        assert storage.reads == 3  # each part once
    os.utime(file)
    asyncio.run(told())
    asyncio.run(told())
    assert storage.reads == 9  # one so new may change within a tick of the clock
