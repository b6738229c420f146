"""What inspect_ai's cache of model outputs keeps, and how it says that a provider rejected a call."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Any

from inspect_ai.model import ModelOutput
from inspect_ai.model._cache import CacheEntry, cache_fetch, cache_store
from inspect_ai.model._model import ModelGenerateError

from .._support.shapes import is_mapping

_caller: Any = import_module("inspect_ai.model._model")  # looks up the two functions of the cache in its own names
_wanted_outputs: ContextVar[Callable[[ModelOutput], bool] | None] = ContextVar("scout_wanted_outputs", default=None)


@contextmanager
def caching_only(wanted: Callable[[ModelOutput], bool]) -> Generator[None]:
    """Let the cache keep only some outputs of the calls in the block, and give back no others.

    inspect_ai keeps whatever comes, but for what a content filter stopped: a refusal that will be another answer
    tomorrow as well.

    Args:
        wanted: Whether an output is to be kept.
    """
    # An eval in this process has no use for it, and goes on as before.
    _caller.cache_store, _caller.cache_fetch = _store_wanted, _fetch_wanted
    token = _wanted_outputs.set(wanted)
    try:
        yield
    finally:
        _wanted_outputs.reset(token)


def rejection(error: Exception) -> tuple[int | None, str] | None:
    """Read what a provider said when it rejected a call: the HTTP status and its words; None if it was not asked."""
    if not isinstance(error, ModelGenerateError):
        return None
    said = error.provider_message or str(error)
    # Clients leave out a body that has not the form of OpenAI's.
    response = getattr(error.__cause__, "response", None)
    body = getattr(response, "text", None)
    return error.status_code, f"{said} {body}" if isinstance(body, str) and not _within(error.__cause__, said) else said


def _within(error: BaseException | None, said: str) -> bool:
    body = getattr(error, "body", None)
    return is_mapping(body) and str(body.get("message")) in said


def _store_wanted(entry: CacheEntry, output: ModelOutput) -> bool:
    wanted = _wanted_outputs.get()
    return cache_store(entry, output) if wanted is None or wanted(output) else False


def _fetch_wanted(entry: CacheEntry) -> ModelOutput | None:
    wanted, found = _wanted_outputs.get(), cache_fetch(entry)
    return found if found is None or wanted is None or wanted(found) else None
