"""The token: shown by programs in a header, and by browsers as a cookie that a link gives them once."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from http.cookies import CookieError, SimpleCookie

from ..._support.clock import SYSTEM_CLOCK, Clock

KEY_SECONDS = 600.0
_KEYS, _SESSIONS = 16, 64


class Access:
    """Who has shown the token.

    Args:
        token: The token.
        port: Port of the server: browsers send cookies to all ports of a host, so each server has a name of its own.
        clock: What the time is.
    """

    def __init__(self, token: str, port: int, clock: Clock = SYSTEM_CLOCK) -> None:
        self.cookie = f"scout_view_{port}"
        self._token = token.encode()
        self._clock = clock
        self._keys: deque[tuple[bytes, float]] = deque(maxlen=_KEYS)
        self._sessions: deque[bytes] = deque(maxlen=_SESSIONS)

    def new_key(self) -> str:
        """Make a key that lets one browser in, once, within ten minutes."""
        key = secrets.token_urlsafe(32)
        self._keys.append((key.encode(), self._clock.monotonic() + KEY_SECONDS))
        return key

    def redeem(self, key: str) -> str | None:
        """Take a key: gives the value of the cookie for the browser that showed it (None: it is used, too old, or wrong)."""
        shown, now = key.encode("utf-8", "replace"), self._clock.monotonic()
        found = [kept for kept in self._keys if hmac.compare_digest(kept[0], shown)]
        for kept in found:
            self._keys.remove(kept)
        if not any(now < until for _, until in found):
            return None
        session = secrets.token_urlsafe(32)
        self._sessions.append(session.encode())
        return session

    def admits(self, authorization: list[bytes], cookies: list[bytes]) -> bool:
        """Tell whether a request comes from who has the token.

        Args:
            authorization: Values of the header `Authorization`; there may be one.
            cookies: Values of the header `Cookie`.
        """
        if authorization:
            return len(authorization) == 1 and hmac.compare_digest(authorization[0], self._token)
        sent = self._cookie_of(cookies)
        return sent is not None and any(hmac.compare_digest(kept, sent) for kept in self._sessions)

    def _cookie_of(self, cookies: list[bytes]) -> bytes | None:
        if len(cookies) != 1:
            return None
        try:
            found = SimpleCookie(cookies[0].decode("latin-1")).get(self.cookie)
        except CookieError:
            return None
        return None if found is None else found.value.encode("utf-8", "replace")
