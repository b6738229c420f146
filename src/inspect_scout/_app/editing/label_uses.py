"""Which scanner a file of labelled cases is for, as the project or the name of the file says."""

from __future__ import annotations

import os
from typing import Final

from ..._support.errors import ConfigError
from ..._support.shapes import is_list, is_mapping
from .project import project_state

_PREFIX: Final = "cases-"
"""What `scout label` calls its files begins so; the scanner follows."""


def scanners_of_files(folder: str) -> dict[str, str]:
    """Tell of the files of cases that the project names (their full paths) which scanners they are for; blocks."""
    try:
        named = project_state(folder).config.get("validation")
    except ConfigError:
        return {}  # whoever opens the project is told what is wrong with it
    found: dict[str, str] = {}
    for scanner, given in (named if is_mapping(named) else {}).items():
        for path in _paths(given):
            found.setdefault(os.path.realpath(os.path.join(folder, path)), str(scanner))
    return found


def scanner_of_name(name: str) -> str | None:
    """Tell by the name of a file which scanner its cases are for, as `scout label` names them."""
    stem = os.path.splitext(os.path.basename(name))[0]
    return stem.removeprefix(_PREFIX) if stem.startswith(_PREFIX) and stem != _PREFIX else None


def _paths(given: object) -> list[str]:
    if isinstance(given, str):
        return [given]
    found = given.get("path", given.get("file", given.get("cases"))) if is_mapping(given) else given
    return (
        [found]
        if isinstance(found, str)
        else [each for each in found if isinstance(each, str)]
        if is_list(found)
        else []
    )
