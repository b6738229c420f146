"""What an import takes: the transcripts of some files that a database does not have yet, or has in an older state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import anyio.to_thread

from .._support.errors import ConfigError
from .._transcripts import TraceProblem
from .described import Described, DescriptionCache
from .item_reading import in_threads, read_item
from .json_values import JsonObject
from .known_formats import FORMATS

if TYPE_CHECKING:
    from .contract import ReadTranscript, TraceFormat, TraceItem
    from .wanted import Wanted

PARAMETERS: Final[Mapping[str, str]] = {
    "path": "str",
    "session_id": "str",
    "from_time": "datetime",
    "to_time": "datetime",
    "limit": "int",
}
"""What can be said to a source, and the type of each: the fields of `Wanted`."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Something that can be imported.

    Args:
        name: Its name.
        title: What it reads, for people.
        example: A command that imports it.
        parameters: What can be said to it: names and types.
    """

    name: str
    title: str
    example: str
    parameters: Mapping[str, str]


def import_sources() -> list[ImportSource]:
    """Say what can be imported, by name."""
    return [
        ImportSource(each.name, each.title, f"scout import {each.name} -P path={each.where}", PARAMETERS)
        for _, each in sorted(FORMATS.items())
    ]


def read_parameters(source: str, given: Mapping[str, str]) -> JsonObject:
    """Read what a command line says to a source, each value by the type of its parameter.

    Raises:
        ConfigError: There is no such parameter, or a value has another type.
    """
    values: JsonObject = {}
    for name, text in given.items():
        if name not in PARAMETERS:
            raise ConfigError(f"Unknown parameter {name!r} for {source}. Valid parameters: {', '.join(PARAMETERS)}.")
        try:
            values[name] = _value(PARAMETERS[name], text)
        except ValueError as error:
            raise ConfigError(f"{name}={text!r} is not a {PARAMETERS[name]}: {error}.") from error
    return values


def _value(kind: str, text: str) -> object:
    if kind == "datetime":
        return datetime.fromisoformat(text)
    return int(text) if kind == "int" else text


@dataclass(slots=True)
class Taken:
    """What an import has come across so far.

    Args:
        new: Ids that the database did not have.
        changed: Ids whose files have changed since.
        unchanged: Number of transcripts that it has as they are.
        problems: What could not be read, or is there twice.
    """

    new: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    unchanged: int = 0
    problems: list[str] = field(default_factory=list[str])

    @property
    def count(self) -> int:
        """Number of transcripts that are written."""
        return len(self.new) + len(self.changed)


async def new_transcripts(wanted: Wanted, known: Mapping[str, str], taken: Taken) -> AsyncIterator[ReadTranscript]:
    """Read what a database does not have as it is now.

    Args:
        wanted: Which files.
        known: Ids of what it has, and the state of the files that each was read from.
        taken: Is told what was found.

    Raises:
        LocationError: There is nothing at the path.
    """
    cache, seen = DescriptionCache(), set[str]()
    items = await anyio.to_thread.run_sync(wanted.items)
    before = await anyio.to_thread.run_sync(cache.fetch, [item for _, item in items])
    try:
        for reader, item in items:
            described = before.get(item.location)
            if described is not None and all(known.get(each.id) == item.state for each in described):
                taken.unchanged += len(described)
                continue
            async for each in _item_transcripts(reader, item, cache, taken):
                id = each.info.transcript_id
                if not wanted.takes(each):
                    continue
                if id in seen:
                    taken.problems.append(f"{item.location!r} holds {id!r} as well, which was read from another file.")
                elif known.get(id) == item.state:
                    taken.unchanged += 1
                elif taken.count == wanted.limit:
                    return
                else:
                    seen.add(id)
                    (taken.changed if id in known else taken.new).append(id)
                    yield each
    finally:
        await anyio.to_thread.run_sync(cache.close)


async def _item_transcripts(
    reader: TraceFormat, item: TraceItem, cache: DescriptionCache, taken: Taken
) -> AsyncIterator[ReadTranscript]:
    """Give the transcripts of an item; one without problems is remembered, others are told of again next time."""
    described: list[Described] = []
    problems = len(taken.problems)
    async for each in in_threads(read_item(reader, item)):
        if isinstance(each, TraceProblem):
            taken.problems.append(str(each))
        else:
            described.append(Described.of(each.info))
            yield each
    if len(taken.problems) == problems:
        cache.store(item, described)
