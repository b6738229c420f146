"""Lists that work without script."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest

from inspect_scout._view import ViewSettings, create_app

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, example_scan: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "logs", tmp_path / "logs")
    shutil.copytree(example_scan, tmp_path / "scans" / example_scan.name)
    return tmp_path


def client(settings: ViewSettings) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(settings))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576")


async def get(settings: ViewSettings, path: str) -> httpx.Response:
    async with client(settings) as http:
        return await http.get(path)


async def test_scans_link_to_their_json(project: Path) -> None:
    response = await get(ViewSettings(str(project)), "/")
    scan_id = next((project / "scans").iterdir()).name.removeprefix("scan_id=")
    assert response.status_code == 200
    assert f'href="api/v3/scans/{scan_id}"' in response.text
    assert "1 to 1 of 1" in response.text
    assert '<span class="state ' in response.text


async def test_transcripts_link_to_their_json(project: Path) -> None:
    response = await get(ViewSettings(str(project)), "/transcripts")
    assert 'href="api/v3/transcripts/' in response.text
    assert re.search(r"1 to \d+ of \d+", response.text)


async def test_nothing_is_inline(project: Path) -> None:
    for path in ("/", "/transcripts"):
        html = (await get(ViewSettings(str(project)), path)).text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", html)


async def test_what_is_in_transcripts_is_text(tmp_path: Path, example_scan: Path) -> None:
    scan = tmp_path / "scans" / example_scan.name
    shutil.copytree(example_scan, scan)
    text = (scan / "_scan.json").read_text()
    hostile = '<script>alert(1)</script>\\u001b[31m\\u202e\\" onload=x'
    (scan / "_scan.json").write_text(re.sub(r'("scan_name": ?")[^"]*', lambda found: found[1] + hostile, text))
    html = (await get(ViewSettings(str(tmp_path)), "/")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert "\x1b" not in html


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "\u0661", "9" * 400, "1000001", "", "1'--"])
async def test_a_page_that_is_not_one_is_refused(project: Path, page: str) -> None:
    response = await get(ViewSettings(str(project)), f"/?page={page}")
    assert response.status_code == 400
    assert "is not a page" in response.text


async def test_a_page_behind_the_last_is_empty(project: Path) -> None:
    response = await get(ViewSettings(str(project)), "/transcripts?page=1000000")
    assert response.status_code == 200
    assert "<tbody>" not in response.text


async def test_an_empty_project_says_what_to_do(tmp_path: Path) -> None:
    assert "scout scan scanners.py -T ./logs" in (await get(ViewSettings(str(tmp_path)), "/")).text
    assert "scout view -T ./logs" in (await get(ViewSettings(str(tmp_path)), "/transcripts")).text


async def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.eval").write_text("not a log")
    settings = ViewSettings(str(tmp_path), transcripts=str(tmp_path / "broken.eval"))
    response = await get(settings, "/transcripts")
    assert 400 <= response.status_code < 500
    assert "broken.eval" in response.text


async def test_the_mode_for_scans_has_no_transcripts(project: Path) -> None:
    settings = ViewSettings(str(project), mode="scans")
    assert "transcripts" not in (await get(settings, "/")).text.partition("<main>")[0]
    assert (await get(settings, "/transcripts")).status_code == 404


async def test_the_style_is_a_file_of_its_own(tmp_path: Path) -> None:
    response = await get(ViewSettings(str(tmp_path)), "/plain.css")
    assert response.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in response.text


async def test_one_file_is_shown_without_what_is_beside_it(project: Path) -> None:
    log = min((project / "logs").rglob("*.eval"))
    settings = ViewSettings(str(log.parent), transcripts=str(log), file=str(log))
    app = create_app(settings)
    places = app.state.context.places
    assert places.check(str(log)) == str(log)
    assert places.roots == (str(log),)
