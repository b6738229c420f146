"""What a page may load and do, as the header `Content-Security-Policy` has it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from ..._support.errors import ConfigError
from ..._support.shapes import is_list, is_mapping

PAGE_POLICY: Mapping[str, Sequence[str]] = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "media-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "worker-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
}
"""Of our page: everything from here, nothing inline, nothing from elsewhere."""

API_POLICY: Mapping[str, Sequence[str]] = {"default-src": ["'none'"], "sandbox": []}
"""Of answers that are not pages: what a transcript holds (an SVG image, say) runs nothing when it is opened by itself."""

_NAME, _SOURCE = re.compile(r"[a-z][a-z-]*", re.ASCII), re.compile(r"[\x21-\x2b\x2d-\x3a\x3c-\x7e]+", re.ASCII)


def policy_header(directives: Mapping[str, Sequence[str]], frame_ancestors: Sequence[str] = ()) -> str:
    """Write a policy as a header.

    Args:
        directives: What may be loaded.
        frame_ancestors: Sources of pages that may show this one in a frame (none given: none may).
    """
    all_directives = {**directives, "frame-ancestors": list(frame_ancestors) or ["'none'"]}
    return "; ".join(" ".join([name, *sources]) for name, sources in all_directives.items())


def parse_policy(text: str, path: str) -> Mapping[str, Sequence[str]]:
    """Read the policy that a page brings along: `{"version": 1, "directives": {name: [sources]}}`.

    Args:
        text: The file.
        path: Its path, for errors.

    Raises:
        ConfigError: It is not such a file; who may show the page in a frame is not for the page to say.
    """
    try:
        data: object = json.loads(text, object_pairs_hook=_unique)
    except ValueError as error:
        raise ConfigError(f"{path!r} is not a content policy: {error}. Build the page again.") from None
    directives: object = data.get("directives") if is_mapping(data) else None
    if not is_mapping(data) or set(data) != {"version", "directives"} or not _is_one(data["version"]):
        raise ConfigError(f"{path!r} is not a content policy of version 1. Build the page again.")
    if not is_mapping(directives) or not all(_is_directive(name, sources) for name, sources in directives.items()):
        raise ConfigError(f"{path!r} has directives that are not those of a content policy. Build the page again.")
    return {str(name): list(sources) for name, sources in directives.items()}


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name stands there twice")
    return names


def _is_one(version: object) -> bool:
    return version == 1 and type(version) is int


def _is_directive(name: object, sources: object) -> bool:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None or name == "frame-ancestors":
        return False
    return is_list(sources) and all(isinstance(source, str) and _SOURCE.fullmatch(source) for source in sources)
