"""Running a use case: through the bridge, and that of a test if it has one of this name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from .._app import in_sync, in_sync_items, run_read_only

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def run_use_case(use_case: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case to its end."""
    return in_sync(given_use_case(use_case))(*args, **kwargs)


def read_use_case(
    use_case: Callable[Concatenate[str, P], Coroutine[Any, Any, T]], location: str, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a use case that only reads files of a location, which starts at once where they are local."""
    chosen = given_use_case(use_case)
    return run_read_only(location, lambda: chosen(location, *args, **kwargs))


def iterate_use_case(use_case: Callable[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
    """Iterate over what a use case gives."""
    return in_sync_items(given_use_case(use_case))(*args, **kwargs)


def given_use_case(use_case: F) -> F:
    """Take the use case of the application that the command was given (in tests), if it has one of this name."""
    given: Any = click.get_current_context().find_root().obj
    return getattr(given, use_case.__name__, use_case)
