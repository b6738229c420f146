"""Data sets: rows with a column of messages, in Parquet, or as JSON lines whose columns are named by whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceItem
from ..files.parquet import MAGIC, parquet_rows
from ..json_values import Json, JsonMapping, JsonObject
from ..reading import Accounts, document, json_lines, plain_name
from .alone import ReadAlone
from .chat import chat_transcript, messages_in, said_in

_decoder: Final = msgspec.json.Decoder(Json)


class Dataset(ReadAlone):
    """Data sets in Parquet.

    Args:
        messages: The column of messages (None: one with a usual name).
        id: The column of ids (None: one with a usual name).
        place: The address that a file was fetched from (None: it is where it is).
    """

    name = "dataset"
    title = "Data sets with a column of messages (Parquet)"
    where = "train.parquet"
    suffixes: tuple[str, ...] = (".parquet",)

    def __init__(self, messages: str | None = None, id: str | None = None, place: str | None = None) -> None:
        self._messages, self._id, self._place = messages, id, place

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether its first row has messages, and it is not a file of a database of transcripts."""
        if not head.startswith(MAGIC):
            return False
        try:
            _, first = next(parquet_rows(path, Accounts(self.name), 1), (0, None))
        except (OSError, ValueError):
            return False
        is_own = self._messages is None and is_mapping(first) and "transcript_id" in first
        return first is not None and not is_own and self._said(first) is not None

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the rows of a file."""
        path, accounts, seen = item.location, Accounts(self.name), set[str]()
        for number, row in _rows(path, accounts):
            said = self._said(row)
            if said is None:
                what = f"its column {self._messages!r} has" if self._messages else "it has"
                accounts.refuse(path, f"it is not a chat: {what} no list of messages", number)
            else:
                yield chat_transcript(self._place or path, self._described(row), said, number, seen)
            yield from accounts.problems
            accounts.problems.clear()
        yield from accounts.problems

    def _said(self, row: object) -> list[Json] | None:
        if self._messages is None or not is_mapping(row):
            return said_in(row)
        return messages_in(row.get(self._messages))

    def _described(self, row: JsonMapping) -> JsonMapping:
        """A row without its messages, and with its id where it is looked for."""
        kept = {name: value for name, value in row.items() if name != self._messages}
        return {**kept, "id": kept[self._id]} if self._id is not None and kept.get(self._id) is not None else kept


def _rows(path: str, accounts: Accounts) -> Iterator[tuple[int, JsonObject]]:
    """Give the rows of a file with their numbers, some at a time."""
    name = plain_name(path)
    if name.endswith(".parquet"):
        yield from parquet_rows(path, accounts)
    elif name.endswith(".jsonl"):
        yield from ((number, row) for number, row in json_lines(path, _decoder, accounts) if is_mapping(row))
    else:
        whole = document(path, _decoder)
        rows = whole if is_list(whole) else [whole]
        accounts.records = len(rows)
        yield from ((number, row) for number, row in enumerate(rows, 1) if is_mapping(row))
