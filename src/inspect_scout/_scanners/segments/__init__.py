"""Messages -> rendered pieces that fit into what a model can read.

    estimate, vocabulary  tokens of a text without a network     counting  the way to count for a model
    budget   how much of a model's window messages may use       rendering  messages -> texts, together where possible
    packing  texts -> segments                                   split   one message that does not fit
    messages, timeline    the ways in: lists, streams, spans, transcripts

Where a segment ends depends on the messages, the model and the budget, never on timing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .budget import segment_budget as segment_budget
    from .budget import sizing as sizing
    from .counting import count_tokens as count_tokens
    from .estimate import estimate_tokens as estimate_tokens
    from .messages import MessagesSegment as MessagesSegment
    from .messages import cut_again as cut_again
    from .messages import segment_messages as segment_messages
    from .messages import stream_segments as stream_segments
    from .rendering import own_mark as own_mark
    from .timeline import TimelineMessages as TimelineMessages
    from .timeline import timeline_messages as timeline_messages
    from .timeline import transcript_messages as transcript_messages

_MODULES = {
    ".budget": "segment_budget sizing",
    ".counting": "count_tokens",
    ".estimate": "estimate_tokens",
    ".messages": "MessagesSegment cut_again segment_messages stream_segments",
    ".rendering": "own_mark",
    ".timeline": "TimelineMessages timeline_messages transcript_messages",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
