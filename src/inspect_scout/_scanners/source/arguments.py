"""Which arguments of scanners are known here, and the plain values they take (sequences as tuples)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]
"""Tells whether an argument takes a value."""


def is_texts(value: object) -> bool:
    """Tell whether a value is a sequence of texts."""
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)  # pyright: ignore[reportUnknownVariableType]


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return value is None or _is_count(value)


def _is_filter(value: object) -> bool:
    return value is None or value == "all" or (is_texts(value) and value != ())


DECORATOR: Mapping[str, Check] = {
    "messages": _is_filter,
    "events": _is_filter,
    "timeline": lambda value: value is True or _is_filter(value),
    "name": _is_text,
    "version": _is_count,
}
LLM: Mapping[str, Check] = {
    "template": lambda value: _is_text(value) or (is_texts(value) and len(value) == 2),
    "model": _is_text,
    "model_role": _is_text,
    "retry_refusals": lambda value: isinstance(value, int),
    "name": _is_text,
    "context_window": _is_number,
    "timeline": _is_text,
    "compaction": lambda value: _is_count(value) or value in {"all", "last"},
    "depth": _is_number,
    "nonce": _is_text,
}
GREP: Mapping[str, Check] = {
    "regex": _is_switch,
    "ignore_case": _is_switch,
    "word_boundary": _is_switch,
    "name": _is_text,
    "content_only": _is_switch,
    "max_matches": _is_number,
}
