"""Documents of JSON, and the transcripts that are read from a place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from inspect_scout import Transcript, TranscriptContent, transcripts_from


def write(file: Path, content: Any) -> Path:
    """Write a document, or with the name of such a file JSON lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    is_lines = file.name.endswith(".jsonl")
    file.write_text("".join(json.dumps(row) + "\n" for row in content) if is_lines else json.dumps(content))
    return file


async def read(place: Path) -> list[Transcript]:
    """Read all transcripts of a place."""
    source = transcripts_from(place).source
    index = await transcripts_from(place).index()
    everything = TranscriptContent(messages="all", events="all")
    found = [index.info(position) for position in range(len(index))]
    return [(await (await source.locate(info)).read(everything)).transcript for info in found]
