"""Tests of a package may look inside it; all others, and all other packages, see only what it exports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PACKAGE = "inspect_scout"

# Helper in tests/support -> package whose own tests it serves; no other test may import it.
HELPERS = {"databases": "_transcripts"}


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Lines and modules, also of imports by name; `from package import module` counts as the package, which may export it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}:
            given = node.args[0] if node.args else node
            yield node.lineno, str(given.value) if isinstance(given, ast.Constant) else ast.unparse(given).strip("f'\"")


def owner(path: Path) -> str:
    """The package whose own test or helper a file is ("": no single one's)."""
    first, *rest = path.parts
    return HELPERS.get(path.stem, "") if first == "support" and len(rest) == 1 else first


def findings() -> Iterator[str]:
    for path in sorted(TESTS.rglob("*.py")):
        inside = path.relative_to(TESTS)
        for line, module in imported(ast.parse(path.read_text(encoding="utf-8"))):
            parts = module.split(".")
            private = parts[0] == PACKAGE and len(parts) > 2 and parts[1].startswith("_") and parts[1] != owner(inside)
            helper = parts[0] == "support" and len(parts) > 1 and HELPERS.get(parts[1], owner(inside)) != owner(inside)
            if private or helper:
                yield f"{inside}:{line} imports {module}"


def test_no_test_reaches_into_modules_of_another_package() -> None:
    assert "\n".join(findings()) == ""


@pytest.mark.parametrize(
    "code",
    [
        "import inspect_scout._app.bridge",
        "from inspect_scout._app.bridge import run_sync",
        "importlib.import_module('inspect_scout._app.bridge')",
        "import_module(f'inspect_scout._app.bridge')",
        "__import__('inspect_scout._app.bridge')",
    ],
)
def test_imports_are_seen_however_they_are_written(code: str) -> None:
    assert [module for _, module in imported(ast.parse(code))] == ["inspect_scout._app.bridge"]
