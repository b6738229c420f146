"""Names of columns and of values inside JSON columns: `model`, `config.model.name`, `items[0]`, `a."odd.key"`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._support.errors import ConfigError

Key = str | int

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BRACKET = re.compile(r"""\[(?:(\d+)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\]\["']+))\]""", re.DOTALL)
_PLAIN_KEY = re.compile(r'[^."\[\]]+')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ColumnPath:
    """A column, or a value inside one that holds JSON.

    Args:
        base: Name of the column.
        keys: Keys (text) and positions (numbers) that lead to the value.
    """

    base: str
    keys: tuple[Key, ...] = ()

    @classmethod
    def parse(cls, name: str) -> ColumnPath:
        """Read a name in shorthand form (raises ConfigError)."""
        if "\0" in name:
            raise ConfigError(f"Column name {name!r} has a NUL character, which no column name can have.")
        if "." not in name and "[" not in name and not name.startswith('"'):
            return cls(name)
        quoted = _QUOTED.match(name)
        if quoted:
            base, position = _unescaped(quoted[1]), quoted.end()
        else:
            plain = re.match(r"[^.\[]*", name)
            assert plain is not None
            base, position = plain[0], plain.end()
        keys: list[Key] = []
        while position < len(name):
            key, position = _next_key(name, position)
            keys.append(key)
        return cls(base, tuple(keys))

    def __str__(self) -> str:
        """Write the shorthand form; `parse` reads it back."""
        plain = not any(c in self.base for c in ".[") and not self.base.startswith('"')
        return (self.base if plain else _quoted(self.base)) + "".join(map(_key_text, self.keys))


def _next_key(name: str, position: int) -> tuple[Key, int]:
    if name[position] == "[":
        bracket = _BRACKET.match(name, position)
        if bracket:
            if bracket[1]:
                return int(bracket[1]), bracket.end()
            key = next(group for group in bracket.groups()[1:] if group is not None)
            return _unescaped(key), bracket.end()
    elif name[position] == ".":
        quoted = _QUOTED.match(name, position + 1)
        if quoted:
            return _unescaped(quoted[1]), quoted.end()
        plain = _PLAIN_KEY.match(name, position + 1)
        if plain:
            # Digits alone are a position, as in `items.0`; a key made of digits is written in quotes.
            return (int(plain[0]) if _is_position(plain[0]) else plain[0]), plain.end()
    raise ConfigError(
        f"Column name {name!r} cannot be read from character {position + 1} on. "
        """Write keys as `a.b`, `a["odd key"]` or `a[0]`, and names with dots in double quotes."""
    )


def _key_text(key: Key) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    if _PLAIN_KEY.fullmatch(key) and not _is_position(key):
        return f".{key}"
    return f".{_quoted(key)}"


def _is_position(key: str) -> bool:
    return key.isascii() and key.isdigit()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)
