"""The messages of a sample as JSON: enough to show them, without loading Inspect to make objects of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import run_blocking
from ..decode.attachments import RawAttachments, may_refer, resolve_refs
from ..decode.sections import (
    RawSample,
    is_empty,
    is_missing,
    split_list,
    split_object,
    split_sample,
    split_until_events,
)
from ..decode.source import ByteSource, SampleError
from .locator import SampleLocator
from .table import SOURCE_TYPE

if TYPE_CHECKING:
    from ..._types import InputOrigin

_ROLES = frozenset(("system", "user", "assistant", "tool"))
# Below this, reading in chunks to stop early costs more than it can save.
_EARLY_STOP_BYTES = 64 * 1024


async def plain_messages(origin: InputOrigin) -> list[dict[str, object]] | None:
    """Read messages again from where they were found, in the order and with the choice that their scanner was given.

    Args:
        origin: Where they were found.

    Returns:
        The messages as JSON; None if only `read_origin` can tell what they are: they are not in an eval log, they have
        changed, or one of them is not as Inspect writes them.

    Raises:
        LogReadError: The log is gone or cannot be read.
    """
    if origin.source != SOURCE_TYPE:
        return None
    locator = SampleLocator()
    source = await run_blocking(
        origin.location, lambda: locator.member(origin.location, origin.member, origin.fingerprint)
    )
    if source.fingerprint != origin.fingerprint:
        return None
    try:
        return await run_blocking(origin.location, lambda: _messages(source, loads(origin.view)))
    except (SampleError, ValueError, RecursionError):
        return None


def _messages(source: ByteSource, view: Mapping[str, object]) -> list[dict[str, object]] | None:
    sections = _sections(source)
    stored = sections.attachments
    attachments = None if is_empty(stored) else RawAttachments(lambda: split_object(stored, "attachments"))
    wanted = view.get("messages")
    found: list[dict[str, object]] = []
    for raw in split_list(sections.messages, "messages"):
        message = msgspec.json.decode(raw)
        if not _is_usual(message):
            return None
        if wanted == "all" or (is_list(wanted) and message["role"] in wanted):
            found.append(message if attachments is None else resolve_refs(message, attachments.get))
    return found


def _sections(source: ByteSource) -> RawSample:
    if source.size < _EARLY_STOP_BYTES:
        return split_sample(source.read())
    return split_until_events(source, lambda found: not (is_missing(found.messages) or may_refer(found.messages)))


def _is_usual(message: object) -> bool:
    """Tell whether a message has what Inspect writes: an id of its own, a role, and content of parts."""
    if not is_mapping(message) or message.get("role") not in _ROLES:
        return False
    id, content, calls = message.get("id"), message.get("content"), message.get("tool_calls")
    parts = isinstance(content, str) or (
        is_list(content) and all(is_mapping(part) and part.get("type") for part in content)
    )
    return (
        isinstance(id, str)
        and bool(id)
        and parts
        and (calls is None or (is_list(calls) and all(map(is_mapping, calls))))
    )
