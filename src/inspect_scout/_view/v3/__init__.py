"""`/api/v3`: what our page asks for. Pages, ranges and counts, never wholes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from ..errors import handle_errors
from . import events, labels, project, results, runs, scans
from .answers import handle_mistakes
from .transcripts import router as transcripts

if TYPE_CHECKING:
    from ..context import ViewContext

ROUTERS = (
    scans.router,
    scans.one_scan,
    runs.router,
    runs.one_scan,
    results.router,
    transcripts,
    labels.router,
    labels.one_file,
    project.router,
    events.router,
)
"""One of each file, in the order in which paths are tried."""


def create_v3(context: ViewContext) -> FastAPI:
    """Make the application of `/api/v3`."""
    app = FastAPI(title="Scout", version="3")
    app.state.context = context
    handle_errors(app)
    handle_mistakes(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
