"""Which state of a file a client has read, as the header `If-Match` says it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header
from fastapi.exceptions import HTTPException

from .._app import ANY_STATE

IfMatch = Annotated[str | None, Header(description="ETag of the state that was read; `*` for any.")]


async def known_state(if_match: IfMatch = None) -> str:
    """Take the state that a client has read; without one nothing is changed.

    Raises:
        HTTPException: It does not say which.
    """
    if if_match is None:
        raise HTTPException(428, "Say with If-Match which state of the file was read: its ETag, or * for any.")
    return _state_named(if_match)


async def known_state_if_any(if_match: IfMatch = None) -> str:
    """Take the state that a client has read; any, if it does not say which, as the editor does not."""
    return ANY_STATE if if_match is None else _state_named(if_match)


def _state_named(if_match: str) -> str:
    """Give the one ETag of the header, without its quotes; only a bare star is any."""
    text = if_match.strip()
    state = text.removeprefix("W/").strip('"')
    return text if state == ANY_STATE else state


KnownState = Annotated[str, Depends(known_state)]
"""The parameter of a route that changes only what a client has read."""

KnownStateIfAny = Annotated[str, Depends(known_state_if_any)]
"""The parameter of a route that also takes changes by clients that do not say what they have read."""
