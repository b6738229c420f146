"""Which errors are the same."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._support.causes.grouping import group_errors, group_key


@dataclass(frozen=True)
class Line:
    error: str
    transcript_id: str = ""
    scanner: str = "a"
    traceback: str = ""
    refusal: bool = False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RetryError: <Future at 0x7f01 state=x>", "RetryError: <Future at 0xABCDEF state=x>"),
        (
            "HTTP 400: no (request req_011CQabcdefghijk1mnopqrst)",
            "HTTP 400: no (request req_093ZZabcdefghijklmn2pqrst)",
        ),
        ("no f47ac10b-58cc-4372-a567-0e02b2c3d479", "no 00000000-58cc-4372-a567-0e02b2c3d470"),
        ("no DN2wbX2ZvACsBpjwptzBRo here", "no L3aavDT5nsTHpoaVBfah7J here"),
        ("No such file: '/tmp/tmpab3x9z1/out.json'", "No such file: '/tmp/tmpzz83kq0_/out.json'"),
        ("No such file: '/tmp/tmpabcdefgh'", "No such file: '/tmp/tmpzyxwvuts'"),
        ("x '/var/folders/ab/c1/T/tmpq/out.json'", "x '/var/folders/ab/c1/T/tmpr/out.json'"),
        (r"x 'C:\Users\me\AppData\Local\Temp\tmp1\o.json'", r"x 'C:\Users\me\AppData\Local\Temp\tmp2\o.json'"),
        ("prompt of 132,551 tokens", "prompt of 9,000 tokens"),
        ("took 3.21s", "took 12s"),
        ("432 messages are too many", "512 messages are too many"),
        ("message 4 is empty", "message 17 is empty"),
        ("line 1 column 1 (char 0)", "line 33 column 9 (char 1204)"),
        ("at 2026-01-05T10:00:00Z", "at 2026-01-06 11:10:59.123+02:00"),
        ("at 10:00:01", "at 23:59:59.5"),
        ("<Task pending name='Task-17'>", "<Task pending name='Task-4'>"),
        ("object a1b2c3d4 is gone", "object 00ff00ff1 is gone"),
        ("KeyError: 'call_17'", "KeyError: 'call_18'"),
        ("pid 12345 died", "pid 99 died"),
        ("Cannot read 'x.eval', sample id 'a', epoch 1: cut", "Cannot read 'x.eval', sample id 'b', epoch 2: cut"),
    ],
)
def test_what_differs_in_numbers_and_names_of_the_moment_is_the_same(one: str, other: str) -> None:
    assert group_key(one) == group_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E: HTTP 400", "E: HTTP 500"),
        ("E: 401", "E: 403"),
        ("E: got 502 from the server", "E: got 503 from the server"),
        ("E: 400 Bad Request", "E: 404 Bad Request"),
        ("status_code=429", "status_code=529"),
        ("Error code: 400 - x", "Error code: 422 - x"),
        ("[Errno 2] x", "[Errno 13] x"),
        ("exit status 1", "exit status 137"),
        ("exit code: 1", "exit code: 2"),
        ("returncode=1", "returncode=2"),
        ("signal 9", "signal 11"),
        ("KeyError: 'foo'", "KeyError: 'bar'"),
        ("KeyError: 'foo' (scan.py:3)", "KeyError: 'foo' (scan.py:4)"),
        ("KeyError: 'foo' (/tmp/x/scan.py:3)", "KeyError: 'foo' (/tmp/x/scan.py:4)"),
        ("KeyError: 'foo' (/tmp/x/scan.py:3)", "KeyError: 'foo' (/tmp/x/other.py:3)"),
        ("no model gpt-4", "no model gpt-5"),
        ("no model gpt-4.1-mini-2025-04-14", "no model gpt-4o-mini-2024-07-18"),
        ("no model claude-3-5-sonnet-20241022", "no model claude-3-7-sonnet-20250219"),
        ("refused at localhost:8000", "refused at localhost:8001"),
        ("refused at 10.0.0.1:80", "refused at 10.0.0.2:80"),
        ("needs int32", "needs int64"),
        ("ValueError: x", "TypeError: x"),
        ("", "x"),
    ],
)
def test_what_differs_in_its_cause_is_told_apart(one: str, other: str) -> None:
    assert group_key(one) != group_key(other)


def test_the_transcript_is_not_part_of_the_cause() -> None:
    assert group_key("no t1 here", "t1") == group_key("no t2 here", "t2")
    assert group_key("no t11 here", "t1") != group_key("no t12 here", "t1")
    assert group_key("HTTP 400", "400") != group_key("HTTP 500", "500")


def test_groups_are_counted_with_an_example_the_most_frequent_first() -> None:
    lines = [
        Line("rare", "t0", "a", "T0"),
        Line("no t1", "t1", "a", "T1"),
        Line("no t2", "t2", "b", "T2"),
        Line("no t1", "t1", "b", "T3"),
    ]
    often, rare = group_errors(lines)
    assert (often.error, often.count, often.traceback) == ("no t1", 3, "T1")
    assert (often.scanners, often.transcripts) == ({"a": 1, "b": 2}, ("t1", "t2"))
    assert (rare.error, rare.count) == ("rare", 1)


def test_the_first_traceback_there_is_stands_for_the_group() -> None:
    (group,) = group_errors([Line("x"), Line("x", traceback="T")])
    assert group.traceback == "T"


def test_models_decline_in_many_words() -> None:
    refused, failed = group_errors([Line("I cannot", refusal=True), Line("I will not", refusal=True), Line("I cannot")])
    assert (refused.count, refused.refusal) == (2, True)
    assert (failed.count, failed.refusal) == (1, False)


def test_nothing_makes_no_group() -> None:
    assert group_errors([]) == []


@given(st.lists(st.text(st.characters(exclude_categories=[]), max_size=80), max_size=20))
def test_every_error_is_in_one_group(texts: list[str]) -> None:
    groups = group_errors([Line(text, str(number)) for number, text in enumerate(texts)])
    assert sum(group.count for group in groups) == len(texts)
    assert sorted(i for group in groups for i in group.transcripts) == sorted(map(str, range(len(texts))))


@given(st.sampled_from(["0" * 5000, "a1" * 4000, "/tmp/" * 2000, "1," * 4000, "1:" * 3000, "'id '" * 2000]))
def test_long_texts_take_no_long_time(text: str) -> None:
    assert group_key(text) == group_key(text)


def test_long_errors_are_told_apart_by_their_beginning_and_their_line() -> None:
    data = "x y " * 500
    assert group_key(f"E: {data} 1 {data} (scan.py:3)") == group_key(f"E: {data} 2 {data} (scan.py:3)")
    assert group_key(f"E: {data} (scan.py:3)") != group_key(f"E: {data} (scan.py:4)")
    assert group_key(f"E: {data} (scan.py:3)") != group_key(f"F: {data} (scan.py:3)")
