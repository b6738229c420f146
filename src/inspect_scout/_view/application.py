"""The server as one ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount

from .._support.errors import ConfigError
from .context import ViewContext
from .errors import handle_errors
from .places import Places
from .settings import ViewSettings
from .v2 import create_v2
from .v3 import create_v3

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def create_app(settings: ViewSettings) -> ASGIApp:
    """Put the server together.

    Args:
        settings: What it shows, to whom, and where.
    """
    if not settings.project_dir:
        raise ConfigError("The server needs the folder of a project.")
    named = (settings.project_dir, settings.transcripts, settings.scans, settings.file)
    context = ViewContext(settings, Places(place for place in named if place))
    routes = [Mount("/api/v2", create_v2(context)), Mount("/api/v3", create_v3(context))]
    app = Starlette(routes=routes)
    handle_errors(app)
    return app
