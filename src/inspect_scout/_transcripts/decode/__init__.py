"""The JSON of one eval sample -> a transcript, decoding only what is asked for.

`decode_sample` reads a sample in one go; `open_sample` reads a big one item by item, with equal results:

    source  where the bytes come from            sections  cutting a sample into raw parts
    items   raw message or event -> object       attachments, pools  what items share with each other
    mending what Inspect's classes refuse        ids     of what its log gives none
    cutter  cutting item by item, on `structure` spool  raw items kept in temporary files
    sample, stream, handle  the ways in          timelines, views  what is derived from a transcript
    raw     the same content as JSON, for databases
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .handle import MaterializedHandle as MaterializedHandle
    from .ids import ListIds as ListIds
    from .ids import with_ids as with_ids
    from .mending import count_incomplete as count_incomplete
    from .mending import is_incomplete as is_incomplete
    from .naming import NamingHandle as NamingHandle
    from .raw import RawContent as RawContent
    from .raw import raw_content as raw_content
    from .raw import with_derived_ids as with_derived_ids
    from .sample import Body as Body
    from .sample import Decoded as Decoded
    from .sample import decode_sample as decode_sample
    from .sample import decode_sections as decode_sections
    from .sections import Sections as Sections
    from .sections import parts as parts
    from .source import ByteSource as ByteSource
    from .source import BytesSource as BytesSource
    from .source import SampleError as SampleError
    from .stream import SPOOL_THRESHOLD_BYTES as SPOOL_THRESHOLD_BYTES
    from .stream import open_sample as open_sample
    from .timelines import build_timelines as build_timelines
    from .views import filter_events as filter_events
    from .views import filter_messages as filter_messages
    from .views import filter_timelines as filter_timelines
    from .views import union_content as union_content
    from .views import view as view

_MODULES = {
    ".handle": "MaterializedHandle",
    ".ids": "ListIds with_ids",
    ".mending": "count_incomplete is_incomplete",
    ".naming": "NamingHandle",
    ".raw": "RawContent raw_content with_derived_ids",
    ".sample": "Body Decoded decode_sample decode_sections",
    ".sections": "Sections parts",
    ".source": "ByteSource BytesSource SampleError",
    ".stream": "SPOOL_THRESHOLD_BYTES open_sample",
    ".timelines": "build_timelines",
    ".views": "filter_events filter_messages filter_timelines union_content view",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
