"""What stands around the application: each case is a request and the answer that it gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from inspect_scout._view.network.access import Access
from inspect_scout._view.network.content_policy import PAGE_POLICY
from inspect_scout._view.network.guards import guarded
from inspect_scout._view.network.policy import network_policy
from inspect_scout._view.settings import ViewSettings

pytestmark = pytest.mark.anyio

Header = tuple[str, str]
HOST: Header = ("host", "127.0.0.1:7576")


@dataclass
class Answer:
    """What a request was answered with, and what the application saw of it."""

    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    seen: list[Any] = field(default_factory=list[Any])

    @property
    def status(self) -> int:
        first = self.messages[0]
        return 403 if first["type"] == "websocket.close" else int(first.get("status", 101))

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


async def ask(
    path: str = "/api/v2/scans",
    headers: Sequence[Header] = (HOST,),
    *,
    kind: str = "http",
    method: str = "GET",
    query: str = "",
    body: Sequence[bytes] = (b"",),
    access: Access | None = None,
    **settings: Any,
) -> Answer:
    answer = Answer()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        answer.seen.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        more = True
        while more:
            more = (await receive()).get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-security-policy", b"none")]})
        await send({"type": "http.response.body", "body": b"ok"})

    chunks = [
        {"type": "http.request", "body": chunk, "more_body": number < len(body)} for number, chunk in enumerate(body, 1)
    ]
    waiting = iter(chunks)

    async def receive() -> Any:
        return next(waiting)

    async def send(message: Any) -> None:
        answer.messages.append(message)

    given = ViewSettings("/project", **settings)
    whole = guarded(
        app,
        network_policy(given),
        PAGE_POLICY,
        access=access,
        root_path=given.root_path,
        frame_ancestors=given.frame_ancestors,
    )
    scope = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    }
    await whole(scope, receive, send)
    return answer


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("hosts", "passes"),
    [
        (["127.0.0.1:7576"], True),
        (["LOCALHOST.:7576"], True),
        ([], False),
        (["127.0.0.1:7576", "127.0.0.1:7576"], False),
        (["127.0.0.1"], False),
        (["127.0.0.1:7577"], False),
        (["evil.org"], False),
        (["evil.org:7576"], False),
        (["127.0.0.1.evil.org:7576"], False),
        (["127.0.0.1:7576@evil.org"], False),
        (["127.0.0.1:7576, evil.org"], False),
        (["127.1:7576"], False),
        (["0x7f000001:7576"], False),
        (["0.0.0.0:7576"], False),
        (["127.0.0.1:7576\xe4"], False),
        ([""], False),
    ],
)
async def test_a_name_that_was_made_to_point_here_gets_nothing(kind: str, hosts: list[str], passes: bool) -> None:
    answer = await ask(headers=[("host", host) for host in hosts], kind=kind)
    assert bool(answer.seen) is passes
    assert (answer.status < 400) is passes
    if kind == "http" and not passes:
        assert (answer.status, answer.body) == (400, b"Invalid host header")


async def test_a_trusted_host_does_not_make_its_pages_trusted() -> None:
    headers = [("host", "a.org"), ("origin", "http://a.org")]
    assert (await ask(headers=headers, trusted_hosts=("a.org",))).status == 403
    assert (await ask(headers=headers, trusted_origins=("http://a.org",))).status == 200


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ([], True),
        ([("origin", "http://127.0.0.1:7576")], True),
        ([("origin", "http://LOCALHOST:7576"), ("sec-fetch-site", "same-origin")], True),
        ([("sec-fetch-site", "none")], True),
        ([("origin", "https://127.0.0.1:7576")], False),
        ([("origin", "http://127.0.0.1:8888")], False),
        ([("origin", "http://127.0.0.1")], False),
        ([("origin", "http://evil.org")], False),
        ([("origin", "null")], False),
        ([("origin", "")], False),
        ([("origin", "http://127.0.0.1:7576\xe4")], False),
        ([("origin", "http://127.0.0.1:7576"), ("origin", "http://127.0.0.1:7576")], False),
        ([("sec-fetch-site", "cross-site")], False),
        ([("sec-fetch-site", "same-site")], False),
        ([("sec-fetch-site", "Cross-Site")], False),
        ([("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], False),
        ([("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:7576")], False),
    ],
)
async def test_pages_of_other_sites_get_nothing(kind: str, headers: list[Header], passes: bool) -> None:
    answer = await ask(headers=[HOST, *headers], kind=kind)
    assert bool(answer.seen) is passes
    if kind == "http" and not passes:
        assert (answer.status, answer.body) == (403, b"Forbidden browser origin")


async def test_a_link_from_another_site_opens_the_page_and_nothing_else() -> None:
    link = [HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert (await ask("/", link)).status == 200
    assert (await ask("/api/v2/scans", link)).status == 403
    assert (await ask("/", link, method="POST")).status == 403
    assert (await ask("/app.js", [HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")])).status == 403


@pytest.mark.parametrize("path", ["/", "/assets/app.js", "/api/v2/scans", "/login"])
async def test_without_the_token_nothing_is_answered(path: str) -> None:
    access = Access("t0ken", 7576)
    assert (await ask(path, access=access)).status == 401
    assert (await ask(path, access=access, kind="websocket")).status == 403
    assert (await ask(path, [HOST, ("authorization", "wrong")], access=access)).status == 401
    if path != "/login":
        assert (await ask(path, [HOST, ("authorization", "t0ken")], access=access)).status == 200


async def test_a_link_gives_a_browser_a_cookie_that_scripts_and_other_sites_cannot_use() -> None:
    access = Access("t0ken", 7576)
    key = access.new_key()
    answer = await ask("/login", query=f"key={key}", access=access, root_path="/scout")
    cookie = answer.headers["set-cookie"]
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "Path=/scout/", "SameSite=strict"}
    assert (await ask("/", [HOST, ("cookie", cookie.split(";")[0])], access=access)).status == 200
    assert (await ask("/login", query=f"key={key}", access=access)).status == 401


@pytest.mark.parametrize("query", ["", "key=", "key=a&key=b", "k", "key=%ff", "&" * 100_000])
async def test_a_link_without_a_good_key_lets_nobody_in(query: str) -> None:
    access = Access("t0ken", 7576)
    answer = await ask("/login", query=query, access=access)
    assert answer.status == 401
    assert "set-cookie" not in answer.headers


async def test_a_foreign_name_is_refused_before_a_key_is_used() -> None:
    access = Access("t0ken", 7576)
    key = access.new_key()
    assert (await ask("/login", [("host", "evil.org")], query=f"key={key}", access=access)).status == 400
    assert access.redeem(key) is not None


@pytest.mark.parametrize("headers", [[HOST], [("host", "evil.org")], [HOST, ("origin", "null")]])
async def test_every_answer_says_what_a_browser_may_do_with_it(headers: list[Header]) -> None:
    for path in ("/", "/api/v3/transcripts"):
        found = (await ask(path, headers)).headers
        assert found["x-frame-options"] == "DENY"
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "no-referrer"
        assert found["cache-control"] == "no-cache"
        assert "frame-ancestors 'none'" in found["content-security-policy"]
        assert "unsafe" not in found["content-security-policy"]
        assert ("sandbox" in found["content-security-policy"]) is path.startswith("/api/")


async def test_a_page_for_a_cell_may_be_shown_in_frames_of_those_only() -> None:
    found = (await ask("/", frame_ancestors=("http://localhost:*",))).headers
    assert found["content-security-policy"].endswith("frame-ancestors http://localhost:*")
    assert "x-frame-options" not in found
    api = (await ask(frame_ancestors=("http://localhost:*",))).headers
    assert api["content-security-policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize(
    ("path", "seen"),
    [("/scout/api/v2/scans", "/api/v2/scans"), ("/api/v2/scans", "/api/v2/scans"), ("/scoutx", "/scoutx")],
)
async def test_the_path_of_a_proxy_is_taken_off(path: str, seen: str) -> None:
    assert (await ask(path, root_path="/scout")).seen == [seen]


async def test_the_path_of_a_proxy_cannot_hide_an_api() -> None:
    headers = [HOST, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert (await ask("/scout/api/v2/scans", headers, root_path="/scout")).status == 403
    assert (await ask("/scout", root_path="/scout")).headers["location"] == "/scout/"


@pytest.mark.parametrize("length", ["8388609", "9" * 30, "-1", "x", "1e9"])
async def test_a_body_that_says_it_is_too_large_is_not_read(length: str) -> None:
    answer = await ask(headers=[HOST, ("content-length", length)], method="POST")
    assert answer.status == 413
    assert answer.seen == []


async def test_a_body_that_is_too_large_is_not_read_to_its_end() -> None:
    answer = await ask(method="POST", body=[b"x" * (1 << 20)] * 100)
    assert answer.status == 413
    assert b"larger than 8388608 bytes" in answer.body


async def test_a_body_within_the_limit_is_read() -> None:
    assert (await ask(method="POST", body=[b"x" * (1 << 20)] * 8)).status == 200
