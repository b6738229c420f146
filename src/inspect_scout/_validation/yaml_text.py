"""YAML of labelled cases: read node by node, so that every value is what it looks like, and written to read back.

Plain `yes`, `no`, `on` and `off` are switches, as most people and most readers of YAML take them; dates stay text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._support.shapes import is_list, is_mapping
from .cells import read_number

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_TAG = "tag:yaml.org,2002:"
_TAGS = {_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "seq", "map")}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
# Text that other readers of YAML take for something else than text.
_MISTAKABLE = re.compile(r"[yn]|[-+.]?(inf|nan)|0[xo].*", re.IGNORECASE)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
_SPARE_NODES = 100_000


@dataclass(slots=True)
class _Builder:
    """Makes values of nodes.

    Args:
        most: Nodes at most: aliases must not make little text into much data.
    """

    most: int
    open: set[int] = field(default_factory=set[int])
    made: int = 0

    def value(self, node: Any) -> Any:
        self.made += 1
        if self.made > self.most or id(node) in self.open:
            raise ValueError("its aliases repeat too much, or lead in a circle; write the cases out")
        if node.tag and str(node.tag) not in _TAGS:
            raise ValueError(f"the tag {node.tag!s} is not allowed (line {_line(node)})")
        kind = type(node).__name__
        if kind == "ScalarNode":
            return _scalar(node)
        self.open.add(id(node))
        try:
            if kind == "SequenceNode":
                return [self.value(item) for item in node.value]
            return {self._key(key): self.value(item) for key, item in node.value}
        finally:
            self.open.discard(id(node))

    def _key(self, node: Any) -> str:
        if type(node).__name__ != "ScalarNode":
            raise ValueError(f"a key must be text (line {_line(node)})")
        return str(node.value)


def read_yaml(text: str) -> list[tuple[int, Any]]:
    """Read a YAML list.

    Returns:
        The items, each with its line.

    Raises:
        ValueError: The text is no YAML, or no list.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml: Any = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except YAMLError as error:
        raise ValueError(f"it is no YAML: {error}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if root is None:
        return []
    if type(root).__name__ != "SequenceNode":
        raise ValueError("it holds no list of cases")
    builder = _Builder(len(text) + _SPARE_NODES)
    return [(_line(item), builder.value(item)) for item in root.value]


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _scalar(node: Any) -> Any:
    text, tag = str(node.value), str(node.tag or _TAG)
    # A number that is tagged as text is text.
    quoted = bool(node.style) or (tag == f"{_TAG}str" and read_number(text) is not None)
    return text if quoted else _resolved(text)


def _resolved(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    number = read_number(text)
    return text if number is None else number


def write_yaml(items: list[Any]) -> str:
    """Write a list of mappings, so that `read_yaml` gives it back."""
    lines: list[str] = []
    for item in items:
        lines += _item(item, "")
    return "\n".join(lines) + "\n" if lines else "[]\n"


def _item(item: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for number, (key, value) in enumerate(item.items()):
        front = f"{indent}{'- ' if number == 0 else '  '}{_key(key)}:"
        lines += _field(front, key, value, indent + "  ")
    return lines


def _field(front: str, key: str, value: Any, indent: str) -> list[str]:
    if key == "cases" and is_list(value) and value and all(is_mapping(v) and v for v in value):
        return [front, *(line for nested in value for line in _item(nested, indent + "  "))]
    if is_mapping(value) and value:
        return [front, *(f"{indent}  {_key(k)}: {_flow(v)}" for k, v in value.items())]
    return [f"{front} {_flow(value)}"]


def _key(key: str) -> str:
    return _text(key)


def _flow(value: Any) -> str:
    if is_mapping(value):
        return "{" + ", ".join(f"{_key(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if is_list(value):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _real(value)
    return json.dumps(value)


def _real(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} cannot be written: give a finite number")
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{e}{exponent}"


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and isinstance(_resolved(text), str) and not _MISTAKABLE.fullmatch(text):
        return text
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
