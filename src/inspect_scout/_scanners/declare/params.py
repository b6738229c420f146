"""Arguments of scanners as scans record them: plain JSON, and markers for what JSON cannot hold."""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from functools import partial
from pathlib import PurePath
from types import FunctionType, MethodType
from typing import Any
from uuid import UUID

from inspect_ai.model import Model
from pydantic import BaseModel

from ..._inspect import registry
from ..._support.ids import id_from_text, new_id
from .code import code_of_class, code_of_function, digest_function, hash_text, source_text
from .hints import parameter_types
from .kinds import NotAllowedError
from .values import from_data

FILE_MODULE = "scout_file_"
"""How the names of modules begin that are made of single files: these are part of no package, wherever they lie."""

_RUN, _OWN = ("__main__", "__mp_main__"), __name__.split(".", maxsplit=1)[0]
_KIND, _UNAVAILABLE = "kind", "unavailable"
_SECRETS = ("api_key", "aws_")
_MAX_DEPTH = 8
_SCALARS = (str, int, float, bool, type(None))


def record_arguments(factory: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Write the arguments that a factory was given, by name; defaults are left out.

    What JSON cannot hold (functions, objects) becomes a marker, which says what it was and changes when it changes.
    """
    signature = inspect.signature(factory)
    named: dict[str, Any] = {}
    for name, value in signature.bind(*args, **kwargs).arguments.items():
        if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            named.update(value)
        else:
            named[name] = value
    hints: dict[str, Any] | None = None
    recorded: dict[str, Any] = {}
    for name, value in named.items():
        recorded[name] = recorded_value(value)
        if _markers(recorded[name]):
            hints = parameter_types(factory) if hints is None else hints
            recorded[name] = _as_annotated(hints.get(name, Any), value, recorded[name])
    return recorded


def _as_annotated(hint: Any, value: Any, marker: Any) -> Any:
    """Write what JSON cannot hold as a value from which the annotation makes it again; else keep its marker."""
    for written in _written(value):
        try:
            made = from_data(hint, written)
        except NotAllowedError:
            continue
        if type(made) is type(value) and made == value:
            return written
    return marker


def _written(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        listed = [next(_written_one(item), item) for item in items]
        if all(isinstance(item, _SCALARS) for item in listed):
            # The order of a set differs from process to process.
            yield sorted(listed, key=repr) if isinstance(value, set | frozenset) else listed
    elif isinstance(value, dict):
        entries: dict[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
        table = {str(next(_written_one(k), k)): next(_written_one(v), v) for k, v in entries.items()}
        if all(isinstance(item, _SCALARS) for item in table.values()):
            yield table
    else:
        yield from _written_one(value)


def _written_one(value: Any) -> Iterator[Any]:
    if isinstance(value, date | time):
        yield value.isoformat()
    elif isinstance(value, Decimal | UUID | PurePath):
        yield str(value)
    elif isinstance(value, enum.Enum):
        yield from (text for text in (value.value, value.name) if isinstance(text, _SCALARS))


def unavailable_arguments(params: Mapping[str, Any]) -> list[str]:
    """Describe the arguments that were not recorded ("check: function 'is_bad'")."""
    return [f"{name}: {found}" for name, value in params.items() for found in _markers(value)]


def closed_over(function: FunctionType) -> list[Any]:
    """Values that a function has closed over; something of its own for a variable that is not assigned yet."""
    cells = function.__closure__ or ()
    try:
        return [cell.cell_contents for cell in cells]
    except ValueError:
        return [object()]


def closed_values(function: Callable[..., object]) -> list[object]:
    """Write the plain values and the code of the functions that a function closes over; others cannot be compared."""
    inside = closed_over(function) if isinstance(function, FunctionType) else []
    return [
        digest_function(value, code_of_function(value)) if isinstance(value, FunctionType) else recorded_value(value)
        for value in inside
        if isinstance(value, (FunctionType, *_SCALARS, list, tuple, dict))
    ]


def recorded_value(value: Any) -> Any:
    """Write a value as `record_arguments` does."""
    if isinstance(value, enum.Enum):
        return value.value if isinstance(value, str | int) else _marker(value)
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, list | tuple):
        items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        return [recorded_value(item) for item in items]
    if isinstance(value, dict):
        entries: dict[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
        texts = all(isinstance(key, str) for key in entries)
        return {key: recorded_value(item) for key, item in entries.items()} if texts else _marker(entries)
    return _record_object(value)


def _record_object(value: Any) -> Any:
    if isinstance(value, Model):
        recorded: dict[str, Any] = registry.as_recorded(value)
        kept = {k: v for k, v in recorded["model_args"].items() if not k.startswith(_SECRETS)}
        return {**recorded, "model_args": recorded_value(kept)}
    made = registry.as_recorded(value) if registry.registered(value) is not None else None
    return made if isinstance(made, dict) else _marker(value)  # pyright: ignore[reportUnknownVariableType]


def _marker(value: Any) -> dict[str, str]:
    if isinstance(value, type):
        shown = f"class {value.__qualname__!r}"
    elif callable(value) and hasattr(value, "__name__"):
        shown = f"function {value.__name__!r}"
    else:
        shown = f"object of class {type(value).__qualname__!r}"
    return {_KIND: _UNAVAILABLE, "display_name": shown, "digest": id_from_text(_digest(value, depth=0))}


def _markers(value: Any) -> list[str]:
    if isinstance(value, dict):
        entries: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        if entries.get(_KIND) == _UNAVAILABLE and "digest" in entries:
            return [str(entries.get("display_name"))]
        return [found for item in entries.values() for found in _markers(item)]
    if isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [found for item in items for found in _markers(item)]
    return []


def _digest(value: Any, depth: int) -> str:
    """Text that is equal for equal values only; a value that cannot be told apart gets one of its own."""
    parts = None if depth > _MAX_DEPTH else _parts(value, depth + 1)
    if parts is None:
        return new_id()
    code = code_of_class(value.__class__)  # of an object of the user's: what its methods do is part of what it is
    return hash_text("\0".join([_class_name(value.__class__), *([] if code is None else [code.digest]), *parts]))


def _class_name(cls: type) -> str:
    """Name of a class that does not depend on how, or where, its file was run, nor on where Scout keeps its own."""
    package = cls.__module__.split(".")[0]
    module = "" if package.startswith((*_RUN, FILE_MODULE)) else package if package == _OWN else cls.__module__
    return f"{module}.{cls.__qualname__}"


def _parts(value: Any, depth: int) -> list[str] | None:
    if isinstance(value, FunctionType):
        inside = (*closed_over(value), *(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
        function = inspect.unwrap(value)
        return [digest_function(function, code_of_function(function)), *(_digest(v, depth) for v in inside)]
    if isinstance(value, type):
        text = source_text(value) if (code := code_of_class(value)) is None else code.digest
        return None if text is None else [_class_name(value), text]
    if isinstance(value, BaseModel):
        return [value.model_dump_json(warnings=False)]
    if dataclasses.is_dataclass(value):
        return [f"{f.name}={_digest(getattr(value, f.name), depth)}" for f in dataclasses.fields(value)]
    if isinstance(value, set | frozenset | list | tuple | dict):
        items: list[Any] = list(value.items() if isinstance(value, dict) else value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        digests = [_digest(item, depth) for item in items]
        return sorted(digests) if isinstance(value, set | frozenset | dict) else digests
    if isinstance(value, partial):
        return [_digest(part, depth) for part in (value.func, value.args, value.keywords)]  # pyright: ignore[reportUnknownMemberType]
    if isinstance(value, MethodType):
        return [_digest(value.__func__, depth), _digest(value.__self__, depth)]
    shown = repr(value)
    return _of_object(value, depth) if " at 0x" in shown else [shown]


def _of_object(value: Any, depth: int) -> list[str] | None:
    """Describe an object of a class of the user's own by its class and what it holds."""
    text = source_text(value.__class__)
    return None if text is None or not hasattr(value, "__dict__") else [text, _digest({**vars(value)}, depth)]
