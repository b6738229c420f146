"""Which arguments of scanners are known here, their defaults, and the plain values they take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument that is a plain value.

    Args:
        name: Its name, in calls and in the model.
        default: Its default.
        takes: Tells whether it takes a value (sequences as tuples).
        as_tuple: Whether sequences are written as tuples instead of lists.
    """

    name: str
    default: Any
    takes: Check
    as_tuple: bool = False


def is_text(value: object) -> bool:
    """Tell whether a value is text."""
    return isinstance(value, str)


def is_texts(value: object) -> bool:
    """Tell whether a value is a sequence of texts."""
    return isinstance(value, tuple) and all(map(is_text, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def is_number(value: object) -> bool:
    """Tell whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_switch(value: object) -> bool:
    """Tell whether a value is a boolean."""
    return isinstance(value, bool)


def either(*checks: Check) -> Check:
    """Tell whether a value passes one of several checks."""
    return lambda value: any(check(value) for check in checks)


def or_none(*checks: Check) -> Check:
    """Tell whether a value is None or passes one of several checks."""
    return lambda value: value is None or any(check(value) for check in checks)


def _is_filter(value: object) -> bool:
    return value == "all" or (is_texts(value) and value != ())


DECORATOR = (
    Argument("messages", None, or_none(_is_filter)),
    Argument("events", None, or_none(_is_filter)),
    Argument("timeline", None, or_none(_is_filter, lambda value: value is True)),
    Argument("name", None, or_none(is_text)),
    Argument("version", 0, is_number),
)
LLM = (
    Argument("template", None, or_none(is_text, lambda value: is_texts(value) and len(value) == 2), as_tuple=True),
    Argument("model", None, or_none(is_text)),
    Argument("model_role", None, or_none(is_text)),
    Argument("retry_refusals", 3, either(is_number, is_switch)),
    Argument("name", None, or_none(is_text)),
    Argument("context_window", None, or_none(is_number)),
    Argument("timeline", None, or_none(is_text)),
    Argument("compaction", "all", either(is_number, lambda value: value in {"all", "last"})),
    Argument("depth", None, or_none(is_number)),
    Argument("nonce", None, or_none(is_text)),
)
GREP = (
    Argument("regex", False, is_switch),
    Argument("ignore_case", True, is_switch),
    Argument("word_boundary", False, is_switch),
    Argument("name", None, or_none(is_text)),
    Argument("content_only", False, is_switch),
    Argument("max_matches", None, or_none(is_number)),
)
