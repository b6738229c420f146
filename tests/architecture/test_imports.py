"""Who may import what, beyond what import-linter can say."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "inspect_scout"

# Heavy library -> packages (or modules of one) that may import it at module level. All others import it in the function that needs it, or not.
AT_MODULE_LEVEL = {
    "duckdb": set[str](),
    "fastapi": {"_view"},
    "numpy": {"_results", "_transcripts", "_support/arrow"},
    "pandas": set[str](),
    "pyarrow": {"_query", "_results", "_transcripts", "_support/arrow"},
    "rich": {"_display"},
    "uvicorn": {"_view"},
}
# The public modules, which are for users; inside, a package uses what other packages export.
PUBLIC_MODULES = {"", "aio", "executors", "sources", "testing", "_registry"}
# Packages of independent small modules, which are imported directly.
TOOLBOXES = {"_support", "_inspect"}
# Tests that compare with inspect_ai's own results may use its private names.
TESTS_WITH_PRIVATE_NAMES = {"_inspect/", "_support/test_rejected_calls.py"}


def modules() -> Iterator[tuple[tuple[str, ...], ast.Module]]:
    """Each module as the parts of its path below the package, `__init__` included."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).with_suffix("").parts, ast.parse(path.read_text(encoding="utf-8"))


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def at_module_level(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    waiting: list[ast.AST] = [node for node in tree.body if not is_type_checking(node)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(ast.iter_child_nodes(node))


def libraries(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {(node.module or "").split(".")[0]} if node.level == 0 else set()


def own_targets(parts: tuple[str, ...], tree: ast.Module) -> Iterator[str]:
    """Modules of this package that a module imports, relative to the package ("" is the package itself)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "inspect_scout":
                    yield alias.name.removeprefix("inspect_scout").lstrip(".")
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                base = parts[: len(parts) - node.level]
                target = ".".join((*base, *filter(None, module.split("."))))
                yield from ([target] if module else (f"{target}.{a.name}".lstrip(".") for a in node.names))
            elif module.split(".")[0] == "inspect_scout":
                yield module.removeprefix("inspect_scout").lstrip(".")


def test_heavy_libraries_are_imported_at_module_level_only_in_their_packages() -> None:
    found = [
        f"{'/'.join(parts)}:{node.lineno} {library}"
        for parts, tree in modules()
        for node in at_module_level(tree)
        for library in libraries(node) & AT_MODULE_LEVEL.keys()
        if not {parts[0], "/".join(parts)} & AT_MODULE_LEVEL[library]
    ]
    assert "\n".join(found) == ""


def test_nothing_inside_imports_the_public_modules() -> None:
    found = [
        f"{'/'.join(parts)} imports inspect_scout{'.' if target else ''}{target}"
        for parts, tree in modules()
        if parts[0] not in PUBLIC_MODULES and len(parts) > 1
        for target in own_targets(parts, tree)
        if target in PUBLIC_MODULES
    ]
    assert "\n".join(found) == ""


def test_packages_are_entered_by_their_exports() -> None:
    found = [
        f"{'/'.join(parts)} imports {target}"
        for parts, tree in modules()
        for target in own_targets(parts, tree)
        if (package := target.split(".")[0]) and package != parts[0] and package not in TOOLBOXES
        if "." in target and (SOURCE / target.replace(".", "/")).with_suffix(".py").exists()
    ]
    assert "\n".join(found) == ""


def test_tests_use_no_private_names_of_inspect_ai() -> None:
    tests = ROOT / "tests"
    found = [
        f"{path.relative_to(tests)}:{node.lineno} {node.module}"
        for path in sorted(tests.rglob("*.py"))
        if not str(path.relative_to(tests)).startswith(tuple(TESTS_WITH_PRIVATE_NAMES))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("inspect_ai.")
        if "._" in (node.module or "") or any(alias.name.startswith("_") for alias in node.names)
    ]
    assert "\n".join(found) == ""


def shown_names(tree: ast.Module) -> set[str]:
    """Names that type checkers see in a package."""
    blocks = [node for node in tree.body if is_type_checking(node)]
    imports = [node for block in blocks for node in ast.walk(block) if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def test_packages_load_what_they_show_type_checkers() -> None:
    seen = 0
    for parts, tree in modules():
        if any(isinstance(node, ast.ImportFrom) and node.module == "_support.lazy" for node in tree.body):
            package = importlib.import_module(".".join(("inspect_scout", *parts)).removesuffix(".__init__"))
            assert set(dir(package)) == shown_names(tree)
            assert [name for name in dir(package) if not hasattr(package, name)] == []
            seen += 1
    assert seen > len(PUBLIC_MODULES)
