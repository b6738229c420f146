from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners import parse_args
from inspect_scout._support.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("2.5", 2.5),
        ("1e-3", 0.001),
        ("010", 10),
        ("true", True),
        ("yes", True),
        ("No", False),
        ("off", False),
        ("null", None),
        ("", None),
        ("word", "word"),
        ("two words", "two words"),
        ("a,b", ["a", "b"]),
        ("a, b ,c", ["a", "b", "c"]),
        ("1,2", ["1", "2"]),
        ("[1, 2]", [1, 2]),
        ("{a: 1}", {"a": 1}),
        ("'3'", "3"),
        ("a=b", "a=b"),
        ("12:30", "12:30"),
        ("2026-01-02", "2026-01-02"),
        ("*secret*", "*secret*"),
        ("@user", "@user"),
        ("key: : x", "key: : x"),
        ("!!python/object:os.system {}", "!!python/object:os.system {}"),
    ],
)
def test_values_are_yaml_and_commas_make_lists(text: str, value: Any) -> None:
    parsed = parse_args([f"some-name={text}"])
    assert parsed == {"some_name": value}
    assert type(parsed["some_name"]) is type(value)


def test_the_last_value_of_a_name_counts() -> None:
    assert parse_args(["a=1", "b=2", "a=3"]) == {"a": 3, "b": 2}
    assert parse_args([]) == {}


@pytest.mark.parametrize("entry", ["word", "=3", " =3", ""])
def test_entries_that_are_no_pairs_are_refused(entry: str) -> None:
    with pytest.raises(ConfigError, match="write name=value") as refused:
        parse_args(["a=1", entry])
    assert repr(entry) in str(refused.value)


@pytest.mark.parametrize("entry", ["a=[1, 2", "a={x", "a='open", 'a="open'])
def test_broken_structures_are_refused(entry: str) -> None:
    with pytest.raises(ConfigError, match="broken YAML"):
        parse_args([entry])


@given(st.text(max_size=40))
def test_any_text_is_a_value_or_a_clear_refusal(text: str) -> None:
    try:
        parsed = parse_args([f"name={text}"])
    except ConfigError:
        return
    assert list(parsed) == ["name"]


def test_parsing_loads_no_heavy_modules() -> None:
    program = (
        "import sys; from inspect_scout._scanners import parse_args; parse_args(['a=1'])\n"
        "print([m for m in ('inspect_ai', 'pandas', 'duckdb', 'pyarrow', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
