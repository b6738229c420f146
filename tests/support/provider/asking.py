"""Scans that ask a misbehaving provider, with the client of each dialect."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
from inspect_ai.model import GenerateConfig, get_model

from inspect_scout import Result, Scanner, Status, Transcript, scan, scan_results_df, scanner, transcripts_from
from support.transcripts import talks

from .cases import Case, CaseScript, asks_cases
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
    options: dict[str, Any] = {**_options(provider, dialect), "model_config": config or GenerateConfig(), **more}
    status = scan([asks()], transcripts_from(talks(transcripts)), scans=str(scans), **options)
    return status, scan_results_df(status.location).scanners["asks"]


def ask_cases(
    provider: Provider, dialect: Dialect, scans: Path, cases: tuple[Case, ...], **more: Any
) -> tuple[Status, dict[int, Any]]:
    """Scan all cases at once, and give the status and the rows by the number of the case."""
    provider.script = CaseScript(cases)
    given = [talks(1)[0].model_copy(update={"transcript_id": f"case-{number}"}) for number in range(len(cases))]
    options = _options(provider, dialect)
    args = {"base_url": options["model_base_url"], **options["model_args"]}
    apart = [number for number, case in enumerate(cases) if case.is_refused]
    chosen = [asks_cases([dict(case.config) for case in cases], apart, options["model"], args)]
    status = scan(chosen, transcripts_from(given), scans=str(scans), **{**options, **more})
    rows = scan_results_df(status.location).scanners["asks_cases"]
    return status, {int(str(row.transcript_id).rpartition("-")[2]): row for row in rows.itertuples()}


def _options(provider: Provider, dialect: Dialect) -> dict[str, Any]:
    for name in KEYS:
        os.environ[name] = "none"
    return {
        "model": MODELS[dialect],
        "model_base_url": provider.base_url(dialect),
        "model_args": dict(MODEL_ARGS[dialect]),
        "display": "none",
    }
