"""`/api/v2`: what the editor's extension and the published page ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI

from ..errors import handle_errors
from ..waiting import wait_if_needed
from . import project, scanners, scans, searches, topics, transcripts, validations
from .segments import KeepEscapedSlashes

if TYPE_CHECKING:
    from ..context import ViewContext


def create_v2(context: ViewContext) -> FastAPI:
    """Make the application of `/api/v2`."""
    # No pages of documentation: FastAPI's load scripts from elsewhere, which our content policy refuses.
    app = FastAPI(
        title="Inspect Scout Viewer API",
        version="2.0.0-alpha",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(wait_if_needed)],
    )
    app.state.context = context
    handle_errors(app)
    app.add_middleware(KeepEscapedSlashes)
    for part in (project, topics, transcripts, searches, scans, scanners, validations):
        app.include_router(part.router)
    return app
