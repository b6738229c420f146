"""Finding transcripts, for users: what is found can also be looked at by code that cannot await."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._transcripts import transcripts_from as _transcripts_from
from .bridge import run_sync

if TYPE_CHECKING:
    from .._transcripts import Duplicates, InMemory, Location, Transcripts
    from .._types import Status


def transcripts_from(
    location: Location | Status | InMemory | Sequence[Location] | Sequence[InMemory],
    *,
    duplicates: Duplicates = "newest",
) -> Transcripts:
    """Find transcripts.

    What a folder holds that is empty, or not there yet, is decided when the transcripts are read.

    Args:
        location: Log (`.eval` or `.json`), folder with logs in it or below it, or several of these (paths or URLs, as in
            "s3://bucket/logs"); one transcript database (a folder with parquet files, or a single one); the `Status` of a
            scan, whose transcripts are found again; or transcripts and eval logs that are in memory already.
        duplicates: What becomes of a sample that is in several logs (a rescored copy beside the original, a retried
            eval): "newest" takes it from the log that was modified last (of several, from the first by path; in memory,
            from the log given last), and says so. "all" takes every one: the oldest keeps its id, each other has an id
            of its own, made of that id and the path of its log.

    Raises:
        LocationError: There is no such file, or it is neither log nor database.
        ConfigError: It is neither a location nor a transcript, or a database among other locations.
        StorageError: A package that a remote location needs is not installed.

    Example:
        ```python
        from inspect_scout import columns as c
        from inspect_scout import transcripts_from

        failed = transcripts_from("logs").where(c.score == "I")
        print(failed.count())
        ```
    """
    return _transcripts_from(location, duplicates=duplicates, run=run_sync)
