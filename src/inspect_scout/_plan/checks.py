"""Refusals that need nothing but the request itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._project import LOG_LEVELS
from .._support.errors import ConfigError
from .._support.plugins import plugins
from .._transcripts import DUPLICATES
from .request import ScanRequest

EXECUTORS = ("inline", "processes", "ray")
EXECUTOR_GROUP = "inspect_scout.executors"
"""Entry points by which other packages add executors."""
RECORD_INPUT = ("auto", "copy", "reference")
MAX_SECONDS = 31_536_000
"""A year: timers of the system cannot take any number."""


def check_request(request: ScanRequest) -> None:
    """Refuse what this version has no machinery for, and values that no scan can use."""
    _check_count("max_transcripts", request.max_transcripts, least=1)
    _check_count("max_processes", request.max_processes, least=1)
    _check_count("limit", request.limit, least=0)
    _check_count("results_buffer", request.results_buffer, least=None)
    check_seconds("scanner_timeout", request.scanner_timeout)
    if request.record_input not in RECORD_INPUT:
        raise ConfigError(f"record_input={request.record_input!r} is not known; use one of {', '.join(RECORD_INPUT)}.")
    if request.duplicates is not None and request.duplicates not in DUPLICATES:
        raise ConfigError(f"duplicates={request.duplicates!r} is not known; use one of {', '.join(DUPLICATES)}.")
    check_executor(request.executor, request.ray_address)
    if request.executor == "inline" and (request.max_processes or 1) > 1:
        raise ConfigError(
            f"executor='inline' runs in one process, so it cannot be combined with max_processes={request.max_processes}."
        )
    if request.shuffle is not None and not isinstance(request.shuffle, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigError(f"shuffle={request.shuffle!r} is neither a boolean nor a seed (an integer).")
    check_log_level(request.log_level)


def check_executor(executor: str | None, ray_address: str | None) -> None:
    """Refuse an executor that does not exist, and an address that nobody uses."""
    if executor is not None and executor not in EXECUTORS and executor not in executor_plugins():
        known = ", ".join([*EXECUTORS, *executor_plugins()])
        raise ConfigError(
            f"executor={executor!r} is not known; use one of {known}. If a package adds it (entry point group "
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
    if level is not None and level.lower() not in LOG_LEVELS:
        raise ConfigError(f"log_level={level!r} is not known; use one of {', '.join(LOG_LEVELS)}.")


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
