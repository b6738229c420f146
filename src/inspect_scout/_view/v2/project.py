"""The project: its settings, and what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException
from pydantic import JsonValue
from starlette.responses import Response

from ... import _app
from ..._support.errors import UnknownNameError
from ..._support.storage import run_in_thread
from ..context import Context, ViewContext
from ..site import page_folder
from ..states import KnownStateIfAny
from ..waiting import at_once
from .answers import json_answer

if TYPE_CHECKING:
    from ..._app import ProjectPlaces, ProjectState, ShownSettings

router = APIRouter()


def shown_by(context: ViewContext) -> ShownSettings:
    """Tell what the server was asked to show."""
    settings = context.settings
    return _app.ShownSettings(settings.transcripts, settings.scans, settings.trust_content, settings.file)


async def places_of(context: ViewContext) -> ProjectPlaces:
    """Tell where the project has what it shows, by its files as they are now."""
    return await run_in_thread("", lambda: _app.project_places(context.settings.project_dir, shown_by(context)))


@router.get("/app-config")
async def read_app_config(context: Context) -> Response:
    """Tell all settings that hold."""
    folder, shown = context.settings.project_dir, shown_by(context)
    return json_answer(await run_in_thread("", lambda: _app.app_config(folder, shown)))


@router.get("/project/config")
async def read_project_config(context: Context) -> Response:
    """Give what the project file sets."""
    folder = context.project()
    return _project_answer(await run_in_thread("", lambda: _app.project_state(folder)))


@router.put("/project/config")
async def change_project_config(context: Context, body: dict[str, JsonValue], known: KnownStateIfAny) -> Response:
    """Change keys of the project file."""
    folder = context.project()
    try:
        state = await run_in_thread("", lambda: _app.change_project(folder, body, known))
    except _app.ChangedFileError as error:
        raise HTTPException(412, str(error)) from None
    except UnknownNameError as error:
        raise HTTPException(422, str(error)) from None
    context.changes.publish("project")
    return _project_answer(state)


@router.get("/dist")
@at_once
async def read_dist(context: Context) -> Response:
    """Tell where the page is, for the editor, which shows it itself."""
    folder = page_folder(context.settings)
    if folder is None:
        raise HTTPException(404, "This version has no page.")
    return json_answer({"path": folder})


def _project_answer(state: ProjectState) -> Response:
    return json_answer(_app.project_config(state), {"ETag": f'"{state.etag}"'})
