"""Asking a platform over HTTP: patience with what passes, clear words for what does not, and keys in no message."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

import anyio
import msgspec

from ..._support.errors import ConfigError, LocationError, StorageError
from ..json_values import Json
from ..reading import decode

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    import httpx

    from ..json_values import JsonMapping

ATTEMPTS: Final = 5
LONGEST_WAIT_SECONDS: Final = 60.0
LONGEST_RETRY_AFTER_SECONDS: Final = 300.0
"""What a platform asks for beyond this is not waited for: the import says so instead of standing still."""
MAX_ANSWER: Final = 512 << 20
"""An answer beyond this is refused: decoding it would need several times as much memory."""
_TIMEOUT_SECONDS: Final = 60.0
_PASSING: Final = frozenset({408, 425, 429})
_decoder: Final = msgspec.json.Decoder(Json)

Parameters: TypeAlias = "Mapping[str, str | int | bool | list[str] | None]"
"""Parameters of an address; those that are None are left out."""


class NotOfferedError(Exception):
    """A platform does not have what was asked for at this address: its version is older or newer."""


@dataclass(frozen=True, slots=True)
class PlatformAccess:
    """How a platform is reached.

    Args:
        platform: Its name, for people.
        url: Address that all others begin with.
        key_help: What to do if it refuses the key.
        headers: Headers of each request.
        basic: User and password of basic authentication (None: none).
        url_help: What to do if nothing answers at the address.
        first_wait_seconds: Time before the second attempt; each further one waits twice as long.
    """

    platform: str
    url: str
    key_help: str
    url_help: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    first_wait_seconds: float = 1.0

    def masked(self, text: str) -> str:
        """Take keys out of a text."""
        secrets = [value.split()[-1] for value in self.headers.values() if value.strip()]
        for secret in [*secrets, *(self.basic or ())[1:]]:
            text = text.replace(secret, "***") if len(secret) > 3 else text
        return text


class PlatformClient:
    """Asks a platform.

    Args:
        access: How it is reached.
        http: What sends the requests.
    """

    def __init__(self, access: PlatformAccess, http: httpx.AsyncClient) -> None:
        self.access = access
        self._http = http

    async def get(self, path: str, parameters: Parameters | None = None, *, may_lack: bool = False) -> Json:
        """Ask for JSON.

        Args:
            path: Address behind that of the platform.
            parameters: Parameters of the address.
            may_lack: Whether a platform that does not know the address raises `NotOfferedError`.

        Raises:
            ConfigError: It refuses the key, or what was asked.
            LocationError: There is nothing at the address.
            StorageError: It does not answer, or what it answers is not JSON.
        """
        return await self._json("GET", path, parameters, None, may_lack)

    async def post(self, path: str, body: JsonMapping, *, may_lack: bool = False) -> Json:
        """Ask for JSON by a document; otherwise like `get`."""
        return await self._json("POST", path, None, body, may_lack)

    async def post_lines(self, path: str, body: JsonMapping) -> AsyncGenerator[Json]:
        """Ask for JSON lines by a document, and give them as they come; otherwise like `get`."""
        async with self._answer("POST", path, None, body, may_lack=False, accept="application/jsonl") as answer:
            open_line = bytearray()
            async for chunk in self._chunks(answer):
                *whole, rest = (bytes(open_line) + chunk).split(b"\n")
                open_line = bytearray(rest)
                self._limit(len(open_line), path)
                for line in whole:
                    if line.strip():
                        yield self._decode(line, path)
            if open_line.strip():
                yield self._decode(bytes(open_line), path)

    async def _json(
        self, method: str, path: str, parameters: Parameters | None, body: JsonMapping | None, may_lack: bool
    ) -> Json:
        wait = _Patience(self.access.first_wait_seconds)
        while True:
            content = bytearray()
            async with self._answer(method, path, parameters, body, may_lack=may_lack) as answer:
                try:
                    async for chunk in self._chunks(answer):
                        content += chunk
                        self._limit(len(content), path)
                except StorageError:  # the connection ended within the answer
                    if not await wait.again(None):
                        raise
                    continue
            return self._decode(bytes(content), path)

    @contextlib.asynccontextmanager
    async def _answer(
        self,
        method: str,
        path: str,
        parameters: Parameters | None,
        body: JsonMapping | None,
        *,
        may_lack: bool,
        accept: str = "application/json",
    ) -> AsyncGenerator[httpx.Response]:
        """Send a request until it is answered for good."""
        import httpx

        sends = {} if body is None else {"Content-Type": "application/json"}
        try:
            request = self._http.build_request(
                method,
                self.access.url.rstrip("/") + path,
                params={name: value for name, value in (parameters or {}).items() if value is not None},
                content=None if body is None else msgspec.json.encode(body),
                headers={**self.access.headers, "Accept": accept, **sends},
            )
        except httpx.InvalidURL as error:
            raise ConfigError(f"{self.access.url!r} is not an address: {error}. {self.access.url_help}") from None
        wait = _Patience(self.access.first_wait_seconds)
        while True:
            try:
                answer = await self._http.send(request, auth=self.access.basic, stream=True)
            except (httpx.TimeoutException, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
                if not await wait.again(None):
                    raise self._silence(path, f"it did not answer ({type(error).__name__})") from None
                continue
            except httpx.TransportError as error:
                raise self._silence(path, self.access.masked(_first_line(error))) from None
            try:
                if answer.status_code < 300:
                    yield answer
                    return
                if answer.status_code in _PASSING or answer.status_code >= 500:
                    if may_lack and answer.status_code == 501:
                        raise NotOfferedError(path)
                    if await wait.again(answer.headers.get("Retry-After")):
                        continue
                raise await self._refusal(answer, path, may_lack)
            finally:
                await answer.aclose()

    async def _chunks(self, answer: httpx.Response) -> AsyncIterator[bytes]:
        import httpx

        try:
            async for chunk in answer.aiter_bytes():
                yield chunk
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._silence(
                urlsplit(str(answer.url)).path, f"its answer broke off ({_first_line(error)})"
            ) from None

    def _limit(self, size: int, path: str) -> None:
        if size > MAX_ANSWER:
            raise ConfigError(
                f"{self.access.platform} answered {path!r} with more than {MAX_ANSWER >> 20} MB. Choose less of it."
            )

    def _decode(self, content: bytes, path: str) -> Json:
        try:
            return decode(_decoder, content)
        except ValueError:
            raise StorageError(
                f"{self.access.platform} answered {path!r} with something that is not JSON. {self.access.url_help}"
            ) from None

    def _silence(self, path: str, why: str) -> StorageError:
        place = urlsplit(self.access.url).netloc
        return StorageError(
            f"{self.access.platform} cannot be asked for {path!r} at {place!r}: {why}. {self.access.url_help}"
        )

    async def _refusal(self, answer: httpx.Response, path: str, may_lack: bool) -> Exception:
        status, name = answer.status_code, self.access.platform
        if may_lack and status in (404, 405, 410):
            return NotOfferedError(path)
        if status in (401, 403):
            return ConfigError(f"{name} refused the key for {path!r} (HTTP {status}). {self.access.key_help}")
        if status in (404, 410):
            return LocationError(f"{name} has nothing at {path!r} (HTTP {status}). {self.access.url_help}")
        if status < 400:
            return LocationError(
                f"{name} has moved from {urlsplit(self.access.url).netloc!r} (HTTP {status}). {self.access.url_help}"
            )
        if status in _PASSING or status >= 500:
            return StorageError(f"{name} answered {path!r} with HTTP {status} {ATTEMPTS} times. Try again later.")
        return ConfigError(f"{name} refused {path!r} (HTTP {status}): {self.access.masked(await _reason(answer))}")


@contextlib.asynccontextmanager
async def open_client(access: PlatformAccess) -> AsyncGenerator[PlatformClient]:
    """Open a client for as long as a platform is asked.

    Raises:
        ConfigError: Its address is not one.
    """
    import httpx

    try:
        url = urlsplit(access.url)
        is_address = url.scheme in ("http", "https") and bool(url.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise ConfigError(f"{access.url!r} is not an address (https://...). {access.url_help}")

    async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as http:
        yield PlatformClient(access, http)


def from_environment(given: str | None, *names: str, default: str | None = None) -> str | None:
    """Give a value, or else that of the first variable that is set.

    Args:
        given: The value (None: look).
        names: Names of variables.
        default: What is given if there is none.
    """
    if given:
        return given
    return next((value for name in names if (value := os.environ.get(name))), default)


def key_of(given: str | None, *names: str) -> str | None:
    """Give a key, or else that of the first variable that is set; None if there is none.

    Raises:
        ConfigError: It cannot be a key. The message does not show it.
    """
    key = (from_environment(given, *names) or "").strip()
    if not all(c.isascii() and c.isprintable() and c != " " for c in key):
        raise ConfigError(f"The key holds characters that no key has. Copy it again into {names[0]}.")
    return key or None


def needed(value: str | None, what: str, help: str) -> str:
    """Give a value that has to be there.

    Raises:
        ConfigError: It is not.
    """
    if not value:
        raise ConfigError(f"{what} is missing. {help}")
    return value


@dataclass(slots=True)
class _Patience:
    """How long to wait before what failed is tried again."""

    wait_seconds: float
    attempt: int = 1

    async def again(self, retry_after: str | None) -> bool:
        """Wait; False if it was tried often enough, or would be to wait for too long."""
        wanted = _seconds(retry_after)
        if self.attempt >= ATTEMPTS or (wanted or 0) > LONGEST_RETRY_AFTER_SECONDS:
            return False
        await anyio.sleep(min(self.wait_seconds, LONGEST_WAIT_SECONDS) if wanted is None else wanted)
        self.attempt += 1
        self.wait_seconds *= 2
        return True


def _seconds(retry_after: str | None) -> float | None:
    """Read the header `Retry-After`: seconds, or a date."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        then = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (then.astimezone(UTC) - datetime.now(UTC)).total_seconds())


async def _reason(answer: httpx.Response) -> str:
    """Give the beginning of what a platform says about a refusal, on one line."""
    import httpx

    try:
        content = b""
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > 4096:
                break
    except httpx.HTTPError:
        return "it does not say why"
    text = " ".join(content[:4096].decode("utf-8", "replace").split())
    return f"{text[:300]!r}" if text else "it does not say why"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0] or type(error).__name__
