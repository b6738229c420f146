"""What the code defines, for tests of pages that name it."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import inspect_scout

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "inspect_scout"

CODE_SPAN = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"[A-Z]+(_[A-Z]+)+")


def code_spans(page: Path) -> list[str]:
    """All words of a page that stand in backticks, without its code blocks."""
    return CODE_SPAN.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


@functools.cache
def source_names() -> frozenset[str]:
    """Names of classes, functions, constants and fields of `src`, public names, environment variables that it reads."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")]
    defined = {name for tree in trees for node in ast.walk(tree) for name in _defined(node)}
    return frozenset(defined.union(inspect_scout.__all__))


def _defined(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    if isinstance(node, ast.Module | ast.ClassDef):
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            yield from (target.id for target in targets if isinstance(target, ast.Name))
            if isinstance(statement, ast.ImportFrom):
                yield from (alias.asname for alias in statement.names if alias.asname is not None)
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VARIABLE.fullmatch(node.value):
        yield node.value
