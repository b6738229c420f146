"""Which application a command calls."""

from __future__ import annotations

import importlib
from typing import cast

import click

from .contract import App, Databases


def app_of(ctx: click.Context) -> App:
    """Say which application the command calls: the one it was given, else the real one."""
    given = cast("App | None", ctx.find_root().obj)
    if given is not None:
        return given
    return cast("App", importlib.import_module(".._app", __package__))


def databases() -> Databases:
    """Give the use cases of `scout db`."""
    return cast("Databases", importlib.import_module(".._app", __package__))
