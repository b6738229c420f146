"""What a scanner file says, read without running it."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError
from inspect_scout._scanners.source.model import ScannerSource
from inspect_scout._scanners.source.parse import parse_scanner_file


def scanners(source: str) -> list[ScannerSource]:
    return list(parse_scanner_file(textwrap.dedent(source)))


def llm(call: str, before: str = "") -> ScannerSource:
    body = f"    {before}\n" if before else ""
    (found,) = scanners(f"@scanner(messages='all')\ndef f(q='x'):\n{body}    return {call}\n")
    return found


REASONS = {
    "llm_scanner(question=ask, answer='boolean')": "question is computed",
    "llm_scanner(question=f'{q}', answer='boolean')": "question is computed",
    "llm_scanner(answer='boolean')": "neither a question nor a template",
    "llm_scanner(question='q')": "nothing of the answer",
    "llm_scanner(question='q', answer=ANSWER)": "answer is computed",
    "llm_scanner(question='q', answer='maybe')": "answer is computed",
    "llm_scanner(question='q', answer=AnswerMultiLabel(labels=L))": "labels are computed",
    "llm_scanner(question='q', answer=AnswerStructured(type=make()))": "structured answer is computed",
    "llm_scanner(**options)": "arguments of its call are computed",
    "llm_scanner('q', answer='boolean')": "are not named",
    "grep_scanner()": "no pattern",
    "grep_scanner(PATTERNS)": "patterns are computed",
    "grep_scanner(['a', B])": "patterns are computed",
    "grep_scanner({'a': B})": "patterns are computed",
    "grep_scanner({**MORE})": "patterns are computed",
    "grep_scanner(*args)": "arguments of its call are computed",
    "scan": "code of its own",
    "other(llm_scanner(question='q', answer='boolean'))": "code of its own",
}


@pytest.mark.parametrize("call", REASONS)
def test_what_cannot_be_changed_says_why(call: str) -> None:
    found = llm(call)
    assert not found.editable
    assert REASONS[call] in (found.advanced_reason or "")


def test_a_scanner_that_decides_is_changed_by_hand() -> None:
    found = llm("grep_scanner('b')", before="if q: return grep_scanner('a')")
    assert "several return statements" in (found.advanced_reason or "")


def test_returns_of_inner_functions_do_not_count() -> None:
    found = llm("grep_scanner('b')", before="def inner(): return 1")
    assert found.editable
    assert found.statements


def test_scanners_are_found_under_every_name() -> None:
    found = scanners(
        """
        import inspect_scout
        import inspect_scout as s
        from inspect_scout import scanner as sc, llm_scanner as ask
        if True:
            @inspect_scout.scanner(messages="all")
            def a(): return inspect_scout.grep_scanner("x")
        @s.scanner
        def b(): return s.llm_scanner(question="q", answer=s.AnswerMultiLabel(["l"]))
        @sc(timeline=True, name="named")
        def c(): return ask(template=("a", "b"), answer="string")
        @other.scanner
        def d(): return grep_scanner("x")
        def e(): return grep_scanner("x")
        @sc
        class f:
            pass
        """
    )
    assert [(s.name, s.kind, s.editable) for s in found] == [
        ("a", "grep", True),
        ("b", "llm", True),
        ("named", "llm", True),
        ("f", "custom", False),
    ]
    assert found[2].decorator.timeline is True
    assert found[1].llm is not None
    assert found[1].llm.labels == ("l",)
    assert found[2].llm is not None
    assert found[2].llm.template == ("a", "b")


def test_classes_of_answers_are_described_with_those_they_mention() -> None:
    (found,) = scanners(
        """
        class Other(BaseModel):
            pass
        class Part(BaseModel):
            name: str = Field(..., description="which", min_length=1)
        class Whole(pydantic.BaseModel):
            'Doc.'
            parts: list["Part"] = Field(default_factory=list, alias="value")
            size: int = 3
            @validator("size")
            def check(cls, v): return v
        @scanner(messages="all")
        def f(): return llm_scanner(question="q", answer=AnswerStructured(Whole, max_attempts=N))
        """
    )
    assert found.llm is not None
    structured = found.llm.structured
    assert structured is not None
    assert [(m.class_name, m.custom, m.doc) for m in structured.models] == [
        ("Part", False, None),
        ("Whole", True, "Doc."),
    ]
    part, whole = structured.models
    assert (part.fields[0].description, part.fields[0].kept) == ("which", (("", "..."), ("min_length", "1")))
    assert (whole.fields[0].alias, whole.fields[0].kept) == ("value", (("default_factory", "list"),))
    assert (whole.fields[1].field_type, whole.fields[1].default) == ("int", "3")
    assert structured.kept == (("max_attempts", "N"),)


HOSTILE = {
    "syntax": ("def f(:\n", "line 1"),
    "null": ("x = 1\0", "null"),
    "indent": ("@scanner\n  def f(): pass", "not valid Python"),
    "parentheses": ("(" * 5000 + ")" * 5000, "nested|not valid Python"),
    "operators": ("x = " + "-" * 200_000 + "1", "nested|not valid Python"),
    "attributes": ("@scanner\ndef f(): return a" + ".b" * 50_000, "nested"),
    "long": ("#" * 1_000_001, "characters"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_give_clear_errors(case: str) -> None:
    text, message = HOSTILE[case]
    with pytest.raises(ConfigError, match=message):
        parse_scanner_file(text)


@given(st.text(st.sampled_from(list("@scanner\n\r def():=\"'\\[]{},.#lmgrep_1\x0c\x00")), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_scanner_file(text)
    except ConfigError:
        return
    assert all(scanner.function_name.isidentifier() for scanner in found)


def test_a_file_without_scanners_has_none() -> None:
    assert scanners("x = 1") == []
    assert scanners("") == []


def test_what_is_not_a_plain_value_is_kept_as_it_is_written() -> None:
    found = llm(
        "llm_scanner(question='é', answer='string', cache = # why = \n\\\n (POLICY  # this\n ), name=N, depth='x')"
    )
    assert found.llm is not None
    assert found.llm.kept == (("cache", "(POLICY  # this\n )"), ("name", "N"), ("depth", "'x'"))
    assert (found.llm.name, found.llm.depth) == (None, None)


def test_warnings_about_the_code_of_the_file_are_its_authors() -> None:
    assert llm(r"grep_scanner('\d')").grep is not None


@pytest.mark.parametrize(
    ("argument", "taken"),
    [
        ("depth=2", True),
        ("depth=None", True),
        ("depth=True", False),
        ("depth=1.0", False),
        ("retry_refusals=False", True),
        ("template='{{ messages }}'", True),
        ("template=('a', 'b')", True),
        ("template=('a',)", False),
        ("compaction='last'", True),
        ("compaction=2", True),
        ("compaction='none'", False),
        ("labels=('a',)", False),
        ("kept=()", False),
        ("unheard_of='a'", False),
    ],
)
def test_arguments_are_plain_values_where_they_take_them(argument: str, taken: bool) -> None:
    source = llm(f"llm_scanner(question='q', answer='string', {argument})").llm
    assert source is not None
    name, text = argument.split("=", 1)
    assert source.kept == (() if taken else ((name, text),))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("messages='all', events=['model'], timeline=True, version=3", []),
        (
            "messages='assistant', events=[], timeline=False, version=None",
            ["messages", "events", "timeline", "version"],
        ),
    ],
)
def test_filters_are_plain_values_where_the_decorator_takes_them(given: str, kept: list[str]) -> None:
    (found,) = scanners(f"@scanner({given})\ndef f(): return grep_scanner('a')")
    assert [name for name, _ in found.decorator.kept] == kept
