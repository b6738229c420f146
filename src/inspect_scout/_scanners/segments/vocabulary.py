"""Counting with a vocabulary that is already on this machine; one that is not is never fetched."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from typing import Final

# Vocabulary -> the address that tiktoken names its file after, and the hash without which it would fetch it again.
_FILES: Final = {
    "o200k_base": (
        "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
# The same words, with other special tokens, which texts do not have.
_SAME_WORDS: Final = {"o200k_harmony": "o200k_base"}

SLICE_CHARACTERS: Final = 100_000
"""Longest text that is counted in one call: the tokenizer gives up on patterns that run over millions of characters."""


def vocabulary_counter(name: str) -> Callable[[str], int] | None:
    """Find a way to count with a vocabulary.

    Args:
        name: Name of the vocabulary, as tiktoken knows it.

    Returns:
        A function that counts; None if the vocabulary is not on this machine.
    """
    name = _SAME_WORDS.get(name, name)
    # As tiktoken looks for it; an empty name makes it fetch every time.
    folders = [
        os.environ[variable] for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR") if variable in os.environ
    ]
    folder = folders[0] if folders else os.path.join(tempfile.gettempdir(), "data-gym-cache")
    if name not in _FILES or not folder:
        return None
    file = hashlib.sha1(_FILES[name][0].encode(), usedforsecurity=False).hexdigest()
    return _loaded(name, os.path.join(folder, file))


@lru_cache(maxsize=8)
def _loaded(name: str, path: str) -> Callable[[str], int] | None:
    try:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    if found != _FILES[name][1]:
        return None

    def count(text: str) -> int:
        encode = _encoder(name)
        slices = range(0, len(text), SLICE_CHARACTERS)
        return max(1, sum(len(encode(text[start : start + SLICE_CHARACTERS])) for start in slices))

    return count


@lru_cache(maxsize=8)
def _encoder(name: str) -> Callable[[str], list[int]]:
    """Load a vocabulary: it takes a third of a second, and nothing needs it where texts fit anyway."""
    import tiktoken

    return tiktoken.get_encoding(name).encode_ordinary
