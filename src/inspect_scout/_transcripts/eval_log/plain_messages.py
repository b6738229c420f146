"""The messages of a sample as JSON: enough to show them, without loading Inspect to make objects of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

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
from .eval_row import SOURCE_TYPE
from .locator import SampleLocator, find_sample, log_of

if TYPE_CHECKING:
    from ..._types import InputOrigin, TranscriptInfo
    from ..contract import TranscriptSource

Messages: TypeAlias = list[dict[str, object]]
"""Messages as JSON."""

_ROLES = frozenset(("system", "user", "assistant", "tool"))
_PARTS = frozenset(("text", "reasoning", "image"))
# Below this, reading in chunks to stop early costs more than it can save.
_EARLY_STOP_BYTES = 64 * 1024


async def plain_messages(origin: InputOrigin) -> Messages | None:
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
    sample = await run_blocking(
        origin.location, lambda: locator.member(origin.location, origin.member, origin.fingerprint)
    )
    if sample.fingerprint != origin.fingerprint:
        return None
    return await _try_reading(origin.location, lambda: _messages(sample, loads(origin.view).get("messages")))


async def plain_messages_of(source: TranscriptSource, info: TranscriptInfo) -> Messages | None:
    """Read all messages of a transcript.

    Args:
        source: What found it.
        info: Its description.

    Returns:
        The messages as JSON; None if only reading it whole can tell what they are, as for `plain_messages`.

    Raises:
        LogReadError: The log is gone or cannot be read.
    """
    if source.type != SOURCE_TYPE:
        return None
    sample = await find_sample(SampleLocator(), info)
    return await _try_reading(log_of(info), lambda: _messages(sample, "all"))


async def _try_reading(log: str, read: Callable[[], Messages | None]) -> Messages | None:
    try:
        return await run_blocking(log, read)
    except (SampleError, ValueError, RecursionError):
        return None


def _messages(source: ByteSource, wanted: object) -> Messages | None:
    sections = _sections(source)
    stored = sections.attachments
    attachments = None if is_empty(stored) else RawAttachments(lambda: split_object(stored, "attachments"))
    found: Messages = []
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
    """Tell whether a message has what Inspect writes: an id of its own, a role, content of parts, calls and an error."""
    if not is_mapping(message) or message.get("tool_error"):
        return False
    id, role = message.get("id"), message.get("role")
    content, calls, error = message.get("content"), message.get("tool_calls"), message.get("error")
    return (
        (isinstance(id, str) and bool(id))
        and (isinstance(role, str) and role in _ROLES)
        and (isinstance(content, str) or (is_list(content) and all(map(_is_usual_part, content))))
        and (calls is None or (is_list(calls) and all(map(_is_usual_call, calls))))
        and (error is None or (is_mapping(error) and isinstance(error.get("message"), str)))
    )


def _is_usual_part(part: object) -> bool:
    # A part holds its content under the name of its kind; what is of another kind, Inspect may know.
    kind = part.get("type") if is_mapping(part) else None
    return is_mapping(part) and isinstance(kind, str) and kind in _PARTS and isinstance(part.get(kind), str)


def _is_usual_call(call: object) -> bool:
    return is_mapping(call) and isinstance(call.get("function"), str) and is_mapping(call.get("arguments"))
