"""The formats of traces, in the order in which a file is offered to them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .._support.errors import ConfigError, LocationError
from .._support.storage import is_local
from .._transcripts import TraceProblem
from .contract import LinkedFormat, TraceFile, TraceFormat, TraceItem
from .files.listing import Listing
from .files.parquet import MAGIC, columns_of
from .files.recognition import Recognised, recognise_all
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
from .reading import plain_name, read_head

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

_SUFFIXES: Final = tuple({suffix for each in FORMATS.values() for suffix in each.suffixes})
_KNOWN: Final = " ".join(FORMATS)


def format_named(name: str) -> TraceFormat:
    """Find a format by its name.

    Raises:
        ConfigError: There is none of this name.
    """
    if name not in FORMATS:
        raise ConfigError(f"There is no format of traces called {name!r}: known are {', '.join(sorted(FORMATS))}.")
    return FORMATS[name]


def format_of(path: str, formats: Iterable[TraceFormat] = FORMATS.values()) -> TraceFormat | None:
    """Find the format of a file by its content; None if no reader knows it, or it cannot be read."""
    try:
        return _format_of(path, formats)[0]
    except OSError:
        return None


def _format_of(path: str, formats: Iterable[TraceFormat]) -> tuple[TraceFormat | None, bytes]:
    name = plain_name(path)
    possible = [each for each in formats if name.endswith(each.suffixes)]
    head = read_head(path) if possible else b""
    return next((each for each in possible if head and each.recognises(path, head)), None), head


@dataclass(frozen=True, slots=True)
class FoundItems:
    """What can be read at a location.

    Args:
        items: Files that are read together, and their format, by path.
        problems: What could not be looked at.
    """

    items: Sequence[tuple[TraceFormat, TraceItem]]
    problems: Sequence[TraceProblem] = ()


def items_at(where: str, formats: Iterable[TraceFormat] = FORMATS.values()) -> FoundItems:
    """Find what can be read at a location.

    Args:
        where: A folder, all of which is looked through, or a file, which may be a part of an item.
        formats: Formats to look for.

    Raises:
        LocationError: There is nothing, or it is not on this machine.
    """
    if not is_local(where):
        raise LocationError(
            f"{where!r} is not on this machine, and traces are read from files and folders of it: copy it here first."
        )
    where = os.path.abspath(os.path.expanduser(where))
    formats = tuple(formats)
    listing = Listing(_SUFFIXES)
    if os.path.isdir(where):
        listing.add_below(where)
        return _found(listing, formats)
    if not os.path.exists(where):
        raise LocationError(f"Path does not exist: {where!r}. Name a file or a folder of traces.")
    reader = format_of(where, formats)
    if reader is None:
        return FoundItems(())
    state = os.stat(where)
    alone = TraceFile(where, state.st_size, state.st_mtime_ns)
    around = reader.look_in(where)
    if around is None:
        listing.files = [alone]
    else:
        _add_around(listing, where, *around)
    found = _found(listing, (reader,))
    own = [(reader, item) for _, item in found.items if any(file.path == where for file in item.files)]
    # What no other file speaks of, as a sub-agent whose session was deleted, is read by itself.
    own = own or [(reader, item) for item in reader.items([alone])]
    return FoundItems(own, [each for each in found.problems if each.location == where])


def _add_around(listing: Listing, path: str, folder: str, is_below: bool) -> None:
    """Add the files among which those of an item are."""
    if is_below:
        listing.add_below(folder)
    else:
        listing.add_folder(folder)
        stem = os.path.join(folder, plain_name(path).partition(".")[0])
        if os.path.isdir(stem):
            listing.add_below(stem)


def _found(listing: Listing, formats: Sequence[TraceFormat]) -> FoundItems:
    files = sorted(listing.files, key=lambda file: file.path)
    problems = list(listing.problems)

    def look(path: str) -> Recognised:
        try:
            return _recognised(path)
        except FileNotFoundError:
            raise  # deleted since
        except OSError as error:
            problems.append(TraceProblem(path, f"it cannot be read: {error.strerror or error}"))
            raise

    known = recognise_all(files, look, _KNOWN)
    by_format: dict[str, list[TraceFile]] = {}
    for file in files:
        found = known.get(file.path)
        name = None if found is None else _among(formats, file.path, found)
        if found is not None and name is not None:
            links = found.links if name == found.format else _links(FORMATS[name], file.path, None)
            by_format.setdefault(name, []).append(replace(file, links=links) if links else file)
    items = [(FORMATS[name], item) for name, some in by_format.items() for item in FORMATS[name].items(some)]
    return FoundItems(sorted(items, key=lambda one: one[1].location), problems)


def _recognised(path: str) -> Recognised:
    found, head = _format_of(path, FORMATS.values())
    if found is None and head.startswith(MAGIC) and not columns_of(path):
        raise OSError(errno.EIO, "it is Parquet, and its end is missing or damaged", path)
    return Recognised(None) if found is None else Recognised(found.name, _links(found, path, head))


def _among(formats: Sequence[TraceFormat], path: str, found: Recognised) -> str | None:
    """Say which of some formats a file has: one that comes later than that which was recognised may take it as well."""
    if found.format is None or any(each.name == found.format for each in formats):
        return found.format
    other = format_of(path, formats)
    return None if other is None else other.name


def _links(reader: TraceFormat, path: str, head: bytes | None) -> tuple[str, ...]:
    if not isinstance(reader, LinkedFormat):
        return ()
    return tuple(reader.links(path, read_head(path) if head is None else head))
