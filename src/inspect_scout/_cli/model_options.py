"""What options of the command line about models make."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from .._project import OPTION, Kind
from .values import pairs

if TYPE_CHECKING:
    from inspect_ai.model import BatchConfig, CachePolicy, GenerateConfig, ModelConfig

    from .._plan import ModelRole

DEFAULT_CACHE = "7D"
DEFAULT_BATCH = 100

_OFF = frozenset({"false", "no", "off", "0"})
_ON = frozenset({"true", "yes", "on"})


def _model_args(given: Mapping[str, Any]) -> dict[str, Any] | None:
    typed = pairs(given.get("model_args", ()), "-M")
    file = given.get("model_config")
    if not file:
        return typed or None
    from .._plan import read_model_args

    return {**read_model_args(file), **typed}


def _roles(given: Mapping[str, Any]) -> dict[str, ModelRole | list[ModelRole]] | None:
    roles: dict[str, ModelRole | list[ModelRole]] = {}
    for item in given.get("model_role", ()):
        role, equals, value = item.partition("=")
        role, value = role.strip(), value.strip()
        if not equals or not role or not value:
            raise click.UsageError(f"--model-role {item!r} is not of the form role=model.")
        if value.startswith("{"):
            roles[role] = _described(item, value)
            continue
        names = [name.strip() for name in value.split(",") if name.strip()]
        if not names:
            raise click.UsageError(f"--model-role {item!r} names no model.")
        roles[role] = names[0] if len(names) == 1 else list(names)
    return roles or None


def _described(item: str, text: str) -> ModelConfig:
    from .._plan import described_role
    from .._support.errors import ConfigError

    try:
        return described_role(_mapping(text, f"--model-role {item!r}"), f"--model-role {item!r}")
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _config(given: Mapping[str, Any]) -> GenerateConfig | None:
    flags = [flag for flag in OPTION["generate_config"].flags if given.get(flag.sets) is not None]
    if not flags:
        return None
    from inspect_ai.model import GenerateConfig, ResponseSchema
    from pydantic import ValidationError

    readers: Mapping[Kind | None, Callable[[str], Any]] = {
        "cache": _cache,
        "batch": _batch,
        "schema": ResponseSchema.model_validate_json,
    }
    option = "Generation options"
    try:
        values: dict[str, Any] = {}
        for flag in flags:
            option = flag.names if flag.kind == "schema" else option
            value = given[flag.sets]
            values[flag.sets] = readers[flag.kind](value) if flag.kind in readers else value
        return GenerateConfig(**values)
    except ValidationError as error:
        raise click.UsageError(f"{option}: {_reason(error)}") from error


def _cache(text: str) -> CachePolicy | Literal[False]:
    from inspect_ai.model import CachePolicy

    if text.lower() in _OFF:
        return False
    if text.lower() in _ON:
        return CachePolicy(expiry=DEFAULT_CACHE)
    if text.isdigit():
        return CachePolicy(expiry=f"{text}D")
    if re.fullmatch(r"\d+[smhDWMYdwy]", text):
        # Letters are those of inspect_ai: m are minutes, M months; the others exist in one size only.
        return CachePolicy(expiry=text[:-1] + (text[-1].upper() if text[-1] in "dwy" else text[-1]))
    return cast("CachePolicy", _settings(text, "--cache", CachePolicy))


def _batch(text: str) -> int | BatchConfig | Literal[False]:
    from inspect_ai.model import BatchConfig

    if text.lower() in _OFF:
        return False
    if text.lower() in _ON:
        return DEFAULT_BATCH
    if text.isdigit():
        return int(text)
    return cast("BatchConfig", _settings(text, "--batch", BatchConfig))


def _settings(text: str, option: str, model: Any) -> Any:
    """Read settings written in a file or in the option itself."""
    from pydantic import ValidationError

    if text.lstrip().startswith("{"):
        fields = _mapping(text, f"{option} {text!r}")
    elif text.lower().endswith((".yaml", ".yml", ".json")):
        fields = _mapping(_text(text, option), f"{option} {text!r}")
    else:
        raise click.UsageError(f"{option} {text!r} is neither a number, nor true or false, nor a YAML or JSON file.")
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise click.UsageError(f"{option} {text!r}: {_reason(error)}") from error


def _text(file: str, option: str) -> str:
    from .._support.errors import ScoutError
    from .._support.text import read_text

    try:
        return read_text(file)
    except ScoutError as error:
        raise click.UsageError(f"{option}: {error}") from error


def _mapping(text: str, what: str) -> dict[str, Any]:
    from .._plan import mapping_of
    from .._support.errors import ConfigError

    try:
        return mapping_of(text, what)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _reason(error: Any) -> str:
    """Say the first thing that is wrong, in one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


MODEL_READERS: Mapping[Kind, Callable[[Mapping[str, Any]], Any]] = {
    "arguments": _model_args,
    "roles": _roles,
    "generation": _config,
}
"""How options about models are read, from what click has read; what was not given is None."""
