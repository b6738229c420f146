"""`Any`, blind excepts and words of ours become fewer, and each blind except has its reason beside it."""

from __future__ import annotations

import ast

import pytest

from architecture.ratchets import SOURCE, blind_excepts, count_any, counts, differences, load, record, without_reason


def test_any_only_shrinks() -> None:
    assert "\n".join(differences(counts()["any"], load()["any"])) == ""


def test_blind_excepts_only_shrink() -> None:
    assert "\n".join(differences(counts()["blind excepts"], load()["blind excepts"])) == ""


def test_blind_excepts_have_their_reason_beside_them() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line} {function}: say in a comment what can be raised, and why all of it is caught"
        for path in sorted(SOURCE.rglob("*.py"))
        for function, line in without_reason(path.read_text(encoding="utf-8"))
    ]
    assert "\n".join(found) == ""


def test_any_is_seen_where_it_stands_for_a_type() -> None:
    text = """
from typing import Any, cast
def read(value: list[Any], other: "Anything") -> Any:
    raise ValueError("Any of these: " + cast("dict[Any, Any]", value))
"""
    assert count_any(ast.parse(text)) == 4


def test_blind_excepts_are_seen_however_they_are_written() -> None:
    text = """
class Reader:
    def read(self):
        try: pass
        except (OSError, Exception): pass
        except OSError: pass
        def inner():
            try: pass
            except: raise
with contextlib.suppress(BaseException): pass
"""
    assert list(blind_excepts(ast.parse(text))) == [("Reader.read", 5), ("Reader.read.inner", 9), ("<module>", 10)]


def test_a_code_for_a_tool_is_not_a_reason() -> None:
    text = """
try: pass
except Exception:  # noqa: BLE001, S112
    pass
try: pass
# A plugin may raise anything.
except Exception: pass
try: pass
except Exception: pass  # noqa: BLE001 - a plugin may raise anything
"""
    assert [line for _, line in without_reason(text)] == [3]


def test_a_ratchet_turns_one_way_only() -> None:
    grown, behind = differences({"a": 2, "c": 1}, {"a": 1, "b": 3, "c": 1})
    assert grown.startswith("a: 2, and at most 1")
    assert behind.startswith("b: 0, recorded are 3")
    assert record({"any": {"moved": 2}}, {"any": {"a": 3}}) == {"any": {"moved": 2}}
    with pytest.raises(ValueError, match="may only shrink"):
        record({"any": {"a": 1, "b": 1}}, {"any": {"a": 1}})
