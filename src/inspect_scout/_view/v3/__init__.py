"""`/api/v3`: what our page asks for. Pages, ranges and counts, never wholes."""

from __future__ import annotations

import json

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from ..._support.shapes import is_mapping
from ..context import ViewContext
from ..errors import handle_errors
from ..places import Places
from ..settings import ViewSettings
from ..waiting import wait_if_needed
from . import events, labelling, labels, project, results, runs, scans
from .answers import handle_mistakes
from .event_stream import EventStream
from .models import Refusal
from .transcripts import router as transcripts

ROUTERS = (
    scans.router,
    scans.one_scan,
    runs.router,
    runs.one_scan,
    labelling.one_scanner,
    results.router,
    transcripts,
    labels.router,
    labels.one_file,
    labelling.one_file,
    project.router,
    events.router,
)
"""One of each file, in the order in which paths are tried."""


def _operation_name(route: APIRoute) -> str:
    """Name an operation for the clients that are generated."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


def openapi_text() -> str:
    """Write the description of the API that clients are generated from (`openapi.json` in this folder)."""
    app = create_v3(ViewContext(ViewSettings(project_dir="."), Places()))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


class _Api(FastAPI):
    """The application; its description tells streams as what they are."""

    def openapi(self) -> dict[str, object]:
        """Describe the API."""
        described: dict[str, object] = super().openapi()
        for operations in _members(described.get("paths")).values():
            for operation in _members(operations).values():
                _describe_stream(_members(_members(operation).get("responses")))
        return described


def _members(value: object) -> dict[str, object]:
    return value if is_mapping(value) else {}


def _describe_stream(responses: dict[str, object]) -> None:
    """Say of a stream what its events hold, and that it is refused in JSON."""
    for status, response in responses.items():
        content = _members(_members(response).get("content"))
        told = content.pop(EventStream.media_type, None)
        if told is not None and status == "200":
            _members(_members(told).get("schema")).pop("type", None)
            content[EventStream.media_type] = told
        elif told is not None:
            content["application/json"] = told


def create_v3(context: ViewContext) -> FastAPI:
    """Make the application of `/api/v3`."""
    refusals: dict[int | str, dict[str, object]] = {"4XX": {"model": Refusal, "description": "Why it was refused."}}
    app = _Api(
        title="Scout",
        version="3",
        responses=refusals,
        generate_unique_id_function=_operation_name,
        docs_url=None,  # pages of documentation load scripts from elsewhere, which our content policy refuses
        redoc_url=None,
        dependencies=[Depends(wait_if_needed)],
    )
    app.state.context = context
    handle_errors(app)
    handle_mistakes(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
