"""What every route is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from .places import Places
from .settings import ViewSettings


@dataclass(frozen=True, slots=True)
class ViewContext:
    """What every route is given.

    Args:
        settings: What the server was asked for.
        places: What may be read.
    """

    settings: ViewSettings
    places: Places


def context_of(request: Request) -> ViewContext:
    """Give the context of the application that answers."""
    context: ViewContext = request.app.state.context
    return context


Context = Annotated[ViewContext, Depends(context_of)]
"""The parameter of a route that takes the context."""
