"""The formats of traces, in the order in which a file is offered to them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from .._support.errors import ConfigError, LocationError
from .contract import TraceFile, TraceFormat, TraceItem
from .formats.atif import Atif
from .formats.chat import Chat
from .formats.claude_code import ClaudeCode
from .formats.codex import Codex
from .formats.dataset import Dataset
from .formats.docent import Docent
from .formats.gemini_cli import GeminiCli
from .formats.langfuse import LANGFUSE
from .formats.langsmith import LANGSMITH
from .formats.openhands import OpenHands
from .formats.otlp import Otlp
from .formats.scout_lines import ScoutLines
from .formats.span_exports import LOGFIRE, PHOENIX, WEAVE
from .formats.swe_agent import MiniSweAgent, SweAgent
from .formats.tau2 import Tau2
from .reading import head_of, plain_name, warn_once

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS: Final[Mapping[str, TraceFormat]] = {
    each.name: each
    for each in (
        Atif(),
        ScoutLines(),
        Otlp(),
        Codex(),
        ClaudeCode(),
        GeminiCli(),
        OpenHands(),
        SweAgent(),
        MiniSweAgent(),
        LANGFUSE,
        LANGSMITH,
        PHOENIX,
        LOGFIRE,
        WEAVE,
        Docent(),
        Tau2(),
        Chat(),
        Dataset(),
    )
}

_NOT_ENTERED: Final = frozenset({".git", "node_modules", ".venv", "__pycache__"})


def format_named(name: str) -> TraceFormat:
    """Find a format by its name.

    Raises:
        ConfigError: There is none of this name.
    """
    if name not in FORMATS:
        raise ConfigError(f"There is no format of traces called {name!r}: known are {', '.join(sorted(FORMATS))}.")
    return FORMATS[name]


def format_of(path: str, formats: Iterable[TraceFormat] = FORMATS.values()) -> TraceFormat | None:
    """Find the format of a file by its content; None if no reader knows it."""
    name = plain_name(path)
    possible = [each for each in formats if name.endswith(each.suffixes)]
    head = head_of(path) if possible else b""
    return next((each for each in possible if head and each.recognises(path, head)), None)


def items_at(where: str, formats: Iterable[TraceFormat] = FORMATS.values()) -> list[tuple[TraceFormat, TraceItem]]:
    """Find what can be read at a location, by path.

    Args:
        where: A folder, all of which is looked through, or a file, which may be a part of an item.
        formats: Formats to look for.

    Raises:
        LocationError: There is nothing.
    """
    where = os.path.abspath(os.path.expanduser(where))
    if os.path.isdir(where):
        return _find_items(sorted(_below(where), key=lambda file: file.path), tuple(formats))
    if not os.path.exists(where):
        raise LocationError(f"Path does not exist: {where!r}. Name a file or a folder of traces.")
    reader = format_of(where, formats)
    if reader is None:
        return []
    items = reader.items([file for file in _around(where, reader) if plain_name(file.path).endswith(reader.suffixes)])
    return [(reader, item) for item in items if any(file.path == where for file in item.files)]


def _around(path: str, reader: TraceFormat) -> list[TraceFile]:
    """List the files among which those of an item are."""
    where = reader.look_in(path)
    if where is None:
        state = os.stat(path)
        return [TraceFile(path, state.st_size, state.st_mtime_ns)]
    folder, is_below = where
    if is_below:
        return sorted(_below(folder), key=lambda file: file.path)
    stem = os.path.join(folder, plain_name(path).partition(".")[0])
    with os.scandir(folder) as entries:
        found = [_file(entry) for entry in entries if entry.is_file()]
    return sorted([*found, *(_below(stem) if os.path.isdir(stem) else ())], key=lambda file: file.path)


def _file(entry: os.DirEntry[str]) -> TraceFile:
    state = entry.stat()
    return TraceFile(entry.path, state.st_size, state.st_mtime_ns)


def _below(folder: str) -> Iterator[TraceFile]:
    waiting = [folder]
    while waiting:
        each = waiting.pop()
        try:
            with os.scandir(each) as entries:
                found = list(entries)
        except OSError as error:
            warn_once(f"The folder {each!r} cannot be read, and is passed over: {error.strerror or error}.")
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NOT_ENTERED:
                    waiting.append(entry.path)
            elif entry.is_file():
                with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                    yield _file(entry)


def _find_items(files: Sequence[TraceFile], formats: Sequence[TraceFormat]) -> list[tuple[TraceFormat, TraceItem]]:
    suffixes = tuple({suffix for each in formats for suffix in each.suffixes})
    by_format: dict[str, list[TraceFile]] = {}
    for file in files:
        if plain_name(file.path).endswith(suffixes) and (found := format_of(file.path, formats)) is not None:
            by_format.setdefault(found.name, []).append(file)
    items = [(FORMATS[name], item) for name, some in by_format.items() for item in FORMATS[name].items(some)]
    return sorted(items, key=lambda one: one[1].location)
