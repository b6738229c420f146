"""Sizes that keep the code readable; the tables of exceptions have a reason each and only shrink."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "inspect_scout"

MAX_FILE, MAX_CLASS, MAX_METHODS, MAX_FUNCTION, MAX_COMPLEXITY, MAX_ARGUMENTS = 500, 300, 20, 60, 12, 8

# path:name -> why it may have more arguments than MAX_ARGUMENTS (and, if it is only its signature, more lines).
MANY_ARGUMENTS = {
    "_app/api.py:scan_async": "the documented signature; packed into one ScanRequest at once",
    "_app/api.py:scan_resume_async": "the documented signature; packed into one ResumeRequest at once",
    "_app/api.py:scan": "the documented signature; packed into one ScanRequest at once",
    "_app/api.py:scan_resume": "the documented signature; packed into one ResumeRequest at once",
    "_app/results.py:scan_results_query": "the documented signature, which its async twin takes",
    "_app/results.py:scan_results_query_async": "the documented signature; packed into one ResultsQuery at once",
    "_importers/platform_functions.py:langfuse": "one argument for each choice; packed into one LangfuseQuery at once",
    "_importers/platform_functions.py:langsmith": "the documented signature; packed into one LangSmithQuery at once",
    "_importers/platform_functions.py:phoenix": "the documented signature; packed into one PhoenixQuery at once",
    "_inspect/scripted_model.py:scripted_model": "one argument for each thing that a model may do wrong",
    "_observe/observing.py:observe": "the documented signature; packed into one Observe at once",
    "_observe/observing.py:observe_update": "the documented signature; packed into one update at once",
    "_scanners/llm/generate.py:generate_answer": "the documented signature, three times for its overloads",
    "_scanners/llm/scanner.py:llm_scanner": "the documented signature; packed into one JudgeConfig at once",
    "_scanners/segments/timeline.py:transcript_messages": "the documented signature",
    "_view/serving/notebook.py:view": "the documented signature; packed into one ViewRequest at once",
    "_scanners/declare/decorators.py:scanner": "the documented signature; packed into one ScannerConfig at once",
}
# path:name -> why it may be larger than the budget.
LARGE: dict[str, str] = {"testing/storage_laws.py:StorageLaws": "each law is a method"}

# Counted as mccabe does: each way that a branch, loop, handler or case adds.
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.comprehension, ast.match_case)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[tuple[str, ast.Module, int]]:
    texts = [(path, path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))]
    return [(str(path.relative_to(SOURCE)), ast.parse(text), text.count("\n")) for path, text in texts]


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Nodes of a function without those of the functions inside it, which are measured on their own."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def complexity(function: Function) -> int:
    return 1 + sum(isinstance(node, _BRANCHES) for node in own_nodes(function))


def lines(node: Function | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def arguments(function: Function) -> int:
    given = function.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def too_large(path: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        methods = sum(isinstance(child, Function) for child in node.body)
        if lines(node) > MAX_CLASS or methods > MAX_METHODS:
            yield f"{path}:{node.name}: class of {lines(node)} lines, {methods} methods"
    if isinstance(node, Function):
        key = f"{path}:{node.name}"
        if arguments(node) > MAX_ARGUMENTS and key not in MANY_ARGUMENTS:
            yield f"{key}: {arguments(node)} arguments"
        if lines(node) > MAX_FUNCTION and key not in MANY_ARGUMENTS:
            yield f"{key}: function of {lines(node)} lines"
        if complexity(node) > MAX_COMPLEXITY:
            yield f"{key}: complexity {complexity(node)}"


def test_sizes_are_within_budget() -> None:
    findings = [f"{path}: file of {count} lines" for path, _, count in files() if count > MAX_FILE]
    findings += [finding for path, tree, _ in files() for node in ast.walk(tree) for finding in too_large(path, node)]
    assert "\n".join(finding for finding in findings if finding.rsplit(": ", 1)[0] not in LARGE) == ""


def test_exceptions_are_still_needed() -> None:
    trees = {path: tree for path, tree, _ in files()}
    functions = {
        f"{path}:{node.name}": node
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }
    assert [key for key in MANY_ARGUMENTS if arguments(functions[key]) <= MAX_ARGUMENTS] == []
