"""What the code of a scanner does, as one hash: its function, and what of its own files that refers to.

The hash follows the syntax tree, written out again by Python, without docstrings: formatting, comments and the order of
declarations do not change what a scanner does, and must not make recorded verdicts look as if something else had made
them. It is not a hash of bytecode, which differs from version to version of Python. It follows names from the function to
the declarations of its file, of modules that are not installed, and of other cells of its notebook, because a question
often stands in a constant or a helper elsewhere; what is declared there for other scanners is left out, because it changes
nothing here. Nothing is run. Installed packages count by their version alone, Scout by its `REVISION`.
"""

from __future__ import annotations

import ast
import copy
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
from typing import Any, cast

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
_WHOLE = "*"
_INSTALLED = ("site-packages", "dist-packages", "/lib/python")
_VERSIONED = frozenset({"inspect_scout", "inspect_ai"})
"""Packages that are never followed, also where they are installed as a link to their sources."""

_ENOUGH = 2000
"""Declarations after which references are followed no further."""


_ASKING = frozenset({"generate_answer", "scanner_prompt", "generate", "get_model", "llm_scanner"})
_CARRYING = _ASKING | {"ChatMessageUser", "ChatMessageSystem", "ContentText"}
_READING = ("read", "read_text", "readlines", "load", "loads", "safe_load", "splitlines")
_NAMING = ast.Assign | ast.AnnAssign | ast.AugAssign
_PLAIN = (str, int, float, bytes, list, tuple, dict)
_LONG = 20_000
"""Characters of a value beyond which its hash stands for it."""
_BUILDING = ast.Constant | ast.JoinedStr | ast.BinOp | ast.List | ast.Tuple | ast.Dict | ast.Call


@dataclass(frozen=True, slots=True)
class Code:
    """The code that a function consists of.

    Args:
        own: The function, written out.
        reached: Declarations that it refers to, directly or by others, written out: name -> text.
        files: Files that these stand in.
    """

    own: str
    reached: dict[str, str] = field(default_factory=dict[str, str])
    files: set[str] = field(default_factory=set[str])

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
    """A file of Python: statements at its top level by the names that they are about, definitions by line and name."""

    path: Path
    tree: ast.Module
    documented: bool
    statements: dict[str, list[ast.stmt]]
    definitions: dict[tuple[int, str], _Definition | ast.Lambda | None]


def code_of(file: str, line: int, name: str) -> Code | None:
    """Collect the code of a function or class from its file; None if the file does not show it.

    Args:
        file: The file.
        line: Its first line, that of its first decorator if it has some.
        name: Its name (`<lambda>` for one without).
    """
    path = Path(file)
    module = _module(path, _text(path))
    node = None if module is None else module.definitions.get((line, name))
    if module is None or node is None:
        return None
    found = Code(written(node, module.documented), files={str(path)})
    _reach(found, module, node)
    return found


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
    return _Module(path, tree, "__doc__" in text or "getdoc" in text, statements, _definitions(tree))


def _definitions(tree: ast.Module) -> dict[tuple[int, str], _Definition | ast.Lambda | None]:
    """Functions and classes by first line and name; None for several lambdas in a line, which cannot be told apart."""
    found: dict[tuple[int, str], _Definition | ast.Lambda | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, _Definition | ast.Lambda):
            name, above = ("<lambda>", []) if isinstance(node, ast.Lambda) else (node.name, node.decorator_list)
            place = (min([node.lineno, *(each.lineno for each in above)]), name)
            found[place] = None if place in found else node
    return found


def _about(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement at the top level declares, or whose value it changes."""
    if isinstance(statement, _Definition):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            yield node.asname or node.name.split(".")[0]
        elif isinstance(node, _Definition):
            yield node.name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield from _root(node)


def _called(statement: ast.stmt) -> Iterator[str]:
    """Names of what a statement, or one inside it, may change by calling a method: LABELS.append(...)."""
    for node in () if isinstance(statement, _Definition) else ast.walk(statement):
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            yield from _root(call.func)


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _reach(code: Code, module: _Module, node: ast.AST) -> None:
    """Collect the declarations that a node of a module refers to."""
    found, folder = code.reached, module.path.parent
    seen: set[tuple[Path, int, int, str]] = set()
    waiting = list(_references(module, node, folder))
    done: set[_Reference] = set()
    while waiting and len(seen) < _ENOUGH:
        reference = waiting.pop()
        if reference in done:
            continue
        done.add(reference)
        place = module if reference.module == module.path else _module(reference.module, _text(reference.module))
        if place is None:
            found[reference.name] = repr(_text(reference.module))  # whatever it is, this is Python
            continue
        code.files.add(str(place.path))
        for statement in _statements(place, reference.name):
            text = written(statement, place.documented)
            position = (place.path, statement.lineno, statement.col_offset, text)
            if position in seen or any(each is node for each in ast.walk(statement)):
                continue
            seen.add(position)
            found[f"{len(seen)} {reference.name}"] = text
            waiting += _references(place, statement, folder)


def _statements(module: _Module, name: str) -> list[ast.stmt]:
    """Statements that a name of a module stands for; of an import, the part that gives the name."""
    if name == _WHOLE:
        return module.tree.body
    found = module.statements.get(name) or module.statements.get(_WHOLE) or []
    return [_part(each, name) for each in found]


def _part(statement: ast.stmt, name: str) -> ast.stmt:
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return statement
    part = copy.copy(statement)
    part.names = [each for each in statement.names if (each.asname or each.name.split(".")[0]) == name]
    part.names = part.names or [ast.alias(name)]  # of all names that a module has
    return part


def _references(module: _Module, node: ast.AST, folder: Path) -> Iterator[_Reference]:
    """Names of the file, and of other modules that are not installed, that code refers to."""
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
    """File of a module that is not part of an installed package; None for all others."""
    parts = [part for part in name.split(".") if part]
    bases = [folder, importer.parent, *map(Path, sys.path)]
    if level:
        bases = [importer.parents[level - 1]] if level <= len(importer.parents) else []
    elif parts[0] in _VERSIONED or is_installed(getattr(sys.modules.get(parts[0]), "__file__", None) or ""):
        return None
    elif (loaded := getattr(sys.modules.get(name), "__file__", None)) is not None:
        return Path(loaded) if loaded.endswith(".py") and not is_installed(loaded) else None
    for base in bases:
        stem = base.joinpath(*parts)
        for path in ([stem.with_suffix(".py")] if parts else []) + [stem / "__init__.py"]:
            if path.is_file():
                return None if is_installed(str(path)) else path
    return None


def is_installed(file: str) -> bool:
    """Tell whether a file is part of an installed package, or of Python."""
    return any(part in file for part in _INSTALLED)


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
    if found is None:
        return None
    if is_installed(code.co_filename):
        return Code(found.own)  # what it is built on changes with the version of its package
    if not Path(code.co_filename).is_file():
        texts = _declared_elsewhere(function, {id(function)})
        found.reached.update({f"elsewhere {number}": text for number, text in enumerate(texts)})
    return found


def code_of_class(cls: type) -> Code | None:
    """Collect the code of a class; None if no source shows it, or it is part of an installed package."""
    if cls.__module__.split(".")[0] in {"builtins", *_VERSIONED}:
        return None
    try:
        file = inspect.getsourcefile(cls)
        if file is None or is_installed(file):
            return None
        return code_of(file, inspect.getsourcelines(cls)[1], cls.__name__)
    except (OSError, TypeError):
        return None


def digest_function(function: Callable[..., object], code: Code | None) -> str:
    """Hash of what a function does.

    Args:
        function: The function.
        code: Its code, if that is known.
    """
    if code is not None:
        return code.digest
    constants = getattr(function, "__code__", None)
    own = source_text(function) or (_code_text(constants) if isinstance(constants, CodeType) else repr(function))
    return hash_text("\0".join([own, *_declared_elsewhere(function, {id(function)})]))


def _declared_elsewhere(thing: object, seen: set[int]) -> Iterator[str]:
    """Describe what a function or class refers to that its file does not show: it has none, or is a cell of a notebook.

    Args:
        thing: The function or class.
        seen: Identities of what was described already.

    Returns:
        Texts that are Python.
    """
    members = vars(thing).values() if isinstance(thing, type) else ()
    functions: list[object] = [each for each in members if isinstance(each, FunctionType)] or [thing]
    for function in functions:
        code, names = getattr(function, "__code__", None), getattr(function, "__globals__", {})
        for name in sorted(set(_names(code))) if isinstance(code, CodeType) else ():
            value = names.get(name)
            if isinstance(value, FunctionType | type):
                if value.__module__ == function.__module__ and id(value) not in seen:
                    seen.add(id(value))
                    yield source_text(value) or f"{name} = {_number(value)}"
                    yield from _declared_elsewhere(value, seen)
            elif (text := _literal(value)) is not None:
                yield f"{name} = {text}"


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _number(value: FunctionType | type) -> int:
    """Hash of a function or class without a source."""
    inside = {"": value} if isinstance(value, FunctionType) else vars(value)
    parts = [value.__qualname__, repr(inside.get("__annotations__"))]
    for name, each in inside.items():
        if isinstance(each, FunctionType):
            parts.append(source_text(each) or _code_text(each.__code__))
        elif not name.startswith("__") and (text := _literal(each)) is not None:
            parts.append(f"{name} = {text}")
    return int(hash_text("\0".join(parts)), 16)


def _literal(value: object) -> str | None:
    """Write a plain value as Python does; None for others."""
    if not isinstance(value, (*_PLAIN, set, frozenset)):
        return None
    # The order of a set differs from process to process.
    shown = repr(sorted(value, key=repr) if isinstance(value, set | frozenset) else value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType, reportUnknownLambdaType]
    if len(shown) > _LONG:
        return str(int(hash_text(shown), 16))
    try:
        ast.literal_eval(shown)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return shown


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


def values_read(code: Code, function: Callable[..., object]) -> dict[str, str]:
    """Collect what the code of a function has read from files, as far as a name of a module holds it.

    What is long is given by its hash: a template is a question, a corpus is not.
    """
    parts = [part for part in (code.own, *code.reached.values()) if any(f"{word}(" in part for word in _READING)]
    names = {name for part in parts for node in ast.walk(ast.parse(part)) for name in _names_read(node)}
    if not names:
        return {}
    modules = [module for module in list(sys.modules.values()) if getattr(module, "__file__", None) in code.files]
    found = [*map(vars, modules), getattr(function, "__globals__", {})]
    values = {name: known[name] for name in sorted(names) for known in found if isinstance(known.get(name), _PLAIN)}
    texts = {name: value if isinstance(value, str) else repr(value) for name, value in values.items()}
    return {name: text if len(text) <= _LONG else hash_text(text) for name, text in texts.items()}


def _names_read(node: ast.AST) -> Iterator[str]:
    """Names that an assignment gives to what a call reads."""
    value = node.value if isinstance(node, _NAMING) else None
    calls = (each for each in ast.walk(value) if isinstance(each, ast.Call)) if value is not None else ()
    if any(_function_name(call) in _READING for call in calls):
        for target in node.targets if isinstance(node, ast.Assign) else [cast("ast.AnnAssign", node).target]:
            yield from _root(target)


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
