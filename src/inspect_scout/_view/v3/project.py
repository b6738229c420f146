"""The project: its file, its options, its scanners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import JsonValue

from ..context import Context
from ..states import KnownState
from ..waiting import at_once
from .answers import answer, encoded, in_thread
from .work_models import (
    DraftAsked,
    DraftItem,
    JobItems,
    NewFileItems,
    OptionItems,
    ProjectItem,
    ProjectText,
    ScannerFileItems,
)

if TYPE_CHECKING:
    from ..._app import WrittenProject

router = APIRouter(prefix="/project", tags=["project"])


@router.get("", response_model=ProjectItem)
async def get_project(request: Request, context: Context) -> Response:
    """Give the project file: its text, what it sets, and what is wrong with it."""
    from ..._app import written_project

    state = await in_thread(lambda: written_project(context.project()))
    return answer(request, state, f'"{state.etag}"')


@router.put("", response_model=ProjectItem)
async def change_project(context: Context, state: KnownState, body: dict[str, JsonValue]) -> Response:
    """Change keys of the project file; null, or an empty value, removes one. Comments and order stay."""
    from ..._app import change_project as change
    from ..._app import written_project

    await in_thread(lambda: change(context.project(), body, state))
    context.changes.publish("project")
    return _written(await in_thread(lambda: written_project(context.project())))


@router.put("/text", response_model=ProjectItem)
async def write_project(context: Context, state: KnownState, body: ProjectText) -> Response:
    """Write the whole project file, or make it."""
    from ..._app import write_project as write

    made = await in_thread(lambda: write(context.project(), body.text, state))
    context.changes.publish("project")
    return _written(made)


@router.post("/draft", response_model=DraftItem)
async def draft_project(context: Context, body: DraftAsked) -> Response:
    """Change keys in a text of a project file, and tell what is wrong with it; nothing is written."""
    from ..._app import draft_project as draft

    context.project()
    made = await in_thread(lambda: draft(body.text, body.changes))
    return Response(encoded(made), media_type="application/json")


@router.get("/new", response_model=NewFileItems)
async def list_new_files(request: Request, context: Context) -> Response:
    """Tell what `scout init` would write."""
    from ..._app import new_files

    found = await in_thread(lambda: new_files(context.project()))
    return answer(request, {"items": found, "total": len(found)})


@router.get("/options", response_model=OptionItems)
async def list_options(
    request: Request,
    context: Context,
    explain: Annotated[bool, Query(description="Whether to find out the values, which takes a moment.")] = True,
) -> Response:
    """List the options of a scan, with the value that each has in this project and where it comes from."""
    from ..._app import described_options, explained_options

    folder = context.project()
    return answer(request, {"items": await explained_options(folder) if explain else described_options()})


@router.get("/scanners", response_model=ScannerFileItems)
async def list_scanners(request: Request, context: Context) -> Response:
    """List the scanners in the files of the project, with their parameters; no file is run."""
    from ..._app import project_scanners

    found = await in_thread(lambda: project_scanners(context.project()))
    return answer(request, {"items": found, "total": len(found)})


@router.get("/jobs", response_model=JobItems)
async def list_jobs(request: Request, context: Context) -> Response:
    """List the scan jobs of the project; those that functions make can only be started in a terminal."""
    from ..._app import project_jobs

    found = await in_thread(lambda: project_jobs(context.project()))
    return answer(request, {"items": found, "total": len(found)})


@router.get("/schemas/{name}", response_model=dict[str, JsonValue])
@at_once
async def get_schema(name: Annotated[Literal["project", "scanjob"], Path()]) -> Response:
    """Give the JSON schema of project files or of job files."""
    from ..._app import schema_text

    return Response(schema_text(name), media_type="application/json")


def _written(made: WrittenProject) -> Response:
    return Response(encoded(made), 200, {"etag": f'"{made.etag}"'}, "application/json")
