"""Events that Inspect's models and tools tell of outside of an eval."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from inspect_ai._util import version
from inspect_ai.event import Event
from inspect_ai.log._transcript import Transcript, _transcript


def own_transcript() -> tuple[Callable[[], Sequence[Event]], Callable[[], None]]:
    """Let what is told in this context from now on go to a transcript of its own.

    Returns:
        A function that gives the events so far, and one that lets them go again to where they went before.
    """
    fresh = Transcript()
    token = _transcript.set(fresh)
    return lambda: fresh.events, lambda: _transcript.reset(token)


def remember_versions() -> None:
    """Let Inspect look up once which versions of packages are installed: each conversion of a message of a provider reads their
    metadata, which takes 0.4 ms and is most of what converting costs.
    """
    if not hasattr(version._installed_version, "cache_info"):
        version._installed_version = functools.cache(version._installed_version)
