"""JSON schemas of the parameters of scanners, from their annotations as text: no code is run to make a form."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from ..._support.shapes import is_list, is_mapping

Schema = dict[str, object]

_PLAIN: Final[Mapping[str, str]] = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "None": "null",
}
_LISTS: Final = frozenset(("list", "List", "Sequence", "Iterable", "Collection", "tuple", "set", "frozenset"))
_MAPPINGS: Final = frozenset(("dict", "Dict", "Mapping"))


def schema_of(annotation: str | None) -> Schema:
    """Make the schema of an annotation; what is not known may be anything.

    Args:
        annotation: Its text.
    """
    if annotation is None:
        return {}
    try:
        return _schema(ast.parse(annotation, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def default_of(text: str | None) -> object:
    """Give the default of a parameter, as far as it is plain data (else None).

    Args:
        text: Its text.
    """
    if text is None:
        return None
    try:
        value: object = ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    plain = value is None or isinstance(value, str | int | float) or is_list(value) or is_mapping(value)
    return value if plain else None


def _schema(node: ast.expr) -> Schema:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return schema_of(node.value)
        return {"type": "null"} if node.value is None else {}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _any_of([*_alternatives(node.left), *_alternatives(node.right)])
    if isinstance(node, ast.Subscript):
        return _subscripted(_name(node.value), node.slice)
    name = _name(node)
    if name in _PLAIN:
        return {"type": _PLAIN[name]}
    if name in _LISTS:
        return {"type": "array"}
    return {"type": "object"} if name in _MAPPINGS else {}


def _alternatives(node: ast.expr) -> list[Schema]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [_schema(node)]


def _any_of(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _subscripted(name: str, inner: ast.expr) -> Schema:
    parts = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
    makers: Mapping[str, Callable[[list[ast.expr]], Schema]] = {
        "Literal": _literal,
        "Union": lambda given: _any_of([_schema(part) for part in given]),
        "Optional": lambda given: {"anyOf": [_schema(given[0]), {"type": "null"}]},
        "Annotated": lambda given: _schema(given[0]),
        **dict.fromkeys(_LISTS, lambda given: {"type": "array", "items": _schema(given[0])}),
        **dict.fromkeys(_MAPPINGS, lambda given: {"type": "object", "additionalProperties": _schema(given[-1])}),
    }
    make = makers.get(name)
    return {} if make is None else make(parts)


def _literal(parts: list[ast.expr]) -> Schema:
    values = [part.value for part in parts if isinstance(part, ast.Constant)]
    texts = all(isinstance(value, str) for value in values)
    return {**({"type": "string"} if texts else {}), "enum": values}


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
