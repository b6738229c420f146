"""What the code of a scanner does, as one hash: its function, and what of its own files that refers to.

The hash follows the syntax tree, written out again by Python, without docstrings: formatting, comments and the order of
declarations do not change what a scanner does, and must not make recorded verdicts look as if something else had made
them. It is no hash of bytecode, which differs from version to version of Python. It follows names from the function to
the declarations of its file, and of modules below the folder of the file, because a question often stands in a constant
or a helper beside the scanner; what the file declares for other scanners is left out, because it changes nothing here.
Nothing is run, and packages that are installed count by their version alone.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
_WHOLE = "*"
_INSTALLED = ("site-packages", "dist-packages", "/lib/python")
_DEEP = 6
_ENOUGH = 2000
"""Declarations after which references are followed no further."""


_ASKING = frozenset({"generate_answer", "scanner_prompt", "generate", "get_model", "llm_scanner"})
_CARRYING = _ASKING | {"ChatMessageUser", "ChatMessageSystem", "ContentText"}
_NAMING = ast.Assign | ast.AnnAssign | ast.AugAssign
_BUILDING = ast.Constant | ast.JoinedStr | ast.BinOp | ast.List | ast.Tuple | ast.Dict | ast.Call


@dataclass(frozen=True, slots=True)
class Code:
    """The code that a function consists of.

    Args:
        own: The function, written out.
        reached: Declarations that it refers to, directly or by others, written out: name -> text.
    """

    own: str
    reached: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def digest(self) -> str:
        """Hash of all of it; which file and in which order does not count."""
        return hash_text("\0".join([self.own, *sorted(self.reached.values())]))


@dataclass(frozen=True, slots=True)
class _Reference:
    """A name of a module that code refers to (`*`: all of it)."""

    module: Path
    name: str


@dataclass(frozen=True, slots=True)
class _Module:
    """A file of Python: statements at its top level by the names that they are about, functions by line and name."""

    path: Path
    tree: ast.Module
    documented: bool
    statements: dict[str, list[ast.stmt]]
    functions: dict[tuple[int, str], _Function | None]


def code_of(file: str, line: int, name: str) -> Code | None:
    """Collect the code of a function from its file; None if the file does not show it.

    Args:
        file: The file.
        line: The first line of the function, as its code object says.
        name: Its name (`<lambda>` for one without).
    """
    path = Path(file)
    module = _module(path, _text(path))
    node = None if module is None else module.functions.get((line, name))
    if module is None or node is None:
        return None
    return Code(written(node, module.documented), _reached(module, node, path.parent))


def file_code(file: str) -> str:
    """Hash of all the code of a file, or of its text if it is not Python."""
    path = Path(file)
    text = _text(path)
    module = _module(path, text)
    return hash_text(text if module is None else written(module.tree, module.documented))


def _text(path: Path) -> str:
    # As it was when it was loaded, as far as that is known.
    lines = linecache.getlines(str(path))
    if lines:
        return "".join(lines)
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@functools.lru_cache(maxsize=64)
def _module(path: Path, text: str) -> _Module | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    statements: dict[str, list[ast.stmt]] = {}
    imported = {each.asname or each.name.split(".")[0] for each in ast.walk(tree) if isinstance(each, ast.alias)}
    for statement in tree.body:
        for name in dict.fromkeys((*_about(statement), *(set(_called(statement)) - imported))):
            statements.setdefault(name, []).append(statement)
    # Code that reads docstrings does something else when they change.
    return _Module(path, tree, "__doc__" in text or "getdoc" in text, statements, _functions(tree))


def _functions(tree: ast.Module) -> dict[tuple[int, str], _Function | None]:
    """Functions by first line and name; None for several lambdas in a line, of which nobody can tell which is which."""
    found: dict[tuple[int, str], _Function | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            name, above = ("<lambda>", []) if isinstance(node, ast.Lambda) else (node.name, node.decorator_list)
            place = (min([node.lineno, *(each.lineno for each in above)]), name)
            found[place] = None if place in found else node
    return found


def _about(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement at the top level declares, or whose value it changes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            yield node.asname or node.name.split(".")[0]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _root(node)


def _called(statement: ast.stmt) -> Iterator[str]:
    """Name of what a statement may change by calling a method of it: LABELS.append(...)."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        yield from _root(call.func)


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _reached(module: _Module, node: ast.AST, folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    seen: set[tuple[Path, int, int]] = set()
    waiting = list(_references(module, node, folder))
    done: set[_Reference] = set()
    while waiting and len(seen) < _ENOUGH:
        reference = waiting.pop()
        if reference in done:
            continue
        done.add(reference)
        place = module if reference.module == module.path else _module(reference.module, _text(reference.module))
        if place is None:
            found[reference.name] = _text(reference.module)
            continue
        for statement in place.tree.body if reference.name == _WHOLE else place.statements.get(reference.name, ()):
            position = (place.path, statement.lineno, statement.col_offset)
            if position in seen or any(each is node for each in ast.walk(statement)):
                continue
            seen.add(position)
            found[f"{len(seen)} {reference.name}"] = written(statement, place.documented)
            waiting += _references(place, statement, folder)
    return found


def _references(module: _Module, node: ast.AST, folder: Path) -> Iterator[_Reference]:
    """Names of the file, and of modules beside it, that code refers to."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield _Reference(module.path, each.id)
        elif isinstance(each, ast.ImportFrom):
            yield from _imported_from(module, each, folder)
        elif isinstance(each, ast.Import):
            for alias in each.names:
                if (file := _local(alias.name, 0, module.path, folder)) is not None:
                    yield _Reference(file, _WHOLE)


def _imported_from(module: _Module, node: ast.ImportFrom, folder: Path) -> Iterator[_Reference]:
    base = _local(node.module or "", node.level, module.path, folder)
    for alias in node.names:
        name = f"{node.module}.{alias.name}" if node.module else alias.name
        inner = _local(name, node.level, module.path, folder)
        if inner is not None and inner != base:
            yield _Reference(inner, _WHOLE)
        elif base is not None:
            yield _Reference(base, alias.name)


def _local(name: str, level: int, importer: Path, folder: Path) -> Path | None:
    """File of a module below the folder of the scanner; None for all others."""
    parts = [part for part in name.split(".") if part]
    bases = [folder, importer.parent]
    if level:
        bases = [importer.parents[level - 1]] if level <= len(importer.parents) else []
    elif (known := getattr(sys.modules.get(name), "__file__", None)) is not None:
        path = Path(known)
        return path if path.suffix == ".py" and path.is_relative_to(folder) and "site-packages" not in known else None
    for base in bases:
        stem = base.joinpath(*parts)
        for path in ([stem.with_suffix(".py")] if parts else []) + [stem / "__init__.py"]:
            if path.is_relative_to(folder) and path.is_file():
                return path
    return None


class _Undocumented(ast.NodeTransformer):
    """Leaves docstrings out."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Go through a node."""
        super().generic_visit(node)
        if isinstance(node, _Documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node


def written(node: ast.AST, documented: bool = False) -> str:
    """Write code out in Python's own form.

    Args:
        node: The code.
        documented: Whether docstrings are kept.
    """
    if documented:
        return ast.unparse(node)
    copied = ast.parse(ast.unparse(node))
    return ast.unparse(_Undocumented().visit(copied))


def code_of_function(function: Callable[..., Any]) -> Code | None:
    """Collect the code of a function; None if no source shows it."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return None
    found = code_of(code.co_filename, code.co_firstlineno, code.co_name)
    if found is None or not any(part in code.co_filename for part in _INSTALLED):
        return found
    return Code(found.own)  # what it is built on changes with the version of its package


def digest_function(function: Callable[..., Any], code: Code | None) -> str:
    """Hash of what a function does.

    Args:
        function: The function.
        code: Its code, if that is known.
    """
    if code is not None:
        return code.digest
    return hash_text("\0".join(_parts_without_file(function, _DEEP)))


def _parts_without_file(function: Any, depth: int) -> Iterator[str]:
    """Describe a function of no file (of a notebook, or of text that was run) by itself and what it refers to."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        yield source_text(function) or repr(function)
        return
    yield source_text(function) or _code_text(code)
    if depth:
        for name in sorted(set(_names(code))):
            yield from _global(name, function, depth)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _global(name: str, function: FunctionType, depth: int) -> Iterator[str]:
    value = function.__globals__.get(name)
    if isinstance(value, FunctionType) and value.__module__ == function.__module__ and value is not function:
        yield from _parts_without_file(value, depth - 1)
    elif isinstance(value, type) and value.__module__ == function.__module__:
        yield source_text(value) or value.__qualname__
    elif isinstance(value, str | int | float | bytes):
        yield f"{name}={value!r}"


def source_text(thing: Any) -> str | None:
    """Source of a function or class, written out; None if there is none."""
    try:
        return written(ast.parse(textwrap.dedent(inspect.getsource(thing))))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None


def _code_text(constant: object) -> str:
    if isinstance(constant, CodeType):
        constants = list(map(_code_text, constant.co_consts))
        return repr((constant.co_code, constant.co_names, constant.co_varnames, constant.co_freevars, constants))
    # The order of a set differs from process to process.
    return repr(sorted(map(repr, constant)) if isinstance(constant, frozenset) else constant)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def hash_text(text: str) -> str:
    """Hash a text, whatever it holds."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def asked_texts(code: Code) -> tuple[str, ...]:
    """Collect the texts that code puts to a model by itself; none if it asks none.

    A scanner may call `generate_answer` or a model with a prompt that its code puts together. What it asks is then known
    only by the texts that stand there: those it passes on in such a call, and the constants that it refers to.
    """
    trees = [ast.parse(text) for text in (code.own, *code.reached.values())]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if not any(_function_name(call) in _ASKING for call in calls):
        return ()
    # Texts that a file gives a name, and those that calls carry.
    named = [node.value for tree in trees[1:] for node in tree.body if isinstance(node, _NAMING)]
    values: list[ast.expr] = list(filter(lambda value: isinstance(value, _BUILDING), filter(None, named)))
    values += [argument for call in calls if _function_name(call) in _CARRYING for argument in _arguments(call)]
    return tuple(dict.fromkeys(text for value in values for text in _texts(value)))


def _function_name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        yield ast.unparse(node)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for item in node.elts:
            yield from _texts(item)
    elif isinstance(node, ast.Dict):
        for item in node.values:
            yield from _texts(item)
    elif isinstance(node, ast.Call):
        # "...".strip(), dedent("..."): what is called matters less than what it is given.
        inner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        for item in (*inner, *_arguments(node)):
            yield from _texts(item)
