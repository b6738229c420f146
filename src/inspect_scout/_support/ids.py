"""Identifiers: short unique ids and ids derived from content."""

from __future__ import annotations

import hashlib
import os

# The alphabet of shortuuid (no look-alikes); 22 characters hold 128 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 22

_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]


# 256 is not a multiple of 57, so some letters come up a little more often: 22 of them still hold more than 127 bits.
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))


def new_id() -> str:
    """Make a random id of 22 characters."""
    # Encoding a random number took 7 microseconds, this takes 1; a scan makes four ids for each invocation.
    return os.urandom(LENGTH).translate(_LETTERS).decode("ascii")


def encode_number(number: int) -> str:
    """Write a number of 128 bits in the 57-letter alphabet, as 22 characters (as shortuuid writes a UUID)."""
    pairs: list[str] = []
    for _ in range(LENGTH // 2):
        number, pair = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))


def id_from_text(text: str) -> str:
    """Derive an id of 22 characters from a text: equal texts give equal ids."""
    digest = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return encode_number(int.from_bytes(digest, "big"))
