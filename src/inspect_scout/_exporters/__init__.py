"""Transcripts in the formats of other programs.

export  what is written of some transcripts    loss  something of a transcript that a format has no place for
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .writing import EXPORT_FORMATS, Exported, ExportFormat, Outgoing, export_to

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
