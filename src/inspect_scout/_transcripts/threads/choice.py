"""The timeline of a transcript to look at."""

from __future__ import annotations

from inspect_ai.event import Timeline, timeline_filter

from ..._support.errors import ConfigError, LogReadError
from ..._types import Transcript
from ..decode.timelines import build_timelines


def choose_timeline(transcript: Transcript, name: str | None = None, *, scorers: bool = False) -> Timeline | None:
    """Choose the timeline of a transcript, or build it from its events if none is stored.

    Args:
        transcript: The transcript.
        name: Name of the timeline (None: the first).
        scorers: Whether the spans of scorers stay.

    Returns:
        The timeline; None if the transcript has neither timelines nor events.

    Raises:
        ConfigError: If there is no timeline of this name.
        LogReadError: If the spans of the events are nested too deeply to follow.
    """
    timelines = transcript.timelines or _built(transcript)
    if not timelines and name is None:
        return None
    chosen = next((t for t in timelines if name is None or t.name == name), None)
    if chosen is None:
        known = ", ".join(repr(t.name) for t in timelines) or "none"
        raise ConfigError(f"Timeline {name!r} is not in the transcript. Available timelines: {known}.")
    return chosen if scorers else timeline_filter(chosen, lambda span: span.span_type != "scorers")


def _built(transcript: Transcript) -> list[Timeline]:
    try:
        return build_timelines(transcript.events, True)
    except ValueError as error:
        raise LogReadError(transcript.source_uri or transcript.transcript_id, str(error)) from None
