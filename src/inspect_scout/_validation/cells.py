"""Ids and values as the text of one cell, so that each reads back as what it was."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from pydantic import JsonValue

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_REAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?")
_SWITCH = {"true": True, "false": False}
_JSON_STARTS = ('"', "[", "{")


def read_cell(text: str) -> JsonValue:
    """Read a value: true and false, numbers, `null`, and JSON texts, lists and objects; anything else is text."""
    plain = text.strip()
    if plain.lower() in _SWITCH:
        return _SWITCH[plain.lower()]
    if plain == "null":
        return None
    number = read_number(plain)
    if number is not None:
        return number
    if plain.startswith(_JSON_STARTS):
        try:
            parsed: JsonValue = strict_json(plain)
            return parsed
        except (ValueError, RecursionError):
            return text
    return text


def read_number(text: str) -> int | float | None:
    """Read a number in decimal; None for other text, and for what no float can hold."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if _REAL.fullmatch(text):
        number = float(text)
        return number if abs(number) != float("inf") else None
    return None


def cell_text(value: JsonValue) -> str:
    """Write a value so that `read_cell` gives it back."""
    if isinstance(value, str):
        read = read_cell(value)
        return value if value.strip() and isinstance(read, str) and read == value else _quoted(value)
    return _quoted(value)


def read_id(value: Any) -> str | list[str]:
    """Read the id of a case.

    Text in the form of a list (`["a", "b"]`, `[a, b]` or `a, b`) is a list of ids; a JSON text (`"a, b"`) is one id.

    Raises:
        ValueError: It is not an id.
    """
    if isinstance(value, list | tuple):
        parts: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        ids = [_single(part) for part in parts]
        if not ids:
            raise ValueError("its 'id' is an empty list")
        return ids
    if not isinstance(value, str):
        return _single(value)
    text = value.strip()
    if text.startswith('"'):
        try:
            return _single(json.loads(text))
        except ValueError:
            return _single(text)
    if text.startswith("[") and text.endswith("]"):
        return read_id(_listed(text))
    if "," in text:
        return read_id([part.strip() for part in text.split(",") if part.strip()])
    return _single(text)


def read_text(value: object) -> str:
    """Read text that may look like something else: a JSON text (`"7"`) is what it quotes."""
    text = str(value)
    if text.startswith('"'):
        try:
            quoted = json.loads(text)
        except ValueError:
            return text
        return quoted if isinstance(quoted, str) else text
    return text


def id_text(id: str | list[str]) -> str:
    """Write an id as text that `read_id` gives back."""
    if isinstance(id, list):
        return _quoted(list[JsonValue](id))
    try:
        return id if read_id(id) == id else _quoted(id)
    except ValueError:
        return _quoted(id)


def id_key(ids: str | list[str]) -> tuple[str, ...]:
    """Give what is the same for ids that mean the same: the order of a list does not matter."""
    return (ids,) if isinstance(ids, str) else tuple(sorted(ids))


def _single(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value:
        return value
    raise ValueError(f"its 'id' is {value!r}; an id is a text, or a list of texts")


def _listed(text: str) -> list[Any]:
    for read in (json.loads, ast.literal_eval):  # lists in Python's form are what older writers left
        try:
            found: Any = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, list):
            return found  # pyright: ignore[reportUnknownVariableType]
    return [part.strip() for part in text[1:-1].split(",") if part.strip()]


def strict_json(text: str) -> Any:
    """Parse JSON that has no NaN in it (raises ValueError, or RecursionError)."""
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _quoted(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
