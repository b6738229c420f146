"""Hashes of functions and classes that are the same in every process, on every machine, for the same code."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from hashlib import sha256
from types import CodeType, FunctionType
from typing import Any

from .code import Code, code_of, written

_INSTALLED = ("site-packages", "dist-packages", "/lib/python")
_DEEP = 6


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
    return _hash("\0".join(_parts_without_file(function, _DEEP)))


def class_text(cls: type) -> str | None:
    """Source of a class, written out; None if there is none."""
    return _source(cls)


def _parts_without_file(function: Any, depth: int) -> Iterator[str]:
    """Describe a function of no file (of a notebook, or of text that was run) by itself and what it refers to."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        yield _source(function) or repr(function)
        return
    yield _source(function) or _code_text(code)
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
        yield _source(value) or value.__qualname__
    elif isinstance(value, str | int | float | bytes):
        yield f"{name}={value!r}"


def _source(thing: Any) -> str | None:
    try:
        return written(ast.parse(textwrap.dedent(inspect.getsource(thing))))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None


def _code_text(code: CodeType) -> str:
    constants = [_code_text(c) if isinstance(c, CodeType) else _constant_text(c) for c in code.co_consts]
    return repr((code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants))


def _constant_text(constant: object) -> str:
    # The order of a set differs from process to process.
    if isinstance(constant, frozenset):
        return repr(sorted(map(repr, constant)))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return repr(constant)


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
