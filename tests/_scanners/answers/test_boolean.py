from __future__ import annotations

import pytest

from inspect_scout.testing.answer_laws import failed, parse

ACCEPTED = [
    # The reference reads these.
    ("yes", True),
    ("no", False),
    ("Yes.", True),
    ("NO!", False),
    ("yes,", True),
    ("**Yes**", True),
    ("_no_", False),
    ("`yes`", True),
    ("yes\nand some more text", True),
    # And not these.
    ("yes it is", True),
    ("Yes, it is.", True),
    ("yes.)", True),
    ("'yes'", True),
    ('"No."', False),
    ("\u201cyes\u201d", True),
    ("(yes)", True),
    ("[no]", False),
    ("true", True),
    ("FALSE", False),
    ("y", True),
    ("N.", False),
    ("\\boxed{yes}", True),
    ("**Yes**, the agent did", True),
    ("Yes - see [M2]", True),
    ("No \u2014 nothing of the kind", False),
    ("no, it is not", False),
    ("no, that is not true", False),
    ("no, that isn't true.", False),
    ("No (it never ran the tests)", False),
    ("no because it refused", False),
    ("yes there is no doubt", True),
    ("yes the agent wrote no tests at first", True),
]

REFUSED = [
    "maybe",
    "yes and no",
    "yes/no",
    "yes or no",
    "Yes? No?",
    "no yes",
    "not yes",
    "not no",
    "yes not",
    "yes, but no",
    "yes but mostly no",
    "no, but also yes",
    "no. Yes.",
    "no (yes in some cases)",
    "yes, partially",
    "yes, maybe",
    "Yes, but it depends",
    "no, I am not sure",
    "yes, in part",
    "no errors were found",
    "no doubt about it",
    "true positive",
    "false alarm",
    "N/A",
    "n/a",
    "none",
    "nope",
    "yesterday",
    "yes-no",
    "no-one did",
    "y not",
    "unclear",
    "I think yes",
    "1",
    "$VALUE",
    "\u00ff",
    "\ud800",
    "\0",
]


@pytest.mark.parametrize(("written", "value"), ACCEPTED)
def test_plain_verdict_is_read(written: str, value: bool) -> None:
    result = parse("boolean", f"It ran [M2].\n\nANSWER: {written}")
    assert result.value is value and result.parsed is value
    assert result.answer == ("Yes" if value else "No")
    assert result.explanation == "It ran [M2]." and result.metadata is None
    assert [r.id for r in result.references] == ["m2"]


@pytest.mark.parametrize("written", REFUSED)
def test_hedge_or_contradiction_is_not_guessed(written: str) -> None:
    assert failed(parse("boolean", f"It ran.\n\nANSWER: {written}"))


def test_verdict_may_stand_on_the_line_below() -> None:
    assert parse("boolean", "ANSWER:\nyes").value is True


def test_prose_after_the_answer_does_not_void_it() -> None:
    assert parse("boolean", "ANSWER: yes\nMy answer: it is not clear").value is True


def test_explanation_keeps_its_marks() -> None:
    result = parse("boolean", "`snake_case_name` and *this* __init__\nANSWER: **yes**")
    assert result.explanation == "`snake_case_name` and *this* __init__"
