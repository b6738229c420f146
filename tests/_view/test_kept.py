"""What requests share: made once, loaded in the background, closed with the server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import pytest

from inspect_scout._view import ViewSettings, create_app
from inspect_scout._view.kept import Kept
from support.logs import make_log, make_sample, write

LOADING = """
import sys, threading
from inspect_scout._view.kept import Kept
kept = Kept()
assert "inspect_ai" not in sys.modules
{close}
kept.load()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
print("inspect_ai" in sys.modules)
"""


@pytest.mark.parametrize(("close", "loaded"), [("", "True"), ("kept.close()", "False")])
def test_what_requests_need_is_loaded_in_a_thread_unless_the_server_has_ended(close: str, loaded: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADING.format(close=close)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == loaded


def test_what_requests_share_is_made_once(tmp_path: Path) -> None:
    kept = Kept()
    assert kept.transcripts() is kept.transcripts()
    assert kept.runs(str(tmp_path)) is kept.runs(str(tmp_path))


@pytest.mark.anyio
@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files are counted where Linux lists them")
async def test_transcripts_are_closed_with_the_server(tmp_path: Path) -> None:
    write(make_log([make_sample(1)]), tmp_path / "logs" / "1.eval")
    app = create_app(ViewSettings(project_dir=str(tmp_path)))

    def open_samples() -> int:
        links = (f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd"))
        return sum("(deleted)" in os.readlink(link) for link in links if os.path.islink(link))

    before = open_samples()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576/api/v3") as client,
    ):
        (found,) = (await client.get("/transcripts")).json()["items"]
        assert (await client.get(f"/transcripts/{found['transcript_id']}/messages")).json()["items"]
        assert open_samples() == before + 1
    with anyio.fail_after(20):
        while open_samples() > before:  # what was still being read ends first
            await anyio.sleep(0.01)


STARTING = """
import asyncio, sys
import httpx
from inspect_scout._view import ViewSettings, create_app
from inspect_scout._view.kept import Kept

async def ask(client, path):
    return (await client.get(path)).status_code

async def ask_all(folder):
    kept = Kept()
    app = create_app(ViewSettings(project_dir=folder), kept)
    kept.load()  # as the server does when it listens
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:7576/api") as client:
        paths = ["/v3/transcripts", "/v2/app-config", "/v3/scans", "/v2/scanners", "/v3/labels", "/v3/project", "/v2/topics"]
        print(await asyncio.gather(*(ask(client, path) for path in paths * 2)))

asyncio.run(ask_all(sys.argv[1]))
"""


def test_all_may_ask_at_once_as_soon_as_it_listens(example_scan: Path, tmp_path: Path) -> None:
    write(make_log([make_sample(1)]), tmp_path / "logs" / "1.eval")
    doubtful = shutil.copytree(example_scan, tmp_path / "scans" / example_scan.name)
    (doubtful / "_summary.json").write_text("{")  # so that rows must be counted, which loads Arrow
    command = [sys.executable, "-c", STARTING, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout.strip() == str([200] * 14), ran.stdout + ran.stderr
