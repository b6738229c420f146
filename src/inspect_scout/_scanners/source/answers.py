"""The answers of `llm_scanner`, and the pydantic classes of structured ones."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from ..files.discover import ImportedNames
from .model import StructuredField, StructuredModel, StructuredSource
from .text import NO_VALUE, SourceText, is_texts, plain_value

_SIMPLE = ("boolean", "numeric", "string")
_DESCRIBING = ("description", "alias")


class NotEditable(Exception):
    """A scanner, or a part of it, that cannot be read as data; the message says why."""


def read_answer(
    text: SourceText, names: Mapping[str, ImportedNames], models: Mapping[str, StructuredModel], node: ast.expr
) -> dict[str, Any]:
    """Read the answer of a scanner, as fields of `LlmSource`.

    Args:
        text: The file.
        names: What the file calls `AnswerMultiLabel` and `AnswerStructured`.
        models: Its pydantic classes.
        node: The answer.

    Raises:
        NotEditable: It is computed.
    """
    if isinstance(node, ast.Call):
        if names["AnswerMultiLabel"].matches(node.func):
            return _multi_label(node)
        if names["AnswerStructured"].matches(node.func):
            return {"answer_type": "structured", "structured": _structured(text, models, node)}
    value = plain_value(node)
    if isinstance(value, str) and value in _SIMPLE:
        return {"answer_type": value}
    if is_texts(value):
        return {"answer_type": "labels", "labels": value}
    raise NotEditable(f"its answer is computed, or unknown: {text.of(node)[:80]}")


def find_models(text: SourceText, tree: ast.Module) -> dict[str, StructuredModel]:
    """Find the pydantic classes of a file: those that derive from BaseModel, or from another one of them."""
    found: dict[str, StructuredModel] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bases = [base.attr if isinstance(base, ast.Attribute) else _name(base) for base in node.bases]
            if any(base == "BaseModel" or base in found for base in bases):
                found[node.name] = _model(text, node, plain=bases == ["BaseModel"] and not node.keywords)
    return found


def _multi_label(call: ast.Call) -> dict[str, Any]:
    given = _given(call, "labels", "allow_none")
    labels = plain_value(given["labels"]) if "labels" in given else NO_VALUE
    allow_none = plain_value(given["allow_none"]) if "allow_none" in given else False
    if not is_texts(labels) or not isinstance(allow_none, bool) or not set(given) <= {"labels", "allow_none"}:
        raise NotEditable("its labels are computed")
    return {"answer_type": "multi_labels", "labels": labels, "allow_none": allow_none}


def _structured(text: SourceText, models: Mapping[str, StructuredModel], call: ast.Call) -> StructuredSource:
    given = _given(call, "type")
    asked = given.get("type")
    is_list = isinstance(asked, ast.Subscript) and _name(asked.value) == "list"
    name = _name(asked.slice if isinstance(asked, ast.Subscript) and is_list else asked)
    if name is None or len(call.args) > 1 or None in given:
        raise NotEditable("the type of its structured answer is computed")
    kept: list[tuple[str, str]] = []
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg != "type":
            kept.append((keyword.arg, text.value_of(keyword)))
    return StructuredSource(name, is_list, _with_mentioned(models, name), tuple(kept))


def _given(call: ast.Call, *positional: str) -> dict[str | None, ast.expr]:
    """Arguments of a call by name, those that come first included; None stands for `**`."""
    found: dict[str | None, ast.expr] = dict(zip(positional, call.args))
    found.update({keyword.arg: keyword.value for keyword in call.keywords})
    return found


def _with_mentioned(models: Mapping[str, StructuredModel], name: str) -> tuple[StructuredModel, ...]:
    """Give a class and those that its fields mention, in the order of the file."""
    waiting, reached = [name], set[str]()
    while waiting:
        current = waiting.pop()
        model = models.get(current)
        if model is not None and current not in reached:
            reached.add(current)
            waiting += [word for field in model.fields for word in _words(field.field_type)]
    return tuple(model for key, model in models.items() if key in reached)


def _words(annotation: str) -> list[str]:
    return re.findall(r"\w+", annotation)


def _model(text: SourceText, node: ast.ClassDef, *, plain: bool) -> StructuredModel:
    fields: list[StructuredField] = []
    doc: str | None = None
    custom = not plain or bool(node.decorator_list)
    for position, statement in enumerate(node.body):
        value = statement.value if isinstance(statement, ast.Expr) else None
        if position == 0 and isinstance(value, ast.Constant) and isinstance(value.value, str):
            doc = value.value
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            fields.append(_field(text, statement.target.id, statement))
        else:
            custom = custom or not isinstance(statement, ast.Pass)
    return StructuredModel(node.name, tuple(fields), doc, custom)


def _field(text: SourceText, name: str, statement: ast.AnnAssign) -> StructuredField:
    kind, value = text.of(statement.annotation), statement.value
    call = value if isinstance(value, ast.Call) and _name(value.func) == "Field" else None
    if call is None or any(k.arg is None for k in call.keywords) or len(call.args) > 1:
        return StructuredField(name, kind, default=None if value is None else text.of(value))
    described: dict[str, str | None] = dict.fromkeys(_DESCRIBING)
    kept = [("", text.of(arg)) for arg in call.args]
    for keyword in call.keywords:
        said = plain_value(keyword.value)
        if keyword.arg in described and isinstance(said, str):
            described[keyword.arg] = said
        else:
            kept.append((keyword.arg or "", text.value_of(keyword)))
    return StructuredField(name, kind, described["description"], described["alias"], kept=tuple(kept))


def _name(node: ast.expr | None) -> str | None:
    return node.id if isinstance(node, ast.Name) else None
