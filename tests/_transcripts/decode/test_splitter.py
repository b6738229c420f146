"""Cutting JSON without parsing it finds what a parser finds, however the bytes are split into chunks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._transcripts.decode.source import SampleError
from inspect_scout._transcripts.decode.splitter import LISTS, TABLES, JsonSplitter
from inspect_scout._transcripts.decode.structure import MAX_DEPTH, StructuralScanner

PARTS = LISTS | TABLES | {"metadata", "target", "scores", "score"}

texts = st.text() | st.sampled_from(['"', "\\", '\\"', "[{", "}],", 'a\\\\"', '","events":[', "\u2028", "💡", "\x00"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
lists = st.lists(values, max_size=5)
tables = st.dictionaries(texts, values, max_size=5)
names = st.sampled_from(["messages", "events", "timelines", "message_pool", "call_pool"])
samples = st.dictionaries(names, lists | st.none()).flatmap(
    lambda parts: st.fixed_dictionaries(
        {},
        optional={
            "attachments": tables,
            "events_data": st.fixed_dictionaries({}, optional={"messages": lists, "calls": lists, "other": values}),
            "transcript": st.fixed_dictionaries({}, optional={"events": lists, "content": tables}) | st.none(),
            "metadata": values,
            "target": values,
            "store": values,
            "input": texts,
        },
    ).map(lambda more: {**more, **parts})
)


def split(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def collect(data: bytes, size: int, wanted: frozenset[str] = PARTS) -> dict[str, Any]:
    """Collect the items of each part as values."""
    found: dict[str, Any] = {}
    for part, key, raw in JsonSplitter(wanted).split(split(data, size)):
        if raw is None:
            if part in LISTS and part in wanted:
                found[part] = []
            elif part in TABLES and part in wanted:
                found[part] = {}
        elif part in LISTS:
            found[part].append(json.loads(raw))
        elif part in TABLES:
            assert key is not None
            found[part][key] = json.loads(raw)
        else:
            found[part] = json.loads(raw)
    return found


def expected(sample: dict[str, Any], wanted: frozenset[str] = PARTS) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in wanted:
        outer, _, inner = part.partition(".")
        box: dict[str, Any] = (sample.get(outer) or {}) if inner else sample
        value = box.get(inner or outer, ...)
        if value is not ... and not (value is None and part in LISTS | TABLES):
            found[part] = value
    return found


@given(samples, st.integers(1, 80), st.booleans(), st.sampled_from([None, 1]))
def test_items_are_what_a_parser_finds(sample: dict[str, Any], size: int, escaped: bool, indent: int | None) -> None:
    data = json.dumps(sample, ensure_ascii=escaped, indent=indent).encode("utf-8", "surrogatepass")
    assert collect(data, size) == expected(sample)


@given(samples, st.integers(1, 80), st.sets(st.sampled_from(sorted(PARTS))))
def test_only_what_is_wanted_is_given(sample: dict[str, Any], size: int, wanted: set[str]) -> None:
    data = json.dumps(sample).encode()
    assert collect(data, size, frozenset(wanted)) == expected(sample, frozenset(wanted))


@given(samples, st.data())
def test_what_ends_too_early_is_refused(sample: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(sample).encode()
    end = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(SampleError):
        collect(text[:end], 7)


@given(st.binary(max_size=200), st.integers(1, 80))
def test_garbage_is_refused_or_read_but_nothing_else(garbage: bytes, size: int) -> None:
    try:
        list(JsonSplitter(PARTS).split(split(garbage, size)))
    except SampleError:
        return
    # what is not looked into is not checked, but brackets and strings must match
    assert garbage.strip()[:1] == b"{"
    assert garbage.strip()[-1:] == b"}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "null",
        "5",
        '"{}"',
        "[]",
        "[{}]",
        "{} {}",
        "{},",
        "x{}",
        "{}x",
        "}",
        "]{",
        '{"messages":[1,,2]}',
        '{"messages":[1,]}',
        '{"messages":[,]}',
        '{"messages":[1]]}',
        '{"messages":[1}}',
        '{"messages":[1] 5}',
        '{"messages":{}}',
        '{"messages":5}',
        '{"attachments":[]}',
        '{"attachments":"x"}',
        '{"events_data":[]}',
        '{"messages" []}',
        "{messages:[]}",
        '{"a":1,}',
        '{"a"}',
        '{"a":1 "messages":[]}',
        '{"\\uZZZZ":1}',
    ],
)
def test_damaged_json_is_refused(text: str) -> None:
    with pytest.raises(SampleError):
        list(JsonSplitter(PARTS).split([text.encode()]))


def test_depth_is_bounded_without_recursion() -> None:
    deep = b'{"metadata":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(SampleError, match="too deeply"):
        list(JsonSplitter(PARTS).split([deep]))
    allowed = b'{"metadata":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    assert [item.part for item in JsonSplitter(PARTS).split([allowed])] == ["metadata", "metadata"]


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":' + b"{}" * 400_000 + b"}",
        b'{"metadata":' + b"{}" * 400_000 + b"}",
        b"{" + b'"messages":[],' * 100_000 + b'"a":1}',
        b'{"events_data":{' + b'"messages":[],' * 100_000 + b'"a":1}}',
        b'{"a":"' + b"\\\\" * 2_000_000 + b'"}',
        b'{"messages":[' + b"0," * 500_000 + b"0]}",
        b'{"a":"' + b"x" * 10_000_000 + b'"}',
    ],
)
@pytest.mark.timeout(20)
def test_hostile_text_takes_time_in_proportion_to_its_size(text: bytes) -> None:
    try:
        for _ in JsonSplitter(PARTS).split(split(text, 100_000)):
            pass
    except SampleError:
        pass


def test_reading_may_stop_where_a_part_begins() -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"messages":[1],"events":[1,'
        raise AssertionError("nothing more is needed")

    parts: list[str] = []
    for part, _, _ in JsonSplitter(frozenset({"messages"})).split(chunks()):
        if part == "events":
            break
        parts.append(part)
    assert parts == ["messages", "messages"]


@given(st.lists(texts, max_size=4), st.integers(1, 9))
def test_brackets_inside_of_strings_are_no_brackets(strings: list[str], size: int) -> None:
    data = json.dumps(strings, ensure_ascii=False).encode("utf-8", "surrogatepass")
    structure = StructuralScanner()
    found = [chr(symbol) for chunk in split(data, size) for symbol in structure.scan(chunk).symbol.tolist()]
    assert "".join(found) == "[" + "," * max(0, len(strings) - 1) + "]"
    assert structure.finished
