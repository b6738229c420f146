"""The page of the published package, from its wheel, on our server, in a real browser.

Runs where `SCOUT_TEST_REFERENCE` names the Python of an environment with that package.
"""

from __future__ import annotations

import contextlib
import csv
import os
import socket
import subprocess
import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn

from inspect_scout._view import ViewSettings
from inspect_scout._view.application import guarded_app
from support.viewing.recording import Project, make_project
from support.viewing.url_places import in_url

if TYPE_CHECKING:
    from playwright.sync_api import Page

REFERENCE = os.environ.get("SCOUT_TEST_REFERENCE", "")
CHROMIUM = "/usr/bin/chromium"
_WAIT = 60_000
_FIND = "import importlib.util as u; print(list(u.find_spec('inspect_scout').submodule_search_locations)[0])"

pytestmark = [
    pytest.mark.skipif(
        not (REFERENCE and os.path.exists(CHROMIUM)),
        reason=f"SCOUT_TEST_REFERENCE names no Python of the published package, or there is no {CHROMIUM}",
    ),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make a project with logs, a scan and an set of cases."""
    made = make_project(tmp_path_factory.mktemp("page") / "recorded-project")
    (made.folder / "cases.csv").write_text("id,target\nother,false\n")
    return made


@pytest.fixture(scope="module")
def url(project: Project) -> Generator[str]:
    """Serve the project with the published page; gives its URL."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # that is for our package
    package = subprocess.run(
        [REFERENCE, "-c", _FIND], check=True, capture_output=True, text=True, env=own
    ).stdout.strip()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    settings = ViewSettings(project_dir=str(project.folder), port=port, page_dir=f"{package}/_view/dist")
    server = uvicorn.Server(uvicorn.Config(guarded_app(settings), port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def page(url: str) -> Generator[Page]:
    """Open a browser at the page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(_WAIT)
        page.goto(url)
        yield page
        browser.close()


def _wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(url)
            return
        time.sleep(0.1)


def test_it_lists_transcripts(page: Page, url: str) -> None:
    page.goto(f"{url}/#/transcripts")
    page.get_by_text("fix-the-bug").first.wait_for()
    page.get_by_text("12 items").wait_for()


def test_it_shows_a_transcript(page: Page, url: str, project: Project) -> None:
    page.goto(f"{url}/#/transcripts/{in_url((project.folder / 'logs').as_uri())}/{project.transcript}")
    page.get_by_text("Which command overrides the reactor's safety interlock?").first.wait_for()


def test_it_lists_scans(page: Page, url: str, project: Project) -> None:
    page.goto(f"{url}/#/scans")
    page.get_by_text(project.scan.name[8:]).first.wait_for()


def test_it_shows_a_scan_with_its_results(page: Page, url: str, project: Project) -> None:
    page.goto(f"{url}/#/scan/{in_url((project.folder / 'scans').as_uri())}/{project.scan.name}?scanner=refusals")
    page.get_by_text("reads_hidden_files").first.wait_for()
    page.get_by_text("4 Transcripts").first.wait_for()


def test_it_saves_a_case(page: Page, url: str, project: Project) -> None:
    logs = in_url((project.folder / "logs").as_uri())
    page.goto(f"{url}/#/transcripts/{logs}/{project.transcript}?rail=validation")
    page.locator("vscode-radio[name=target-mode][aria-label=True]").click()
    end = time.monotonic() + _WAIT / 1000
    cases: dict[str, str] = {}
    while project.transcript not in cases and time.monotonic() < end:
        page.wait_for_timeout(200)
        with (project.folder / "cases.csv").open(newline="") as file:
            cases = {row["id"]: row["target"] for row in csv.DictReader(file)}
    assert cases == {"other": "false", project.transcript: "true"}
