from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError
from inspect_scout._scanners import name_scanners, safe_name, scanner
from inspect_scout._types import Result, Scanner, Transcript

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
RESERVED = ["select", "table", "from", "where", "insert", "delete"]


def made(name: str | None = None) -> Scanner[Transcript]:
    @scanner(messages="all", name=name)
    def plain() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            return Result(value=1)

        return scan

    return plain()


A_SCANNER = made()


def keys(*names: str) -> list[str]:
    return list(name_scanners([(name, A_SCANNER) for name in names]))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("refusal", "refusal"),
        ("Weird name!!  x", "weird_name_x"),
        ("9a", "scanner_9a"),
        ("São", "s_o"),
        ("__a--b__", "a_b"),
        ("pkg/name", "pkg_name"),
        ("x" * 61, "x" * 55),
        *((word, f"scanner_{word}") for word in RESERVED),
        ("SELECT", "scanner_select"),
    ],
)
def test_names_become_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("name", ["", "!!!", " ", "_", "💥"])
def test_names_without_a_letter_or_digit_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="needs a letter or a digit"):
        safe_name(name)


def test_names_in_other_scripts_get_a_name_of_their_own() -> None:
    assert KEY.fullmatch(safe_name("検出"))
    assert safe_name("検出") != safe_name("検索")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a"], ["a_1", "a_2"]),
        (["a", "a", "a_1"], ["a_2", "a_3", "a_1"]),
        (["My-S", "My-S", "my_s"], ["my_s_1", "my_s_2", "my_s_3"]),
        (["a b", "a_b"], ["a_b_1", "a_b_2"]),
        (["x" * 61 + "1", "x" * 61 + "2"], ["x" * 53 + "_1", "x" * 53 + "_2"]),
        (["select", "SELECT"], ["scanner_select_1", "scanner_select_2"]),
    ],
)
def test_equal_names_are_numbered_after_they_are_safe(names: list[str], expected: list[str]) -> None:
    assert keys(*names) == expected


@given(st.lists(st.text(min_size=1, max_size=70) | st.sampled_from(["a", "A", "a_1", "a-1", "a_2", "select", "1"])))
def test_no_scanner_is_lost_and_every_key_is_safe(names: list[str]) -> None:
    usable = [name for name in names if any(c.isalnum() for c in name)]
    if not usable:
        return
    scanners = [(name, made()) for name in usable]
    named = name_scanners(scanners)
    assert [id(s) for s in named.values()] == [id(s) for _, s in scanners]
    assert all(KEY.fullmatch(key) and key not in RESERVED for key in named)
    assert list(name_scanners(scanners)) == list(named)


def test_scanners_are_called_by_their_registered_name() -> None:
    assert list(name_scanners([made("Big-One"), ("given", made("x")), made()])) == ["big_one", "given", "plain"]


def test_mappings_keep_their_names() -> None:
    one, two = made(), made()
    assert name_scanners({"One": one, "two": two}) == {"one": one, "two": two}


class ScanJob:
    pass


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "No scanners were given"),
        ({}, "No scanners were given"),
        (A_SCANNER, "takes a list"),
        ("plain", "'plain' is not allowed"),
        (3, "3 is not allowed"),
        ([3], "3 is not a scanner"),
        ([("a", 3)], "Scanner 'a'"),
        ({"a": None}, "Scanner 'a'"),
        ([(1, A_SCANNER)], "a name is a string"),
        ({1: A_SCANNER}, "a name is a string"),
        ([("a", A_SCANNER, 1)], "a pair is"),
    ],
)
def test_what_cannot_be_scanned_with_is_named(given: Any, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        name_scanners(given)
    assert says in str(refused.value)


@pytest.mark.parametrize("given", [ScanJob(), [ScanJob()]])
def test_scan_jobs_are_no_scanners(given: Any) -> None:
    with pytest.raises(ConfigError, match="scan job is not a scanner"):
        name_scanners(given)
