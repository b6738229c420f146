"""Data on standard output: JSON and CSV that a terminal can show without harm, kept apart from what other code prints.

Scanners print, as do what they import and the programs that they start; where a program reads the output as JSON, that
goes to standard error. Python's `sys.stdout` is not enough for that: child processes and libraries in C write to file
descriptor 1, so it is the descriptor that is led elsewhere.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import re
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

import click

from .._support.errors import ConfigError, ScoutError, StorageError
from .._support.terminal import printable

STDOUT, STDERR = 1, 2
_documents: list[TextIO] = []
# What JSON may hold as it is, but must not reach a terminal: DEL, C1 controls, and what hides or reorders text.
# Lone surrogates cannot be encoded.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def document_stream() -> TextIO:
    """Where a command writes what it is asked for: standard output, also while it is reserved."""
    return _documents[-1] if _documents else sys.stdout


def json_text(value: Any, indent: int | None = None) -> str:
    """Write strict JSON: no NaN, every control character escaped; other values become their text."""
    from .._support.json import finite

    ascii_only = not (getattr(document_stream(), "encoding", None) or "").lower().startswith("utf")
    text = json.dumps(finite(value), indent=indent, ensure_ascii=ascii_only, default=str)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def write_json(value: Any) -> None:
    """Write one value as indented JSON."""
    print(json_text(value, indent=2), file=document_stream())


def write_json_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Write an array, a row on each line."""
    ahead = "["
    for row in rows:
        print(f"{ahead}\n{json_text(row)}", end="", file=document_stream())
        ahead = ","
    print("[]" if ahead == "[" else "\n]", file=document_stream())


def write_json_lines(rows: Iterable[dict[str, Any]]) -> None:
    """Write a JSON object on each line."""
    for row in rows:
        print(json_text(row), file=document_stream())


def write_csv(headers: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """Write CSV; control characters are left out, line breaks and tabs stay."""
    import csv

    writer = csv.writer(document_stream(), lineterminator="\n")
    writer.writerow([printable(header) for header in headers])
    for row in rows:
        writer.writerow([printable(cell_text(row.get(header))) for header in headers])


def write_bytes(data: bytes) -> None:
    """Write data that is not text."""
    stream = document_stream()
    stream.flush()
    stream.buffer.write(data)


def cell_text(value: Any) -> str:
    """Write a value as text: nothing for None, JSON for lists and objects and switches."""
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json_text(value)
    return str(value)


def reserve_stdout_if(is_document: Callable[[Any], bool]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Make the callback of an option that reserves standard output until the program's command ends.

    Args:
        is_document: Whether a value of the option asks for a document that programs read.
    """

    def callback(ctx: click.Context, _: click.Parameter, value: Any) -> Any:
        root = ctx.find_root()
        if is_document(value) and not ctx.resilient_parsing and not root.meta.setdefault(__name__, False):
            root.meta[__name__] = True
            root.with_resource(reserved_stdout())
        return value

    return callback


@contextmanager
def document_in_file(path: str, *, overwrite: bool) -> Generator[None]:
    """Write the document of the block to a file, which is there once it is whole.

    Args:
        path: The file.
        overwrite: Whether it may replace a file.

    Raises:
        ConfigError: There is such a file, or something that is not a file.
        StorageError: The file cannot be written.
    """
    if os.path.lexists(path):
        if not overwrite:
            raise ConfigError(f"{path!r} exists already. Name another file, or add --overwrite to replace it.")
        if not os.path.isfile(path):
            raise ConfigError(f"{path!r} is not a file that can be replaced. Name another one.")
    partial = f"{path}.{os.getpid()}.partial"
    try:
        with open(partial, "x", encoding="utf-8", newline="") as file:
            _documents.append(file)
            try:
                yield
            finally:
                _documents.remove(file)
        os.replace(partial, path)
    except OSError as error:
        if isinstance(error, ScoutError):
            raise
        raise StorageError(f"{path!r} cannot be written: {error.strerror}. Name a file that can be.") from error
    finally:
        with contextlib.suppress(OSError):
            os.remove(partial)


@contextmanager
def reserved_stdout() -> Generator[None]:
    """Keep standard output for `document_stream()`; everything else that is written there goes to standard error.

    Raises:
        StorageError: The document cannot be written (BrokenPipeError if its reader left).
    """
    given: Any = sys.stdout
    _flush(given)
    is_real = _descriptor(given) == STDOUT
    kept = _duplicate(STDOUT)
    taken = given is None and kept is not None  # closed at the start, and the number belongs to another file by now
    if not taken:
        _divert_to_stderr()
    out = _open_duplicate(given, None if taken else kept) if is_real or given is None else given
    _documents.append(out)
    if not is_real and given is not None:
        sys.stdout = sys.stderr  # where something stands in for standard output, print() does not reach the descriptor
    try:
        yield
        _flush_document(out)
    finally:
        _documents.remove(out)
        _flush(given, sys.__stdout__)
        if out is not given:
            _close_quietly(out)
        sys.stdout = given
        if kept is not None:
            os.dup2(kept, STDOUT)
            os.close(kept)
        _divert_at_exit()


def divert_to_stderr_for_good() -> None:
    """Lead standard output to standard error for good: the document is written, what comes now is not part of it."""
    _flush(sys.stdout)
    if sys.__stdout__ is not None:
        _divert_to_stderr()


@functools.cache
def _divert_at_exit() -> None:
    # What was registered last runs first, so scanners that print when the interpreter ends come later.
    atexit.register(divert_to_stderr_for_good)


def _flush_document(out: TextIO) -> None:
    try:
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError(f"Standard output cannot be written: {error.strerror}.") from error


def _open_duplicate(given: Any, kept: int | None) -> TextIO:
    """Open the place that standard output led to, with a descriptor of its own."""
    if kept is None:
        return open(os.devnull, "w", encoding="utf-8")
    encoding = getattr(given, "encoding", None) or "utf-8"
    copy = _duplicate(kept)
    place = kept if copy is None else copy
    return open(place, "w", encoding=encoding, errors="backslashreplace", closefd=copy is not None)


def _close_quietly(out: TextIO) -> None:
    """Close a stream; what it could not write must not be complained about once more."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            out.flush()
        except OSError:
            os.dup2(null, out.fileno())
        os.close(null)
        out.close()


def _divert_to_stderr() -> None:
    # Where standard error was closed at the start, its number belongs to something else by now.
    source = os.open(os.devnull, os.O_WRONLY) if sys.__stderr__ is None else STDERR
    with contextlib.suppress(OSError):
        os.dup2(source, STDOUT)
    if source > STDERR:
        os.close(source)


def _duplicate(descriptor: int) -> int | None:
    """Copy a descriptor to a number that is not a standard one, closed as these may be."""
    try:
        copy = os.dup(descriptor)
    except OSError:
        return None
    if copy > STDERR:
        return copy
    higher = _duplicate(descriptor)
    os.close(copy)
    return higher


def _descriptor(stream: Any) -> int | None:
    try:
        number: int = stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return number


def _flush(*streams: Any) -> None:
    for stream in streams:
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
