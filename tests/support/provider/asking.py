"""Scans that ask a misbehaving provider, with the client of each dialect."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
from inspect_ai.model import GenerateConfig, get_model

from inspect_scout import Result, Scanner, Status, Transcript, scan, scan_results_df, scanner, transcripts_from
from support.transcripts import talks

from .dialects import KEYS, MODEL_ARGS, MODELS, Dialect
from .server import Provider


@scanner(messages="all", name="asks")
def asks() -> Scanner[Transcript]:
    """Ask the model of the scan once about each transcript."""

    async def ask(transcript: Transcript) -> Result:
        output = await get_model().generate(f"Does it? {transcript.transcript_id}")
        return Result(value=output.completion)

    return ask


def ask(
    provider: Provider,
    dialect: Dialect,
    scans: Path,
    transcripts: int = 1,
    config: GenerateConfig | None = None,
    **more: Any,
) -> tuple[Status, pd.DataFrame]:
    """Scan a number of transcripts, one call each, and give the status and the rows."""
    for name in KEYS:
        os.environ[name] = "none"
    model: dict[str, Any] = {
        "model": MODELS[dialect],
        "model_base_url": provider.base_url(dialect),
        "model_args": dict(MODEL_ARGS[dialect]),
        "model_config": config or GenerateConfig(),
        "display": "none",
    }
    status = scan([asks()], transcripts_from(talks(transcripts)), scans=str(scans), **{**model, **more})
    return status, scan_results_df(status.location).scanners["asks"]
