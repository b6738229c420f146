"""What may be read, and what a name in a URL means."""

from __future__ import annotations

import base64
import binascii
import os
import re
import threading
from collections.abc import Iterable
from urllib.parse import unquote

from .._support.errors import ConfigError, LocationError
from .._support.storage import is_local, local_path, normalize

_ALPHABET = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")


class PlaceRefusedError(LocationError):
    """A location is outside what this server may read."""


class Places:
    """The locations that the server may read and change: the configured ones, and what is in them.

    Args:
        roots: Paths and URLs.
    """

    def __init__(self, roots: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._roots: tuple[str, ...] = ()
        self._inside: tuple[str, ...] = ()
        for root in roots:
            self.allow(root)

    @property
    def roots(self) -> tuple[str, ...]:
        """The locations, links resolved."""
        return self._roots

    def allow(self, root: str) -> None:
        """Allow one more location, and all that is in it."""
        resolved = _resolved(root)
        with self._lock:
            if resolved not in self._roots:
                self._roots = (*self._roots, resolved)
                self._inside = (*self._inside, resolved.rstrip("/") + "/")

    def check(self, location: str) -> str:
        """Give a location in full form if it may be read, after resolving links.

        Raises:
            PlaceRefusedError: It is outside of the roots.
        """
        if self.hold(_resolved(location)):
            return normalize(location) if is_local(location) else location
        raise PlaceRefusedError(
            f"{location!r} is not in what this server shows. Start it with that folder (scout view DIR), or with -T or "
            "--scans."
        )

    def allows(self, location: str) -> bool:
        """Tell whether a location may be read, after resolving links."""
        try:
            return self.hold(_resolved(location))
        except ConfigError:
            return False

    def hold(self, path: str) -> bool:
        """Tell whether a path without links, or a URL, is in the roots."""
        return path.startswith(self._inside) or path in self._roots


def _resolved(location: str) -> str:
    if "\0" in location:
        raise ConfigError(f"{location!r} is not a path: it contains a NUL character.")
    if is_local(location):
        return os.path.realpath(local_path(location))
    if "/../" in f"{unquote(location)}/":
        raise ConfigError(f"{location!r} is not a location: it contains '..'.")
    return location.rstrip("/")


def from_uri(location: str) -> str:
    """Give the path that a `file://` URI names; any other location as it is."""
    return unquote(local_path(location)) if location[:7].lower() == "file://" else location


def place_below(folder: str, place: str) -> str:
    """Give a place that may be named relative to a folder."""
    plain = from_uri(place)
    return os.path.join(folder, plain) if is_local(plain) else plain


def decode_location(text: str) -> str:
    """Read a path or URL from base64, with either alphabet, with or without padding.

    Raises:
        ConfigError: It is not base64 of a text, or empty.
    """
    if not text or _ALPHABET.fullmatch(text) is None:
        raise ConfigError(f"{text!r} is not base64 of a path or URL.")
    body = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        decoded = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ConfigError(f"{text!r} is not base64 of a path or URL.") from None
    if not decoded:
        raise ConfigError("The location is empty.")
    return decoded


def encode_location(location: str) -> str:
    """Write a path or URL as base64 that a URL takes, without padding."""
    return base64.urlsafe_b64encode(location.encode()).decode().rstrip("=")
