"""Showing what happens: live in a terminal, as plain lines, as log records, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .choose import display_for
    from .contract import Display, DisplayType
    from .layout import wrap
    from .notebook import NotebookDisplay
    from .paging import paged_display
    from .plain import fitting, output_width
    from .wording import Line, Tone, config_line, duration, title_line

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
