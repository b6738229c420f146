"""Writing a scanner file and reading it gives the same scanners, whatever is in their texts."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_scout._scanners.source import (
    GrepSource,
    LlmSource,
    Parameter,
    ScannerDecorator,
    ScannerSource,
    StructuredField,
    StructuredModel,
    StructuredSource,
    apply_scanner_changes,
    generate_scanner_file,
    parse_scanner_file,
)
from inspect_scout._scanners.source.literals import text_literal
from inspect_scout._support.errors import ConfigError

# Whole files take long to make up.
FEWER = settings().max_examples // 3

# What breaks naive quoting: quotes, backslashes, line ends of all kinds, braces, comment signs, controls, surrogates.
nasty = st.text(
    st.sampled_from(list("ab\"'\\{}#\n\r\t,)(=é\u2028\x00\x0c\x1b\ud800\U0001f600 N")), max_size=12
) | st.sampled_from(
    ['"""', "'''", '\\"""', '"', "\\", "\\\n", '""', 'x\n"', "a\r\nb", "\n", "# no\ncomment", '"""\n\\']
)
words = st.sampled_from(["alpha", "beta", "gamma", "delta"])
filters = st.none() | st.just("all") | st.lists(st.sampled_from(["user", "tool"]), min_size=1, unique=True).map(tuple)
kept = st.sampled_from(
    [(), (("cache", "CachePolicy()"),), (("reducer", "ResultReducer.mean"), ("value_to_float", "f"))]
)

decorators = st.builds(
    ScannerDecorator,
    messages=filters,
    events=filters,
    timeline=filters | st.just(True),
    name=st.none() | nasty,
    version=st.integers(-2, 9),
    kept=st.sampled_from([(), (("metrics", "[mean()]"),)]),
)
fields = st.builds(
    StructuredField,
    name=words,
    field_type=st.sampled_from(["int", "list[str]", "'Literal[1, 2]'"]),
    description=st.none() | nasty,
    alias=st.none() | nasty,
    kept=st.sampled_from([(), (("", "..."), ("ge", "1")), (("default_factory", "list"),)]),
) | st.builds(StructuredField, name=words, field_type=st.just("int"), default=st.sampled_from([None, "3", "Field"]))
models = st.builds(
    StructuredModel, class_name=st.just("Found"), fields=st.lists(fields, max_size=3).map(tuple), doc=st.none() | nasty
)
answers = st.one_of(
    st.sampled_from(["boolean", "numeric", "string"]).map(lambda kind: {"answer_type": kind}),
    st.lists(nasty, max_size=3).map(lambda labels: {"answer_type": "labels", "labels": tuple(labels)}),
    st.tuples(st.lists(nasty, max_size=3), st.booleans()).map(
        lambda pair: {"answer_type": "multi_labels", "labels": tuple(pair[0]), "allow_none": pair[1]}
    ),
    st.builds(
        StructuredSource,
        class_name=st.just("Found"),
        is_list=st.booleans(),
        models=models.map(lambda model: (model,)),
        kept=st.sampled_from([(), (("max_attempts", "5"),)]),
    ).map(lambda structured: {"answer_type": "structured", "structured": structured}),
)


@st.composite
def llm_sources(draw: st.DrawFn) -> LlmSource:
    rest: dict[str, Any] = draw(answers)
    compactions: list[str | int] = ["all", "last", 1, 3]
    return LlmSource(
        question=draw(nasty),
        template=draw(st.none() | nasty | st.tuples(nasty, nasty)),
        model=draw(st.none() | nasty),
        model_role=draw(st.none() | nasty),
        retry_refusals=draw(st.booleans() | st.integers(0, 4)),
        name=draw(st.none() | nasty),
        context_window=draw(st.none() | st.integers()),
        timeline=draw(st.none() | nasty),
        compaction=draw(st.sampled_from(compactions)),
        depth=draw(st.none() | st.integers(0, 4)),
        nonce=draw(st.none() | nasty),
        kept=draw(kept),
        **rest,
    )


@st.composite
def grep_sources(draw: st.DrawFn) -> GrepSource:
    kind = draw(st.sampled_from(["pattern", "patterns", "labeled_patterns"]))
    texts = st.lists(nasty, max_size=3).map(tuple)
    labeled = st.dictionaries(nasty, nasty | texts, max_size=3).map(lambda found: tuple(found.items()))
    patterns: dict[str, Any] = {kind: draw({"pattern": nasty, "patterns": texts, "labeled_patterns": labeled}[kind])}
    return GrepSource(
        regex=draw(st.booleans()),
        ignore_case=draw(st.booleans()),
        word_boundary=draw(st.booleans()),
        name=draw(st.none() | nasty),
        content_only=draw(st.booleans()),
        max_matches=draw(st.none() | st.integers()),
        **patterns,
    )


PARAMETERS = (
    (),
    (Parameter("word", "str", '"x"'), Parameter("*"), Parameter("n", None, "3")),
    (Parameter("a"), Parameter("/"), Parameter("*rest", "int"), Parameter("**more")),
)


@st.composite
def scanner_sources(draw: st.DrawFn, name: str | None = None) -> ScannerSource:
    llm, grep = draw(st.tuples(llm_sources(), st.none()) | st.tuples(st.none(), grep_sources()))
    return ScannerSource(
        function_name=name or draw(words),
        decorator=draw(decorators),
        parameters=draw(st.sampled_from(PARAMETERS)),
        returns=draw(st.sampled_from([None, "Scanner[Transcript]"])),
        doc=draw(st.none() | nasty),
        llm=llm,
        grep=grep,
    )


def classes(scanner: ScannerSource) -> object:
    return None if scanner.llm is None or scanner.llm.structured is None else scanner.llm.structured.models


def files() -> st.SearchStrategy[list[ScannerSource]]:
    several = st.lists(scanner_sources(), min_size=1, max_size=3, unique_by=lambda scanner: scanner.function_name)
    return several.filter(lambda found: len({repr(classes(s)) for s in found if classes(s) is not None}) <= 1)


@given(nasty)
def test_any_text_survives_being_written(text: str) -> None:
    assert ast.literal_eval(text_literal(text)) == text


@settings(max_examples=FEWER)
@given(files())
def test_a_written_file_gives_its_scanners_back(scanners: list[ScannerSource]) -> None:
    assert list(parse_scanner_file(generate_scanner_file(scanners)).scanners) == scanners


@settings(max_examples=FEWER)
@given(scanner_sources("alpha"), scanner_sources("alpha"), scanner_sources("beta"))
def test_any_change_among_plain_arguments_is_made_and_leaves_other_scanners_alone(
    before: ScannerSource, after: ScannerSource, other: ScannerSource
) -> None:
    if other.llm is not None and other.llm.structured is not None:
        other = replace(other, llm=replace(other.llm, answer_type="boolean", structured=None))
    text = generate_scanner_file([before, other])
    wanted = replace(before, decorator=replace(after.decorator, kept=before.decorator.kept))
    if before.llm is not None and after.llm is not None and after.llm.structured is None:
        wanted = replace(wanted, llm=replace(after.llm, kept=before.llm.kept))
    if before.grep is not None and after.grep is not None:
        wanted = replace(wanted, grep=after.grep)
    changed = apply_scanner_changes(text, wanted)
    assert list(parse_scanner_file(changed).scanners) == [wanted, other]
    back = apply_scanner_changes(changed, before) if classes(before) == classes(wanted) else None
    if back is not None:
        assert list(parse_scanner_file(back).scanners) == [before, other]


def test_what_has_code_of_its_own_is_not_generated() -> None:
    custom = ScannerSource("own", advanced_reason="it has code of its own")
    with pytest.raises(ConfigError, match="code of its own"):
        generate_scanner_file([custom])
    named = ScannerSource("class", grep=GrepSource(pattern="x"))
    with pytest.raises(ConfigError, match="no name of a function"):
        generate_scanner_file([named])
    twice = ScannerSource("words", grep=GrepSource(pattern="x"))
    with pytest.raises(ConfigError, match="Two scanners"):
        generate_scanner_file([twice, twice])
