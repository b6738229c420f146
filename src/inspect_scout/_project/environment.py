"""The environment: `.env` files and the variables that name locations."""

from __future__ import annotations

import functools
import io
import logging
import os

from .._support.errors import ConfigError
from .._support.regular import irregular_kind
from .._support.text import read_text

logger = logging.getLogger(__name__)

DISABLED = "PYTHON_DOTENV_DISABLED"
"""Variable by which users keep every program that uses python-dotenv from loading such files."""

MAX_BYTES = 1024 * 1024
"""Size of a `.env` at most: a file of variables is smaller by far."""


@functools.cache
def load_dotenv_once() -> str | None:
    """Load the nearest `.env` from the working directory upward, once per process; variables that exist stay.

    Returns:
        The file that was loaded, if there was one. Directories of that name (virtual environments) are passed over.

    Raises:
        ConfigError: It cannot be read, is not text, or sets what no variable can be.
    """
    from dotenv import find_dotenv, load_dotenv

    try:
        path = find_dotenv(usecwd=True)
    except OSError:  # the working directory was deleted
        return None
    if not path or os.environ.get(DISABLED, "").casefold() in {"1", "true", "t", "yes", "y"}:
        return None
    try:
        kind = irregular_kind(os.stat(path).st_mode)
    except OSError:
        kind = None
    if kind is not None:
        logger.warning("%r is %s and was not read: only regular files are.", path, kind)
        return None
    text = read_text(path, limit=MAX_BYTES)
    try:
        load_dotenv(stream=io.StringIO(text), override=False)
    except (OSError, ValueError) as error:
        # A name with "=" in it, or what the system's encoding lacks.
        raise ConfigError(f"The file {path!r} sets a variable that cannot be: {error}. Correct its line.") from error
    return path
