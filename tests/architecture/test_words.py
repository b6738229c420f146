"""Names and texts use words that engineers know, and no two classes have the same name."""

from __future__ import annotations

import pytest

from architecture.ratchets import load
from architecture.words import Finding, doubles, findings, modules, odd_names, odd_texts


def test_words_of_ours_only_become_fewer() -> None:
    found: dict[str, list[Finding]] = {}
    for finding in findings():
        found.setdefault(finding.path, []).append(finding)
    recorded = load()["words"]
    more = [str(finding) for path, said in found.items() if len(said) > recorded.get(path, 0) for finding in said]
    assert "\n".join(more) == ""
    behind = [path for path, most in recorded.items() if len(found.get(path, [])) < most]
    assert behind == [], "There are fewer now: run `python tests/record_ratchets.py`."


def test_no_two_classes_have_the_same_name() -> None:
    assert "\n".join(doubles(modules())) == ""


@pytest.mark.parametrize(
    "code",
    [
        "class _WorkerTeam: ...",
        "def bury(): ...",
        "def f(*, crew): ...",
        "class A:\n    valve: int",
        "async def settle_all(): ...",
    ],
)
def test_a_name_with_a_word_of_ours_is_seen(code: str) -> None:
    (finding,) = odd_names("src/a.py", code)
    assert str(finding).startswith(f"src/a.py:{code.count(chr(10)) + 1}: ")


def test_plain_english_may_stand_in_names_of_functions_and_not_of_classes() -> None:
    assert list(odd_names("src/a.py", "def read_piece(owner): ...")) == []
    assert [finding.line for finding in odd_names("src/a.py", "\nclass Owner: ...")] == [2]


def test_a_name_may_be_allowed_everywhere_or_in_one_module() -> None:
    assert list(odd_names("src/a.py", "def in_flight(): ...")) == []
    assert list(odd_names("src/meter.py", "def settle(): ...")) == []
    assert [finding.line for finding in odd_names("src/a.py", "def settle(): ...")] == [1]


def test_names_of_modules_and_packages_count() -> None:
    assert [f.said for f in odd_names("src/team/__init__.py", "")] == ["module 'team' says 'team'"]
    assert [f.said for f in odd_names("src/tally.py", "")] == ["module 'tally' says 'tally'"]


@pytest.mark.parametrize(
    "text",
    [
        "It is made anew.",
        "3 is no number.",
        "those are no\nscanners",
        "Rooms of the house",
        "every room",
        "This works, too.",
    ],
)
def test_turns_of_speech_are_seen_in_texts(text: str) -> None:
    assert next(odd_texts("a.md", f"First.\n{text}")).line == 2


@pytest.mark.parametrize(
    "text",
    [
        "There is no file.",
        "There may be no file.",
        "It is no longer there.",
        "It leaves no room for an answer.",
        "in the reading room",
        "Too late.",
    ],
)
def test_plain_english_may_stand_in_texts(text: str) -> None:
    assert list(odd_texts("a.md", text)) == []


def test_a_name_of_two_classes_is_seen() -> None:
    assert doubles([("a.py", "class A: ...\nclass B: ..."), ("b.py", "def f():\n    class A: ...")]) == [
        "A: a.py:1, b.py:2"
    ]
