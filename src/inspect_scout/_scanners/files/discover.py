"""Finding the scanners of a Python file without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_PACKAGE = "inspect_scout"
_Blocks = ast.If | ast.Try | ast.With


@dataclass(frozen=True, slots=True)
class Declared:
    """A decorated function at the top level of a file.

    Args:
        function: Name of the function.
        name: Name that it is registered under; None if it is computed when the file runs.
    """

    function: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a file declares at its top level.

    Args:
        scanners: Functions decorated with `@scanner`.
        jobs: Functions decorated with `@scanjob`.
    """

    scanners: tuple[Declared, ...]
    jobs: tuple[Declared, ...]


def find_declarations(source: str, filename: str) -> Declarations:
    """Find the scanners and scan jobs of a Python file.

    Decorators are recognised under their own names, under names given on import (`from inspect_scout import
    scanner as s`), and as attributes of the imported package (`@inspect_scout.scanner`).

    Args:
        source: Text of the file.
        filename: Its name, for errors.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It holds null characters.
    """
    tree = ast.parse(source, filename)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    functions = list(_functions(tree.body))
    return Declarations(
        scanners=tuple(_declared("scanner", functions, imports)),
        jobs=tuple(_declared("scanjob", functions, imports)),
    )


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node
        elif isinstance(node, _Blocks):
            yield from _functions(node.body)
            if not isinstance(node, ast.With):
                yield from _functions(node.orelse)
            if isinstance(node, ast.Try):
                for handler in node.handlers:
                    yield from _functions(handler.body)


def _declared(
    decorator: str, functions: list[ast.FunctionDef | ast.ClassDef], imports: list[ast.Import | ast.ImportFrom]
) -> Iterator[Declared]:
    plain, packages = _aliases(decorator, imports)
    seen: dict[str, Declared] = {}
    for function in functions:
        for expression in function.decorator_list:
            call = expression if isinstance(expression, ast.Call) else None
            target = call.func if call is not None else expression
            if (isinstance(target, ast.Name) and target.id in plain) or (
                isinstance(target, ast.Attribute) and target.attr == decorator and _dotted(target.value) in packages
            ):
                seen.pop(function.name, None)  # a later function of the same name takes its place
                seen[function.name] = Declared(function.name, _registered_name(function.name, call))
    yield from seen.values()


def _aliases(decorator: str, imports: list[ast.Import | ast.ImportFrom]) -> tuple[set[str], set[str | None]]:
    plain, packages = {decorator}, set[str | None]()
    for node in imports:
        for alias in node.names:
            if isinstance(node, ast.Import):
                if alias.name.split(".")[0] == _PACKAGE:
                    packages.update({alias.asname} if alias.asname else {_PACKAGE, alias.name})
            elif (node.module or "").split(".")[0] == _PACKAGE:
                if alias.name == decorator:
                    plain.add(alias.asname or alias.name)
                else:
                    packages.add(alias.asname or alias.name)
    return plain, packages


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        front = _dotted(node.value)
        return None if front is None else f"{front}.{node.attr}"
    return None


def _registered_name(function: str, call: ast.Call | None) -> str | None:
    given = [keyword.value for keyword in call.keywords if keyword.arg in ("name", None)] if call is not None else []
    if not given:
        return function
    value = given[0].value if isinstance(given[0], ast.Constant) else ...
    if value is None:
        return function
    return value if isinstance(value, str) else None
