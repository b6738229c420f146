"""Writes transcripts one after the other; what stands at a place was written whole."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

import anyio.to_thread

from .._support.errors import ConfigError, ScoutError, StorageError
from .._support.storage import is_local
from .content import Losses, encode

if TYPE_CHECKING:
    from .._types import Transcript

ExportFormat = Literal["jsonl", "openai", "atif", "eval"]
EXPORT_FORMATS: Final = get_args(ExportFormat)
"""`jsonl`: everything, a line each; `openai`: conversations, a line each; `atif`: trajectories, a file each; `eval`: logs."""

_LINES: Final = ("jsonl", "openai")
_LOG_BYTES: Final = 64 << 20
"""A log is written when its transcripts, as they are stored, have so many bytes: several times as much is needed for it."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A transcript that is written.

    Args:
        transcript: The transcript, without timelines.
        timelines: JSON of those that are stored with it; None if none are.
        size: Bytes that it is stored in.
    """

    transcript: Transcript
    timelines: bytes | None
    size: int


@dataclass(slots=True)
class Exported:
    """What an export wrote.

    Args:
        transcripts: How many transcripts.
        files: How many files.
        losses: What the format has no place for: in words -> how often.
    """

    transcripts: int = 0
    files: int = 0
    losses: Losses = field(default_factory=Losses)


async def export_to(
    target: str,
    form: ExportFormat,
    transcripts: AsyncIterator[Outgoing],
    *,
    overwrite: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Exported:
    """Write transcripts to a file (`jsonl`, `openai`) or a folder (`atif`, `eval`) of this machine.

    Nothing is at the target before all is written. One transcript is held at a time, of logs 64 MB of them.

    Args:
        target: The file or folder.
        form: The format.
        transcripts: The transcripts.
        overwrite: Replace what is there.
        progress: Told how many were written.

    Raises:
        ConfigError: Something is there already, or it is not on this machine.
        StorageError: It cannot be written.
    """
    if not is_local(target):
        raise ConfigError(f"{target!r} is not on this machine: export to a file or folder here, and copy it there.")
    place = await anyio.to_thread.run_sync(_free_place, target, overwrite)
    done = Exported()
    try:
        with _written_whole(place, is_file=form in _LINES) as partial:
            writer = _Lines(partial, form, done) if form in _LINES else _writer(partial, form, done)
            async for each in transcripts:
                await writer.add(each)
                done.transcripts += 1
                progress(done.transcripts)
            await writer.close()
    except ScoutError:  # some of them are errors of the system as well
        raise
    except OSError as error:
        raise StorageError(f"Cannot write {target!r}: {error.strerror or error}.") from error
    return done


def _free_place(target: str, overwrite: bool) -> Path:
    place = Path(target).expanduser()
    if place.exists() and not overwrite:
        raise ConfigError(f"{target!r} is there already: name another place, or give --overwrite.")
    return place


@contextlib.contextmanager
def _written_whole(place: Path, *, is_file: bool) -> Generator[Path]:
    """Give a place beside the target, which takes its place at the end, or is gone if anything fails."""
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f".{place.name}.{os.getpid()}.partial")
    _remove(partial)
    if not is_file:
        partial.mkdir()
    try:
        yield partial
        if place.exists():
            before = place.with_name(f".{place.name}.{os.getpid()}.before")
            place.rename(before)
            partial.rename(place)
            _remove(before)
        else:
            partial.rename(place)
    finally:
        _remove(partial)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


class _Lines:
    """A line for each transcript."""

    def __init__(self, path: Path, form: str, done: Exported) -> None:
        path.touch()
        self._path, self._form, self._done = path, form, done
        done.files = 1

    async def add(self, each: Outgoing) -> None:
        await anyio.to_thread.run_sync(self._add, self._line(each))

    def _add(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line)

    def _line(self, each: Outgoing) -> bytes:
        if self._form == "openai":
            from .openai_chat import chat_of

            lose_timelines(each, self._done.losses)
            return encode(chat_of(each.transcript, self._done.losses)) + b"\n"
        line = each.transcript.model_dump_json(exclude={"timelines"}).encode()
        timelines = b"" if each.timelines is None else b',"timelines":' + each.timelines
        return line[:-1] + timelines + b"}\n"

    async def close(self) -> None:
        return


def _writer(folder: Path, form: str, done: Exported) -> _Trajectories | _Logs:
    return _Trajectories(folder, done) if form == "atif" else _Logs(folder, done)


def lose_timelines(each: Outgoing, losses: Losses) -> None:
    """Count what no other format has a place for."""
    if each.timelines is not None:
        losses["stored timelines"] += 1


class _Names:
    """File names for ids, whatever stands in these."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, id: str) -> str:
        safe = _UNSAFE.sub("-", id).strip(".-")[:100] or "transcript"
        if safe != id or safe.lower() in self._taken:
            safe = f"{safe}-{hashlib.blake2b(id.encode('utf-8', 'replace'), digest_size=5).hexdigest()}"
        self._taken.add(safe.lower())
        return safe


class _Trajectories:
    """A file for each transcript, and those of its images beside it."""

    def __init__(self, folder: Path, done: Exported) -> None:
        self._folder, self._done, self._names = folder, done, _Names()

    async def add(self, each: Outgoing) -> None:
        await anyio.to_thread.run_sync(self._add, each)

    def _add(self, each: Outgoing) -> None:
        from .atif import Trajectory

        lose_timelines(each, self._done.losses)
        transcript = each.transcript
        name = self._names.of(transcript.transcript_id)
        trajectory = Trajectory(transcript, name, self._done.losses)
        document = trajectory.document()
        for file, content in trajectory.files.items():
            try:
                (self._folder / file).write_bytes(base64.b64decode(content, validate=True))
            except binascii.Error:
                self._done.losses["images that are damaged"] += 1
        (self._folder / f"{name}.json").write_bytes(encode(document) + b"\n")
        self._done.files += 1 + len(trajectory.files)

    async def close(self) -> None:
        return


class _Logs:
    """A log for each task, model and agent; more of them where they get large."""

    def __init__(self, folder: Path, done: Exported) -> None:
        self._folder, self._done, self._names = folder, done, _Names()
        self._waiting: dict[tuple[object, ...], list[Transcript]] = {}
        self._bytes = 0

    async def add(self, each: Outgoing) -> None:
        lose_timelines(each, self._done.losses)
        transcript = each.transcript
        key = transcript.task_set, transcript.model, transcript.agent
        self._waiting.setdefault(key, []).append(transcript)
        self._bytes += each.size
        if self._bytes > _LOG_BYTES:
            await self.close()

    async def close(self) -> None:
        from inspect_ai.log import write_eval_log_async

        from .inspect_log import log_of

        for (task, model, _), transcripts in self._waiting.items():
            log = log_of(transcripts, self._done.losses)
            name = self._names.of(f"{task or 'transcripts'}_{model or 'none'}_{self._done.files + 1}")
            await write_eval_log_async(log, str(self._folder / f"{name}.eval"), format="eval")
            self._done.files += 1
        self._waiting, self._bytes = {}, 0
