"""Files of labelled cases as clients edit them: nothing is written over what they have not seen."""

from __future__ import annotations

import base64
import binascii
import os
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..._support.cache import Cache
from ..._support.errors import ConfigError, LocationError
from ..._support.json import dumps, loads
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import storage_for
from ..._validation import (
    CasesFileExistsError,
    ValidationFileWriter,
    class_of_target,
    fields_key,
    is_validation_file,
    scan_validation_files,
)
from .changed_file import ANY_STATE, etag_of, refuse_changed
from .label_places import refuse_label_name
from .trash import move_to_trash

MAX_CASES: Final = 100_000
"""Cases that a file may be given."""

_MAX_BYTES: Final = 32 << 20
"""Larger files are not looked into when files of cases are listed."""

_TARGETS: Final = 10
"""What is expected that is told of a file in a list."""

_KNOWN_FILES: Final = 20_000
_known: Final[Cache[tuple[str, int, int], bool]] = Cache(_KNOWN_FILES)

_changing = threading.Lock()
"""Between looking at a file and writing it no other change of this process comes."""


@dataclass(frozen=True, slots=True)
class LabelFileInfo:
    """A file of labelled cases.

    Args:
        path: Where it is.
        name: The same, relative to the project.
        cases: How many it has (None: it cannot be read).
        problem: Why it cannot be read.
        splits: Its splits, and how many cases each of them has ("": those of none).
        targets: What is expected, and how often: the most frequent, as text.
    """

    path: str
    name: str
    cases: int | None
    problem: str | None = None
    splits: Mapping[str, int] = field(default_factory=dict[str, int])
    targets: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class LabelCase:
    """A case of a file.

    Args:
        key: What it is about, as it is named in URLs.
        fields: Its fields.
    """

    key: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A file of labelled cases, and what is in it.

    Args:
        path: Where it is.
        etag: Names its state.
        cases: Its cases, in order.
    """

    path: str
    etag: str
    cases: Sequence[LabelCase]


def label_paths(folder: str) -> list[str]:
    """Name the files of labelled cases of a project; those that have not changed are not read again. Blocks."""
    return scan_validation_files(folder, _holds_cases)


def label_files(folder: str) -> list[LabelFileInfo]:
    """List the files of labelled cases of a project; blocks."""
    return [_info(path, folder) for path in label_paths(folder)]


def read_labels(path: str) -> LabelFile:
    """Read a file of labelled cases; blocks.

    Raises:
        LocationError: There is no such file.
        ConfigError: It is not one of labelled cases.
    """
    data = _read(path)
    return LabelFile(path, etag_of(data), [LabelCase(key_of(fields), fields) for fields in _cases(path)])


def create_labels(path: str, cases: Sequence[Mapping[str, object]] = (), nested_splits: bool = False) -> LabelFile:
    """Make a file of labelled cases that does not exist yet; blocks.

    Raises:
        ConfigError: It exists, its name tells of no format, or one of the cases cannot be written.
    """
    _refuse_many(cases)
    with _changing:
        ValidationFileWriter.create_new(path, cases, nested_splits)
        return read_labels(path)


def replace_labels(path: str, cases: Sequence[Mapping[str, object]], etag: str) -> LabelFile:
    """Write all cases of a file again; blocks.

    Args:
        path: The file.
        cases: Its cases.
        etag: The state that was read (`ANY_STATE`: whatever it is).

    Raises:
        LocationError: There is no such file.
        ChangedFileError: It is in another state.
        ConfigError: It is not one of labelled cases, or a case cannot be written.
    """
    _refuse_many(cases)
    with _changing:
        writer = _writer_of_state(path, etag)
        writer.write_cases(cases)
        return read_labels(path)


def delete_labels(path: str, etag: str = ANY_STATE) -> None:
    """Move a file of labelled cases to the trash; blocks. It raises what `replace_labels` raises."""
    with _changing:
        _writer_of_state(path, etag)
        move_to_trash(path)


def rename_labels(path: str, name: str) -> str:
    """Give a file of labelled cases another name, in the same folder and with the same suffix; returns its path. Blocks.

    Args:
        path: The file.
        name: The name, without a suffix.

    Raises:
        LocationError: There is no such file.
        CasesFileExistsError: There is one of that name.
        ConfigError: It cannot be a name, or the file is not one of labelled cases.
    """
    refuse_label_name(name + Path(path).suffix)
    renamed = Path(path).with_name(name + Path(path).suffix)
    with _changing:
        _writer_of_state(path, ANY_STATE)
        try:
            os.link(path, renamed)  # unlike renaming, this never replaces a file
        except FileExistsError:
            raise CasesFileExistsError(f"The file {str(renamed)!r} exists already; choose another name.") from None
        os.unlink(path)
    return str(renamed)


def put_case(path: str, key: str, fields: Mapping[str, object], etag: str) -> LabelFile:
    """Put a case in the place of the one that is about the same, or behind the others of its split; blocks.

    Args:
        path: The file.
        key: What the case is about.
        fields: Its target or labels, and whatever else it has.
        etag: The state that was read (`ANY_STATE`: whatever it is).

    Raises:
        LocationError: There is no such file.
        ChangedFileError: It is in another state.
        ConfigError: The key says nothing, the fields contradict it, or the case cannot be written.
    """
    about = about_of_key(key)
    named = {name: fields[name] for name in ("id", "task_id") if fields.get(name) is not None}
    if "id" in about and "id" in named and fields_key({**fields}) != fields_key(about):
        raise ConfigError(f"The case is about {about['id']!r}, but its fields say {named['id']!r}; leave 'id' out.")
    with _changing:
        writer = _writer_of_state(path, etag)
        writer.upsert_case({**fields, **about})
        return read_labels(path)


def delete_case(path: str, key: str, etag: str) -> LabelFile:
    """Take a case out of a file; blocks. It raises what `put_case` raises, and LocationError if it has none like it."""
    wanted = _wanted(path, key)
    with _changing:
        writer = _writer_of_state(path, etag)
        cases = writer.read_cases()
        kept = [case for case in cases if fields_key(case) != wanted]
        if len(kept) == len(cases):
            raise _no_case(path, wanted)
        writer.write_cases(kept)
        return read_labels(path)


def find_case(file: LabelFile, key: str) -> LabelCase:
    """Find the case of a file that is about something.

    Raises:
        LocationError: There is none.
    """
    wanted = _wanted(file.path, key)
    for case in file.cases:
        if fields_key(case.fields) == wanted:
            return case
    raise _no_case(file.path, wanted)


def _wanted(path: str, key: str) -> tuple[str, ...]:
    """Read what a case is about that a file should have; no file has one of a key that says nothing."""
    try:
        return fields_key(about_of_key(key))
    except ConfigError as error:
        raise LocationError(f"{path!r} has no such case: {error}") from None


def _no_case(path: str, wanted: tuple[str, ...]) -> LocationError:
    return LocationError(f"{path!r} has no case about {', '.join(wanted)!r}. Put one there, or name one that it has.")


def key_of(fields: Mapping[str, object]) -> str:
    """Write what a case is about for URLs: base64 of the JSON of its id, its ids, or its task and epoch."""
    id = fields.get("id")
    about = id or {name: fields[name] for name in ("task_id", "epoch", "task_repeat") if name in fields}
    return base64.urlsafe_b64encode(dumps(about).encode("utf-8", "surrogatepass")).decode().rstrip("=")


def about_of_key(key: str) -> dict[str, object]:
    """Read what a case is about.

    Raises:
        ConfigError: It is not base64 of an id, of a list of ids, or of an object with a `task_id`.
    """
    try:
        about = loads(base64.b64decode(key + "=" * (-len(key) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        about = None
    if isinstance(about, str) and about:
        return {"id": about}
    if is_list(about) and about and all(isinstance(each, str) for each in about):
        return {"id": about}
    if is_mapping(about) and about.keys() <= {"task_id", "epoch", "task_repeat"} and _is_task(about):
        return dict(about)
    raise ConfigError(
        f"{key!r} does not name a case: give base64 (of URLs) of the JSON of its id, of a list of ids, or of an object with "
        "'task_id' and perhaps 'epoch'."
    )


def _is_task(about: Mapping[str, object]) -> bool:
    numbers = (about.get("epoch"), about.get("task_repeat"))
    return isinstance(about.get("task_id"), str) and all(n is None or type(n) is int for n in numbers)


def _info(path: str, folder: str) -> LabelFileInfo:
    name = os.path.relpath(path, folder)
    try:
        cases = _cases(path)
    except (ConfigError, LocationError) as error:
        return LabelFileInfo(path, name, None, str(error))
    splits = Counter(str(case.get("split") or "") for case in cases)
    targets = Counter(class_of_target(case["target"]) for case in cases if _is_plain(case.get("target", {})))
    return LabelFileInfo(
        path, name, len(cases), None, dict(sorted(splits.items())), dict(targets.most_common(_TARGETS))
    )


def _is_plain(target: object) -> bool:
    return not is_mapping(target) and not is_list(target)


def _writer_of_state(path: str, etag: str) -> ValidationFileWriter:
    """Prepare to change a file that is in the state that was read, and is one of labelled cases."""
    refuse_changed(path, _read(path), etag)
    _cases(path)
    return ValidationFileWriter(path)


def _read(path: str) -> bytes:
    with storage_for(path).open_read(path) as file:
        return file.read()


def _cases(path: str) -> list[dict[str, object]]:
    """Read the cases of a file; some other file of the same format is not taken for one."""
    cases: list[dict[str, object]] = [dict(case) for case in ValidationFileWriter(path).read_cases()]
    if cases and not is_validation_file(path):
        raise ConfigError(f"{path!r} is not a file of labelled cases: its cases have no target and no labels.")
    return cases


def _refuse_many(cases: Sequence[object]) -> None:
    if len(cases) > MAX_CASES:
        raise ConfigError(f"{len(cases):,} cases are too many for one file; give {MAX_CASES:,} at most.")


def _holds_cases(path: str) -> bool:
    try:
        state = os.stat(path)
    except OSError:
        return False
    key = (path, state.st_mtime_ns, state.st_size)
    return state.st_size <= _MAX_BYTES and _known.fetch(key, lambda: is_validation_file(path))
