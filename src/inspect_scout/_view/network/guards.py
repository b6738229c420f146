"""What stands around the application, outermost first: root path, headers, host, token, origin, size of the body.

Each is an ASGI application around another, and decides by the request alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from .authorities import canonical_authority, canonical_origin
from .content_policy import API_POLICY, policy_header

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .access import Access
    from .policy import NetworkPolicy

MAX_BODY = 8 << 20
LOGIN_PATH = "/login"
# No redirect: after a link in a page of another site (a terminal in a browser) that would come without the cookie.
_WELCOME = '<!doctype html><meta http-equiv="refresh" content="0; url=./"><p><a href="./">Scout</a>'
_API = "/api/"
_FOREIGN_SITES = (b"cross-site", b"same-site")


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """Give all values of a header of a request."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return [value for key, value in headers if key == name]


async def refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Answer a request without the application; a WebSocket is closed before it opens."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    await response(scope, receive, send)


class SecurityHeaders:
    """Says with every answer what a browser may do with it.

    Args:
        app: The application.
        page_policy: What the page may load.
        frame_ancestors: Sources of pages that may show ours in a frame.
    """

    def __init__(
        self, app: ASGIApp, page_policy: Mapping[str, Sequence[str]], frame_ancestors: Sequence[str] = ()
    ) -> None:
        self._app = app
        headers = {
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-resource-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
        }
        if not frame_ancestors:
            headers["x-frame-options"] = "DENY"
        pages = {**headers, "content-security-policy": policy_header(page_policy, frame_ancestors)}
        answers = {**headers, "content-security-policy": policy_header(API_POLICY)}
        self._of_pages, self._of_answers = _encoded(pages), _encoded(answers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own = self._of_answers if scope["path"].startswith(_API) else self._of_pages
        names = {name for name, _ in own}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [pair for pair in message.get("headers", ()) if pair[0].lower() not in names]
                if not any(name.lower() == b"cache-control" for name, _ in given):
                    given.append((b"cache-control", b"no-cache"))
                message = {**message, "headers": [*given, *own]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses bodies that are larger than any that is asked for.

    Args:
        app: The application.
        limit: Bytes.
    """

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        too_large = PlainTextResponse(f"The body is larger than {self._limit} bytes.", 413, {"connection": "close"})
        lengths = header_values(scope, b"content-length")
        if any(not length.isdigit() or len(length) > 18 or int(length) > self._limit for length in lengths):
            await too_large(scope, receive, send)
            return
        left, answered = self._limit, False

        async def receive_some() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _BodyTooLargeError
            return message

        async def send_noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive_some, send_noted)
        except _BodyTooLargeError:
            if not answered:
                await too_large(scope, receive, send)


class _BodyTooLargeError(Exception):
    """A client sent more than it may, without having said so."""


class RootPath:
    """Takes the path of a proxy off the path of a request, if the proxy has not done so.

    Args:
        app: The application.
        root_path: The path, without a slash at its end.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app, self._root = app, root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._root and scope["type"] in ("http", "websocket"):
            path: str = scope["path"]
            if path == self._root:
                # Relative links of the page need the slash.
                await refuse(scope, receive, send, RedirectResponse(f"{self._root}/", 307))
                return
            if path.startswith(f"{self._root}/"):
                scope = {**scope, "path": path[len(self._root) :]}
                scope.pop("raw_path", None)
        await self._app(scope, receive, send)


class HostGuard:
    """Answers under trusted names only: a foreign name that was made to point here (DNS rebinding) gets nothing.

    Args:
        app: The application.
        policy: Which names are trusted.
    """

    def __init__(self, app: ASGIApp, policy: NetworkPolicy) -> None:
        self._app, self._hosts = app, policy.hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] in ("http", "websocket") and not self._is_trusted(scope):
            await refuse(scope, receive, send, PlainTextResponse("Invalid host header", 400))
            return
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        values = header_values(scope, b"host")
        if len(values) != 1 or not values[0].isascii():
            return False
        scheme = "https" if scope.get("scheme") in ("https", "wss") else "http"
        return canonical_authority(values[0].decode(), scheme) in self._hosts


class TokenGuard:
    """Answers who has the token only, and gives a browser that comes with a key the cookie that stands for it.

    Args:
        app: The application.
        access: Who has the token.
        root_path: Path under which browsers see this server.
    """

    def __init__(self, app: ASGIApp, access: Access, root_path: str = "") -> None:
        self._app, self._access, self._root = app, access, root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == LOGIN_PATH and scope["method"] == "GET":
            await self._login(scope)(scope, receive, send)
        elif self._access.admits(header_values(scope, b"authorization"), header_values(scope, b"cookie")):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, receive, send, PlainTextResponse("Unauthorized", 401))

    def _login(self, scope: Scope) -> Response:
        query: bytes = scope.get("query_string", b"")
        keys = parse_qs(query.decode("latin-1"), max_num_fields=8).get("key", []) if query.count(b"&") < 8 else []
        session = self._access.redeem(keys[0]) if len(keys) == 1 else None
        if session is None:
            return PlainTextResponse(
                "This link does not let you in: it works once, for ten minutes. Start scout view again for a new one.",
                401,
            )
        response = HTMLResponse(_WELCOME, headers={"cache-control": "no-store"})
        response.set_cookie(
            self._access.cookie,
            session,
            path=f"{self._root}/",
            httponly=True,
            samesite="strict",
            secure=scope.get("scheme") == "https",
        )
        return response


class OriginGuard:
    """Answers our own pages and programs, and no page of another site.

    Following a link to the page itself is allowed: that shows it, and tells the other site nothing.

    Args:
        app: The application.
        policy: Which origins are trusted.
    """

    def __init__(self, app: ASGIApp, policy: NetworkPolicy) -> None:
        self._app, self._origins = app, policy.origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] in ("http", "websocket") and not (_is_visit(scope) or self._is_trusted(scope)):
            await refuse(scope, receive, send, PlainTextResponse("Forbidden browser origin", 403))
            return
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        sites, origins = header_values(scope, b"sec-fetch-site"), header_values(scope, b"origin")
        if len(sites) > 1 or len(origins) > 1 or (sites and sites[0].lower() in _FOREIGN_SITES):
            return False
        # Programs that are not browsers say nothing; browsers do wherever it matters.
        return not origins or (origins[0].isascii() and canonical_origin(origins[0].decode()) in self._origins)


def _is_visit(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_API):
        return False
    return header_values(scope, b"sec-fetch-mode") == [b"navigate"] and not header_values(scope, b"origin")


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def guarded(
    app: ASGIApp,
    policy: NetworkPolicy,
    page_policy: Mapping[str, Sequence[str]],
    *,
    access: Access | None = None,
    root_path: str = "",
    frame_ancestors: Sequence[str] = (),
) -> ASGIApp:
    """Put all guards around an application.

    Args:
        app: The application.
        policy: Which names and pages are trusted.
        page_policy: What the page may load.
        access: Who has the token (None: there is none).
        root_path: Path under which a proxy serves it.
        frame_ancestors: Sources of pages that may show ours in a frame.
    """
    app = OriginGuard(BodyLimit(app), policy)
    if access is not None:
        app = TokenGuard(app, access, root_path)
    return RootPath(SecurityHeaders(HostGuard(app, policy), page_policy, frame_ancestors), root_path)
