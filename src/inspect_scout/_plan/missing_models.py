"""Refusing scans that would ask models which are not there."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from inspect_ai.model import Model

from .._inspect.models import NO_MODEL, ActiveModels, close_models, make_model, no_model
from .._scanners import models_needed
from .._support.errors import ConfigError
from .._types import Scanner
from .model_messages import no_model_message, no_role_message


def missing_models(
    named: Mapping[str, Scanner[Any]], default: bool, roles: Container[str], again: bool = False
) -> str | None:
    """Say which models the scanners call that a scan does not have; None if it has all.

    Args:
        named: The scanners that have something to scan.
        default: Whether there is a default model.
        roles: The roles that have models.
        again: Whether an earlier scan goes on.
    """
    lacking: dict[str | None, list[str]] = {}
    for key, scan in named.items():
        for need in models_needed(scan):
            bound = need.role is not None and need.role in roles
            if need.model is None and not bound and (need.required or not default):
                lacking.setdefault(need.role, []).append(key)
    for role, keys in lacking.items():
        return no_model_message(keys, again) if role is None else no_role_message(keys, role, default, again)
    return None


async def check_own_models(named: Mapping[str, Scanner[Any]]) -> None:
    """Refuse models that scanners name themselves and that cannot be used.

    Raises:
        ConfigError: There is no such provider, or it lacks its package or its key.
    """
    needs = {need.model: key for key, scan in named.items() for need in models_needed(scan) if need.model is not None}
    made: list[Model] = []
    try:
        for name, key in needs.items():
            try:
                made.append(make_model(name))
            except ConfigError as error:
                text = str(error)
                raise ConfigError(f"Scanner {key!r}: {text[0].lower()}{text[1:]}") from error
    finally:
        await close_models(ActiveModels(no_model(), own=made))


def names_model(given: object) -> bool:
    """Tell whether what was given as the default model names one: a name, several by commas, or a model."""
    return str(given or "").strip(" ,") not in {"", "none", NO_MODEL}
