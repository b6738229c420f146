"""What requests share: made once, loaded in the background, closed with the server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
    assert kept.library() is kept.library()
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
    assert open_samples() == before
