"""Tests of a package may look inside it; all others, and all other packages, see no more of it than its door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
PACKAGE = "inspect_scout"

# Helper in tests/support -> package whose own tests it serves; no other test may import it.
HELPERS = {"databases": "_transcripts"}
# To be emptied: tests that are rewritten together with what they test.
STILL_REACHING: set[str] = {
    "_display/test_wording.py",
    "_results/test_counts.py",
    "contracts/test_transcript_source.py",
}


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Lines and modules; `from package import module` counts as the package, whose door may show a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""


def owner(path: Path) -> str:
    """The package whose own test or helper a file is ("": no single one's)."""
    first, *rest = path.parts
    return HELPERS.get(path.stem, "") if first == "support" and len(rest) == 1 else first


def findings() -> Iterator[tuple[str, str]]:
    for path in sorted(TESTS.rglob("*.py")):
        inside = path.relative_to(TESTS)
        for line, module in imported(ast.parse(path.read_text(encoding="utf-8"))):
            parts = module.split(".")
            private = parts[0] == PACKAGE and len(parts) > 2 and parts[1].startswith("_") and parts[1] != owner(inside)
            helper = parts[0] == "support" and len(parts) > 1 and HELPERS.get(parts[1], owner(inside)) != owner(inside)
            if private or helper:
                yield str(inside), f"{inside}:{line} imports {module}"


def test_no_test_reaches_into_modules_of_another_package() -> None:
    assert "\n".join(said for path, said in findings() if path not in STILL_REACHING) == ""


def test_exceptions_are_still_needed() -> None:
    assert STILL_REACHING - {path for path, _ in findings()} == set()
