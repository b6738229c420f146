"""Scanners that can be run, starting one, and the code of a filter."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import JsonValue
from starlette.responses import Response

from ... import _app
from ..._support.storage import run_in_thread
from ..context import Context
from .answers import json_answer
from .segments import place_below

router = APIRouter()


@router.get("/scanners")
async def list_scanners(context: Context) -> Response:
    """Describe the scanners that come with Scout, and those of the project."""
    folder = context.settings.project_dir
    return json_answer({"items": await run_in_thread("", lambda: _app.known_scanners(folder))})


@router.post("/code")
async def write_code(body: dict[str, JsonValue] | list[JsonValue]) -> Response:
    """Write conditions as SQL and as Python."""
    return json_answer(_app.condition_code(body))


@router.post("/startscan")
async def start_scan(context: Context, body: dict[str, JsonValue]) -> Response:
    """Start a scan in a process of its own."""
    folder = context.settings.project_dir

    def check(place: str) -> str:
        return context.places.check(place_below(folder, place))

    status = await _app.start_scan_process(folder, _app.parse_job(body, check))
    context.changes.publish("scans")
    return json_answer(status)
