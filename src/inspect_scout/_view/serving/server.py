"""What listens: uvicorn, around the application, with its own words."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import uvicorn

from .protocol import Patience, PatientProtocol

if TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp

MAX_CONNECTIONS = 1000
MAX_HEAD_BYTES = 32 << 10
OPEN_FILES = 4096
_END_SECONDS = 1
_IDLE_SECONDS = 30


class Server(uvicorn.Server):
    """Serves an application, and says when it does.

    Args:
        app: The application.
        on_listening: Called when connections are accepted.
        owns_process: Whether signals end it: not where it serves from a thread of somebody's program.
        patience: How long clients may take.
    """

    def __init__(
        self,
        app: ASGIApp,
        on_listening: Callable[[], None],
        owns_process: bool = True,
        patience: Patience | None = None,
    ) -> None:
        protocol = type("Protocol", (PatientProtocol,), {"patience": patience or Patience()})
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="on",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MAX_CONNECTIONS,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_END_SECONDS,
        )
        super().__init__(config)
        self._on_listening, self._owns_process = on_listening, owns_process

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Let signals end the server, if the process is its own."""
        if not self._owns_process or threading.current_thread() is not threading.main_thread():
            yield
            return
        with super().capture_signals():
            yield
            self._captured_signals.clear()  # it has ended, as it was asked to: the signals have done their work


def allow_open_files() -> None:
    """Let this process open as many files as there may be connections, if the system allows it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
