"""Refusals that need nothing but the request itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._project import OPTION, SETTLED, Kind, Option
from .._support.errors import ConfigError
from .._support.plugins import plugins
from .request import ScanRequest

EXECUTOR_GROUP = "inspect_scout.executors"
"""Entry points by which other packages add executors."""
_LEAST: Mapping[Kind, int | None] = {"count": 1, "amount": 0, "integer": None}
MAX_SECONDS = 31_536_000
"""A year: timers of the system cannot take any number."""


def check_request(request: ScanRequest) -> None:
    """Refuse what this version has no machinery for, and values that no scan can use."""
    for option in SETTLED:
        value = getattr(request, option.field)
        if option.kind in _LEAST:
            _check_count(option.field, value, _LEAST[option.kind])
        elif option.kind == "seconds":
            check_seconds(option.field, value)
        elif option.kind == "choice" and option.name != "executor":
            _check_choice(option, value)
    check_executor(request.executor, request.ray_address)
    if request.executor == "inline" and (request.max_processes or 1) > 1:
        raise ConfigError(
            f"executor='inline' runs in one process, so it cannot be combined with max_processes={request.max_processes}."
        )
    if request.shuffle is not None and not isinstance(request.shuffle, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"shuffle={request.shuffle!r} is neither a boolean nor a seed (an integer).")


def check_executor(executor: str | None, ray_address: str | None) -> None:
    """Refuse an executor that does not exist, and an address that nobody uses."""
    known = [*OPTION["executor"].choices, *executor_plugins()]
    if executor is not None and executor not in known:
        raise ConfigError(
            f"executor={executor!r} is not known; use one of {', '.join(known)}. If a package adds it (entry point group "
            f"{EXECUTOR_GROUP!r}), install it here."
        )
    if ray_address is not None and executor != "ray":
        raise ConfigError(f"ray_address={ray_address!r} is for executor='ray' only. Name it, or leave the address out.")


def executor_plugins() -> dict[str, Callable[[int, int | None], Any]]:
    """Give what makes the executors of other packages, by name: of the number of units and of processes asked for."""
    kind: Any = Callable
    return plugins(EXECUTOR_GROUP, kind)


def check_log_level(level: str | None) -> None:
    """Refuse a log level that does not exist."""
    _check_choice(OPTION["log_level"], level)


def check_seconds(name: str, value: Any) -> None:
    """Refuse what is not a time that can pass."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_SECONDS:
        raise ConfigError(
            f"{name}={value!r} is not a number of seconds: use one above 0, up to {MAX_SECONDS:,}, or leave it out."
        )


def _check_choice(option: Option, value: Any) -> None:
    known = (value.lower() if option.any_case and isinstance(value, str) else value) in option.choices
    if value is not None and not known:
        raise ConfigError(f"{option.name}={value!r} is not known; use one of {', '.join(option.choices)}.")


def _check_count(name: str, value: Any, least: int | None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{name}={value!r} is not a whole number.")
    if least is not None and value < least:
        raise ConfigError(f"{name}={value} is too small; use {least} or more.")
