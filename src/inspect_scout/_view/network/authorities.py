"""Names of servers (`Host`) and pages (`Origin`), brought into one form so that they can be compared."""

from __future__ import annotations

import ipaddress
import re

_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_host(text: str) -> str | None:
    """Write a host in lower case, without a dot at its end, addresses in their short form, IPv6 in brackets.

    Returns:
        The host; None if it is not one.
    """
    if text.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]" if text.endswith("]") else None
        except ValueError:
            return None
    name = text.lower().removesuffix(".")
    try:
        return ipaddress.IPv4Address(name).compressed
    except ValueError:
        return name if all(map(_LABEL.fullmatch, name.split("."))) and len(name) <= 253 else None


def canonical_authority(text: str, scheme: str = "http") -> str | None:
    """Write `host[:port]` so that equal ones are equal texts; the port that a scheme has anyway is left out.

    Returns:
        The authority; None if it is not one.
    """
    found = _AUTHORITY.fullmatch(text)
    host = canonical_host(found["host"]) if found else None
    if found is None or host is None:
        return None
    if found["port"] is None:
        return host
    port = int(found["port"])
    if not 1 <= port <= 65535:
        return None
    return host if port == _DEFAULT_PORTS.get(scheme) else f"{host}:{port}"


def canonical_origin(text: str) -> str | None:
    """Write `scheme://host[:port]` so that equal ones are equal texts.

    Returns:
        The origin; None if it is not one of a web page.
    """
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in _DEFAULT_PORTS:
        return None
    authority = canonical_authority(rest, scheme)
    return None if authority is None else f"{scheme}://{authority}"


def address_of(host: str) -> str:
    """Write the host of an address to listen on as a URL has it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on can be reached from this machine only."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_wildcard(host: str) -> bool:
    """Tell whether an address to listen on stands for all addresses of this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return host == ""
