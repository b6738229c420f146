"""YAML and JSON files that users write: their values, and the line on which each stands."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from .._support.errors import ConfigError
from .._support.text import read_text
from .._support.yaml import YamlError, compose_yaml, load_yaml


@dataclass(frozen=True, slots=True)
class Document:
    """A file that holds a mapping.

    Args:
        path: Where it is, as its user knows it.
        text: Its text.
        data: What it holds.
    """

    path: str
    text: str
    data: dict[str, Any]

    def line(self, keys: Sequence[Any]) -> int | None:
        """Find the line (from 1) of the value at a path of keys and positions, or of the nearest part around it."""
        root = _compose(self.text)
        return None if root is None else _line(root, list(keys))


def file_exists(path: str) -> bool:
    """Tell whether a path exists and is not a folder; what cannot be read is refused when it is read."""
    return os.path.lexists(path) and not os.path.isdir(path)


def read_document(path: str) -> Document:
    """Read a YAML or JSON file (told apart by its suffix) that holds a mapping; an empty file holds an empty one.

    Raises:
        LocationError: There is no such file.
        ConfigError: It cannot be read, is broken, or holds something else.
    """
    return parse_document(path, read_text(path))


def parse_document(path: str, text: str) -> Document:
    """Parse the text of a file that holds a mapping.

    Raises:
        ConfigError: It is broken, or holds something else.
    """
    data = _json(path, text) if path.lower().endswith(".json") else _yaml(path, text)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        found = "a list" if isinstance(data, list) else "a single value"
        raise ConfigError(
            f"The file {path!r} holds {found}, where keys with values are allowed. Write a key and its value on each line, as in 'limit: 10'."
        )
    return Document(path, text, {str(key): value for key, value in cast("dict[Any, Any]", data).items()})


def _json(path: str, text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except json.JSONDecodeError as error:
        raise ConfigError(f"The file {path!r}, line {error.lineno}, is not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise ConfigError(f"The file {path!r} is not JSON that can be read: it is nested too deeply.") from error


def _yaml(path: str, text: str) -> Any:
    try:
        return load_yaml(text)
    except YamlError as error:
        where = f", line {error.line}," if error.line is not None else ""
        raise ConfigError(f"The file {path!r}{where} is not YAML: {error.problem}.") from error


def _compose(text: str) -> Any:
    from ruamel.yaml.error import YAMLError

    try:
        return compose_yaml(text)
    except (YAMLError, ValueError, RecursionError):
        return None  # JSON that is not YAML; its errors are told without a line


def _line(node: Any, keys: list[Any]) -> int:
    line: int = node.start_mark.line + 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            break
        line, node = found
    return line


def _child(node: Any, key: Any) -> tuple[int, Any] | None:
    children: Any = node.value
    if node.id == "mapping":
        return next(((k.start_mark.line + 1, v) for k, v in children if k.value == str(key)), None)
    if node.id == "sequence" and isinstance(key, int) and key < len(children):
        return children[key].start_mark.line + 1, children[key]
    return None
