"""The kinds of sources there are: the one table of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .._support.confinement import leads_out
from .._support.errors import ConfigError, LogReadError
from .._support.plugins import plugins
from .contract import SourceKind
from .database.kind import DATABASE_KIND, is_parquet_of_others
from .eval_log.kind import EVAL_LOGS
from .eval_log.listing import is_log_by_name_only

if TYPE_CHECKING:
    from .._types import InputOrigin, Transcript, TranscriptInfo
    from .contract import SourceLocation

GROUP = "inspect_scout.sources"
"""Entry points by which other packages register kinds."""

# In order: the first that recognises a location has it. Transcripts in memory are in no location, and no scan finds them
# again, so they are not a kind.
_KINDS: dict[str, SourceKind] = {kind.name: kind for kind in (EVAL_LOGS, DATABASE_KIND)}


def register_source(kind: SourceKind) -> Callable[[], None]:
    """Add a kind of source in this process; the function returned takes it back.

    A package that is to be found without being imported names the kind in an entry point instead.

    Args:
        kind: The kind.

    Raises:
        ConfigError: There is one of this name.

    Example:
        ```python
        remove = register_source(CHATS)
        print(transcripts_from("talks.chats").count())
        remove()
        ```
    """
    if kind.name in _KINDS:
        raise ConfigError(f"There is a kind of source called {kind.name!r} already: choose another name.")
    _KINDS[kind.name] = kind

    def undo() -> None:
        _KINDS.pop(kind.name, None)

    return undo


def find_kind(place: SourceLocation) -> SourceKind | None:
    """Find the kind of source that reads what is at a location; None if there is none."""
    found = (kind for kind in _all_kinds() if kind.recognises(place))
    first = next(found, None)
    # Any `.json` file may be a log, and any Parquet file of a database: one that is not is refused as such only if nothing else
    # reads it.
    is_in_doubt = (first is EVAL_LOGS and is_log_by_name_only(place)) or (
        first is DATABASE_KIND and is_parquet_of_others(place)
    )
    return next((kind for kind in found if kind is not DATABASE_KIND), first) if is_in_doubt else first


def kind_named(name: str) -> SourceKind:
    """Find a kind of source by its name.

    Raises:
        ConfigError: There is none of this name.
    """
    for kind in _all_kinds():
        if kind.name == name:
            return kind
    known = ", ".join(repr(kind.name) for kind in _all_kinds())
    raise ConfigError(
        f"Cannot read transcripts from a source of type {name!r}: known are {known}. If a package adds this type "
        f"(entry point group {GROUP!r}), install it here."
    )


async def read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read content again from where it was found.

    Args:
        origin: Where it was found.
        info: Description of the transcript.

    Raises:
        LogReadError: What holds it is gone, or may not be read here, or the transcript has changed since.
        ConfigError: No source of this kind is known.
    """
    if leads_out(origin.location):
        raise LogReadError(origin.location, "it is not in what this server shows")
    return await kind_named(origin.source).read_origin(origin, info)


def _all_kinds() -> Iterator[SourceKind]:
    """Give the kinds in order; those of other packages are loaded only if no other will do."""
    yield from tuple(_KINDS.values())
    yield from (kind for kind in plugins(GROUP, SourceKind).values() if kind.name not in _KINDS)
