"""The server as one ASGI application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from .._app import file_watches, served_places
from .._support.confinement import confined
from .._support.errors import ConfigError
from .changes import Changes
from .context import ViewContext
from .errors import handle_errors
from .kept import Kept
from .network.guards import guarded
from .network.policy import network_policy
from .places import Places
from .settings import ViewSettings
from .site import create_site, page_policy
from .v2 import create_v2
from .v3 import create_v3

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from .network.access import Access


def create_app(settings: ViewSettings, kept: Kept | None = None) -> Starlette:
    """Put together what answers requests; `guarded_app` is what may be served.

    Args:
        settings: What it shows, to whom, and where.
        kept: What requests share (None: what it makes itself).
    """
    if not settings.project_dir:
        raise ConfigError("The server needs the folder of a project.")
    shown = settings.project_dir, settings.transcripts, settings.scans
    changes = Changes(lambda: file_watches(*shown))
    context = ViewContext(settings, Places(_roots(settings)), changes, kept=kept or Kept())
    routes = [
        Mount("/api/v2", create_v2(context)),
        Mount("/api/v3", create_v3(context)),
        Mount("/", create_site(context.settings)),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        yield
        await context.changes.close()
        context.kept.close()

    app = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(_Confined, context)])
    app.state.context = context
    handle_errors(app)
    return app


class _Confined:
    """Answers requests, each held to what may be read.

    Args:
        app: Answers them.
        context: What they are given.
    """

    def __init__(self, app: ASGIApp, context: ViewContext) -> None:
        self._app, self._context = app, context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        with confined(self._context.places):
            await self._app(scope, receive, send)


def guarded_app(settings: ViewSettings, access: Access | None = None, kept: Kept | None = None) -> ASGIApp:
    """Put together what is served: what answers requests, and what stands around it.

    Args:
        settings: What it shows, to whom, and where.
        access: Who has the token (None: there is none).
        kept: What requests share (None: what it makes itself).

    Raises:
        ConfigError: Anybody could ask, or a setting is not what it should be.
    """
    policy = network_policy(settings)
    return guarded(
        create_app(settings, kept),
        policy,
        page_policy(settings),
        access=access,
        root_path=settings.root_path,
        frame_ancestors=settings.frame_ancestors,
    )


def _roots(settings: ViewSettings) -> list[str]:
    """What may be read: the project with all that it names, or the one file that was opened and what was named with it."""
    if settings.file is not None:
        return [place for place in (settings.file, settings.transcripts, settings.scans) if place]
    with confined(Places([settings.project_dir])):
        places = served_places(settings.project_dir, settings.transcripts, settings.scans)
    return [settings.project_dir, *places.transcripts, places.scans]
