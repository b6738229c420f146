"""The options that choose among scans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

import click

from ..options import SectionOption

if TYPE_CHECKING:
    from ..._app import ScanSelection
    from ..._types import Phase

F = TypeVar("F", bound=Callable[..., int])

SECTION = "Selection options"

selection_option = partial(click.option, cls=SectionOption, section=SECTION)
"""Add an option that chooses among scans."""


def selection_options(states: Sequence[Phase]) -> Callable[[F], F]:
    """Add the options that choose among scans; `make_selection` takes them.

    Args:
        states: The states that may be asked for.
    """
    several = "; can be repeated."
    decorators = [
        selection_option(
            "--state", "states", type=click.Choice(states), multiple=True, help=f"Only scans in this state{several}"
        ),
        selection_option("--tag", "tags", multiple=True, metavar="TAG", help=f"Only scans with this tag{several}"),
        selection_option(
            "--scanner", "scanners", multiple=True, metavar="NAME", help=f"Only scans with this scanner{several}"
        ),
        selection_option(
            "--model",
            "models",
            multiple=True,
            metavar="MODEL",
            help=f"Only scans with this model, with or without its provider (openai/* for all of a provider){several}",
        ),
    ]

    def add(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


def make_selection(options: dict[str, object], older_seconds: float | None = None) -> ScanSelection:
    """Take the options of `selection_options` out of a command's.

    Args:
        options: Options of the command, by name.
        older_seconds: How old scans must be at least, in seconds (None: does not matter).
    """
    from ..._app import ScanSelection

    return ScanSelection(
        phases=cast("tuple[Phase, ...]", options.pop("states")),
        tags=cast("tuple[str, ...]", options.pop("tags")),
        scanners=cast("tuple[str, ...]", options.pop("scanners")),
        models=cast("tuple[str, ...]", options.pop("models")),
        older_seconds=older_seconds,
    )
