"""Exports of OpenTelemetry (OTLP): traces of any program that is instrumented, and logs of coding agents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

from ..contract import Found, TraceFile, TraceItem
from ..json_values import Json, JsonObject
from ..reading import Accounts, decode, document, is_cut_off, open_trace, plain_name, raw_lines
from ..run import TraceRun
from ..tracing import otlp_json, otlp_protobuf
from ..tracing.agent_logs import order_of, program_of, session_of, tell_session
from ..tracing.attributes import span_of
from ..tracing.flat import OtelSpan, SpanEvent
from ..tracing.otlp_json import LogRecord
from ..tracing.spool import Spool
from ..tracing.telling import tell

_JSON_MARKS: Final = (b"resourceSpans", b"resource_spans", b"resourceLogs", b"resource_logs")
_BINARY: Final = (".pb", ".binpb", ".otlp")
_SPAN, _RECORD, _BINARY_SPAN, _BINARY_RECORD = b"s", b"r", b"S", b"R"
_SPAN_READERS: Final[dict[bytes, Callable[[bytes, JsonObject], OtelSpan]]] = {
    _SPAN: otlp_json.span_in,
    _BINARY_SPAN: otlp_protobuf.span_in,
}
_RECORD_READERS: Final[dict[bytes, Callable[[bytes], LogRecord]]] = {
    _RECORD: otlp_json.record_in,
    _BINARY_RECORD: otlp_protobuf.record_in,
}
_attributes_decoder: Final = msgspec.json.Decoder(Json)


class _Readable(msgspec.Struct):
    context: otlp_json.Ids = msgspec.field(name="spanContext")


_rows_decoder: Final = msgspec.json.Decoder(list[msgspec.Raw])
_readable_decoder: Final = msgspec.json.Decoder(_Readable)


class Otlp:
    """Exports of OpenTelemetry."""

    name = "otlp"
    title = "OpenTelemetry exports (OTLP)"
    where = "traces"
    suffixes: tuple[str, ...] = (".json", ".jsonl", *_BINARY)

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether it holds spans or records of logs."""
        if plain_name(path).endswith(_BINARY):
            return _is_protobuf(head)
        start = head.lstrip()[:1]
        if start == b"[":  # spans as the SDK for JavaScript has them
            return b'"spanContext"' in head and b'"traceId"' in head
        return start == b"{" and any(mark in head[:4096] for mark in _JSON_MARKS)

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """The files of a folder are read together: a trace may be spread over all of them."""
        by_folder = groupby(sorted(files, key=lambda file: (str(Path(file.path).parent), file.path)), _folder)
        for folder, some in by_folder:
            together = tuple(some)
            yield TraceItem(together, folder if len(together) > 1 else None)

    def look_in(self, path: str) -> None:
        """A file that is named is read by itself."""

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the traces of some files."""
        accounts = Accounts(self.name)
        with Spool() as spool:
            sorting = _Sorting(spool, accounts)
            for file in item.files:
                sorting.add(file.path)
            yield from accounts.problems
            accounts.problems.clear()
            for key, pieces in spool.traces():
                try:
                    found = _Trace(item.location, key, pieces, sorting.resources, accounts).read()
                except (ValueError, TypeError, AttributeError, LookupError) as error:
                    accounts.refuse(item.location, f"the trace {key.decode()} cannot be read: {error}")
                    continue
                if found is not None:
                    yield found
            yield from accounts.problems


def _folder(file: TraceFile) -> str:
    return str(Path(file.path).parent)


def _is_protobuf(head: bytes) -> bool:
    """Whether the beginning of a file can be of an export: it has no mark, so a trace or a record must stand in it."""
    try:
        for export in otlp_protobuf.exports(head):
            for _, rows in otlp_protobuf.blocks(export):
                return any(len(otlp_protobuf.trace_of(row)) == 16 or otlp_protobuf.record_in(row).name for row in rows)
    except ValueError as error:
        return len(head) >= 4096 and "cut off" in str(error) and head[:1] == b"\n"
    return False


class _Sorting:
    """Puts what stands in files to its traces and sessions.

    Args:
        spool: Takes the pieces.
        accounts: Counts what is broken.
    """

    def __init__(self, spool: Spool, accounts: Accounts) -> None:
        self._spool, self._accounts = spool, accounts
        self.resources: list[JsonObject] = []
        self._numbers: dict[bytes, bytes] = {}

    def add(self, path: str) -> None:
        """Read a file."""
        try:
            if plain_name(path).endswith(_BINARY):
                self._add_binary(path)
            else:
                self._add_json(path)
        except OSError as error:
            self._accounts.refuse(path, f"it cannot be read: {error.strerror or error}")
        except ValueError as error:
            self._accounts.refuse(path, f"it cannot be read: {error}")

    def _add_json(self, path: str) -> None:
        """Read lines; a file that is one document over many lines is read as a whole."""
        for number, line, is_whole in raw_lines(path):
            try:
                self._add_export(path, line, number)
            except ValueError as error:
                if number == 1 and not line.rstrip().endswith((b"}", b"]")):
                    self._add_document(path)
                    return
                if is_whole or not is_cut_off(line):
                    self._accounts.refuse(path, f"it is not an export: {error}", number)

    def _add_document(self, path: str) -> None:
        self._add_export(path, bytes(document(path, msgspec.json.Decoder(msgspec.Raw))), None)

    def _add_export(self, path: str, line: bytes, number: int | None) -> None:
        if line.lstrip()[:1] == b"[":
            for row in decode(_rows_decoder, line):
                context = decode(_readable_decoder, row).context
                self._put(_SPAN, context.trace, self._resource(b""), bytes(row), path, number)
            return
        export = decode(otlp_json.export_decoder, line)
        for resource, rows in export.blocks():
            index = self._resource(resource)
            for row in rows:
                self._add_row(path, number, bytes(row), index)

    def _add_row(self, path: str, number: int | None, row: bytes, resource: bytes) -> None:
        try:
            ids = decode(otlp_json.ids_decoder, row)
            is_span = b'"startTimeUnixNano"' in row or b'"start_time_unix_nano"' in row
            if is_span:
                self._put(_SPAN, ids.trace, resource, row, path, number)
            else:
                self._add_record(_RECORD, otlp_json.record_in(row), ids.trace, resource, row)
        except (ValueError, TypeError) as error:
            self._accounts.refuse(path, f"a span or record in it cannot be read: {error}", number)

    def _add_record(self, kind: bytes, record: LogRecord, trace: str, resource: bytes, row: bytes) -> None:
        program, session = program_of(record), session_of(record)
        self._accounts.records += 1
        if program is not None and session is not None:
            self._spool.add(f"{program}:{session}".encode(), kind + resource + row)
        elif trace:
            self._spool.add(trace.encode(), kind + resource + row)
        else:
            self._accounts.skipped[record.name] += 1

    def _add_binary(self, path: str) -> None:
        with open_trace(path) as file:
            data = file.read()
        for export in otlp_protobuf.exports(data):
            for resource, rows in otlp_protobuf.blocks(export):
                index = self._resource(json.dumps(resource).encode())
                for row in rows:
                    self._add_binary_row(path, row, index)

    def _add_binary_row(self, path: str, row: bytes, resource: bytes) -> None:
        try:
            trace = otlp_protobuf.trace_of(row)
            if len(trace) == 16:
                self._put(_BINARY_SPAN, trace.hex(), resource, row, path, None)
                return
            record = otlp_protobuf.record_in(row)
            self._add_record(_BINARY_RECORD, record, record.trace_id, resource, row)
        except ValueError as error:
            self._accounts.refuse(path, f"a span or record in it cannot be read: {error}")

    def _put(self, kind: bytes, trace: str, resource: bytes, row: bytes, path: str, number: int | None) -> None:
        if not trace:
            self._accounts.refuse(path, "a span in it has no trace", number)
            return
        self._accounts.records += 1
        self._spool.add(trace.encode(), kind + resource + row)

    def _resource(self, given: bytes) -> bytes:
        """Number the attributes of a resource."""
        number = self._numbers.get(given)
        if number is None:
            number = self._numbers[given] = len(self.resources).to_bytes(4, "big")
            try:
                self.resources.append(otlp_json.attributes_of(decode(_attributes_decoder, given)) if given else {})
            except ValueError:
                self.resources.append({})
        return number


class _Trace:
    """What was found of a trace, or of a session of an agent.

    Args:
        location: What names the files.
        key: Id of the trace, or program and session.
        pieces: Its spans and records as they are written.
        resources: Attributes of what wrote them.
        accounts: Counts what is broken.
    """

    def __init__(
        self, location: str, key: bytes, pieces: Sequence[bytes], resources: Sequence[JsonObject], accounts: Accounts
    ) -> None:
        self._location, self._accounts = location, accounts
        self._program, _, self._id = key.decode().rpartition(":")
        self._spans: list[OtelSpan] = []
        self._records: list[LogRecord] = []
        self._resources: list[JsonObject] = []
        for piece in pieces:
            resource = resources[int.from_bytes(piece[1:5], "big")]
            try:
                if read := _SPAN_READERS.get(piece[:1]):
                    self._spans.append(read(piece[5:], resource))
                else:
                    self._records.append(_RECORD_READERS[piece[:1]](piece[5:]))
                self._resources.append(resource)
            except (ValueError, TypeError, AttributeError, RecursionError) as error:
                accounts.refuse(location, f"a span of {self._id} cannot be read: {error}")

    def read(self) -> Found | None:
        """Make a transcript of it; None if nothing of it can be read, or it is none of an agent."""
        return self._session() if self._program else self._trace()

    def _trace(self) -> Found | None:
        by_id = {span.id: span for span in self._spans}
        for record in self._records:
            span = by_id.get(record.span_id)
            if span is not None:
                span.events.append(SpanEvent(record.name, record.attributes, record.body))
        run = TraceRun(self._id)
        told = tell(run, map(span_of, self._spans))
        if told is None:
            return None
        service = next((name for each in self._resources if (name := each.get("service.name"))), None)
        about = {**told.root.metadata, **told.metadata(), "reader": "otlp", "session_id": told.session}
        return run.finish(
            source_type="otlp",
            source_id=told.session or str(service or self._id),
            source_uri=f"file://{self._location}#{self._id}",
            date=told.root.start,
            task_id=told.root.name or None,
            agent=told.agent or (str(service) if service else None),
            total_time=told.seconds,
            error=told.error,
            metadata=about,
        )

    def _session(self) -> Found:
        run = TraceRun(f"{self._id}-otlp")
        unknown = tell_session(run, sorted(self._records, key=order_of))
        counts = {"records": len(self._records), "skipped": 0, "unknown": sum(unknown.values()), "broken": 0}
        types = {"unknown_types": ", ".join(sorted(unknown))} if unknown else {}
        service = next((each for each in self._resources if each), JsonObject())
        return run.finish(
            source_type="otlp",
            source_id=self._id,
            source_uri=f"file://{self._location}#{run.transcript_id}",
            task_id=self._id,
            agent=self._program,
            metadata={**service, "reader": "otlp", **counts, **types, "content": "partial"},
        )
