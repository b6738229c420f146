"""Annotations of the functions that users decorate, as types, whether or not their evaluation is postponed."""

from __future__ import annotations

import collections.abc
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

import inspect_ai.event
import inspect_ai.model
import typing_extensions
from inspect_ai.event import Event

from ..._types import Loader, Result, Scanner, Transcript, TranscriptHandle

# What evaluating an annotation raises when its names are not there at run time.
UNRESOLVED = (NameError, AttributeError, TypeError, SyntaxError, ImportError, LookupError, ValueError, RecursionError)
_UNIONS = (typing.Union, types.UnionType)
_ALIASES = tuple({typing_extensions.TypeAliasType, getattr(typing, "TypeAliasType", typing_extensions.TypeAliasType)})
_OWN = {cls.__name__: cls for cls in (Transcript, TranscriptHandle, Scanner, Loader, Result)}


def annotate(made: Callable[..., Any], function: Callable[..., Any]) -> None:
    """Give a wrapper the annotations of the function that it wraps, as types.

    Programs that make registered things read them without knowing where their names come from.

    Args:
        made: The wrapper.
        function: What it wraps: a function, or a class.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # written in C
        return
    local = _caller_names() if "<locals>" in getattr(function, "__qualname__", "") else {}
    names = {**local, **dict(visible_names(function))}
    hints = {name: _resolved(given, names) for name, given in _annotations(signature).items()}
    parameters = [p.replace(annotation=hints.get(p.name, p.annotation)) for p in signature.parameters.values()]
    made.__annotations__ = hints
    made.__signature__ = signature.replace(  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
        parameters=parameters, return_annotation=hints.get("return", signature.return_annotation)
    )


def parameter_types(factory: Callable[..., Any]) -> dict[str, Any]:
    """Types of the parameters of a function, by name; those that are not annotated, or with unknown names, are left out."""
    annotated = _annotations(inspect.signature(factory))
    names: dict[str, Any] | None = None
    found: dict[str, Any] = {}
    for name, given in annotated.items():
        hint = given
        if isinstance(given, str | typing.ForwardRef):
            # Defined further down in its file, when the factory was decorated.
            names = names if names is not None else dict(visible_names(factory))
            hint = _resolved(given, names)
        if not isinstance(hint, typing.ForwardRef) and name != "return":
            found[name] = hint
    return found


def members_of(hint: Any) -> Iterator[Any]:
    """Flatten unions, aliases, new types and type variables."""
    if isinstance(hint, _ALIASES):
        yield from members_of(hint.__value__)
    elif isinstance(hint, typing.NewType):
        yield from members_of(hint.__supertype__)
    elif get_origin(hint) in (typing.Annotated, typing.Final, typing.Required, typing.NotRequired):
        yield from members_of(get_args(hint)[0])
    elif get_origin(hint) in _UNIONS:
        for member in get_args(hint):
            yield from members_of(member)
    elif isinstance(hint, typing.TypeVar):
        for member in hint.__constraints__ or (hint.__bound__ or Any,):
            yield from members_of(member)
    elif get_origin(hint) in _ALIASES:  # a generic alias: its parameters say nothing here
        yield Any
    else:
        yield types.NoneType if hint is None else hint


def visible_names(*functions: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """Names that annotations of functions may use; later ones win.

    The vocabulary comes first, so that types imported for type checkers only resolve as well.
    """
    for module in (inspect_ai.event, inspect_ai.model, collections.abc, typing):
        yield from ((name, value) for name, value in vars(module).items() if not name.startswith("_"))
    yield from {**_OWN, "Event": Event}.items()
    for each in functions:
        source: Any = inspect.unwrap(each)
        module_of = sys.modules.get(getattr(source, "__module__", None) or "")
        yield from () if module_of is None else vars(module_of).items()
        yield from getattr(source, "__globals__", {}).items()
        code, cells = getattr(source, "__code__", None), getattr(source, "__closure__", None)
        if code is not None and cells:
            for name, cell in zip(code.co_freevars, cells, strict=True):
                try:
                    yield name, cell.cell_contents
                except ValueError:  # the variable is not assigned yet
                    continue


def _annotations(signature: inspect.Signature) -> dict[str, Any]:
    found = {p.name: p.annotation for p in signature.parameters.values() if p.annotation is not p.empty}
    if signature.return_annotation is not signature.empty:
        found["return"] = signature.return_annotation
    return found


def _resolved(annotation: Any, names: dict[str, Any]) -> Any:
    """Evaluate an annotation; one that cannot be evaluated (yet) stays a reference to a name."""
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    try:
        return typing.get_type_hints(holder, globalns=names, include_extras=True)["it"]
    except UNRESOLVED:
        pass
    if not isinstance(annotation, str):
        return annotation
    try:
        return typing.ForwardRef(annotation)
    except SyntaxError:
        return Any


def _caller_names() -> dict[str, Any]:
    """Local names where a decorator stands: a factory inside of a function may mean classes that stand beside it."""
    frame = inspect.currentframe()
    package = __name__.partition(".")[0]
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame = frame.f_back
    return {} if frame is None else dict(frame.f_locals)
