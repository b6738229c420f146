"""Refusing scans that would ask models which are not there."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from inspect_ai.model import Model

from .._inspect.models import NO_MODEL, ActiveModels, close_models, make_model, no_model
from .._scanners import models_needed
from .._support.errors import ConfigError
from .._types import Scanner

_NEW = (
    "Nothing was created. Name one with scan(..., model='provider/name'), --model provider/name, 'model' in scout.yaml or "
    "the variable SCOUT_SCAN_MODEL."
)
_AGAIN = (
    "Nothing was scanned. Name one with scan_resume(..., model='provider/name') or scout scan resume SCAN --model "
    "provider/name."
)


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
                lacking.setdefault(need.role, []).append(repr(key))
    for role, keys in lacking.items():
        who = f"scanner {keys[0]} calls" if len(keys) == 1 else f"scanners {', '.join(keys)} call"
        if role is None:
            return f"No model specified: {who} a model, and this scan has none. {_AGAIN if again else _NEW}"
        return (
            f"No model specified: {who} the model with the role {role!r}, and this scan has none with that role"
            f"{'' if default else ', nor any other'}. Nothing was {'scanned' if again else 'created'}. Name one with "
            f"model_roles={{{role!r}: 'provider/name'}} or --model-role {role}=provider/name"
            f"{'.' if default else ', or one for all with model= or --model.'}"
        )
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
