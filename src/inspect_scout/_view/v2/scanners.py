"""Scanners that can be run, starting one, and the code of a filter."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import JsonValue
from starlette.responses import Response

from ... import _app
from ..._support.errors import ScanStateError
from ..._support.storage import run_in_thread
from ..context import Context
from ..jobs import check_job
from .answers import json_answer

router = APIRouter()


@router.get("/scanners")
async def list_scanners(context: Context) -> Response:
    """Describe the scanners that come with Scout, and those of the project."""
    folder = None if context.settings.file is not None else context.settings.project_dir
    return json_answer({"items": await run_in_thread("", lambda: _app.known_scanners(folder))})


@router.post("/code")
async def write_code(body: dict[str, JsonValue] | list[JsonValue]) -> Response:
    """Write conditions as SQL and as Python."""
    return json_answer(_app.condition_code(body))


@router.post("/startscan")
async def start_scan(context: Context, body: dict[str, JsonValue]) -> Response:
    """Start a scan in a process of its own."""
    job = await run_in_thread("", lambda: check_job(context, body))
    run = await context.runs.start("scan", (), job)
    context.changes.publish("scans")
    if run.location is None:
        raise ScanStateError(
            "The scan has not begun yet. It will be in the list of scans when it has; do not start it again."
        )
    return json_answer(await _app.status_json(run.location))
