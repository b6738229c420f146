"""Write docs/options.md from the table of options.

    python docs/generate_options.py

A test compares the page with what this script makes, so it cannot fall behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inspect_scout._project import describe_options

HEAD = """\
# Options of a scan

<!-- Made by docs/generate_options.py; do not edit. -->

An option has one name everywhere. Where several sources set it, the order is always the same: **argument or command line, job,
project, environment, default** (see [Projects](projects.md)).

## Where each may be set

The command line reads all variables; Python functions read those with \\*. Options that may be set on resume are arguments of
`scan_resume` and options of `scout scan resume`.

"""

VALUES = """
## What each option does

`generate_config` (`model_config` in Python) holds the generation options; on the command line and in the environment each of
these has its own spelling.

"""

MERGES = {
    "replace": "the strongest",
    "join": "all",
    "union": "merged by key, the strongest for each",
    "of-model": "the strongest for that model",
    "generation": "option by option, the strongest for that model",
}


def page() -> str:
    """Make the page."""
    options = describe_options()
    places = table(["option", "Python", "job", "project", "resume", "command line", "variable"], map(where, options))
    values = table(["option", "meaning", "values", "default", "if several sources set it"], map(what, options))
    return HEAD + places + VALUES + values


def table(heads: list[str], rows: Iterable[list[str]]) -> str:
    """Write a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def where(option: dict[str, Any]) -> list[str]:
    """Say where an option may be set."""
    places = option["places"]
    argument = f"`{option['argument']}`" if "argument" in places else ""
    marks = ["yes" if place in places else "" for place in ("job", "project", "resume")]
    flags = [f"`{' '.join(flag['names'])}`" for flag in option["flags"]]
    star = "\\*" if option["everywhere"] else ""
    variables = [f"`{variable}`{star}" for variable in option["variables"]]
    return [f"`{option['name']}`", argument, *marks, "<br>".join(flags), "<br>".join(variables)]


def what(option: dict[str, Any]) -> list[str]:
    """Say what an option is about."""
    default = option["default_help"] or ("" if option["default"] in (None, {}) else f"`{option['default']}`")
    values = ", ".join(f"`{choice}`" for choice in option["choices"]) or option["kind"]
    merge = MERGES[option["merge"]] if len(set(option["places"]) & {"argument", "job", "project"}) > 1 else ""
    return [f"`{option['name']}`", option["help"].partition(" Default: ")[0], values, default, merge]


if __name__ == "__main__":
    (Path(__file__).parent / "options.md").write_text(page(), encoding="utf-8")
