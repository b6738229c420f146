"""Changing one scanner leaves every other character of the file as it is."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._scanners.source import ScannerSource, apply_scanner_changes, parse_scanner_file
from inspect_scout._support.errors import ConfigError, UnknownNameError

SOURCE = '''\
#!/usr/bin/env python
"""Scanners of a team — ours."""
from inspect_scout import AnswerStructured as Shape, llm_scanner, grep_scanner as grep, scanner
import inspect_scout as scout
from pydantic import BaseModel, Field


class Verdict(BaseModel):
    grade: int = Field(default=3, ge=1, le=5, description="how bad")  # constraint


@scanner(messages="all")  # everything
def refusal(word: str = "é"):  # noqa
    """Does it refuse?"""
    # about the call
    return llm_scanner(
        # the question
        question="Does it refuse?",  # asked of all
        answer="boolean",
        retry_refusals=5,  # patient
        cache=POLICY,
        # the end
    )


@scout.scanner
def words(): return grep(["a",   "b"], ignore_case=False)


@scanner(messages=["user"], metrics=[m])
def graded():
    return llm_scanner(question=(
        "How "
        "bad?"
    ), answer=Shape(type=list[Verdict], max_attempts=7), model="m")
'''


def one(text: str, function: str) -> ScannerSource:
    found = parse_scanner_file(text).find(function)
    assert found is not None
    return found


def changed(function: str, *, text: str = SOURCE, decorator: Any = None, **call: Any) -> str:
    scanner = one(text, function)
    updated = replace(scanner, decorator=replace(scanner.decorator, **(decorator or {})))
    if updated.llm is not None:
        updated = replace(updated, llm=replace(updated.llm, **call))
    if updated.grep is not None:
        updated = replace(updated, grep=replace(updated.grep, **call))
    return apply_scanner_changes(text, updated)


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("refusal", {"question": 'Why "x"\\?'}, '"Does it refuse?",', '"Why \\"x\\"\\\\?",'),
    ("refusal", {"answer_type": "labels", "labels": ("a", "b")}, 'answer="boolean"', 'answer=["a", "b"]'),
    ("refusal", {"retry_refusals": 3}, "        retry_refusals=5,  # patient\n", "        # patient\n"),
    ("refusal", {"model": "x/y"}, "        # the end\n", '        # the end\n        model="x/y",\n'),
    ("refusal", {"decorator": {"version": 2}}, '(messages="all")', '(messages="all", version=2)'),
    ("refusal", {"decorator": {"messages": None}}, '@scanner(messages="all")', "@scanner()"),
    ("refusal", {"decorator": {"messages": ("user",)}}, '(messages="all")', '(messages=["user"])'),
    ("words", {"decorator": {"messages": "all"}}, "@scout.scanner\n", '@scout.scanner(messages="all")\n'),
    ("words", {"ignore_case": True}, ", ignore_case=False)", ")"),
    ("words", {"patterns": None, "pattern": "c"}, '["a",   "b"]', '"c"'),
    ("words", {"regex": True}, "ignore_case=False)", "ignore_case=False, regex=True)"),
    ("graded", {"model": None}, ', model="m")', ")"),
    ("graded", {"model": "other"}, 'model="m"', 'model="other"'),
    ("graded", {"question": "How?"}, '(\n        "How "\n        "bad?"\n    )', '"How?"'),
]


@pytest.mark.parametrize(("function", "change", "old", "new"), CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_changed_argument_changes(
    function: str, change: dict[str, Any], old: str, new: str, newline: str
) -> None:
    assert SOURCE.count(old) == 1
    text = SOURCE.replace("\n", newline)
    expected = SOURCE.replace(old, new).replace("\n", newline)
    found = changed(function, text=text, **change)
    if change == {"model": "x/y"}:
        # A new argument stands behind the last one; what follows it stays.
        expected = SOURCE.replace("cache=POLICY,\n", 'cache=POLICY,\n        model="x/y",\n').replace("\n", newline)
    assert found == expected


def test_the_class_of_an_answer_is_imported_if_it_must_be() -> None:
    multi: dict[str, Any] = {"answer_type": "multi_labels", "labels": ("a",), "allow_none": True}
    found = changed("refusal", **multi)
    assert found == SOURCE.replace('"boolean"', 'scout.AnswerMultiLabel(labels=["a"], allow_none=True)')
    alone = SOURCE.replace("import inspect_scout as scout\n", "").replace("@scout.scanner", "@scanner")
    found = changed("refusal", text=alone, **multi)
    assert 'answer=AnswerMultiLabel(labels=["a"], allow_none=True),' in found
    assert "from pydantic import BaseModel, Field\nfrom inspect_scout import AnswerMultiLabel\n" in found
    twice = changed("refusal", text=found, labels=("b",))
    assert twice == found.replace('["a"]', '["b"]')


def test_several_changes_at_once() -> None:
    found = changed("refusal", question="Q?", model="m", retry_refusals=3, decorator={"events": ("tool",), "name": "n"})
    scanner = one(found, "refusal")
    assert scanner.decorator.events == ("tool",)
    assert (scanner.name, scanner.llm and scanner.llm.question) == ("n", "Q?")
    for comment in ("# everything", "# asked of all", "# patient", "# the end", "# about the call", "# constraint"):
        assert comment in found


def test_a_comment_behind_an_argument_without_comma_stays_with_it() -> None:
    text = (
        "@scanner\ndef f():\n    return llm_scanner(\n        question='q',\n        answer='string'  # short\n    )\n"
    )
    found = changed("f", text=text, depth=2)
    assert "        answer='string',  # short\n        depth=2,\n    )" in found


def test_text_of_several_lines_is_written_to_be_read() -> None:
    found = changed("refusal", question='First.\n"Second" \\ line.\n')
    assert 'question="""First.\n"Second" \\\\ line.\n""",  # asked of all' in found


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_unicode_before_the_argument_does_not_shift_it(bom: str) -> None:
    text = "@scanner(name='日本 \U0001f600', messages='all')\ndef f(): return grep_scanner('é', regex=True)\n"
    assert changed("f", text=text, pattern="ü", decorator={"messages": ("tool",)}) == text.replace(
        "'é'", '"ü"'
    ).replace("'all'", '["tool"]')
    assert bom == "" or parse_scanner_file(text).scanners


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("graded", {"structured": None, "answer_type": "structured"}, "cannot be given these values"),
    ("refusal", {"kept": ()}, "kept"),
    ("refusal", {"retry_refusals": "many"}, "is not allowed"),
    ("refusal", {"decorator": {"messages": ()}}, "is not allowed"),
    ("refusal", {"answer_type": "labels", "labels": None}, "cannot be given these values"),
]


@pytest.mark.parametrize(("function", "change", "message"), REFUSED)
def test_what_cannot_be_changed_is_refused(function: str, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        changed(function, **change)


def test_functions_and_classes_are_changed_by_hand() -> None:
    scanner = one(SOURCE, "refusal")
    for updated in (replace(scanner, doc="x"), replace(scanner, parameters=()), replace(scanner, returns="X")):
        with pytest.raises(ConfigError, match="by hand"):
            apply_scanner_changes(SOURCE, updated)
    with pytest.raises(ConfigError, match="write a new one"):
        apply_scanner_changes(SOURCE, replace(scanner, llm=None, grep=one(SOURCE, "words").grep))
    with pytest.raises(UnknownNameError, match="refusal"):
        apply_scanner_changes(SOURCE, replace(scanner, function_name="refusals"))
    structured = one(SOURCE, "graded")
    assert structured.llm is not None
    assert structured.llm.structured is not None
    other = replace(structured.llm.structured, is_list=False)
    with pytest.raises(ConfigError, match="by hand"):
        apply_scanner_changes(SOURCE, replace(structured, llm=replace(structured.llm, structured=other)))


def test_nothing_to_change_changes_nothing() -> None:
    for scanner in parse_scanner_file(SOURCE).scanners:
        assert apply_scanner_changes(SOURCE, scanner) == SOURCE


@given(st.text(max_size=20), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_question_leaves_the_rest_of_the_file(question: str, newline: str) -> None:
    text = SOURCE.replace("\n", newline)
    found = changed("refusal", text=text, question=question)
    start = text.index('"Does it refuse?",')
    rest = text[start + len('"Does it refuse?"') :]
    assert found.startswith(text[:start])
    assert found.endswith(rest)
    scanner = one(found, "refusal")
    assert scanner.llm is not None
    assert scanner.llm.question == question


def test_an_argument_that_is_computed_is_kept_and_not_overwritten() -> None:
    text = textwrap.dedent(
        """
        @scanner(messages="all", name=NAME)
        def f():
            return grep_scanner("x", max_matches=LIMIT)
        """
    )
    assert changed("f", text=text, regex=True) == text.replace("=LIMIT", "=LIMIT, regex=True")
    with pytest.raises(ConfigError, match="no plain value"):
        changed("f", text=text, max_matches=3)


LAYOUTS = [
    "@scanner()\ndef f(): return grep_scanner('x')\n",
    "@scanner(\n)\ndef f(): return grep_scanner('x')\n",
    "@scanner(messages='all',)\ndef f(): return grep_scanner('x',)\n",
    "@scanner(messages='all' # 1\n)\ndef f(): return grep_scanner('x' # 2\n )\n",
    "@scanner(\n  # 1\n  messages='all'\n  # 2\n)\ndef f():\n\treturn grep_scanner(\n\t\t'x', # 3\n\t\tregex=True # 4\n\t)\n",
    "@scanner(messages=(('all')), version = 3)\ndef f(): return grep_scanner(('x'), name = \\\n   'n')\n",
    "@scanner(messages='all')\ndef f():\n    '''d'''\n    return grep_scanner(\n        ('x'\n 'y'),\n\n        regex=True,\n\n    )  # 1\n",
    "@scanner(messages='all', version=2)\ndef f(): return grep_scanner('x', regex=True, name='n', word_boundary=True)\n",
    "@scanner(\n messages='all', version=2,  # 1\n name='a', # 2\n)\ndef f(): return grep_scanner(pattern=[ # 3\n 'x'], max_matches=4,)\n",
]
DECORATED: list[dict[str, Any]] = [
    {"version": 5},
    {"version": 0},
    {"messages": ("user",)},
    {"events": "all", "name": "z"},
    {"messages": None, "version": 0, "name": None},
]
CALLED: list[dict[str, Any]] = [
    {"regex": True},
    {"regex": False, "name": None, "word_boundary": False, "max_matches": None},
    {"max_matches": 7, "name": "b", "content_only": True},
]


@pytest.mark.parametrize("text", LAYOUTS)
def test_every_layout_of_a_call_can_be_changed_and_keeps_its_comments(text: str) -> None:
    for decorator in DECORATED:
        for call in CALLED:
            found = changed("f", text=text, decorator=decorator, **call)
            assert [found.count(f"# {n}") for n in range(1, 5)] == [text.count(f"# {n}") for n in range(1, 5)]
