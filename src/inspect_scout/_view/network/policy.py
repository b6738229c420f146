"""Which names and pages are trusted, and which ways to listen are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..._support.errors import ConfigError
from ..settings import ViewSettings
from .authorities import address_of, canonical_authority, canonical_origin, is_loopback, is_wildcard

_ROOT_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*", re.ASCII)
TOKEN_VARIABLE = "INSPECT_VIEW_AUTHORIZATION_TOKEN"  # noqa: S105 - the name of it


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """Which names and pages are trusted.

    Args:
        hosts: Values of the header `Host` under which the server may be asked.
        origins: Values of the header `Origin` of pages that may ask.
    """

    hosts: frozenset[str]
    origins: frozenset[str]


def network_policy(settings: ViewSettings) -> NetworkPolicy:
    """Decide which names and pages are trusted.

    Raises:
        ConfigError: Anybody could ask; or a name or page is not one.
    """
    refuse_unauthenticated(settings)
    hosts = {_trusted_host(host) for host in settings.trusted_hosts}
    origins = {_trusted_origin(origin) for origin in settings.trusted_origins}
    hosts |= {origin.partition("://")[2] for origin in origins}
    own = {f"{name}:{settings.port}" for name in _own_names(settings.host)}
    for authority in own:
        canonical = canonical_authority(authority)
        if canonical is None:
            raise ConfigError(f"{settings.host!r} is not an address to listen on. Use for example 127.0.0.1.")
        hosts.add(canonical)
        origins.add(f"http://{canonical}")
    return NetworkPolicy(frozenset(hosts), frozenset(origins))


def refuse_unauthenticated(settings: ViewSettings) -> None:
    """Refuse to listen where anybody could ask.

    Raises:
        ConfigError: Other machines can reach the address, and there is no token, or no name to be asked under.
    """
    if is_loopback(settings.host):
        return
    if settings.token is None and not settings.unsafe_allow_unauthenticated:
        raise ConfigError(
            f"Other machines can reach {settings.host!r}, and anybody there could read and delete. Set a token in "
            f"{TOKEN_VARIABLE}, or use --host 127.0.0.1 and a tunnel (ssh -L); --unsafe-allow-unauthenticated allows it as "
            "it is."
        )
    if is_wildcard(settings.host) and not (settings.trusted_origins or settings.trusted_hosts):
        raise ConfigError(
            f"{settings.host!r} stands for all addresses of this machine. Say under which name it is asked, as in "
            "--trusted-origin http://machine.example:7576 (pages) or --trusted-host machine.example:7576 (programs)."
        )


def split_root_path(text: str) -> tuple[str, str | None]:
    """Split what `--root-path` was given: a path, or the URL under which a proxy serves this server.

    Returns:
        The path without a slash at its end, and the origin of the URL (None: it was a path).

    Raises:
        ConfigError: It is neither.
    """
    origin: str | None = None
    path = text
    if "://" in text:
        scheme, _, rest = text.partition("://")
        authority, slash, below = rest.partition("/")
        origin, path = canonical_origin(f"{scheme}://{authority}"), slash + below
    path = path.rstrip("/")
    if path and not path.startswith("/"):
        path = f"/{path}"
    if ("://" in text and origin is None) or _ROOT_PATH.fullmatch(path) is None or {"..", "."} & {*path.split("/")}:
        raise ConfigError(
            f"{text!r} is not a path or URL of a proxy. Use for example /scout or https://example.org/scout."
        )
    return path, origin


def _own_names(host: str) -> tuple[str, ...]:
    if is_wildcard(host):
        return ()
    if host.lower().rstrip(".") == "localhost":
        return ("127.0.0.1", "localhost", "[::1]")
    return (address_of(host), "localhost") if is_loopback(host) else (address_of(host),)


def _trusted_host(text: str) -> str:
    found = canonical_authority(text)
    if found is None:
        raise ConfigError(f"--trusted-host {text!r} is not a name with or without port, as in machine.example:7576.")
    return found


def _trusted_origin(text: str) -> str:
    found = canonical_origin(text)
    if found is None:
        raise ConfigError(
            f"--trusted-origin {text!r} is not an origin. Write scheme, name and port, as in https://machine.example."
        )
    return found
