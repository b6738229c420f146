"""What a provider says when it rejects a call: the HTTP status, and the sentence in whatever the body is.

Clients are known by what their exceptions have in common, so that none of them has to be installed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from ..json import loads
from ..shapes import is_list, is_mapping
from ..terminal import one_line
from .foreign_objects import safe_attribute, safe_text

MAX_SENTENCE = 500

_MAX_READ = 16_000
_MAX_DEPTH = 6
_MAX_ITEMS = 3
# How clients begin: "Error code: 400 - ", "400 INVALID_ARGUMENT. {...}".
_OPENING = re.compile(r"\s*(?:Error code: \d{3}(?: - |\s*$| )|\d{3} [\w ]{1,40}\. ?(?=[{\[]))")
# A body as Python writes dictionaries, or cut in the middle.
_MESSAGE = re.compile(r"""["']message["']\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")
_UNSEEN = re.compile(r"<(script|style)\b.{0,4000}?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_TEXTS = ("message", "msg", "detail", "errors", "error", "error_message", "error_description", "reason", "title")


def provider_message(error: BaseException) -> str | None:
    """Say what a provider answered: "HTTP 400: its sentence"; None if the exception does not tell of an HTTP status."""
    status = _status(error)
    if status is None:
        return None
    sentence = next(filter(None, _sentences(error)), "")
    return f"HTTP {status}: {sentence}" if sentence else f"HTTP {status} {_phrase(status)}".rstrip()


def find_sentence(said: str) -> str:
    """Find the sentence that is meant for people in the text of a body, as it came or as a client shows it."""
    return one_line(_read(said, 0), MAX_SENTENCE)


def without_request(text: str) -> str:
    """Leave out the request that inspect_ai puts before the words of a provider."""
    return text.rpartition("\n\n")[2] if text.lstrip().startswith("Request:\n") else text


def _status(error: BaseException) -> int | None:
    status = safe_attribute(error, "status_code")
    if status is None and is_mapping(safe_attribute(error, "details")):
        status = safe_attribute(error, "code")
    return int(status) if isinstance(status, int) and 400 <= status <= 599 else None


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in {s.value for s in HTTPStatus} else ""


def _sentences(error: BaseException) -> Iterator[str]:
    response = safe_attribute(error, "response")
    for name, holder in (("body", error), ("details", error), ("provider_message", error), ("text", response)):
        found = safe_attribute(holder, name)
        if isinstance(found, str) or is_mapping(found) or is_list(found):
            yield one_line(_sentence(found, 0), MAX_SENTENCE)
    yield find_sentence(without_request(safe_text(error) or ""))


def _read(said: str, depth: int) -> str:
    """Read text: JSON, HTML, a dictionary as Python writes it, or plain words."""
    opening = _OPENING.match(said)
    rest = said[opening.end() :] if opening is not None else said
    if rest.lstrip()[:1] in {"{", "["}:
        found = _decoded(rest)
        sentence = _sentence(found, depth) if found is not None else ""
        match = _MESSAGE.search(rest[:_MAX_READ]) if not sentence else None
        if match is not None:
            sentence = (match[1] or match[2] or "").replace("\\n", " ").replace("\\'", "'").replace('\\"', '"')
            if not sentence:
                return ""
        return _read(sentence, depth + 1) if sentence and depth < _MAX_DEPTH else sentence or rest[:_MAX_READ]
    rest = rest[:_MAX_READ]
    return html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", rest))) if _HTML.match(rest) else rest


def _decoded(text: str) -> Any:
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None


def _sentence(value: object, depth: int) -> str:
    """Find the sentence in a decoded body; "" if there is none."""
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, str):
        return _read(value, depth + 1)
    if is_list(value):
        return "; ".join(filter(None, (_sentence(item, depth + 1) for item in value[:_MAX_ITEMS])))
    return _of_mapping(value, depth) if is_mapping(value) else ""


def _of_mapping(value: Mapping[Any, Any], depth: int) -> str:
    known = {str(key).lower(): item for key, item in value.items()}
    names = ("error", *_TEXTS) if is_mapping(known.get("error")) else _TEXTS
    said = next(filter(None, (_sentence(known.get(name), depth + 1) for name in names)), "")
    where, behind = known.get("loc"), known.get("metadata")
    if said and is_list(where):
        return ".".join(str(part) for part in where[:_MAX_DEPTH]) + f": {said}"
    # A router's own words are empty; those of the provider behind it are what counts.
    raw = _sentence(behind.get("raw"), depth + 1) if said and is_mapping(behind) else ""
    return f"{said}: {raw}" if raw else said
