"""Refusals that need nothing but the request itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._project import MERGED_OPTIONS, OPTION_BY_NAME, Kind
from .._support.errors import ConfigError
from .request import ScanRequest

_LEAST: Mapping[Kind, int | None] = {"count": 1, "amount": 0, "integer": None}
MAX_SECONDS = 31_536_000
"""A year: timers of the system cannot take any number."""


def check_request(request: ScanRequest) -> None:
    """Refuse what this version has no machinery for, and values that no scan can use."""
    for option in MERGED_OPTIONS:
        value = getattr(request, option.field)
        if option.kind in _LEAST:
            _check_count(option.field, value, _LEAST[option.kind])
        elif option.kind == "seconds":
            check_seconds(option.field, value)
        elif option.kind == "choice":
            option.check_choice(value)
    check_executor(request.executor, request.ray_address)
    if request.executor == "inline" and (request.max_processes or 1) > 1:
        raise ConfigError(
            f"executor='inline' runs in one process, so it cannot be combined with max_processes={request.max_processes}."
        )
    if request.shuffle is not None and not isinstance(request.shuffle, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"shuffle={request.shuffle!r} is neither a boolean nor a seed (an integer).")


def check_executor(executor: str | None, ray_address: str | None) -> None:
    """Refuse an executor that does not exist, and an address that nobody uses."""
    OPTION_BY_NAME["executor"].check_choice(executor)
    if ray_address is not None and executor != "ray":
        raise ConfigError(f"ray_address={ray_address!r} is for executor='ray' only. Name it, or leave the address out.")


def executor_plugins() -> dict[str, Callable[[int, int | None], Any]]:
    """Give what makes the executors of other packages, by name: of the number of units and of processes asked for."""
    return OPTION_BY_NAME["executor"].plugin_choices()


def check_seconds(name: str, value: Any) -> None:
    """Refuse what is not a time that can pass."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_SECONDS:
        raise ConfigError(
            f"{name}={value!r} is not a number of seconds: use one above 0, up to {MAX_SECONDS:,}, or leave it out."
        )


def _check_count(name: str, value: Any, least: int | None) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{name}={value!r} is not a whole number.")
    if least is not None and value < least:
        raise ConfigError(f"{name}={value} is too small; use {least} or more.")
