"""No circle of files: whoever reads one file need not have read another that needs it first.

Imports count wherever they stand: at module level, in functions, for types only. A name taken from a package counts as
taken from the module that the package exports it from.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "inspect_scout"
PACKAGE = "inspect_scout"


def modules() -> dict[str, ast.Module]:
    """Each module by its dotted name; `__init__` has the name of the package."""
    found: dict[str, ast.Module] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = (PACKAGE, *path.relative_to(SOURCE).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


class Imports:
    """Who imports what.

    Args:
        trees: The modules by name.
        packages: Names of packages among them.
    """

    def __init__(self, trees: Mapping[str, ast.Module], packages: set[str]) -> None:
        self._trees, self._packages = trees, packages
        # Package -> name that it exports -> (module, name there).
        self._exported = {
            package: {alias: (module, name) for module, name, alias in self._names(package)}
            for package in sorted(packages)
        }

    def of(self, module: str) -> set[str]:
        """Modules that a module takes names from."""
        return {self._origin(source, name) for source, name, _ in self._names(module)} - {module}

    def _names(self, module: str) -> Iterator[tuple[str, str, str]]:
        """Module, name there, and name here of all that a module imports of this package."""
        for node in ast.walk(self._trees[module]):
            if isinstance(node, ast.Import):
                yield from ((a.name, "", a.name) for a in node.names if a.name in self._trees)
            elif isinstance(node, ast.ImportFrom):
                base = module.split(".") if module in self._packages else module.split(".")[:-1]
                start = base[: len(base) - node.level + 1] if node.level else []
                source = ".".join((*start, *filter(None, (node.module or "").split("."))))
                if source in self._trees:
                    yield from ((source, a.name, a.asname or a.name) for a in node.names)

    def _origin(self, module: str, name: str) -> str:
        """Module that a name comes from, through the exports of packages."""
        seen: set[tuple[str, str]] = set()
        while module in self._packages and (module, name) not in seen:
            seen.add((module, name))
            if f"{module}.{name}" in self._trees and name not in self._exported[module]:
                return f"{module}.{name}"
            if name not in self._exported[module]:
                break
            module, name = self._exported[module][name]
        return module


def circles(graph: Mapping[str, Iterable[str]]) -> list[frozenset[str]]:
    """Groups of more than one module each of which is reached from each other."""
    reached = {module: reachable(graph, module) for module in graph}
    groups = {frozenset({a} | {b for b in reached[a] if a in reached[b]}) for a in graph}
    return sorted((group for group in groups if len(group) > 1), key=sorted)


def reachable(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [*graph[start]]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(graph.get(module, ()))
    return found


def imports(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    packages = {name for name in trees if any(other.startswith(f"{name}.") for other in trees)}
    found = Imports(trees, packages)
    return {name: found.of(name) for name in trees}


def test_no_circle_of_files() -> None:
    found = circles(imports(modules()))
    assert [sorted(group) for group in found] == []


def test_a_circle_through_the_exports_of_a_package_is_seen() -> None:
    texts = {
        "inspect_scout": "",
        "inspect_scout.a": "from .b import x as x",
        "inspect_scout.a.b": "def x():\n    from ..c import y",
        "inspect_scout.c": "if TYPE_CHECKING:\n    from .a import x",
        "inspect_scout.d": "from . import c",
    }
    graph = imports({name: ast.parse(text) for name, text in texts.items()})
    assert graph["inspect_scout.d"] == {"inspect_scout.c"}
    assert circles(graph) == [frozenset({"inspect_scout.a.b", "inspect_scout.c"})]
