"""Loading scanners: from files and packages that a user names, and from the specs of a recorded scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .discover import Names as Names
    from .discover import names_in as names_in
    from .discover import top_functions as top_functions
    from .load import Found as Found
    from .load import find_work as find_work
    from .load import load_scanners as load_scanners
    from .load import make_scanners as make_scanners
    from .loading import end_loading as end_loading
    from .loading import while_loading as while_loading
    from .restore import run_recorded_file as run_recorded_file
    from .restore import scanners_from_specs as scanners_from_specs

_MODULES = {
    "Names": ".discover",
    "names_in": ".discover",
    "Found": ".load",
    "find_work": ".load",
    "load_scanners": ".load",
    "make_scanners": ".load",
    "end_loading": ".loading",
    "while_loading": ".loading",
    "run_recorded_file": ".restore",
    "scanners_from_specs": ".restore",
    "top_functions": ".discover",
}

__getattr__, __dir__ = lazy_door(__name__, _MODULES)
