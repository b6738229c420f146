"""Message threads of spans: what an agent said and read, across compactions and branches.

    events    what a source holds itself, and which of its spans can be scanned   thread  events -> messages
    splices   the whole run that a branch ends        choice  the timeline of a transcript to look at

Pure functions over events and timelines: nothing here renders, counts or reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .choice import choose_timeline as choose_timeline
    from .events import EventSource as EventSource
    from .events import scannable_spans as scannable_spans
    from .splices import splice as splice
    from .splices import splice_to_timeline as splice_to_timeline
    from .thread import Compaction as Compaction
    from .thread import span_messages as span_messages
    from .thread import span_tools as span_tools

_MODULES = {
    ".choice": "choose_timeline",
    ".events": "EventSource scannable_spans",
    ".splices": "splice splice_to_timeline",
    ".thread": "Compaction span_messages span_tools",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
