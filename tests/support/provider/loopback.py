"""HTTP servers of tests, on loopback."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving_http(handler: type[BaseHTTPRequestHandler], release: Callable[[], object]) -> Generator[str]:
    """Serve on a free port of 127.0.0.1 within the block; whatever fails in the handler fails the block.

    Clients that hang up, or were killed, are not failures.

    Args:
        handler: Answers requests.
        release: Called at the end, so that nothing is held any longer.

    Yields:
        The URL.
    """
    failures: list[str] = []

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 512

        def handle_error(self, request: object, client_address: object) -> None:
            error = sys.exception()
            if not isinstance(error, ConnectionError | TimeoutError):
                failures.append(f"{client_address}: {error!r}")

    http = Quiet(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}"
    finally:
        release()
        http.shutdown()
        http.server_close()
        thread.join()
    assert failures == []
