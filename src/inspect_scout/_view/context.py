"""What every route is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from .budget import RequestBudget
from .changes import Changes
from .places import Places
from .settings import ViewSettings


@dataclass(frozen=True, slots=True)
class ViewContext:
    """What every route is given.

    Args:
        settings: What the server was asked for.
        places: What may be read.
        changes: What has changed, and when.
        budget: How many bytes all requests together may hold.
    """

    settings: ViewSettings
    places: Places
    changes: Changes = field(default_factory=Changes)
    budget: RequestBudget = field(default_factory=RequestBudget)


def context_of(request: Request) -> ViewContext:
    """Give the context of the application that answers."""
    context: ViewContext = request.app.state.context
    return context


Context = Annotated[ViewContext, Depends(context_of)]
"""The parameter of a route that takes the context."""
