"""What the index needs of one log: header and summaries, never the samples of an `.eval` log."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any, BinaryIO

import msgspec

from ..._support.errors import LogReadError, ScoutError
from ..._support.storage import Entry, storage_for
from .records import Body, Header, JsonLog, LogRows, Summary, decode, decode_json_log
from .rows import log_rows, sample_key, summary_of_body
from .zip import Member, ZipLog

_HEADER, _START, _SUMMARIES = "header.json", "_journal/start.json", "summaries.json"
_JOURNAL = re.compile(r"_journal/summaries/(\d{1,9})\.json")
_SAMPLE = re.compile(r"samples/(.+_epoch_\d+)\.json", re.DOTALL)
_SHOWN = 3


def open_log(path: str, entry: Entry | None = None) -> BinaryIO:
    """Open a log.

    Args:
        path: The log.
        entry: What is known of the file: if it has changed since, opening or reading it fails.

    Raises:
        LogReadError: There is no such file, or it cannot be opened.
    """
    try:
        return storage_for(path).open_read(path, entry)
    except LogReadError:
        raise
    except ScoutError as error:
        raise LogReadError(path, str(error)) from error


def is_zip(path: str, file: BinaryIO) -> bool:
    """Tell whether a log is a zip file; it is left at its start."""
    if path.lower().endswith(".eval"):
        return True
    start = file.read(4)
    file.seek(0)
    return start == b"PK\3\4"


def index_log(path: str, entry: Entry | None = None) -> LogRows:
    """Read what the index keeps of a log.

    Args:
        path: The log.
        entry: What is known of the file.

    Raises:
        LogReadError: The log, or its list of samples, cannot be read.
    """
    try:
        with open_log(path, entry) as file:
            if is_zip(path, file):
                return _index_zip(ZipLog(file, path), path)
            data = file.read()
        return _index_json(data, path)
    except OSError as error:
        raise LogReadError(path, f"reading failed ({error})") from error
    except RecursionError as error:
        raise LogReadError(path, "its JSON is nested too deeply") from error


def json_samples(log: JsonLog) -> dict[str, msgspec.Raw]:
    """Find the samples of a JSON log by their key; of several with one key the last counts."""
    samples: dict[str, msgspec.Raw] = {}
    for raw in log.samples or ():
        # One that cannot be read is named where the log is indexed.
        with contextlib.suppress(LogReadError):
            found = decode(raw, SampleId, "", "sample")
            samples[sample_key(found.id, found.epoch)] = raw
    return samples


class SampleId(msgspec.Struct, kw_only=True):
    """What names a sample within its log."""

    id: str | int
    epoch: int


def _index_zip(log: ZipLog, path: str) -> LogRows:
    members = log.members()
    start = members.get(_HEADER) or members.get(_START)
    if start is None:
        raise LogReadError(path, f"it holds neither {_HEADER!r} nor {_START!r}: it is no Inspect log")
    header = decode(log.read(start), Header, path, repr(start.name))
    if start.name == _START:
        header.status = "started"
    stored = [found[1] for name in members if (found := _SAMPLE.fullmatch(name))]
    notices: list[str] = []
    summaries = _zip_summaries(log, members, path, notices)
    if stored and not summaries and not notices:
        raise LogReadError(path, f"it holds samples but no list of them ({_SUMMARIES!r} is missing)")
    listed = {sample_key(summary.id, summary.epoch) for summary in summaries}
    if lost := [name for name in stored if name not in listed]:
        names = ", ".join(map(repr, lost[:_SHOWN])) + (", ..." if len(lost) > _SHOWN else "")
        notices.append(f"{len(lost)} of its samples are in no readable summary and are left out: {names}")
    return log_rows(header, summaries, notices)


def _zip_summaries(log: ZipLog, members: Mapping[str, Member], path: str, notices: list[str]) -> list[Summary]:
    whole = members.get(_SUMMARIES)
    if whole is not None:
        return _decode_summaries(log.read(whole), path, whole.name, notices)
    # The eval is still running, or was killed: a list for each time it saved samples, the newest last.
    journal = sorted((int(found[1]), member) for name, member in members.items() if (found := _JOURNAL.fullmatch(name)))
    summaries: list[Summary] = []
    for _, member in journal:
        summaries += _decode_summaries(log.read(member), path, member.name, notices)
    return summaries


def _decode_summaries(data: bytes, path: str, name: str, notices: list[str]) -> list[Summary]:
    """Read a list of summaries; a malformed one is noted, and the others count."""
    try:
        return decode(data, list[Summary], path, repr(name))
    except LogReadError:
        items = decode(data, list[Any], path, repr(name))
    summaries: list[Summary] = []
    for position, item in enumerate(items, 1):
        try:
            summaries.append(msgspec.convert(item, Summary))
        except msgspec.ValidationError as error:
            notices.append(
                f"summary number {position} in {name!r} is not what Inspect writes ({error}); it is left out"
            )
    return summaries


def _index_json(data: bytes, path: str) -> LogRows:
    if not data.strip():
        raise LogReadError(path, "the file is empty")
    log = decode_json_log(data, path)
    results = log.results
    scores = (results.scores or ([results.scorer] if results.scorer else [])) if results else []
    scorer = scores[0].name if scores else None
    summaries: list[Summary] = []
    notices: list[str] = []
    for position, raw in enumerate(log.samples or (), 1):
        try:
            body = decode(raw, Body, path, f"sample number {position}")
            summaries.append(summary_of_body(body, scorer))
        except LogReadError as error:
            notices.append(f"{error.reason}; it is left out")
    return log_rows(log, summaries, notices)
