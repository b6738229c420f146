"""Record what the published server answers on a project of our making: `make recordings REFERENCE=/path/to/python`.

The server is a black box: it is started as its users start it, and asked over HTTP.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent))

from support.viewing.recording import make_project, record

_START_SECONDS = 90.0


def main() -> None:
    """Make a project, start the server over it, and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="Python of an environment with the published package")
    reference: Path = parser.parse_args().reference
    with tempfile.TemporaryDirectory(prefix="scout-recording-") as name:
        home, folder = Path(name) / "home", Path(name) / "recorded-project"
        home.mkdir()
        os.environ["HOME"] = str(home)
        project = make_project(folder)
        with _served(reference, folder) as client:
            record(client, lambda: project)


@contextlib.contextmanager
def _served(reference: Path, folder: Path) -> Generator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(reference.parent / "scout"), "view", "--port", str(port)]
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # that is for our package
    server = subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60.0) as client:
            _wait_for(client, server)
            yield client
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            client.get("/api/v2/topics")
            return
        time.sleep(0.3)
    raise SystemExit(f"The server did not start within {_START_SECONDS:g} seconds.")


if __name__ == "__main__":
    main()
