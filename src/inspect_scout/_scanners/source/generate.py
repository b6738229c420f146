"""Scanners -> text of a file that has them."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Sequence
from typing import Any

from ..._support.errors import ConfigError
from .arguments import DECORATOR, GREP, LLM, Argument
from .literals import literal, text_literal, wrapped
from .model import GrepSource, Kept, LlmSource, Parameter, ScannerSource, StructuredModel, StructuredSource

_INDENT = "    "


def generate_scanner_file(scanners: Sequence[ScannerSource]) -> str:
    """Write a file with scanners: reading it gives them back.

    Args:
        scanners: The scanners; each is a call of `llm_scanner` or of `grep_scanner`.

    Raises:
        ConfigError: A scanner has code of its own, which is not among what is known of it; or names are no names, or
            occur twice.
    """
    _check(scanners)
    models = _models(scanners)
    parts = [_imports(scanners, bool(models))]
    parts += [_model_text(model) for model in models]
    parts += [_scanner_text(scanner) for scanner in scanners]
    return "\n\n\n".join(parts) + "\n"


def answer_text(llm: LlmSource, names: dict[str, str], indent: str = "") -> str:
    """Write the answer of a scanner.

    Args:
        llm: The scanner.
        names: What the file calls `AnswerMultiLabel` and `AnswerStructured`.
        indent: Indentation of its line.
    """
    if llm.answer_type == "labels":
        return literal(llm.labels or (), indent=indent)
    if llm.answer_type == "multi_labels":
        items = [f"labels={literal(llm.labels or (), indent=indent + _INDENT)}"]
        items += ["allow_none=True"] if llm.allow_none else []
        return f"{names['AnswerMultiLabel']}({', '.join(items)})"
    if llm.answer_type == "structured" and llm.structured is not None:
        asked = f"list[{llm.structured.class_name}]" if llm.structured.is_list else llm.structured.class_name
        items = [f"type={asked}", *(f"{name}={text}" for name, text in llm.structured.kept)]
        return f"{names['AnswerStructured']}({', '.join(items)})"
    return literal(llm.answer_type)


def pattern_text(grep: GrepSource, indent: str = "") -> str:
    """Write the patterns of a scanner."""
    if grep.labeled_patterns is not None:
        items = [
            f"{text_literal(label)}: {literal(value, indent=indent + _INDENT)}"
            for label, value in grep.labeled_patterns
        ]
        return wrapped("{", items, "}", indent) if items else "{}"
    return literal(grep.pattern if grep.patterns is None else grep.patterns, indent=indent)


def argument_text(argument: Argument, value: Any, indent: str = "") -> str:
    """Write the value of an argument."""
    return literal(value, as_tuple=argument.as_tuple, indent=indent)


def _check(scanners: Sequence[ScannerSource]) -> None:
    seen: set[str] = set()
    for scanner in scanners:
        name = scanner.function_name
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ConfigError(f"{name!r} is no name of a function.")
        if name in seen:
            raise ConfigError(f"Two scanners are called {name!r}; give each function a name of its own.")
        seen.add(name)
        structured = None if scanner.llm is None else scanner.llm.structured
        custom = [model.class_name for model in structured.models if model.custom] if structured else []
        if not scanner.editable or scanner.kind == "custom" or scanner.statements or custom:
            raise ConfigError(
                f"Scanner {name!r} has code of its own, so it cannot be written from what is known of it."
            )


def _models(scanners: Iterable[ScannerSource]) -> list[StructuredModel]:
    found: dict[str, StructuredModel] = {}
    for scanner in scanners:
        structured: StructuredSource | None = None if scanner.llm is None else scanner.llm.structured
        for model in structured.models if structured is not None else ():
            if found.setdefault(model.class_name, model) != model:
                raise ConfigError(f"Two classes are called {model.class_name!r}; give each a name of its own.")
    return list(found.values())


def _imports(scanners: Sequence[ScannerSource], structured: bool) -> str:
    names = {"Scanner", "Transcript", "scanner"}
    for scanner in scanners:
        names.add("grep_scanner" if scanner.grep is not None else "llm_scanner")
        kind = None if scanner.llm is None else scanner.llm.answer_type
        names |= {"AnswerMultiLabel"} if kind == "multi_labels" else set()
        names |= {"AnswerStructured"} if kind == "structured" else set()
    line = f"from inspect_scout import {', '.join(sorted(names))}"
    return f"{line}\nfrom pydantic import BaseModel, Field" if structured else line


def _model_text(model: StructuredModel) -> str:
    lines = [f"class {model.class_name}(BaseModel):"]
    if model.doc is not None:
        lines.append(_INDENT + text_literal(model.doc))
    for field in model.fields:
        given = [text if name == "" else f"{name}={text}" for name, text in field.kept if name == ""]
        given += [f"alias={text_literal(field.alias)}"] if field.alias is not None else []
        given += [f"description={text_literal(field.description)}"] if field.description is not None else []
        given += [f"{name}={text}" for name, text in field.kept if name != ""]
        value = f" = Field({', '.join(given)})" if given else ""
        value = f" = {field.default}" if field.default is not None else value
        lines.append(f"{_INDENT}{field.name}: {field.field_type}{value}")
    return "\n".join(lines if len(lines) > 1 else [*lines, f"{_INDENT}pass"])


def _scanner_text(scanner: ScannerSource) -> str:
    decorated = _given(DECORATOR, scanner.decorator, scanner.decorator.kept, "")
    lines = [f"@scanner({', '.join(decorated)})" if decorated else "@scanner"]
    returns = "" if scanner.returns is None else f" -> {scanner.returns}"
    parameters = ", ".join(_parameter_text(parameter) for parameter in scanner.parameters)
    lines.append(f"def {scanner.function_name}({parameters}){returns}:")
    if scanner.doc is not None:
        lines.append(_INDENT + text_literal(scanner.doc))
    inner = _INDENT * 2
    if scanner.llm is not None:
        own = [] if scanner.llm.question is None else [f"question={text_literal(scanner.llm.question)}"]
        own.append(f"answer={answer_text(scanner.llm, dict(_OWN_NAMES), inner)}")
        items, maker = own + _given(LLM, scanner.llm, scanner.llm.kept, inner), "llm_scanner"
    else:
        grep = scanner.grep or GrepSource()
        items, maker = [pattern_text(grep, inner), *_given(GREP, grep, grep.kept, inner)], "grep_scanner"
    lines.append(f"{_INDENT}return " + wrapped(f"{maker}(", items, ")", _INDENT))
    return "\n".join(lines)


_OWN_NAMES = {name: name for name in ("AnswerMultiLabel", "AnswerStructured")}


def _given(known: Sequence[Argument], source: object, kept: Kept, indent: str) -> list[str]:
    values = [(argument, getattr(source, argument.name)) for argument in known]
    plain = [f"{a.name}={argument_text(a, v, indent)}" for a, v in values if repr(v) != repr(a.default)]
    return plain + [f"{name}={text}" for name, text in kept]


def _parameter_text(parameter: Parameter) -> str:
    annotation = "" if parameter.annotation is None else f": {parameter.annotation}"
    spaced = " = " if annotation else "="
    return parameter.name + annotation + ("" if parameter.default is None else spaced + parameter.default)
