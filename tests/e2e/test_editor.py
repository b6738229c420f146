"""What the extension of the editor does: it starts the server, waits for one line, and asks from outside a browser."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Generator, Mapping
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

TOKEN_VARIABLE = "INSPECT_VIEW_AUTHORIZATION_TOKEN"
WEBVIEW = "https://file.vscode-resource.example"
_COMMAND = "from inspect_scout._cli import main; raise SystemExit(main())"


@pytest.fixture
def workspace(tmp_path: Path, example_logs: Path, example_scan: Path) -> Path:
    """Make a folder as it is opened in the editor: logs, and two scans."""
    shutil.copytree(example_logs, tmp_path / "logs")
    shutil.copytree(example_scan, tmp_path / "scans" / example_scan.name)
    return tmp_path


@contextlib.contextmanager
def editor(workspace: Path) -> Generator[httpx.Client]:
    """Start the server as the extension does; gives what makes its requests: the token as it is, and no origin."""
    token = str(uuid.uuid4())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    options = ["view", "--port", str(port), "--log-level", "http", "--display", "rich"]
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=workspace,
        env={**os.environ, TOKEN_VARIABLE: token},
    )
    assert process.stdout is not None
    try:
        said = next((line for line in process.stdout if "Running on " in line), "")
        assert f":{port}" in said
        headers = {"Authorization": token}
        with httpx.Client(base_url=f"http://localhost:{port}", headers=headers, timeout=60.0) as client:
            yield client
    finally:
        process.terminate()
        process.communicate(timeout=30)


def webview(dist: Path, state: Mapping[str, object]) -> str:
    """Make what the editor shows of the built page: addresses of its own, the policy that the page brings, and the place."""
    policy = json.loads((dist / "content-security-policy.json").read_text(encoding="utf-8"))
    assert policy["version"] == 1
    allowed = "; ".join(
        " ".join([name, *(WEBVIEW if source == "'self'" else source for source in sources)])
        for name, sources in policy["directives"].items()
    )
    html = (dist / "index.html").read_text(encoding="utf-8")
    html = re.sub(r'(src|href)="\./', rf'\1="{WEBVIEW}/', html)
    told = f'<script id="scanview-state" type="application/json">{json.dumps(state)}</script>'
    meta = f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'
    return html.replace("</head>", f"{meta}{told}</head>")


def in_path(location: str) -> str:
    """Write a location as the extension does: plain base64, each odd sign escaped."""
    return quote(base64.b64encode(location.encode()).decode(), safe="")


@pytest.mark.timeout(180)
def test_the_extension_finds_what_it_asks_for(workspace: Path) -> None:
    scans = (workspace / "scans").as_uri()
    with editor(workspace) as client:
        dist = client.get("/api/v2/dist")
        assert dist.status_code in {200, 404}
        assert dist.status_code == 404 or Path(dist.json()["path"], "index.html").is_file()

        (row,) = client.post(f"/api/v2/scans/{in_path(scans)}").json()["items"]
        assert Path(row["location"]).is_dir()
        assert client.get("/api/v2/app-config").json()["scans"]["dir"] == scans

        # What the page in a webview asks for goes through the extension, as text or base64.
        topics = client.request("GET", "/api/v2/topics").json()
        assert {"project-config", "scans"} <= topics.keys()
        asked = {"pagination": {"limit": 5, "cursor": None, "direction": "forward"}}
        listed = client.post(f"/api/v2/transcripts/{in_path((workspace / 'logs').as_uri())}", json=asked)
        assert listed.json()["total_count"] == 12

        name = in_path(row["location"].rpartition("/")[2])
        assert client.delete(f"/api/v2/scans/{in_path(scans)}/{name}").status_code == 204
        assert client.post(f"/api/v2/scans/{in_path(scans)}").json()["items"] == []
        assert client.get("/api/v2/topics").json()["scans"] > topics["scans"]


@pytest.mark.timeout(180)
def test_whoever_has_no_token_is_refused(workspace: Path) -> None:
    with editor(workspace) as client:
        for headers in ({"Authorization": ""}, {"Authorization": "Bearer " + client.headers["Authorization"]}):
            assert client.get("/api/v2/app-config", headers=headers).status_code == 401
        foreign = client.get("/api/v2/app-config", headers={"Origin": "https://example.com"})
        assert foreign.status_code == 403


@pytest.mark.timeout(180)
def test_the_built_page_is_what_the_extension_makes_a_webview_of(workspace: Path) -> None:
    with editor(workspace) as client:
        answer = client.get("/api/v2/dist")
        if answer.status_code == 404:
            pytest.skip("The page is not built: make web")
        dist = Path(answer.json()["path"])
        state = {"type": "updateRoute", "route": "/scans", "mode": "full", "extensionProtocolVersion": 2}
        html = webview(dist, state)
        # Every address is one that the extension rewrites, and each leads to a file of the page.
        addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
        assert len(addresses) >= 4
        for address in addresses:
            assert (dist / address.removeprefix(f"{WEBVIEW}/")).is_file()
        # No script stands in the page itself but the state, which is data; nothing is loaded from elsewhere.
        inline = re.findall(r"<script(?![^>]*\ssrc=)([^>]*)>", html)
        assert inline == [' id="scanview-state" type="application/json"']
        assert set(re.findall(r"https?://[^/\"' ;]+", html)) == {WEBVIEW}
        # What the page then asks for by JSON-RPC is there for whoever has the token, without an origin.
        listed = client.get("/api/v3/scans", params={"limit": 100}).json()
        assert listed["total"] == 1
        assert client.get(f"/api/v3/scans/{listed['items'][0]['scan_id']}").status_code == 200
