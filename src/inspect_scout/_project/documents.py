"""YAML and JSON files that users write: their values, and the line on which each stands."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from .._support.errors import ConfigError, LocationError


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
        root = _composed(self.text)
        return None if root is None else _line(root, list(keys))


def read_document(path: str) -> Document:
    """Read a YAML or JSON file (told apart by its suffix) that holds a mapping; an empty file holds an empty one.

    Raises:
        LocationError: There is no such file.
        ConfigError: It cannot be read, is broken, or holds something else.
    """
    return parse_document(path, read_text(path))


def read_text(path: str) -> str:
    """Read a text file.

    Raises:
        LocationError: There is no such file.
        ConfigError: It cannot be read.
    """
    try:
        # Line endings stay as they are, so that an edit changes only its own lines.
        return Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise LocationError(f"The file {path!r} does not exist.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The file {path!r} cannot be read: {error}") from error


def parse_document(path: str, text: str) -> Document:
    """Parse the text of a file that holds a mapping.

    Raises:
        ConfigError: It is broken, or holds something else.
    """
    data = _json(path, text) if path.lower().endswith(".json") else _yaml(path, text)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise ConfigError(f"The file {path!r} is no mapping of keys to values, as in 'limit: 10'.")
    return Document(path, text, {str(key): value for key, value in cast("dict[Any, Any]", data).items()})


def load_yaml(text: str) -> Any:
    """Load YAML; dates, which JSON does not know, stay text.

    Raises:
        YAMLError: It is broken.
        ValueError: It holds a value that cannot be.
    """
    return _reader().load(text)


def _json(path: str, text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except json.JSONDecodeError as error:
        raise ConfigError(f"The file {path!r}, line {error.lineno}, is no JSON: {error.msg}.") from error
    except RecursionError as error:
        raise ConfigError(f"The file {path!r} is no JSON that can be read: it is nested too deeply.") from error


def _yaml(path: str, text: str) -> Any:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return load_yaml(text)
    except MarkedYAMLError as error:
        found: Any = error
        where = f", line {found.problem_mark.line + 1}," if found.problem_mark is not None else ""
        raise ConfigError(f"The file {path!r}{where} is no YAML: {found.problem}.") from error
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        # The parser lets some errors of Python through: keys that cannot be hashed, lists of lists of lists.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ConfigError(f"The file {path!r} is no YAML: {reason}") from error


@functools.cache
def _constructor() -> Any:
    from ruamel.yaml.constructor import SafeConstructor

    base: Any = SafeConstructor
    plain: Any = type("PlainConstructor", (base,), {})
    plain.add_constructor("tag:yaml.org,2002:timestamp", base.construct_yaml_str)
    return plain


def _reader() -> Any:
    from ruamel.yaml import YAML

    reader: Any = YAML(typ="safe", pure=True)
    reader.Constructor = _constructor()
    return reader


def compose(text: str) -> Any:
    """Parse YAML into nodes, which know where they stand; None for an empty text.

    Raises:
        YAMLError: It is broken.
    """
    from ruamel.yaml import YAML

    reader: Any = YAML(typ="safe", pure=True)
    return reader.compose(text)


def _composed(text: str) -> Any:
    from ruamel.yaml.error import YAMLError

    try:
        return compose(text)
    except (YAMLError, ValueError, RecursionError):
        return None  # JSON that is no YAML; its errors are told without a line


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
