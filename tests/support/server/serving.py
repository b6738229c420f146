"""Serving in this process, on a real socket."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator
from typing import Any

from inspect_scout._view import Patience, Server, listen


@contextlib.contextmanager
def served(app: Any, port: int = 0, patience: Patience | None = None) -> Generator[int]:
    """Serve an application from a thread; gives the port."""
    started, found = threading.Event(), listen("127.0.0.1", port)
    server = Server(app, started.set, owns_process=False, patience=patience)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [found.socket]})
    thread.start()
    try:
        assert started.wait(30)
        yield found.port
    finally:
        server.should_exit = True
        thread.join()
