"""What makes a scanner the same as another one: what it asks, and what decides its results besides."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType, MethodType
from typing import Any, cast

from ..._support.shapes import is_list, is_mapping
from .code import file_code
from .config import REVISION, Asked, LoaderConfig, Origin, ScannerConfig, find_config, hashed
from .params import closed_over, recorded_value
from .traits import ScanTraits

_DEEP = 4


def find_asked(
    origin: Origin,
    traits: ScanTraits,
    below: Sequence[ScannerConfig],
    factory: Callable[..., Any],
    given: tuple[tuple[Any, ...], dict[str, Any]],
) -> Asked | None:
    """Find out what a scanner asks: what it says itself, or what those ask that it builds on, or what its code shows.

    Args:
        origin: Where its factory comes from.
        traits: What it says itself.
        below: The scanners that it builds on.
        factory: Its factory.
        given: Arguments of the factory, by position and by name.
    """
    if traits.asked is not None:
        return traits.asked
    asked = [config.asked for config in below if config.asked is not None]
    if asked:
        return asked[0] if len(asked) == 1 else _together(asked)
    if not origin.texts:
        return None
    texts = [*origin.texts, *_text_arguments(factory, *given)]
    return Asked("\n".join(texts), None, None, hashed([REVISION, *texts]))


def code_digest(
    origin: Origin,
    traits: ScanTraits,
    below: Sequence[ScannerConfig],
    loader: LoaderConfig | None,
    declared: Sequence[Any],
) -> str:
    """Hash what decides the results of a scanner besides what it asks.

    Args:
        origin: Where its factory comes from.
        traits: What it says itself.
        below: The scanners that it builds on.
        loader: Its loader, if it declares one.
        declared: What its declaration and its call add: JSON.
    """
    # Whatever a scanner does, Scout gives it its input, and may render its prompts.
    parts: list[Any] = [REVISION, origin.name, origin.digest, *declared]
    if traits.file is not None:
        parts.append(file_code(traits.file))
    if loader is not None:
        parts.append(loader.digest)
    return hashed([*parts, *(config.code for config in below)])


def embedded_configs(scan: Any) -> list[ScannerConfig]:
    """Find the scanners that a scan function holds: in its closure, its globals, its attributes."""
    return [config for part in _values_inside(scan) for config in _configs(part, _DEEP)]


def _configs(value: Any, depth: int) -> Iterator[ScannerConfig]:
    if (config := find_config(value)) is not None:
        yield config
    elif depth:
        items: Any = ()
        if is_mapping(value):
            items = value.values()
        elif isinstance(value, list | tuple):
            items = cast("Sequence[Any]", value)
        elif isinstance(value, FunctionType | MethodType | functools.partial):
            module: str = getattr(cast("Any", value), "__module__", "")
            items = () if str(module).startswith(("inspect_scout.", "inspect_ai.")) else _values_inside(value)
        for item in items:
            yield from _configs(item, depth - 1)


def _values_inside(scan: Any) -> Iterator[Any]:
    if isinstance(scan, functools.partial):
        yield from (scan.func, *scan.args, *scan.keywords.values())  # pyright: ignore[reportUnknownMemberType]
    elif isinstance(scan, MethodType):
        yield from (scan.__func__, *getattr(scan.__self__, "__dict__", {}).values())
    elif isinstance(scan, FunctionType):
        function = inspect.unwrap(scan)
        yield from closed_over(function)
        yield from (
            value for name in function.__code__.co_names if (value := function.__globals__.get(name)) is not None
        )
    else:
        yield from getattr(scan, "__dict__", {}).values()


def _together(asked: Sequence[Asked]) -> Asked:
    questions = [each.question for each in asked if each.question is not None]
    return Asked(
        question="\n".join(questions) or None,
        answer=[each.answer for each in asked],
        template=hashed([each.template for each in asked]),
        digest=hashed([each.digest for each in asked]),
    )


def _text_arguments(factory: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[str]:
    """Texts among the arguments of a factory, defaults included."""
    bound = inspect.signature(factory).bind(*args, **kwargs)
    bound.apply_defaults()
    for name, value in bound.arguments.items():
        if isinstance(value, str) or (is_list(value) and all(isinstance(item, str) for item in value)):
            yield f"{name} = {recorded_value(value)!r}"
