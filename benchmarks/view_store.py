"""A project in an object store: a server of S3 on this machine that answers each request 30 ms late, and a scan in it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import httpx

from benchmarks.reading import ID, large_scan
from inspect_scout.testing import join, storage_for

SERVE = """
import logging, sys, time
import werkzeug.serving
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

logging.getLogger("werkzeug").setLevel(logging.ERROR)
inner = DomainDispatcherApplication(create_backend_app)

def serve(environ, start):
    time.sleep(float(sys.argv[2]))
    return inner(environ, start)

werkzeug.serving.make_server("127.0.0.1", int(sys.argv[1]), serve, threaded=True).serve_forever()
"""

BUCKET = "bench"
SCANS = f"s3://{BUCKET}/scans"
TRANSCRIPTS = 500
DELAY_SECONDS = 0.03
MAY_SECONDS = 1.5
# Moto tells services apart by the signature.
_SIGNED = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"
STEPS = (("list", "/scans"), ("overview", f"/scans/{ID}"), ("first page of results", f"/scans/{ID}/length/results"))
"""What a page asks for when it opens a scan."""


def free_port() -> int:
    """Find a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def store(delay: float = DELAY_SECONDS) -> Generator[dict[str, str]]:
    """Serve S3 from a process of its own: gives the environment in which it is the store.

    Args:
        delay: Seconds by which each answer is late.
    """
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(port), str(delay)])
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                httpx.put(f"{address}/{BUCKET}", headers={"Authorization": _SIGNED}).raise_for_status()
                break
            time.sleep(0.1)
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        server.terminate()
        server.wait()


def put_scan(made: Path, folder: Path, environment: dict[str, str]) -> None:
    """Make a scan, and put it into the store.

    Args:
        made: The scan that it is made of.
        folder: Where it is made.
        environment: Of the store.
    """
    place = large_scan(made, folder, TRANSCRIPTS)

    async def put() -> None:
        for file in place.iterdir():
            await storage_for(SCANS).write(join(SCANS, f"{place.name}/{file.name}"), file.read_bytes())

    os.environ |= environment
    asyncio.run(put())


def opening(address: str) -> list[tuple[str, float]]:
    """Time each thing that a page asks for when it opens the scan, in milliseconds."""
    taken: list[tuple[str, float]] = []
    with httpx.Client(timeout=60) as client:
        for name, path in STEPS:
            began = time.perf_counter()
            client.get(f"{address}/api/v3{path}").raise_for_status()
            taken.append((name, 1000 * (time.perf_counter() - began)))
    return taken
