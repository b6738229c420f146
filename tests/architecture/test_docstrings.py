"""What an editor shows of a public name: parameters, errors, an example, and units and examples of fields."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import pytest
from pydantic import BaseModel

MODULES = ("inspect_scout", "inspect_scout.aio", "inspect_scout.executors", "inspect_scout.sources")

# The tables of exceptions only shrink: a name whose docstring has what is asked for leaves its table.
WITHOUT_EXAMPLE = {
    # Parts of scanners with prompts of their own; the pages of the manual show them in use.
    "inspect_scout.extract_references",
    "inspect_scout.message_as_str",
    "inspect_scout.parse_answer",
    "inspect_scout.segment_messages",
    "inspect_scout.span_messages",
    "inspect_scout.span_tools",
    "inspect_scout.splice",
    "inspect_scout.splice_to_timeline",
    "inspect_scout.timeline_messages",
    "inspect_scout.transcript_messages",
    "inspect_scout.transcripts_db_schema",
    # For those who write a source; docs/extend.md is one long example.
    "inspect_scout.sources.changed_since",
    "inspect_scout.sources.cursor_of",
    "inspect_scout.sources.index_rows",
    "inspect_scout.sources.raw_of",
    "inspect_scout.sources.register_source",
    "inspect_scout.sources.view",
    "inspect_scout.sources.view_of",
    "inspect_scout.sources.view_text",
}
"""Functions without an example."""

WITHOUT_ERRORS = {
    "inspect_scout.condition_as_sql",
    "inspect_scout.extract_references",
    "inspect_scout.scanner_prompt",
    "inspect_scout.span_tools",
    "inspect_scout.tool_callers",
    "inspect_scout.sources.cursor_of",
    "inspect_scout.sources.index_rows",
    "inspect_scout.sources.view",
    "inspect_scout.sources.view_of",
    "inspect_scout.sources.view_text",
}
"""Functions that refuse nothing."""

SELF_EXPLAINING = {
    "inspect_scout.sources.view_of": {"text"},
    "inspect_scout.sources.view_text": {"view"},
    "inspect_scout.tool_callers": {"transcript"},
    "inspect_scout.Transcripts.limit": {"n"},
    "inspect_scout.Transcripts.with_duplicates": {"duplicates"},
    **{
        f"inspect_scout.ResultReducer.{name}": {"results"}
        for name in ("mean", "median", "mode", "max", "min", "any", "union", "majority", "last")
    },
}
"""Parameters that the first sentence names."""

UNIT = re.compile(
    r"\b(seconds?|tokens?|number|share|mean|bytes|characters|no longer used|from 1|seed)\b", re.IGNORECASE
)
"""Words that say what a number counts or measures."""

CODE = re.compile(r"^    \S", re.MULTILINE)
FENCED = re.compile(r"```python\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def public(kind: type | None = None) -> Iterator[tuple[str, Any]]:
    """Name the public objects of ours: functions, or classes of a kind."""
    for location in MODULES:
        module = importlib.import_module(location)
        for name in module.__all__:
            thing = getattr(module, name)
            ours = str(getattr(thing, "__module__", "")).startswith("inspect_scout")
            is_wanted = (
                inspect.isfunction(thing) if kind is None else inspect.isclass(thing) and issubclass(thing, kind)
            )
            if ours and is_wanted:
                yield f"{location}.{name}", thing


def documentation(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def undescribed(thing: Any) -> set[str]:
    """Parameters that a docstring does not describe."""
    text = documentation(thing)
    names = (name for name in inspect.signature(thing).parameters if name not in {"self", "cls"})
    return {name for name in names if not re.search(rf"^    \*{{0,2}}{name}:", text, re.MULTILINE)}


def has_example(text: str) -> bool:
    """Whether there is a section of examples, or code among the first sentences."""
    head = re.split(r"^(?:Args|Returns|Raises|Yields):$", text, maxsplit=1, flags=re.MULTILINE)[0]
    return "Example:" in text or bool(CODE.search(head))


FUNCTIONS = dict(public())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_describe_every_parameter(name: str) -> None:
    assert undescribed(FUNCTIONS[name]) == SELF_EXPLAINING.get(name, set())


def test_functions_say_what_they_refuse() -> None:
    silent = {name for name, thing in FUNCTIONS.items() if "Raises:" not in documentation(thing)}
    assert silent == WITHOUT_ERRORS


def test_functions_have_an_example() -> None:
    bare = {name for name, thing in FUNCTIONS.items() if not has_example(documentation(thing))}
    assert bare == WITHOUT_EXAMPLE


@pytest.mark.parametrize("name", FUNCTIONS)
def test_examples_are_python(name: str) -> None:
    for code in FENCED.findall(documentation(FUNCTIONS[name])):
        compile(textwrap.dedent(code), name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def methods(kind: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(kind).items():
        function: object = getattr(member, "__func__", member)
        if inspect.isfunction(function) and not name.startswith("_"):
            yield name, function


USED = [
    "Transcripts",
    "TranscriptsReader",
    "TranscriptsDB",
    "ScanResultsDF",
    "ScanResultsArrow",
    "ResultReducer",
    "Column",
    "AnswerStructured",
]
"""Classes whose methods users call."""


@pytest.mark.parametrize("name", USED)
def test_methods_describe_every_parameter(name: str) -> None:
    kind = getattr(importlib.import_module("inspect_scout"), name)
    found = {f"inspect_scout.{name}.{method}": undescribed(function) for method, function in methods(kind)}
    missing = {
        key: names - SELF_EXPLAINING.get(key, set()) for key, names in found.items() if not key.endswith("_async")
    }
    assert {key: names for key, names in missing.items() if names} == {}
    assert [method for method, function in methods(kind) if not documentation(function)] == []


@cache
def models() -> Mapping[str, type[BaseModel]]:
    """The public models, and those of ours that stand in their fields."""
    waiting = [kind for _, kind in public(BaseModel)]
    found: dict[str, type[BaseModel]] = {}
    while waiting:
        kind = waiting.pop()
        if kind.__name__ not in found and kind.__module__.startswith("inspect_scout"):
            found[kind.__name__] = kind
            for field in kind.model_fields.values():
                waiting += [part for part in parts(field.annotation) if issubclass(part, BaseModel)]
    return found


def parts(annotation: Any) -> Iterator[type]:
    """Name the classes that an annotation is made of."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from parts(part)


def field_texts(kind: type[BaseModel]) -> dict[str, str]:
    """Read what stands below the fields of a model: editors show it, Python forgets it."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(node, ast.ClassDef)
    texts: dict[str, str] = {}
    for here, below in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(here, ast.AnnAssign) and isinstance(here.target, ast.Name):
            is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            texts[here.target.id] = str(below.value.value) if is_text else ""  # type: ignore[union-attr]
    return texts


@pytest.mark.parametrize("name", sorted(models()))
def test_every_field_is_described(name: str) -> None:
    texts = field_texts(models()[name])
    assert [field for field, text in texts.items() if not field.startswith("_") and len(text) < 4] == []


@pytest.mark.parametrize("name", sorted(models()))
def test_numbers_say_what_they_count_or_measure(name: str) -> None:
    kind, texts = models()[name], field_texts(models()[name])
    numbers = {
        field
        for field, about in kind.model_fields.items()
        if {int, float} & set(parts(about.annotation)) and not {str, dict, list} & set(parts(about.annotation))
    }
    assert {field for field in numbers & texts.keys() if not UNIT.search(texts[field])} == set()


EXAMPLES = re.compile(r'"[^"]+"|`[^`]+`')
SHOWN = ("TranscriptInfo", "Result", "ScanSpec", "ScannerSpec", "ScanJobConfig", "ValidationCase", "ValidationSet")
"""Models that people read or write by hand."""


@pytest.mark.parametrize("name", SHOWN)
def test_models_show_what_stands_in_their_fields(name: str) -> None:
    texts = field_texts(models()[name])
    shown = [field for field, text in texts.items() if EXAMPLES.search(text)]
    assert len(shown) >= len(texts) / 3


def test_dataclasses_describe_their_fields() -> None:
    inherited = {"complete", "spec", "location", "summary", "errors", "dry_run"}  # of `Status`, which describes them
    missing: dict[str, set[str]] = {}
    for name, kind in public(object):
        if dataclasses.is_dataclass(kind):
            names = {field.name for field in dataclasses.fields(kind) if field.init and not field.name.startswith("_")}
            lacking = {n for n in names if not re.search(rf"^    {n}:", documentation(kind), re.MULTILINE)}
            if lacking - (inherited if "ScanResults" in name else set()):
                missing[name] = lacking
    assert missing == {}
