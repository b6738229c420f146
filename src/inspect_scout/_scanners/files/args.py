"""Arguments written as `name=value` on a command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ..._support.errors import ConfigError

_WORDS = {"yes": True, "on": True, "no": False, "off": False}
_STRUCTURED = ("[", "{", "'", '"')


def parse_args(entries: Iterable[str]) -> dict[str, Any]:
    """Parse `name=value` entries.

    Dashes in names become underscores. Values are YAML (with `yes`, `no`, `on` and `off`, as older programs write
    them); text with commas becomes a list.

    Args:
        entries: The entries; a name given twice takes the last value.

    Raises:
        ConfigError: An entry is not `name=value`, or its value is broken YAML.
    """
    parsed: dict[str, Any] = {}
    for entry in entries:
        name, equals, text = entry.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not name:
            raise ConfigError(f"Argument {entry!r} is not allowed: write name=value.")
        parsed[name] = _value(entry, text.strip())
    return parsed


def _value(entry: str, text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    value = _from_yaml(entry, text)
    if isinstance(value, str) and "," in value:
        return [part.strip() for part in value.split(",")]
    return value


def _from_yaml(entry: str, text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        value = YAML(typ="safe", pure=True).load(text)  # pyright: ignore[reportUnknownMemberType]
    except (YAMLError, ValueError, RecursionError) as error:
        if text.startswith(_STRUCTURED):
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ConfigError(f"Argument {entry!r} is not allowed: its value is broken YAML ({reason}).") from error
        return text  # no YAML (a search pattern such as *secret*), so it stands for itself
    # JSON, in which scans record arguments, has no dates.
    return text if isinstance(value, date) else value
