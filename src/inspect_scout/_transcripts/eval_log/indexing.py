"""What the index needs of one log: header and summaries, and the samples of an `.eval` log that no summary lists."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, BinaryIO

import msgspec

from ..._support.errors import LogReadError, ScoutError
from ..._support.storage import Entry, storage_for
from .records import FullSample, Header, JsonLog, LogRows, SampleRow, SampleSummary, decode_json_log, decode_record
from .rows import latest_samples, log_rows, sample_key, summarise_sample, transcript_ids
from .zip import ZipLog, ZipMember

_HEADER, _START, _SUMMARIES = "header.json", "_journal/start.json", "summaries.json"
_JOURNAL = re.compile(r"_journal/summaries/(\d{1,9})\.json")
_SAMPLE = re.compile(r"samples/(.+_epoch_\d+)\.json", re.DOTALL)


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


def index_log(path: str, entry: Entry | None = None) -> LogRows[SampleRow]:
    """Read what the index keeps of a log.

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


def json_samples(log: JsonLog) -> dict[str, list[msgspec.Raw]]:
    """Find the samples of a JSON log by their key, in their order: one key may stand for several."""
    samples: dict[str, list[msgspec.Raw]] = {}
    for raw in log.samples or ():
        # One that cannot be read is named where the log is indexed.
        with contextlib.suppress(LogReadError):
            found = decode_record(raw, SampleName, "", "sample")
            samples.setdefault(sample_key(found.id, found.epoch), []).append(raw)
    return samples


class SampleName(msgspec.Struct, kw_only=True):
    """What names a sample."""

    id: str | int
    epoch: int
    uuid: str | None = None


def choose_sample(eval_id: str, transcript_id: str, samples: Sequence[bytes]) -> int:
    """Say which of several samples with one key a transcript is; the last if none is.

    Args:
        eval_id: The eval.
        transcript_id: Id of the transcript; a copy of a sample has more behind the id of the sample.
        samples: JSON of the samples, in the order of the log.
    """
    names: list[SampleName] = []
    for data in samples:
        with contextlib.suppress(LogReadError):
            names.append(decode_record(data, SampleName, "", "sample"))
    if len(names) == len(samples):
        for id, name in transcript_ids(eval_id, latest_samples(names)).items():
            if transcript_id == id or transcript_id.startswith(f"{id}-"):
                return next(position for position, found in enumerate(names) if found is name)
    return len(samples) - 1


def _index_zip(log: ZipLog, path: str) -> LogRows[SampleRow]:
    members = log.members()
    start = members.get(_HEADER) or members.get(_START)
    if start is None:
        raise LogReadError(path, f"it holds neither {_HEADER!r} nor {_START!r}: it is not an Inspect log")
    data = log.read(start)
    header = decode_record(data, Header, path, repr(start.name))
    if start.name == _START:
        header.status = "started"
    stored = {found[1]: member for name, member in members.items() if (found := _SAMPLE.fullmatch(name))}
    notices: list[str] = []
    summaries = _zip_summaries(log, members, path, notices, required=not stored)
    listed = {sample_key(summary.id, summary.epoch) for summary in summaries}
    unlisted = [member for name, member in stored.items() if name not in listed]
    repeated = sum(len(member.versions) - 1 for member in stored.values() if member.earlier is not None)
    if not unlisted:
        return log_rows(header, summaries, notices, repeated=repeated)
    if len(notices) <= len(unlisted):
        notices.clear()  # the samples of these summaries are read instead
    scorer = _first_scorer(decode_record(data, JsonLog, path, repr(start.name)))
    stored_as = [(partial(log.read, one), f"sample {one.name!r}") for member in unlisted for one in member.versions]
    read, unread = _summarise_all(stored_as, path, scorer, "no readable summary lists it either, and it is left out")
    # In the order in which they were written, as a list of all of them would be.
    offsets = {name: member.offset for name, member in stored.items()}
    everything = sorted([*summaries, *read], key=lambda s: offsets.get(sample_key(s.id, s.epoch), log.size))
    return log_rows(header, everything, notices + unread, repeated=repeated, unlisted=len(read))


def _zip_summaries(
    log: ZipLog, members: Mapping[str, ZipMember], path: str, notices: list[str], *, required: bool
) -> list[SampleSummary]:
    """Read what lists the samples; a list that cannot be read is skipped, unless it is required."""
    whole = members.get(_SUMMARIES)
    # If the eval is still running, or was killed: a list for each time it saved samples, the newest last.
    journal = sorted((int(found[1]), member) for name, member in members.items() if (found := _JOURNAL.fullmatch(name)))
    summaries: list[SampleSummary] = []
    for member in [whole] if whole is not None else [member for _, member in journal]:
        try:
            summaries += _decode_summaries(log.read(member), path, member.name, notices)
        except LogReadError:
            if required:
                raise
    return summaries


def _decode_summaries(data: bytes, path: str, name: str, notices: list[str]) -> list[SampleSummary]:
    """Read a list of summaries; a malformed one is noted, and the others count."""
    try:
        return decode_record(data, list[SampleSummary], path, repr(name))
    except LogReadError:
        items = decode_record(data, list[Any], path, repr(name))
    summaries: list[SampleSummary] = []
    for position, item in enumerate(items, 1):
        try:
            summaries.append(msgspec.convert(item, SampleSummary))
        except msgspec.ValidationError as error:
            notices.append(
                f"summary number {position} in {name!r} is not what Inspect writes ({error}); it is left out"
            )
    return summaries


def _summarise_all(
    samples: Iterable[tuple[Callable[[], bytes | msgspec.Raw], str]], path: str, scorer: str | None, left_out: str
) -> tuple[list[SampleSummary], list[str]]:
    """Make summaries of samples, each read by a function and called by a name; report those that cannot be read."""
    summaries: list[SampleSummary] = []
    notices: list[str] = []
    for read, name in samples:
        try:
            summaries.append(summarise_sample(decode_record(read(), FullSample, path, name), scorer))
        except LogReadError as error:
            notices.append(f"{error.reason}; {left_out}")
    return summaries, notices


def _index_json(data: bytes, path: str) -> LogRows[SampleRow]:
    if not data.strip():
        raise LogReadError(path, "the file is empty")
    log = decode_json_log(data, path)
    numbered = enumerate(log.samples or (), 1)
    samples = [((lambda raw=raw: raw), f"sample number {position}") for position, raw in numbered]
    return log_rows(log, *_summarise_all(samples, path, _first_scorer(log), "it is left out"))


def _first_scorer(log: JsonLog) -> str | None:
    results = log.results
    scores = (results.scores or ([results.scorer] if results.scorer else [])) if results else []
    return scores[0].name if scores else None
