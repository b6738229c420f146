"""Which scanner a file of labelled cases is for, as the project or the name of the file says."""

from __future__ import annotations

import os
from typing import Final

from ..._project import project_case_files
from ..._support.errors import ConfigError

_PREFIX: Final = "cases-"
"""What `scout label` calls its files begins so; the scanner follows."""


def scanners_of_files(folder: str) -> dict[str, str]:
    """Tell of the files of cases that the project names (their full paths) which scanners they are for; blocks."""
    try:
        named = project_case_files(folder)
    except ConfigError:
        return {}  # whoever opens the project is told what is wrong with it
    found: dict[str, str] = {}
    for scanner, paths in named.items():
        for path in paths:
            found.setdefault(os.path.realpath(os.path.join(folder, path)), scanner)
    return found


def scanner_of_name(name: str) -> str | None:
    """Tell by the name of a file which scanner its cases are for, as `scout label` names them."""
    stem = os.path.splitext(os.path.basename(name))[0]
    return stem.removeprefix(_PREFIX) if stem.startswith(_PREFIX) and stem != _PREFIX else None
