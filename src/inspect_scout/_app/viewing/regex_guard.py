"""Regular expressions of clients: one that takes too long must not hold up the server, and Python cannot stop it.

It is tried first in a process that can be stopped, which knows nothing but the expression and the texts. Searches of the
page use RE2, which needs no guard; a search of `/api/v2` gives what a grep scanner with the same pattern gives, in the
language of Python, which has more (such as `(?=...)`) and which scanners are written in.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from typing import Final

from ..._support.errors import ConfigError

MAX_SECONDS: Final = 10.0

MAX_TEXT_SECONDS: Final = 0.5
"""Of the processor, for one text: a thread that matches gives way to no other one before it is done with a match."""

_PROGRAM: Final = (
    "import collections, json, re, sys, time\n"
    "given = json.load(sys.stdin)\n"
    "pattern = re.compile(given['pattern'], given['flags'])\n"
    "longest = 0.0\n"
    "for text in given['texts']:\n"
    "    began = time.process_time()\n"
    "    collections.deque(pattern.finditer(text), maxlen=0)\n"
    "    longest = max(longest, time.process_time() - began)\n"
    "print(longest)\n"
)


async def check_regex_time(
    pattern: str,
    flags: int,
    texts: Sequence[str],
    seconds: float = MAX_SECONDS,
    text_seconds: float = MAX_TEXT_SECONDS,
) -> None:
    """Refuse a regular expression that takes too long over texts, or over one of them.

    Args:
        pattern: The expression.
        flags: Its flags.
        texts: The texts.
        seconds: How long it may take over all.
        text_seconds: How long it may take over one, of the processor.

    Raises:
        ConfigError: It takes longer.
    """
    given = json.dumps({"pattern": pattern, "flags": flags, "texts": texts}).encode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-c", _PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        told, _ = await asyncio.wait_for(process.communicate(given), seconds)
    except TimeoutError:
        raise _too_slow(pattern, f"{seconds:g} seconds") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if float(told or 0) > text_seconds:
        raise _too_slow(pattern, f"{text_seconds:g} seconds over one text")


def _too_slow(pattern: str, limit: str) -> ConfigError:
    return ConfigError(
        f"The regular expression {pattern!r} takes more than {limit}. Write it without nested repetitions, such as those of "
        "(a+)+."
    )
