"""`/api/v3`: what our page asks for. Pages, ranges and counts, never wholes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from ..errors import handle_errors
from . import results, scans
from .answers import handle_mistakes
from .transcripts import router as transcripts

if TYPE_CHECKING:
    from ..context import ViewContext


def create_v3(context: ViewContext) -> FastAPI:
    """Make the application of `/api/v3`."""
    app = FastAPI(title="Scout", version="3")
    app.state.context = context
    handle_errors(app)
    handle_mistakes(app)
    app.include_router(transcripts)
    app.include_router(scans.router)
    app.include_router(results.router)
    return app
