"""Descriptions of models, as roles are given them on the command line and in Python."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from inspect_ai.model import GenerateConfig, ModelConfig
from pydantic import ValidationError

from .._support.errors import ConfigError
from .._support.shapes import is_mapping

_LEAST = {"max_connections": 1, "max_retries": 0, "timeout": 1, "attempt_timeout": 1}
_OPTIONS = GenerateConfig.model_fields


def parse_role_mapping(given: Mapping[Any, Any], what: str) -> ModelConfig:
    """Read the description of a model: its name, its arguments, and generation options beside them or under `config`.

    Args:
        given: The description.
        what: What it is, for messages.

    Raises:
        ConfigError: It has no name, or something in it is not known or not of its type.
    """
    fields = {str(name): value for name, value in given.items()}
    name, base_url = fields.pop("model", None), fields.pop("base_url", None)
    args = _one_of(fields, what, "args", "model_args")
    config = _mapping(fields.pop("config", None), f"{what}: config")
    if not isinstance(name, str) or not name.strip():
        raise ConfigError(f"{what}: needs 'model' (a name, as provider/name).")
    if twice := sorted(fields.keys() & config.keys()):
        raise ConfigError(f"{what}: {', '.join(twice)} stands beside 'model' and in 'config'; write it once.")
    options = {**config, **fields}
    for option in options:
        if option not in _OPTIONS:
            close = difflib.get_close_matches(option, _OPTIONS, n=1)
            hint = (
                f"did you mean {close[0]!r}?" if close else "use the options of GenerateConfig (of inspect_ai.model)."
            )
            raise ConfigError(f"{what}: {option!r} is not a generation option; {hint}")
    try:
        made = GenerateConfig.model_validate(options)
        return ModelConfig(model=name.strip(), config=made, base_url=base_url, args=_mapping(args, f"{what}: args"))
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{what}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error


def check_amounts(config: GenerateConfig, what: str = "") -> None:
    """Refuse amounts that no call of a model can have.

    Args:
        config: Generation options.
        what: What they belong to, for messages.

    Raises:
        ConfigError: One is too small.
    """
    for name, least in _LEAST.items():
        value = getattr(config, name)
        if value is not None and value < least:
            raise ConfigError(f"{what}{name}={value} is too small; use {least} or more.")


def _one_of(fields: dict[str, Any], what: str, name: str, other: str) -> Any:
    if name in fields and other in fields:
        raise ConfigError(f"{what}: '{other}' is another name of '{name}'; give one of them.")
    return fields.pop(name, fields.pop(other, None))


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not is_mapping(value):
        raise ConfigError(f"{what} is {value!r}; it must be a mapping of names to values.")
    return {str(name): item for name, item in value.items()}
