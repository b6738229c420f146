"""Transcripts out of a database, logs or traces, in the formats of other programs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..._exporters import Exported, ExportFormat, Outgoing
    from ..._transcripts import Transcripts
    from .masking import Masker


async def export_transcripts(
    source: str,
    target: str,
    form: ExportFormat,
    where: Sequence[str] = (),
    limit: int | None = None,
    *,
    overwrite: bool = False,
    mask: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Exported, int]:
    """Write transcripts to a file or folder.

    Args:
        source: A database, logs, or traces.
        target: The file (`jsonl`, `openai`) or folder (`atif`, `eval`).
        form: The format.
        where: Only transcripts that meet these conditions.
        limit: Transcripts at most.
        overwrite: Replace what is there.
        mask: Mask what looks like a secret: keys, tokens, passwords.
        progress: Told how many were written.

    Returns:
        What was written, and how many secrets were masked.

    Raises:
        LocationError: There is nothing at the source.
        ConfigError: Something is at the target already.
    """
    from ..._exporters import export_to
    from ..._transcripts import transcripts_from
    from .masking import Masker

    transcripts = transcripts_from(source)
    for condition in where:
        transcripts = transcripts.where(condition)
    if limit is not None:
        transcripts = transcripts.limit(limit)
    masker = Masker() if mask else None
    done = await export_to(target, form, _read(transcripts, masker), overwrite=overwrite, progress=progress)
    return done, masker.masked if masker is not None else 0


async def _read(transcripts: Transcripts, masker: Masker | None) -> AsyncIterator[Outgoing]:
    from ..._exporters import Outgoing
    from ..._support.json import dumps, loads
    from ..._types import Transcript, TranscriptContent

    everything = TranscriptContent(messages="all", events="all")
    index = await transcripts.index()
    for number in range(len(index)):
        located = await transcripts.source.locate(index.info(number))
        transcript = (await located.read(everything)).transcript  # with all metadata of a sample, which an index cuts
        raw = await located.raw()
        timelines = raw.timelines
        if masker is not None:
            transcript = Transcript.model_validate(masker.json(transcript.model_dump(mode="json")))
            timelines = dumps(masker.json(loads(timelines))).encode() if timelines is not None else None
        yield Outgoing(transcript, timelines, raw.size)
