"""What the docstrings of public names say, as editors and notebooks show them."""

from __future__ import annotations

import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

MODULES = (
    "inspect_scout",
    "inspect_scout.aio",
    "inspect_scout.executors",
    "inspect_scout.sources",
    "inspect_scout.testing",
)

_SECTIONS = "Args|Returns|Raises|Yields|Example"
_SECTION = re.compile(rf"^({_SECTIONS}):\n((?:    .*\n|\n)*)", re.MULTILINE)
_ENTRY = re.compile(r"^    \*{0,2}(\w+): ((?:.*\n)(?: {5,}.*\n|\n)*)", re.MULTILINE)
_FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^    .*\n|^\n)+", re.MULTILINE)


def public() -> Iterator[tuple[str, Any]]:
    """Name the public functions and classes of ours, once in each module; laws are tests, not names to call."""
    for location in MODULES:
        module = importlib.import_module(location)
        for name in module.__all__:
            thing: Any = getattr(module, name)
            ours = str(getattr(thing, "__module__", "")).startswith("inspect_scout")
            if ours and (inspect.isfunction(thing) or inspect.isclass(thing)) and not name.endswith("Laws"):
                yield f"{location}.{name}", thing


def methods(kind: type) -> Iterator[tuple[str, Any]]:
    """Name the public methods of a class that ours declare, inherited ones too."""
    for name in dir(kind):
        member = inspect.getattr_static(kind, name)
        function: object = getattr(member, "__func__", member)
        if (
            not name.startswith("_")
            and inspect.isfunction(function)
            and function.__module__.startswith("inspect_scout")
        ):
            yield name, function


def documentation(thing: Any) -> str:
    """Read a docstring, its own or that of what it overrides."""
    return (inspect.getdoc(thing) or "") + "\n"


def section(text: str, name: str) -> str:
    """Take a section out of a docstring, indented; empty if there is none."""
    return next((found[2] for found in _SECTION.finditer(text) if found[1] == name), "")


def entries(text: str, name: str = "Args") -> dict[str, str]:
    """Read the entries of a section: parameters or errors, and what is said of each."""
    return {found[1]: found[2] for found in _ENTRY.finditer(section(text, name))}


def example(text: str) -> str:
    """Take the code of the example out of a docstring: its section, or what is indented among the first sentences."""
    whole = textwrap.dedent(section(text, "Example"))
    if whole:
        return "\n".join(_FENCED.findall(whole)) or whole.strip("\n")
    head = re.split(rf"^(?:{_SECTIONS}):$", text, maxsplit=1, flags=re.MULTILINE)[0]
    return textwrap.dedent("".join(_INDENTED.findall(head))).strip("\n")
