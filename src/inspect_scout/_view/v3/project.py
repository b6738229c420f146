"""The project: its file, its options, its scanners."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import JsonValue

from ..context import Context
from ..states import KnownState
from ..waiting import at_once
from .answers import answer, encoded, in_thread
from .work_models import OptionItems, ProjectItem, ScannerFileItems

router = APIRouter(prefix="/project", tags=["project"])


@router.get("", response_model=ProjectItem)
async def get_project(request: Request, context: Context) -> Response:
    """Give the project file: its text, and what it sets."""
    from ..._app import project_state

    state = await in_thread(lambda: project_state(context.project()))
    return answer(request, state, f'"{state.etag}"')


@router.put("", response_model=ProjectItem)
async def change_project(context: Context, state: KnownState, body: dict[str, JsonValue]) -> Response:
    """Change keys of the project file; null, or an empty value, removes one. Comments and order stay."""
    from ..._app import change_project as change

    made = await in_thread(lambda: change(context.project(), body, state))
    context.changes.publish("project")
    return Response(encoded(made), 200, {"etag": f'"{made.etag}"'}, "application/json")


@router.get("/options", response_model=OptionItems)
async def list_options(request: Request, context: Context) -> Response:
    """List the options of a scan, with the value that each has in this project and where it comes from."""
    from ..._app import explained_options

    return answer(request, {"items": await explained_options(context.project())})


@router.get("/scanners", response_model=ScannerFileItems)
async def list_scanners(request: Request, context: Context) -> Response:
    """List the scanners in the files of the project, with their parameters; no file is run."""
    from ..._app import project_scanners

    found = await in_thread(lambda: project_scanners(context.project()))
    return answer(request, {"items": found, "total": len(found)})


@router.get("/schemas/{name}", response_model=dict[str, JsonValue])
@at_once
async def get_schema(name: Annotated[Literal["project", "scanjob"], Path()]) -> Response:
    """Give the JSON schema of project files or of job files."""
    from ..._app import schema_text

    return Response(schema_text(name), media_type="application/json")
