"""What an editor shows of a public name: parameters, errors, an example, and units and examples of fields."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import inspect_scout
from architecture.docstrings import documentation, entries, example, methods, public, section

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
    "inspect_scout.testing.answered",
    "inspect_scout.testing.failed",
    "inspect_scout.testing.metering",
    "inspect_scout.testing.register_storage",
}
"""Functions that refuse nothing. The table only shrinks."""

SELF_EXPLAINING = {
    f"inspect_scout.ResultReducer.{name}": {"results"}
    for name in ("mean", "median", "mode", "max", "min", "any", "union", "majority", "last")
}
"""Parameters that the description of the class names."""

OF_OTHERS = ("executors", "sources", "testing")
"""Modules whose classes are parts of a contract, for which `examples/extension` is one long example."""

UNIT = re.compile(
    r"\b(seconds?|tokens?|number|share|mean|bytes|characters|no longer used|from 1|seed)\b", re.IGNORECASE
)
"""Words that say what a number counts or measures."""

COUNTED = re.compile(r"^(?:\w+ )?[A-Za-z]+s\b|\b(?:this many|how (?:many|often)|version|status|port)\b", re.IGNORECASE)
"""Besides them: descriptions that begin with what is counted."""

NUMBER = re.compile(r"(?:int|float)(?: \| (?:int|float|None))*")


def unmeasured(texts: Mapping[str, str], types: Mapping[str, Any]) -> set[str]:
    """Name numbers whose description does not say what they count or measure."""
    numbers = {name for name in texts if NUMBER.fullmatch(str(types.get(name, "")))}
    return {name for name in numbers if not UNIT.search(texts[name]) and not COUNTED.search(texts[name])}


def parameters(thing: Any) -> dict[str, Any]:
    """Give the annotations of the parameters that callers pass."""
    found = inspect.signature(thing).parameters.items()
    return {name: parameter.annotation for name, parameter in found if name not in {"self", "cls"}}


PUBLIC = dict(public())
FUNCTIONS = {name: thing for name, thing in PUBLIC.items() if inspect.isfunction(thing)}
CLASSES: dict[str, type[Any]] = {name: thing for name, thing in PUBLIC.items() if inspect.isclass(thing)}
METHODS = {
    f"{name}.{method}": function
    for name, kind in CLASSES.items()
    if not issubclass(kind, BaseException) and not name.startswith("inspect_scout.testing")
    for method, function in methods(kind)
}


def test_there_is_something_to_check() -> None:
    assert min(len(FUNCTIONS), len(CLASSES), len(METHODS)) > 50


@pytest.mark.parametrize("name", [*FUNCTIONS, *METHODS])
def test_every_parameter_is_described(name: str) -> None:
    thing = FUNCTIONS.get(name) or METHODS[name]
    names, text = parameters(thing), documentation(thing)
    assert text.strip()
    if name.endswith("_async") and not section(text, "Args"):
        assert f"`{name.rpartition('.')[2].removesuffix('_async')}`" in text  # it refers to its twin
        return
    described = entries(text)
    assert names.keys() - described.keys() == SELF_EXPLAINING.get(name, set())
    assert described.keys() - names.keys() == set()
    assert unmeasured(described, names) == set()


def test_functions_say_what_they_refuse() -> None:
    silent = {name for name, thing in FUNCTIONS.items() if not entries(documentation(thing), "Raises")}
    assert silent == WITHOUT_ERRORS


@pytest.mark.parametrize("name", METHODS)
def test_methods_say_what_they_raise(name: str) -> None:
    text = documentation(METHODS[name])
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(METHODS[name])))
    raised = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Raise)]
    assert not raised or entries(text, "Raises") or name.endswith("_async")


@pytest.mark.parametrize(
    "name", sorted(FUNCTIONS.keys() - {"inspect_scout.start_scan", "inspect_scout.aio.start_scan"})
)
def test_editors_and_the_manual_find_the_words_without_running_anything(name: str) -> None:
    file = inspect.getsourcefile(inspect.unwrap(FUNCTIONS[name]))
    assert file is not None
    short = name.rpartition(".")[2]
    defined = [
        node
        for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == short
    ]
    assert any(map(ast.get_docstring, defined))


def needs_example(name: str) -> bool:
    kind = CLASSES.get(name)
    if kind is None:
        return True
    is_error = issubclass(kind, BaseException) and kind is not inspect_scout.ScoutError  # it shows how to catch them
    return not is_error and name.split(".")[1] not in OF_OTHERS


@pytest.mark.parametrize("name", [name for name in PUBLIC if needs_example(name)])
def test_there_is_an_example_of_it(name: str) -> None:
    """Examples run in `tests/docs/test_docstring_examples.py`."""
    code = example(documentation(PUBLIC[name]))
    assert code, "give it an example"
    compile(code, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.endswith("_async")])
def test_the_example_of_an_async_function_awaits_it(name: str) -> None:
    short = name.rpartition(".")[2]
    sync = FUNCTIONS[f"inspect_scout.{short.removesuffix('_async')}"]
    assert re.search(rf"(?:await|async for \w+ in) {short}\(", example(documentation(FUNCTIONS[name])))
    assert not re.search(r"\bawait\b|\basync\b|_async\(", example(documentation(sync)))


@cache
def models() -> Mapping[str, type[BaseModel]]:
    """The public models, and those of ours that stand in their fields."""
    waiting = [kind for kind in CLASSES.values() if issubclass(kind, BaseModel)]
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
    """Read what stands below the fields of a model, inherited ones of ours too: editors show it, Python forgets it."""
    texts: dict[str, str] = {}
    for part in reversed(kind.__mro__):
        if part.__module__.startswith("inspect_scout"):
            texts |= own_field_texts(part)
    return texts


def own_field_texts(kind: type) -> dict[str, str]:
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
    public_fields = {field: text for field, text in texts.items() if not field.startswith("_")}
    assert [field for field, text in public_fields.items() if len(text.split()) < 2 or text[-1] not in ".)"] == []


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


@pytest.mark.parametrize("name", [name for name, kind in CLASSES.items() if dataclasses.is_dataclass(kind)])
def test_dataclasses_describe_their_fields(name: str) -> None:
    inherited = {"complete", "spec", "location", "summary", "errors", "dry_run"}  # of `Status`, which describes them
    types = {f.name: f.type for f in dataclasses.fields(CLASSES[name]) if f.init and not f.name.startswith("_")}
    texts = entries(documentation(CLASSES[name]))
    assert types.keys() - texts.keys() <= (inherited if "ScanResults" in name else set())
    assert unmeasured(texts, types) == set()
