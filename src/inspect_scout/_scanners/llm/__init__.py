"""Judging models: prompts, answers asked for until they can be used, results of long transcripts reduced to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .asked import models_named as models_named
    from .assemble import SKIPPED as SKIPPED
    from .errors import UnusableAnswerError as UnusableAnswerError
    from .generate import generate_answer as generate_answer
    from .judge import Brief as Brief
    from .prompt import scanner_prompt as scanner_prompt
    from .reduce import UNREAD_SEGMENTS as UNREAD_SEGMENTS
    from .reduce import Reducer as Reducer
    from .reduce import ResultReducer as ResultReducer
    from .scanner import llm_scanner as llm_scanner

_MODULES = {
    ".asked": "models_named",
    ".assemble": "SKIPPED",
    ".errors": "UnusableAnswerError",
    ".generate": "generate_answer",
    ".judge": "Brief",
    ".prompt": "scanner_prompt",
    ".reduce": "UNREAD_SEGMENTS Reducer ResultReducer",
    ".scanner": "llm_scanner",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
