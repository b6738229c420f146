"""Which requests are answered before Inspect is loaded: those of routes that say so. A new route waits, until it does.

What does not wait loads nothing of Inspect, nor of what serves stores: modules of these import each other in circles, and two
threads that begin at two places of a circle see what the other has not finished (`Kept.loaded`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request

from .._support.storage import is_local
from .context import Context

if TYPE_CHECKING:
    from .kept import Kept

F = TypeVar("F", bound=Callable[..., object])

_at_once: set[Callable[..., object]] = set()


def at_once(endpoint: F) -> F:
    """Let a route answer before Inspect is loaded; what it needs in some cases only, it waits for itself."""
    _at_once.add(endpoint)
    return endpoint


def waits(endpoint: Callable[..., object]) -> bool:
    """Tell whether a route answers only when Inspect is loaded."""
    return endpoint not in _at_once


async def wait_if_needed(request: Request, context: Context) -> None:
    """Hold a request until what its route needs is there. All routes of an application depend on it."""
    if waits(request.scope["endpoint"]):
        await context.kept.loaded()


async def wait_for_store(kept: Kept, location: str) -> None:
    """Hold a request that is about files elsewhere until what serves them is there."""
    if not is_local(location):
        await kept.loaded()
