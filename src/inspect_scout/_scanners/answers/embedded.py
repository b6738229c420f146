"""JSON inside a text: what a model wrote where it should have called a tool, with whatever stands around it."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from .decoration import unique_keys
from .thoughts import HOLE

# What an object, or a list of objects, begins with.
_START = re.compile(r"\{(?=\s{0,99}[\"}])|\[(?=\s{0,99}\{)")
_MOST, _MOST_MISTAKES = 50, 1000


def embedded_json(text: str) -> list[Any]:
    """Find the objects, and lists of objects, in a text.

    What stands inside another object, or inside one that is never finished, is a part, not a candidate.

    Returns:
        The values, each once; none if there are too many to be an answer.
    """
    decoder = json.JSONDecoder(object_pairs_hook=unique_keys)
    found: list[Any] = []
    mistakes = 0
    end = len(text.rstrip(" \t\r\n`" + HOLE))
    start = _START.search(text)
    while start is not None:
        position = start.end()
        try:
            value, position = decoder.raw_decode(text, start.start())
        except json.JSONDecodeError as ex:
            # What it holds up to the mistake was read; where the text ends first, all of it is a part.
            mistakes += 1
            if ex.pos >= end or ex.msg.startswith("Unterminated"):
                break
            position = max(position, ex.pos)
        except (ValueError, RecursionError):
            return []
        else:
            if _is_candidate(value) and value not in found:
                found.append(value)
        if len(found) > _MOST or mistakes > _MOST_MISTAKES:
            return []
        start = _START.search(text, position)
    return found


def _is_candidate(value: object) -> bool:
    if isinstance(value, list):
        items = cast("list[object]", value)
        return bool(items) and all(isinstance(item, dict) for item in items)
    return isinstance(value, dict)
