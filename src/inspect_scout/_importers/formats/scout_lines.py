"""Transcripts as `scout db export --format jsonl` writes them: everything, one on a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from pydantic import ValidationError

from ..._transcripts import stored_row
from ..._types import TranscriptInfo
from ..contract import Found, ReadTranscript, TraceItem
from ..reading import Accounts, decode, json_lines, plain_name, whole_text
from .alone import ReadAlone

_decoder: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_value_decoder: Final = msgspec.json.Decoder()
_CONTENT: Final = ("messages", "events", "timelines")


class ScoutLines(ReadAlone):
    """Transcripts of Scout."""

    name = "scout"
    title = "Transcripts of Scout, as scout db export writes them"
    where = "transcripts.jsonl"
    suffixes: tuple[str, ...] = (".jsonl",)

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether its first line begins as all of these do."""
        return plain_name(path).endswith(".jsonl") and head.lstrip().startswith(b'{"transcript_id":"')

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the transcripts of a file."""
        path = item.location
        accounts = Accounts(self.name)
        for number, line in json_lines(path, _decoder, accounts):
            try:
                yield _transcript(path, line)
            except (ValidationError, ValueError) as error:
                accounts.refuse(path, f"it is not a transcript: {error}".partition("\n")[0], number)
            yield from accounts.problems
            accounts.problems.clear()
        yield from accounts.problems


def _transcript(path: str, line: Mapping[str, msgspec.Raw]) -> ReadTranscript:
    """Make a transcript of a line; its content stays as it is."""
    told = {name: decode(_value_decoder, value) for name, value in line.items() if name not in _CONTENT}
    info = TranscriptInfo.model_validate(told)
    # Where it stands now; where it was from is kept.
    origin = {"exported_from": info.source_uri} if info.source_uri else {}
    place = {"source_uri": f"file://{path}#{info.transcript_id}", "metadata": {**info.metadata, **origin}}
    info = info.model_copy(update=place)
    messages, events, timelines = (_list_in(line, name) for name in _CONTENT)
    raw = stored_row(info, messages or b"[]", events or b"[]", timelines=timelines)
    return ReadTranscript(info, raw)


def _list_in(line: Mapping[str, msgspec.Raw], name: str) -> bytes | None:
    given = whole_text(line.get(name, msgspec.Raw(b"null")))
    if given.startswith(b"["):
        return given
    if given == b"null":
        return None
    raise ValueError(f"its {name} are not a list")
