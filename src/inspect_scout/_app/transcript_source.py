"""The transcripts that a command looks at, found without what scans them: that needs Inspect, which takes long to load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._project import default_transcripts, load_dotenv_once, project_transcripts
from .._support.errors import LocationError
from .._transcripts import find_source

if TYPE_CHECKING:
    from .._transcripts import TranscriptSource


def open_source(locations: Sequence[str] = ()) -> TranscriptSource:
    """Open transcripts.

    Args:
        locations: Where they are (none: where the project or the usual folders have them).

    Raises:
        LocationError: There are none.
        ConfigError: A location cannot be one.
    """
    load_dotenv_once()
    usual = default_transcripts()
    found = list(locations) or project_transcripts() or ([usual] if usual else [])
    if not found:
        raise LocationError("There are no transcripts in the usual places (./transcripts, ./logs): say where: -T LOGS.")
    return find_source(found, "newest")
