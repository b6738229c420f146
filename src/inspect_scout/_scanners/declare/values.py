"""Values of the arguments of scanners and scan jobs: read and checked as the annotations of the parameters say.

Of a union the most specific type that fits decides, and text comes last; beside text, a number, a switch or null counts
only if it is written as programs write it. Where nothing is known of a type, data stay as they are and what was typed is
guessed.
"""

from __future__ import annotations

import collections.abc
import csv
import enum
import inspect
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from ..._support.errors import ConfigError
from ..._support.text import ArgumentText
from ..._support.yaml import compose_yaml, guess_value
from .hints import members_of, parameter_types
from .kinds import NotAllowedError, value_kind

_OPEN = (Any, object, inspect.Parameter.empty)
# What makes a collection of a list, by the type that is asked for.
_COLLECTIONS: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Collection: list,
    collections.abc.Iterable: list,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
}
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_MAX_DEPTH = 3
_NULLS = {"null", "none", "~", ""}
# Of a union, what says most about a value is tried first; 1 is a number before it is a switch.
_ORDER: tuple[Any, ...] = (int, float, bool)


def typed_arguments(
    factory: Callable[..., Any], given: Mapping[str, Any], title: str, *, strict: bool = True
) -> dict[str, Any]:
    """Read and check arguments as the annotations of the parameters say.

    Args:
        factory: What they are for.
        given: Arguments by name: what was typed is `ArgumentText`, everything else is data.
        title: What the factory makes and its name, for messages ("scanner 'refusal'").
        strict: False to leave what does not fit as it is: a recorded scan ran with it.

    Raises:
        ConfigError: A value does not fit its parameter.
    """
    hints = parameter_types(factory)
    parameters = inspect.signature(factory).parameters
    others = next((hints.get(p.name, Any) for p in parameters.values() if p.kind is p.VAR_KEYWORD), Any)
    typed: dict[str, Any] = {}
    for name, value in given.items():
        hint = hints.get(name, Any) if name in parameters else others
        try:
            made = from_text(hint, value) if isinstance(value, ArgumentText) else from_data(hint, value)
            # "no" is a switch where somebody wrote it for one; a scan that ran with it had text.
            typed[name] = value if not strict and isinstance(made, bool) and isinstance(value, str) else made
        except NotAllowedError as error:
            if strict:
                raise ConfigError(_refusal(title, name, value, error)) from None
            typed[name] = value
    return typed


def from_text(hint: Any, text: str) -> Any:
    """Read what was typed for a parameter.

    Raises:
        NotAllowedError: It is something else than the annotation says.
    """
    members = list(members_of(hint))
    if any(member is each for member in members for each in _OPEN):
        return guess_value(str(text))
    beside_text = str in members
    for member in _ordered(members):
        try:
            return _member_from_text(member, str(text), beside_text)
        except (ValueError, KeyError, TypeError):
            continue
    if beside_text:
        return str(text)
    if any(_is_open(member) for member in members):
        return guess_value(str(text))
    raise _not_allowed(members)


def from_data(hint: Any, value: Any) -> Any:
    """Check data for a parameter, and convert what files cannot hold (paths, dates, enums, tuples).

    Raises:
        NotAllowedError: It is something else than the annotation says.
    """
    members = list(members_of(hint))
    for member in _ordered(members):
        try:
            return _member_from_data(member, value)
        except (ValueError, KeyError, TypeError):
            continue
    if any(_is_open(member) for member in members) or (str in members and isinstance(value, str)):
        return value
    raise _not_allowed(members)


def _member_from_text(member: Any, text: str, beside: bool) -> Any:
    if member is types.NoneType:
        if text.strip().lower() not in ({"null"} if beside else _NULLS):
            raise ValueError(text)
        return None
    if (collection := _collection(member)) is not None:
        return _typed_items(member, collection, text, beside)
    if _mapping(member) is not None:
        if not text.lstrip().startswith("{"):
            raise ValueError(text)
        return _from_structure(member, text, json_only=beside)
    kind = value_kind(member)
    if kind is None:
        raise ValueError(text)
    return kind.written(text) if beside and kind.written is not None else kind.text(text)


def _member_from_data(member: Any, value: Any) -> Any:
    if member is types.NoneType:
        if value is not None:
            raise ValueError(value)
        return None
    if (collection := _collection(member)) is not None:
        if not isinstance(value, list | tuple | set | frozenset):
            raise ValueError(value)
        hints = _item_hints(member, len(typing.cast("Sequence[Any]", value)))
        items: list[Any] = [from_data(hint, item) for hint, item in zip(hints, typing.cast("Any", value), strict=True)]
        return _COLLECTIONS[collection](items)
    if (pair := _mapping(member)) is not None:
        if not isinstance(value, Mapping):
            raise ValueError(value)
        entries = typing.cast("Mapping[Any, Any]", value)
        return {_key(pair[0], key): from_data(pair[1], item) for key, item in entries.items()}
    kind = value_kind(member)
    if kind is None:
        raise ValueError(value)
    return kind.data(value)


def _typed_items(member: Any, collection: Any, text: str, beside: bool) -> Any:
    """Read the items of a collection: between commas (quoted where they hold some), or as a JSON or YAML list."""
    if text.lstrip().startswith("["):
        return _from_structure(member, text, json_only=beside)
    if beside:
        raise ValueError(text)
    try:
        rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error:
        rows = [text.split(",")]
    parts = [part.strip() for part in rows[0]] if text.strip() else []
    hints = _item_hints(member, len(parts))
    if any(_is_structured(hint) for hint in hints):
        raise ValueError(text)
    return _COLLECTIONS[collection]([from_text(hint, part) for hint, part in zip(hints, parts, strict=True)])


def _from_structure(member: Any, text: str, json_only: bool) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        if json_only:
            raise ValueError(text) from None
        return _from_node(member, _node(text))
    return _member_from_data(member, value)


def _node(text: str) -> Any:
    from ruamel.yaml.error import YAMLError

    if "*" in text or "&" in text:
        raise ValueError("aliases are for files")
    try:
        return compose_yaml(text)
    except (YAMLError, RecursionError) as error:
        raise ValueError(text) from error


def _from_node(hint: Any, node: Any) -> Any:
    """Read a part of a YAML value; what is not quoted is read as if it was typed by itself."""
    if node.id == "scalar":
        return from_data(hint, str(node.value)) if node.style else from_text(hint, str(node.value))
    for member in members_of(hint):
        if node.id == "sequence" and (collection := _collection(member)) is not None:
            hints = _item_hints(member, len(node.value))
            items = [_from_node(item, part) for item, part in zip(hints, node.value, strict=True)]
            return _COLLECTIONS[collection](items)
        if node.id == "mapping" and (pair := _mapping(member)) is not None:
            return {_from_node(pair[0], key): _from_node(pair[1], part) for key, part in node.value}
    if any(_is_open(member) for member in members_of(hint)):
        return _from_node(list[Any] if node.id == "sequence" else dict[str, Any], node)
    raise ValueError(node.id)


def _key(hint: Any, key: Any) -> Any:
    """Check the key of a mapping; JSON has text alone for keys."""
    try:
        return from_data(hint, key)
    except NotAllowedError:
        return from_text(hint, key) if isinstance(key, str) else from_data(hint, str(key))


def _ordered(members: Sequence[Any]) -> list[Any]:
    def rank(member: Any) -> int:
        if member is types.NoneType or get_origin(member) is Literal:
            return 0
        if isinstance(member, type) and issubclass(member, enum.Enum):
            return 1
        if member in _ORDER:
            return 2 + _ORDER.index(member)
        return 10 if member is str else 9 if _is_path(member) else 6

    # Text decides about paths: both take any text, and text is what is recorded.
    return sorted((m for m in members if not (_is_path(m) and str in members)), key=rank)


def _is_path(member: Any) -> bool:
    from pathlib import PurePath

    return isinstance(member, type) and issubclass(member, PurePath)


def _is_open(member: Any) -> bool:
    known = member is types.NoneType or _collection(member) is not None or _mapping(member) is not None
    return any(member is each for each in _OPEN) or not (known or value_kind(member) is not None)


def _is_structured(hint: Any) -> bool:
    return any(_collection(member) is not None or _mapping(member) is not None for member in members_of(hint))


def _collection(member: Any) -> Any:
    kind = get_origin(member) or member
    return kind if isinstance(kind, type) and kind in _COLLECTIONS else None


def _item_hints(member: Any, count: int) -> list[Any]:
    args = get_args(member)
    if (get_origin(member) or member) is not tuple or (len(args) == 2 and args[1] is ...):
        return [args[0] if args else Any] * count
    if args and len(args) != count:
        raise ValueError(member)
    return list(args) or [Any] * count


def _mapping(member: Any) -> tuple[Any, Any] | None:
    if (get_origin(member) or member) not in _MAPPINGS:
        return None
    args = get_args(member)
    return (args[0], args[1]) if len(args) == 2 else (Any, Any)


def _not_allowed(members: Sequence[Any], depth: int = 0) -> NotAllowedError:
    described = [_described(member, depth) for member in _ordered(members) if member is not types.NoneType]
    if types.NoneType in members:
        described.append(("null", None))
    allowed = " or ".join(dict.fromkeys(words for words, _ in described if words))
    return NotAllowedError(allowed, next((example for _, example in described if example), None))


def _described(member: Any, depth: int = 0) -> tuple[str, str | None]:
    if _collection(member) is not None:
        args = [arg for arg in get_args(member) if arg is not ...]
        if len(args) > 1 or (args and (get_origin(member) is tuple and ... not in get_args(member))):
            return f"a list of {len(args)}: {', then '.join(_wanted(arg, depth).allowed for arg in args)}", None
        item = _wanted(args[0], depth) if args else NotAllowedError("", "a")
        example = "a" if args and args[0] is str else item.example
        listed = f"{example},{example}" if example and not _is_structured(args[0] if args else Any) else None
        return f"a list, each of it {item.allowed}" if item.allowed else "a list", listed
    if (pair := _mapping(member)) is not None:
        of = f", each value {wanted}" if (wanted := _wanted(pair[1], depth).allowed) else ""
        return f"a JSON object{of}", None if of else """'{"key": 1}'"""
    kind = value_kind(member)
    return (kind.allowed, kind.example) if kind is not None else ("", None)


def _wanted(hint: Any, depth: int) -> NotAllowedError:
    # An alias may hold itself.
    return NotAllowedError("") if depth >= _MAX_DEPTH else _not_allowed(list(members_of(hint)), depth + 1)


def _refusal(title: str, name: str, value: Any, error: NotAllowedError) -> str:
    typed = isinstance(value, ArgumentText)
    shown = repr(str(value)) if typed else repr(value)
    shown = shown if len(shown) <= 120 else shown[:117] + "..."
    advice = f" Write {error.allowed}."
    if typed and error.example:
        advice = f"{advice[:-1]}, as in -S {name}={error.example}."
    elif not typed and error.allowed == "text":
        advice += " In a file, put it in quotes."
    return f"Argument {name!r} of {title} is not allowed: {name}={shown}.{advice}"
