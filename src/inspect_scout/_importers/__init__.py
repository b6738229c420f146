"""Traces of other programs as transcripts.

format  a program's way to write what its agents did            item    files that are read together
run     the messages and events of an item, as they are read     known formats  those that there are
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .collecting import Taken, new_transcripts
    from .contract import TraceFile, TraceFormat, TraceItem
    from .functions import atif, claude_code
    from .importable import ImportSource, import_sources, origin_of
    from .item_reading import STATE
    from .json_values import Json, JsonMapping, JsonObject
    from .kind import TRACES
    from .known_formats import FORMATS, format_named, format_of, items_at
    from .origin import ImportOrigin
    from .platform_functions import dataset, langfuse, langsmith, logfire, phoenix, weave
    from .reader import FormatReader, trace_reader
    from .source import TraceSource
    from .wanted import Wanted
    from .wire.settings import config_of, tools_of

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
