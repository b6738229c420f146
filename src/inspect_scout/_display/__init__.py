"""Showing what happens: live in a terminal, as plain lines, as log records, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .choose import display_for as display_for
    from .contract import Display as Display
    from .contract import DisplayType as DisplayType
    from .wording import config_line as config_line
    from .wording import shell_quoted as shell_quoted
    from .wording import title_line as title_line

_MODULES = {
    ".choose": "display_for",
    ".contract": "Display DisplayType",
    ".wording": "config_line shell_quoted title_line",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
