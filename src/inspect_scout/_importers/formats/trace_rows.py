"""Exports of platforms: files in which each row is a span of one of many traces."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..._transcripts import TraceProblem
from ..contract import TraceFile, TraceItem
from ..files.parquet import MAGIC, columns_of, parquet_rows
from ..json_values import Json, JsonMapping, JsonObject
from ..reading import Accounts, document, json_lines, open_trace, plain_name
from ..tracing.spool import Spool

if TYPE_CHECKING:
    from ..contract import Found, ReadTranscript

_decoder: Final = msgspec.json.Decoder(Json)
_encode: Final = msgspec.json.Encoder().encode
_LONGEST_CELL: Final = 128 << 20
_KINDS: Final = frozenset({"observations", "observations_v2", "traces", "scores", "runs", "spans", "calls", "records"})
"""Folders of one export, which are read together."""
_LINES: Final = (".jsonl", ".ndjson")

Rows: TypeAlias = "Callable[[Json], Iterator[JsonObject]]"


@dataclass(slots=True, eq=False)
class RowFormat:
    """The exports of a platform.

    Args:
        name: As commands say it.
        title: As people say it.
        where: Example of a place.
        recognised: Whether the head of a file is of such an export.
        rows: Gives the rows of a line or a document.
        trace_of: Gives the trace of a row; None if it says none.
        transcript: Makes a transcript of a trace: its id, its rows as they came, and the place where it is.
        suffixes: Endings of names of files.
        columns: Columns by which Parquet is known: all of one of the groups.
    """

    name: str
    title: str
    where: str
    recognised: Callable[[str, bytes], bool]
    rows: Rows
    trace_of: Callable[[JsonMapping], str | None]
    transcript: Callable[[str, Sequence[JsonObject], str], ReadTranscript]
    suffixes: tuple[str, ...] = field(default=(".json", ".jsonl", ".ndjson", ".parquet"))
    columns: Sequence[Sequence[str]] = ()

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether it is such an export."""
        if head.startswith(MAGIC):
            found = columns_of(path)
            if any(found.issuperset(group) for group in self.columns):
                return True
        return self.recognised(path, head)

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Read the files of a folder together: a trace may be in several. Documents of one trace stand alone."""
        together: dict[str, list[TraceFile]] = {}
        for file in files:
            name = plain_name(file.path)
            is_alone = name.endswith(".json") and _folder_of(file.path) == str(Path(file.path).parent)
            together.setdefault(file.path if is_alone else _folder_of(file.path), []).append(file)
        return [TraceItem(tuple(some)) for some in together.values()]

    def look_in(self, path: str) -> tuple[str, bool]:
        """Where the other files of an export are."""
        folder = _folder_of(path)
        return folder, folder != str(Path(path).parent)

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the traces of an export."""
        accounts = Accounts(self.name)
        with Spool() as spool:
            for file in item.files:
                try:
                    self._fill(spool, file.path, accounts)
                except (OSError, ValueError, RecursionError) as error:
                    if len(item.files) == 1:
                        raise
                    accounts.problems.append(TraceProblem(file.path, f"it cannot be read: {error}"))
            for key, rows in spool.traces():
                trace = key.decode()
                place = f"file://{item.location}#{trace}"
                try:
                    yield self.transcript(trace, [_decoder.decode(row) for row in rows], place)
                except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
                    accounts.refuse(item.location, f"trace {trace!r} has a shape that is not expected ({error})")
        yield from accounts.problems

    def _fill(self, spool: Spool, path: str, accounts: Accounts) -> None:
        for line, value in _values(path, accounts):
            for row in self.rows(value):
                trace = self.trace_of(row)
                if trace is None:
                    accounts.refuse(path, "it is not a row of this export: it says no trace", line)
                else:
                    spool.add(trace.encode("utf-8", "replace"), _encode(row))


def _folder_of(path: str) -> str:
    """Give the folder whose files are read together: above those for days, and for kinds of rows."""
    folder = _above_parts(Path(path).parent)
    return str(_above_parts(folder.parent) if folder.name in _KINDS else folder)


def _above_parts(folder: Path) -> Path:
    """Leave out folders like `day=1`, each of which has a part of the rows."""
    while "=" in folder.name:
        folder = folder.parent
    return folder


def _named_parts(path: str) -> JsonObject:
    """Give the columns that the names of such folders are."""
    found: JsonObject = {}
    for folder in Path(path).parts[:-1]:
        name, mark, value = folder.partition("=")
        if mark and name and value:
            found[name] = value
    return found


def _values(path: str, accounts: Accounts) -> Iterator[tuple[int | None, Json]]:
    name = plain_name(path)
    if name.endswith(_LINES):
        yield from json_lines(path, _decoder, accounts)
    elif name.endswith(".csv"):
        yield from _csv_rows(path)
    elif name.endswith(".parquet"):
        parts = _named_parts(path)
        yield from ((number, parts | row) for number, row in parquet_rows(path, accounts))
    else:
        yield None, document(path, _decoder)


def _csv_rows(path: str) -> Iterator[tuple[int, JsonObject]]:
    csv.field_size_limit(_LONGEST_CELL)
    with open_trace(path) as file, io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="") as text:
        try:
            for number, row in enumerate(csv.DictReader(text), 2):
                yield number, {name: value or None for name, value in row.items() if isinstance(name, str)}
        except csv.Error as error:
            raise ValueError(f"it is not CSV: {error}") from error


def objects_in(value: Json, *names: str) -> Iterator[JsonObject]:
    """Give the objects of a list, of a page that has one at a key, or the object itself."""
    if is_list(value):
        for each in value:
            yield from objects_in(each, *names)
    elif is_mapping(value):
        inner = next((value[name] for name in names if is_list(value.get(name))), None)
        yield from objects_in(inner) if inner is not None else iter((value,))


def merged(
    rows: Iterable[JsonMapping], id_of: Callable[[JsonMapping], Json] = lambda row: row.get("id")
) -> list[JsonObject]:
    """Join the rows of the same id: what a later one says counts, and what it does not say is kept."""
    found: dict[str, JsonObject] = {}
    for row in rows:
        id = str(id_of(row))
        found[id] = {**found.get(id, {}), **{name: value for name, value in row.items() if value is not None}}
    return list(found.values())


def has(head: bytes, *marks: str) -> bool:
    """Whether all names are among those of a head."""
    return all(f'"{mark}"'.encode() in head for mark in marks)


def has_column(head: bytes, *names: str) -> bool:
    """Whether all names are among the columns of CSV."""
    columns = {name.strip(' "\r') for name in head.split(b"\n", 1)[0].decode("utf-8", "replace").split(",")}
    return columns.issuperset(names)


def is_json(head: bytes) -> bool:
    """Whether a head begins like objects, or a list of them."""
    return head.lstrip()[:1] in (b"{", b"[")


def siblings(path: str) -> Mapping[str, bool]:
    """Say which folders of an export are beside that of a file."""
    above = Path(path).parent.parent
    return {name: os.path.isdir(above / name) for name in _KINDS}
