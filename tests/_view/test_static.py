"""The files of the page."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest

from inspect_scout import ConfigError
from inspect_scout._view.application import create_app
from inspect_scout._view.network.content_policy import PAGE_POLICY, parse_policy
from inspect_scout._view.settings import ViewSettings
from inspect_scout._view.site import page_policy
from inspect_scout._view.static import StaticFiles

pytestmark = pytest.mark.anyio
SCRIPT = b"console.log('scout');" * 100


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>page</title>")
    (folder / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "app-1a2b.js.br").write_bytes(b"brotli")
    (folder / "assets" / "logo.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def client(folder: Path) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(StaticFiles(str(folder))), base_url="http://localhost")


async def raw(folder: Path, path: str, accept: str = "", **headers: str) -> httpx.Response:
    async with client(folder) as http:
        sent = {"accept-encoding": accept, **headers}
        async with http.stream("GET", path, headers=sent) as response:
            body = b"".join([chunk async for chunk in response.aiter_raw()])
        return httpx.Response(
            response.status_code,
            headers=[pair for pair in response.headers.items() if pair[0] != "content-encoding"],
            content=body,
            extensions={"encoding": response.headers.get("content-encoding")},
        )


async def test_the_page_is_at_the_root_and_asked_for_again_each_time(dist: Path) -> None:
    response = await raw(dist, "/")
    assert response.text == "<!doctype html><title>page</title>"
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


async def test_files_with_a_hash_in_their_name_are_kept_for_good(dist: Path) -> None:
    response = await raw(dist, "/assets/app-1a2b.js")
    assert response.content == SCRIPT
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", None),
        ("identity", None),
        ("x" * 10_000, None),
    ],
)
async def test_what_was_compressed_beforehand_is_sent_as_the_browser_takes_it(
    dist: Path, accept: str, encoding: str | None
) -> None:
    response = await raw(dist, "/assets/app-1a2b.js", accept)
    assert response.extensions["encoding"] == encoding
    assert response.headers["vary"] == "accept-encoding"
    content = gzip.decompress(response.content) if encoding == "gzip" else response.content
    assert content == (b"brotli" if encoding == "br" else SCRIPT)


async def test_a_file_that_the_browser_has_is_not_sent_again(dist: Path) -> None:
    etag = (await raw(dist, "/")).headers["etag"]
    for known in (etag, f"W/{etag}", f'"x", {etag}'):
        response = await raw(dist, "/", **{"if-none-match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == etag
    assert (await raw(dist, "/", **{"if-none-match": '"x"'})).status_code == 200
    assert (await raw(dist, "/assets/app-1a2b.js", "br")).headers["etag"] != (
        await raw(dist, "/assets/app-1a2b.js")
    ).headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%5c..%5c..%5csecret.txt",
        "//etc/passwd",
        "/%00",
        "/assets",
        "/assets/",
        "/assets/app-1a2b.js.gz",
        "/nowhere",
    ],
)
async def test_nothing_but_the_files_of_the_page_is_served(dist: Path, path: str) -> None:
    assert (await raw(dist, path)).status_code == 404


async def test_what_comes_after_the_start_is_not_served(dist: Path) -> None:
    files = StaticFiles(str(dist))
    (dist / "later.txt").write_text("x")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(files), base_url="http://localhost") as http:
        assert (await http.get("/later.txt")).status_code == 404


async def test_other_methods_are_refused(dist: Path) -> None:
    async with client(dist) as http:
        assert (await http.post("/")).status_code == 405
        head = await http.head("/")
        assert (head.status_code, head.headers["content-length"]) == (200, "34")


def test_a_page_may_bring_its_own_policy(dist: Path) -> None:
    settings = ViewSettings("/project", page_dir=str(dist))
    assert "unsafe" not in str(page_policy(settings))
    (dist / "content-security-policy.json").write_text('{"version": 1, "directives": {"script-src": ["\'self\'"]}}')
    assert page_policy(settings) == {"script-src": ["'self'"]}
    (dist / "content-security-policy.json").write_text("{}")
    with pytest.raises(ConfigError, match="content policy"):
        page_policy(settings)
    with pytest.raises(ConfigError, match="make web"):
        create_app(ViewSettings("/project", page_dir=str(dist.parent)))


def test_the_policy_that_the_page_brings_is_that_of_the_server() -> None:
    source = Path(__file__).parents[2] / "web/public/content-security-policy.json"
    assert parse_policy(source.read_text(encoding="utf-8"), str(source)) == PAGE_POLICY
