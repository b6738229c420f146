"""YAML of labelled cases: read node by node, so that every value is what it looks like, and written to read back.

Plain `yes`, `no`, `on` and `off` are switches, as most people and most readers of YAML take them; dates stay text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from .._support.shapes import is_list, is_mapping
from .._support.yaml import check_aliases, compose_yaml
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


def read_yaml(text: str) -> list[tuple[str, Any]]:
    """Read a YAML list.

    Returns:
        The items, each with where it stands.

    Raises:
        ValueError: The text is no YAML, or no list.
    """
    from ruamel.yaml.error import YAMLError

    try:
        root = compose_yaml(text)
        if "*" in text and "&" in text:
            check_aliases(root)
    except YAMLError as error:
        raise ValueError(f"it is no YAML: {error}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if root is None:
        return []
    if root.id != "sequence":
        raise ValueError("it holds no list of cases")
    return [(_place(item), _value(item)) for item in root.value]


def _place(node: Any) -> str:
    return f"line {node.start_mark.line + 1}"


def _value(node: Any) -> Any:
    tag = str(node.tag or _TAG)
    if node.tag and tag not in _TAGS:
        raise ValueError(f"the tag {tag} is not allowed ({_place(node)})")
    if node.id == "sequence":
        return [_value(item) for item in node.value]
    if node.id == "mapping":
        if odd := [key for key, _ in node.value if key.id != "scalar"]:
            raise ValueError(f"a key must be text ({_place(odd[0])})")
        return {str(key.value): _value(item) for key, item in node.value}
    text = str(node.value)
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
        front = f"{indent}{'- ' if number == 0 else '  '}{_text(key)}:"
        if key == "cases" and is_list(value) and value and all(is_mapping(v) and v for v in value):
            lines += [front, *(line for nested in value for line in _item(nested, indent + "    "))]
        elif is_mapping(value) and value:
            lines += [front, *(f"{indent}    {_text(k)}: {_flow(v)}" for k, v in value.items())]
        else:
            lines.append(f"{front} {_flow(value)}")
    return lines


def _flow(value: Any) -> str:
    if is_mapping(value):
        return "{" + ", ".join(f"{_text(k)}: {_flow(v)}" for k, v in value.items()) + "}"
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
