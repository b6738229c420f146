"""What went wrong: exceptions in words, what providers said, and which errors are of one cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazy_door

if TYPE_CHECKING:
    from .describing import brief as brief
    from .describing import causes_of as causes_of
    from .describing import describe as describe
    from .describing import trace_of as trace_of
    from .grouping import ErrorGroup as ErrorGroup
    from .grouping import Failed as Failed
    from .grouping import group_errors as group_errors
    from .rejections import said_by as said_by

_MODULES = {
    ".describing": "brief causes_of describe trace_of",
    ".grouping": "ErrorGroup Failed group_errors",
    ".rejections": "said_by",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
