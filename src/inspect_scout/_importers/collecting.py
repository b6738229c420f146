"""What an import takes: the transcripts of some files that a database does not have yet, or has in an older state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._transcripts import TraceProblem

if TYPE_CHECKING:
    from .contract import ReadTranscript
    from .origin import ImportOrigin


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


async def new_transcripts(
    origin: ImportOrigin, known: Mapping[str, str], taken: Taken
) -> AsyncIterator[ReadTranscript]:
    """Read what a database does not have as it is now.

    Args:
        origin: Where it is read.
        known: Ids of what the database has, and the state that each was read in.
        taken: Is told what was found.

    Raises:
        ScoutError: There is nothing, or it cannot be asked.
    """
    seen = set[str]()
    async with origin.open() as items:
        async for item in items:
            if isinstance(item, TraceProblem):
                taken.problems.append(str(item))
                continue
            if item.ids is not None and all(known.get(id) == item.state for id in item.ids):
                taken.unchanged += len(item.ids)
                continue
            async for each in item.read():
                if isinstance(each, TraceProblem):
                    taken.problems.append(str(each))
                    continue
                id = each.info.transcript_id
                if id in seen:
                    taken.problems.append(f"{item.location!r} holds {id!r} as well, which was read from another file.")
                elif known.get(id) == item.state:
                    taken.unchanged += 1
                elif taken.count == origin.limit:
                    return
                else:
                    seen.add(id)
                    (taken.changed if id in known else taken.new).append(id)
                    yield each
