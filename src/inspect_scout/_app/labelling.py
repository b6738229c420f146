"""Choosing recorded results for a person to label, with the evidence, and keeping the labels as a file of cases."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from pydantic import JsonValue

from .._results import RecordedVerdict, ResultsTable, UnknownScannerError, read_spec_fields, read_verdicts
from .._scanners import plain_messages_text
from .._support.errors import ConfigError, LocationError
from .._support.json import loads
from .._support.shapes import is_list, is_mapping
from .._support.storage import storage_for
from .._support.terminal import one_line, printable
from .._validation import ValidationFileWriter, class_of, fields_key, id_key, id_text, read_cell
from .bridge import run_sync
from .results import results_table

StratifyBy = Literal["value", "task", "model", "none"]

MAX_STRATA: Final = 20
"""With more texts than these, results are told apart only by whether something was found."""

MAX_EXPLANATION_CHARACTERS: Final = 2000
_RESULTSET = "resultset"
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class CitedMessage:
    """A message that a result cites.

    Args:
        cite: How the explanation cites it.
        role: Its role.
        text: Its text.
    """

    cite: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelSample:
    """Results that a person is to label.

    Args:
        scanner: Key of their scanner.
        question: What it asks of a model (None: nothing, as far as is known).
        verdicts: The results.
        classes: Texts that the scanner gives as values, if it does.
        labelled: Results that have a label already, and were left out.
        path: File of cases that is to hold the labels.
    """

    scanner: str
    question: str | None
    verdicts: Sequence[RecordedVerdict]
    classes: Sequence[str]
    labelled: int
    path: str


async def sample_to_label(
    location: str,
    scanner: str | None = None,
    size: int = 20,
    by: StratifyBy = "value",
    seed: int = 0,
    cases: str | None = None,
) -> LabelSample:
    """Choose results for a person to label: as many of each value as there are, so that rare ones are among them.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of the scanner (None: the only one).
        size: Results at most.
        by: What to take equally many results of: each `value`, each `task` or `model` of the transcripts; `none`: of all.
        seed: Other seeds choose others; a larger sample of the same seed holds the smaller one.
        cases: File of cases that is to hold the labels (None: `cases-<scanner>.csv`). What it has a case for is not
            chosen, nor what the cases of the scan are about.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: It has no such scanner.
        ConfigError: It is not clear which scanner is meant, or it gives lists of results; or a file cannot be used.
    """
    if by not in get_args(StratifyBy):
        raise ConfigError(f"by={by!r} is not known; use one of {', '.join(get_args(StratifyBy))}.")
    spec, key, verdicts = await _verdicts_to_label(location, scanner)
    path = f"cases-{key}.csv" if cases is None else cases
    kept = ValidationFileWriter(path).read_cases() if await storage_for(path).stat(path) is not None else []
    known = _labelled_keys(spec, key, kept)
    rows = [row for row in verdicts if not known & _row_keys(row)]
    return LabelSample(
        key,
        _question(spec, key),
        choose_equally(rows, _grouping(by, verdicts), _identity, size, seed),
        _classes(verdicts),
        labelled=len(verdicts) - len(rows),
        path=path,
    )


async def queue_to_label(
    location: str, scanner: str, size: int = 20, by: StratifyBy = "value", seed: int = 0
) -> LabelSample:
    """Choose results for a person to label as `sample_to_label` does, labelled or not, in an order that tells nothing.

    Whoever labels some of them and comes back finds the others where they were.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of the scanner.
        size: Results at most.
        by: What to take equally many results of.
        seed: Other seeds choose others, in another order.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: It has no such scanner.
        ConfigError: It gives lists of results.
    """
    spec, key, verdicts = await _verdicts_to_label(location, scanner)
    chosen = choose_equally(verdicts, _grouping(by, verdicts), _identity, size, seed)
    chosen.sort(key=lambda row: _drawn(f"order {seed}", _identity(row)))
    return LabelSample(key, _question(spec, key), chosen, _classes(verdicts), labelled=0, path="")


async def _verdicts_to_label(
    location: str, scanner: str | None
) -> tuple[Mapping[str, object], str, list[RecordedVerdict]]:
    """Read what can be labelled: what was asked, the scanner, and what it said."""
    table = ResultsTable.open(location, run_sync, rows="stored")
    spec = await read_spec_fields(storage_for(table.location), table.location)
    key = _one_scanner(await table.scanners(), scanner)
    verdicts = [row for row in await read_verdicts(table, key) if row.error is None]
    if any(row.value_type == _RESULTSET for row in verdicts):
        raise ConfigError(
            f"Scanner {key!r} gives lists of results, which one value cannot label. Write its cases with 'label_...' "
            "columns into a file yourself."
        )
    return spec, key, verdicts


def _grouping(by: StratifyBy, verdicts: Sequence[RecordedVerdict]) -> Callable[[RecordedVerdict], str]:
    return {"value": _by_value(verdicts), "task": _by_task, "model": _by_model, "none": _by_nothing}[by]


def _identity(row: RecordedVerdict) -> str:
    return f"{row.transcript_id} {row.input_ids}"


def _drawn(seed: int | str, identity: str) -> bytes:
    return hashlib.sha256(f"{seed} {identity}".encode("utf-8", "surrogatepass")).digest()


def choose_equally(
    rows: Sequence[RecordedVerdict],
    group: Callable[[RecordedVerdict], str],
    identity: Callable[[RecordedVerdict], str],
    size: int,
    seed: int,
) -> list[RecordedVerdict]:
    """Choose rows by chance, equally many of each group as far as there are; they stay in their order.

    Args:
        rows: The rows.
        group: Names the group of a row.
        identity: Tells rows apart, in every scan of the same inputs alike.
        size: Rows at most.
        seed: Other seeds choose others.
    """

    def drawn(position: int) -> bytes:
        return _drawn(seed, identity(rows[position]))

    strata: defaultdict[str, list[int]] = defaultdict(list)
    for position in sorted(range(len(rows)), key=drawn):
        strata[group(rows[position])].append(position)
    # The first of each group, then the second of each, and so on.
    turns = sorted((turn, name, at) for name, members in strata.items() for turn, at in enumerate(members))
    return [rows[at] for at in sorted(at for _, _, at in turns[:size])]


async def cited_messages(location: str, scanner: str, verdict: RecordedVerdict) -> list[CitedMessage]:
    """Read the messages that a result cites, as its scanner was given them.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        verdict: The result.
    """
    uuid = verdict.uuid.replace("'", "''")
    columns = ["input", "message_references"]
    found = await results_table(location, scanner, f"uuid = '{uuid}'", columns, rows="transcripts", limit=1)
    rows = found.to_pylist()
    if not rows:
        return []
    cites = {str(part["id"]): str(part.get("cite") or "") for part in _listed(rows[0]["message_references"])}
    messages = {message.id: message for message in plain_messages_text(_messages(rows[0]["input"]))}
    return [
        CitedMessage(cite, messages[id].who, printable(messages[id].text))
        for id, cite in cites.items()
        if id in messages
    ]


def read_label(text: str) -> JsonValue:
    """Read a label as it was typed: `y` and `n`, numbers, labels, `null`."""
    return {"y": True, "yes": True, "n": False, "no": False}.get(text.strip().lower(), read_cell(text.strip()))


async def keep_label(path: str, verdict: RecordedVerdict, target: JsonValue) -> None:
    """Put the label of a result into a file of cases; the file is made if it is not there.

    Raises:
        ConfigError: The file is not one of cases.
        StorageError: It cannot be written.
    """
    writer = ValidationFileWriter(path)
    case = {**row_about(verdict), "target": target}
    try:
        writer.upsert_case(case)
    except LocationError:
        writer.write_cases([case])


async def write_to_fill_in(path: str, sample: LabelSample, blind: bool = False) -> None:
    """Write results into a new CSV file, for a person to fill in the column `target`.

    Args:
        path: The file.
        sample: The results.
        blind: Leave out what the scanner said.

    Raises:
        ConfigError: It is not a CSV file, or exists.
        StorageError: It cannot be written.
    """
    if not path.lower().endswith(".csv"):
        raise ConfigError(
            f"{path!r} is not a CSV file: a file to fill in is written as CSV. Give a name that ends in .csv."
        )
    storage = storage_for(path)
    if await storage.stat(path) is not None:
        raise ConfigError(f"The file {path!r} exists already. Name another with -o.")
    headings = ["id", "task_id", "epoch", "target", *([] if blind else ["value", "explanation"])]
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, extrasaction="ignore", lineterminator="\n", restval="")
    writer.writeheader()
    for verdict in sample.verdicts:
        ids = list(verdict.input_ids) if len(verdict.input_ids) > 1 else _id_of(verdict)
        said = {"value": shown_value(verdict), "explanation": verdict.explanation or ""}
        cells = {**row_about(verdict), "id": id_text(ids), **said}
        writer.writerow({name: _cell(value) for name, value in cells.items()})
    await storage.write(path, text.getvalue().encode("utf-8", "replace"))


def shown_value(verdict: RecordedVerdict) -> str:
    """Write what a scanner said, as people read it."""
    if isinstance(verdict.value, bool):
        return "true" if verdict.value else "false"
    return class_of(verdict.value, verdict.answer)


def _cell(value: object) -> str:
    """Write a cell that no spreadsheet takes for a formula."""
    text = one_line(str(value), MAX_EXPLANATION_CHARACTERS)
    return f"'{text}" if text.startswith(_FORMULA) and not text[1:2].isdigit() else text


def _one_scanner(known: Sequence[str], scanner: str | None) -> str:
    if scanner is not None:
        if scanner not in known:
            raise UnknownScannerError(scanner, known)
        return scanner
    if len(known) != 1:
        raise ConfigError(
            f"The scan has the scanners {', '.join(known)}; say with --scanner which one's results to label."
        )
    return known[0]


def _labelled_keys(
    spec: Mapping[str, object], scanner: str, kept: Iterable[Mapping[str, object]]
) -> set[tuple[str, ...]]:
    """Keys of what has a label: ids of inputs, and names of tasks."""
    recorded = spec.get("validation")
    own = recorded.get(scanner) if is_mapping(recorded) else None
    cases = [*kept, *(_listed(own.get("cases")) if is_mapping(own) else ())]
    return {fields_key(case) for case in cases if case.get("id") or case.get("task_id")}


def _row_keys(row: RecordedVerdict) -> set[tuple[str, ...]]:
    """Name all that a case about a result may have as its key."""
    keys = {id_key(list(row.input_ids) or row.transcript_id)}
    _, task_id, epoch = row.task
    if task_id is not None and keys == {(row.transcript_id,)}:
        keys |= {fields_key({"task_id": task_id}), fields_key({"task_id": task_id, "epoch": epoch})}
    return keys


def row_about(row: RecordedVerdict) -> dict[str, JsonValue]:
    """Give the key of a case about a result, and the task for information."""
    about: dict[str, JsonValue] = {"id": list[JsonValue](row.input_ids) if len(row.input_ids) > 1 else _id_of(row)}
    _, task_id, epoch = row.task
    if task_id is not None:
        about["task_id"] = task_id
    if epoch is not None:
        about["epoch"] = epoch
    return about


def _id_of(row: RecordedVerdict) -> str:
    return row.input_ids[0] if row.input_ids else row.transcript_id


def _question(spec: Mapping[str, object], scanner: str) -> str | None:
    found: object = spec
    for name in ("scanners", scanner, "asked", "question"):
        found = found.get(name) if is_mapping(found) else None
    return found if isinstance(found, str) else None


def _classes(rows: Iterable[RecordedVerdict]) -> list[str]:
    found = sorted({class_of(row.value, row.answer) for row in rows if isinstance(row.value, str)})
    return found if len(found) <= MAX_STRATA else []


def _by_value(rows: Sequence[RecordedVerdict]) -> Callable[[RecordedVerdict], str]:
    if _classes(rows):
        return lambda row: class_of(row.value, row.answer)
    return lambda row: str(row.found)


def _by_task(row: RecordedVerdict) -> str:
    return str(row.task[0])


def _by_model(row: RecordedVerdict) -> str:
    return str(row.model)


def _by_nothing(_: RecordedVerdict) -> str:
    return ""


def _listed(value: object) -> list[Mapping[str, object]]:
    try:
        read = loads(value) if isinstance(value, str) else value
    except ValueError:
        return []
    return [item for item in read if is_mapping(item)] if is_list(read) else []


def _messages(text: object) -> list[Mapping[str, object]]:
    """Find messages in an input: that of a transcript, a list of messages, or one."""
    try:
        read: object = loads(text) if isinstance(text, str) else text
    except ValueError:
        return []
    if is_mapping(read):
        return _listed(read.get("messages")) if "messages" in read else [read]
    return _listed(read)
