"""Ids as people type them: whole, or as much of the beginning as no other id has."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from itertools import islice

from ..._support.errors import ConfigError, UnknownNameError

_SHOWN = 5
# Comparing with every id of a large scan takes longer than reading it.
_MOST_COMPARED = 2000


def match_id(kind: str, given: str, known: Collection[str]) -> str:
    """Find the id that is meant.

    Args:
        kind: What has the id, for messages.
        given: The id, or its beginning.
        known: All ids.

    Raises:
        ConfigError: There is none (UnknownNameError, which names close matches, if there are some), or there are several.
    """
    if given in known:
        return given
    found = [id for id in known if id.startswith(given)] if given else []
    if len(found) == 1:
        return found[0]
    if found:
        shown = ", ".join(map(repr, found[:_SHOWN])) + (", ..." if len(found) > _SHOWN else "")
        raise ConfigError(f"{len(found):,} ids begin with {given!r}: {shown}. Type more of it.")
    if close := _close(given, known):
        raise UnknownNameError(kind, given, known, close)
    raise ConfigError(f"Unknown {kind}: {given!r}. None of the {len(known):,} ids begins with it.")


def _close(given: str, known: Collection[str]) -> list[str]:
    """Find ids of which the beginning is like what was typed."""
    likely = known if len(known) <= _MOST_COMPARED else [id for id in known if id[:1].lower() == given[:1].lower()]
    beginnings: dict[str, str] = {}
    for id in islice(likely, _MOST_COMPARED):
        beginnings.setdefault(id[: len(given)].lower(), id)
    return [beginnings[near] for near in difflib.get_close_matches(given.lower(), beginnings, n=3)]
