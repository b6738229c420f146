"""Kinds of values that the parameters of scanners take, by the types of their annotations.

A kind reads what was typed on a command line (`text`) and checks what came as data from a file or program (`data`).
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal, get_args, get_origin

from ..._support.yaml import SWITCHES

_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}")
_REAL = re.compile(r"[-+]?(?:[0-9]{1,4000}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")


class NotAllowedError(ValueError):
    """A value does not fit a type.

    Args:
        allowed: What does, in plain words.
        example: How that is written (None: the words say it).
    """

    def __init__(self, allowed: str, example: str | None = None) -> None:
        self.allowed, self.example = allowed, example
        super().__init__(allowed)


@dataclass(frozen=True, slots=True)
class ValueKind:
    """How values of one type are read.

    Args:
        allowed: What is allowed, in plain words.
        text: Reads what was typed; raises ValueError, KeyError or TypeError for what is something else.
        data: Checks, or converts, what came as data; raises likewise.
        example: How a value is typed, if the words do not say it.
        written: Reads text only where it is written as values of the type are (for types beside text).
    """

    allowed: str
    text: Callable[[str], Any]
    data: Callable[[Any], Any]
    example: str | None = None
    written: Callable[[str], Any] | None = None


def value_kind(cls: Any) -> ValueKind | None:
    """Find the kind of a class; None where nothing is known of its values."""
    if get_origin(cls) is Literal:
        return _literal_kind(get_args(cls))
    if cls in _PLAIN:
        return _PLAIN[cls]
    if not isinstance(cls, type):
        return None
    if issubclass(cls, enum.Enum):
        return _enum_kind(cls)
    if issubclass(cls, PurePath):
        return _path_kind(cls)
    return None


def _literal_kind(values: tuple[Any, ...]) -> ValueKind:
    """Make the kind of some values that are allowed (those of a `Literal`)."""

    def text(given: str) -> Any:
        for value in values:
            if given == (value.name if isinstance(value, enum.Enum) else _typed(value)):
                return value
        for value in values:
            if isinstance(value, bool) and SWITCHES.get(given.lower()) is value:
                return value
        raise ValueError(given)

    def data(given: Any) -> Any:
        for value in values:
            if type(given) is type(value) and given == value:
                return value
        if isinstance(given, str):
            for value in values:
                if isinstance(value, enum.Enum) and given in {value.name, value.value}:
                    return value
        raise ValueError(given)

    return ValueKind(f"one of {', '.join(repr(_typed(value)) for value in values)}", text, data, written=text)


def _typed(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value.value if isinstance(value, enum.Enum) else value)


def _is(types: tuple[type, ...], but: tuple[type, ...] = ()) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, types) or isinstance(value, but):
            raise TypeError(value)
        return value

    return check


def _whole(text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()):
        raise ValueError(text)
    return int(text)


def _real(text: str) -> float:
    if not _REAL.fullmatch(text.strip()) or not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _as_printed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read a number only where nothing is lost by it: beside text, `007` and `1.10` are text."""

    def written(text: str) -> Any:
        value = read(text)
        if str(value) != text:
            raise ValueError(text)
        return value

    return written


def _switch_data(value: Any) -> bool:
    if isinstance(value, str):
        # YAML 1.2 takes yes, no, on and off for text; written for a switch they are meant as they always were.
        return SWITCHES[value.lower()]
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _decimal(text: str) -> decimal.Decimal:
    _real(text)
    return decimal.Decimal(text.strip())


def _decimal_data(value: Any) -> decimal.Decimal:
    if isinstance(value, decimal.Decimal):
        return value
    return _decimal(value if isinstance(value, str) else str(_NUMBER(value)))


def _timed(cls: type, read: Callable[[str], Any], allowed: str, example: str, but: tuple[type, ...] = ()) -> ValueKind:
    check = _is((cls,), but)
    return ValueKind(
        allowed, read, lambda given: read(given) if isinstance(given, str) else check(given), example, read
    )


_NUMBER = _is((int, float), (bool,))
_SWITCH_WORDS = {**SWITCHES, "1": True, "0": False}
_TRUTHS = {"true": True, "false": False}
_PLAIN: dict[Any, ValueKind] = {
    str: ValueKind("text", str, _is((str,))),
    bool: ValueKind(
        "true or false (also yes, no, on, off, 1, 0)",
        lambda text: _SWITCH_WORDS[text.strip().lower()],
        _switch_data,
        written=lambda text: _TRUTHS[text.lower()],
    ),
    int: ValueKind("a whole number, in digits alone", _whole, _is((int,), (bool,)), "1000", _as_printed(_whole)),
    float: ValueKind("a number, with a point and no commas", _real, _NUMBER, "0.5", _as_printed(_real)),
    decimal.Decimal: ValueKind(
        "a number, with a point and no commas", _decimal, _decimal_data, "0.5", _as_printed(_decimal)
    ),
    dt.datetime: _timed(dt.datetime, dt.datetime.fromisoformat, "a date and time", "2026-01-31T12:00:00"),
    dt.date: _timed(dt.date, dt.date.fromisoformat, "a date", "2026-01-31", (dt.datetime,)),
    dt.time: _timed(dt.time, dt.time.fromisoformat, "a time of day", "12:30"),
    uuid.UUID: _timed(uuid.UUID, uuid.UUID, "a UUID", "12345678-1234-5678-1234-567812345678"),
}


def _enum_kind(cls: type[enum.Enum]) -> ValueKind:
    def text(given: str) -> enum.Enum:
        for member in cls:
            if given == _typed(member):
                return member
        return cls[given]

    def data(given: Any) -> enum.Enum:
        if isinstance(given, cls):
            return given
        try:
            return cls(given)
        except ValueError:
            if not isinstance(given, str):
                raise
            return cls[given]

    names = ", ".join(f"{name} ({_typed(m)})" if name != _typed(m) else name for name, m in cls.__members__.items())
    return ValueKind(f"one of {names}", text, data, written=text)


def _path_kind(cls: type[PurePath]) -> ValueKind:
    def text(given: str) -> PurePath:
        if not given or "\0" in given:
            raise ValueError(given)
        return cls(given)

    def data(given: Any) -> PurePath:
        return given if isinstance(given, cls) else text(_is((str,))(given))

    return ValueKind("the path of a file or folder", text, data, "data/cases.csv")
