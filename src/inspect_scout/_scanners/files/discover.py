"""Finding the scanners of a Python file without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_PACKAGE = "inspect_scout"
_Blocks = ast.If | ast.Try | ast.With


@dataclass(frozen=True, slots=True)
class DeclaredFunction:
    """A decorated function at the top level of a file.

    Args:
        function: Name of the function.
        name: Name that it is registered under; None if it is computed when the file runs.
        unconditional: Whether it is declared whatever happens, and not within `if`, `try` or `with`.
    """

    function: str
    name: str | None
    unconditional: bool = True


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a file declares at its top level.

    Args:
        scanners: Functions decorated with `@scanner`.
        jobs: Functions decorated with `@scanjob`.
    """

    scanners: tuple[DeclaredFunction, ...]
    jobs: tuple[DeclaredFunction, ...]


def find_declarations(source: str, filename: str) -> Declarations:
    """Find the scanners and scan jobs of a Python file.

    Decorators are recognised under their own names, under names given on import (`from inspect_scout import
    scanner as s`), and as attributes of the imported package (`@inspect_scout.scanner`).

    Args:
        source: Text of the file.
        filename: Its name, for errors.

    Raises:
        SyntaxError: It is not Python.
        ValueError: It holds null characters.
    """
    tree = ast.parse(source, filename)
    scanners, jobs = (
        tuple(
            DeclaredFunction(function.name, _registered_name(function.name, expression), function in tree.body)
            for function, expression in decorated(tree, imported_names(tree, decorator))
        )
        for decorator in ("scanner", "scanjob")
    )
    return Declarations(scanners, jobs)


@dataclass(frozen=True, slots=True)
class ImportedNames:
    """What a file calls one of Scout's functions.

    Args:
        function: Its name in Scout.
        plain: Its names in the file.
        packages: ImportedNames of modules that it may be an attribute of.
    """

    function: str
    plain: frozenset[str]
    packages: frozenset[str]

    def matches(self, target: ast.expr) -> bool:
        """Tell whether an expression names the function."""
        if isinstance(target, ast.Name):
            return target.id in self.plain
        return (
            isinstance(target, ast.Attribute)
            and target.attr == self.function
            and ast.unparse(target.value) in self.packages
        )


def decorated(tree: ast.Module, decorator: ImportedNames) -> list[tuple[ast.FunctionDef | ast.ClassDef, ast.expr]]:
    """Find the functions and classes at the top level of a file that a decorator stands above, and how it stands there."""
    found: dict[str, tuple[ast.FunctionDef | ast.ClassDef, ast.expr]] = {}
    for function in _top_functions(tree.body):
        for expression in function.decorator_list:
            if decorator.matches(expression.func if isinstance(expression, ast.Call) else expression):
                found.pop(function.name, None)  # a later function of the same name takes its place
                found[function.name] = function, expression
    return list(found.values())


def _top_functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Find the functions and classes at the top level of a file, also within `if`, `try` and `with`."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node
        elif isinstance(node, _Blocks):
            yield from _top_functions(node.body)
            if not isinstance(node, ast.With):
                yield from _top_functions(node.orelse)
            if isinstance(node, ast.Try):
                for handler in node.handlers:
                    yield from _top_functions(handler.body)


def imported_names(tree: ast.Module, function: str) -> ImportedNames:
    """Find out what a file calls one of Scout's functions.

    Args:
        tree: The file.
        function: Name that Scout gives to the function.
    """
    plain, packages = {function}, set[str]()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            if isinstance(node, ast.Import):
                if alias.name.split(".")[0] == _PACKAGE:
                    packages.update({alias.asname} if alias.asname else {_PACKAGE, alias.name})
            elif (node.module or "").split(".")[0] == _PACKAGE:
                if alias.name == function:
                    plain.add(alias.asname or alias.name)
                else:
                    packages.add(alias.asname or alias.name)
    return ImportedNames(function, frozenset(plain), frozenset(packages))


def _registered_name(function: str, expression: ast.expr) -> str | None:
    keywords = expression.keywords if isinstance(expression, ast.Call) else []
    given = [keyword.value for keyword in keywords if keyword.arg in ("name", None)]
    if not given:
        return function
    value = given[0].value if isinstance(given[0], ast.Constant) else ...
    if value is None:
        return function
    return value if isinstance(value, str) else None
