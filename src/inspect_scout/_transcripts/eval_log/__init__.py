"""Transcripts in Inspect's eval logs.

listing  which files are logs             zip      members of a zip file, by ranged reads
reading  header and summaries of a log    rows, scores, thinning, records  what the index keeps of them
cache    what was read before             table    the index as infos, and as the table that conditions refer to
access   finding a sample                 copies   samples that several logs hold
source   the whole
live     a sample that is being scored
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .cache import IndexCache as IndexCache
    from .copies import as_copy as as_copy
    from .listing import find_logs as find_logs
    from .listing import is_log as is_log
    from .listing import is_log_name as is_log_name
    from .live import LiveSample as LiveSample
    from .live import live_info as live_info
    from .memory import eval_log_rows as eval_log_rows
    from .memory import sample_json as sample_json
    from .source import EvalLogSource as EvalLogSource
    from .source import read_sample as read_sample
    from .table import EvalRow as EvalRow
    from .table import build_table as build_table

_MODULES = {
    ".cache": "IndexCache",
    ".copies": "as_copy",
    ".listing": "find_logs is_log is_log_name",
    ".live": "LiveSample live_info",
    ".memory": "eval_log_rows sample_json",
    ".source": "EvalLogSource read_sample",
    ".table": "EvalRow build_table",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
