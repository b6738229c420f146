"""What `benchmarks.web` shows: scans of which one is large, lists of transcripts, a talk of many messages, a huge transcript."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from pathlib import Path
from typing import Any

from benchmarks.make_data import NEEDLE, ZSTD, Originals, originals, prose
from benchmarks.reading import copy_scans, large_scan, template
from benchmarks.view_transcripts import SAMPLES_PER_LOG, write_index

TALK_WORDS = 25
LAST_WORDS = "Nothing more is to be said."
"""What the last message of the talk says."""


def make_project(folder: Path, *, scans: int, rows: int, transcripts: int, messages: int, megabytes: int) -> None:
    """Make a project as the benchmark needs it.

    Args:
        folder: Where.
        scans: How many small scans there are, besides the large one.
        rows: Results of the large scan.
        transcripts: How many transcripts are listed.
        messages: Messages of the talk.
        megabytes: Size of the huge transcript.
    """
    made = template(folder / "made")
    copy_scans(made, folder / "scans", scans, 10)
    large_scan(made, folder / "scans", rows)
    places = {name: folder / "transcripts" / name for name in ("many", "huge", "talk")}
    for place in places.values():
        place.mkdir(parents=True)
    logs = Originals(originals(folder / "made" / "logs", 3, 40))
    rng = random.Random(1)
    for number in range(max(1, transcripts // SAMPLES_PER_LOG)):
        write_index(places["many"] / f"many{number:05}.eval", logs, number, rng)
    logs.write(places["huge"] / "huge.eval", 1, grow_mb=megabytes)
    _write_talk(places["talk"] / "talk.eval", logs, messages)
    shutil.rmtree(folder / "made")


def _write_talk(path: Path, logs: Originals, messages: int) -> None:
    """Write a log of one transcript with many short messages; the word that is looked for is near its end."""
    rng = random.Random(2)
    said = [
        {"id": f"m{at}", "role": "assistant" if at % 2 else "user", "content": _words(rng, at)}
        for at in range(messages)
    ]
    said[-1]["content"] = LAST_WORDS
    said[messages * 9 // 10]["content"] += f" {NEEDLE}"
    header: dict[str, Any] = {**logs.header, "eval": {**logs.header["eval"], "eval_id": "talk", "task": "talk"}}
    (original, *_) = logs.samples
    named = {"id": "talk", "uuid": "talk".ljust(22, "x")}
    sample = {**original, **named, "messages": said, "events": []}
    summary = {**logs.summaries[original["id"]], **named, "message_count": messages}
    with zipfile.ZipFile(path, "w", ZSTD) as archive:
        archive.writestr("_journal/start.json", json.dumps({**logs.start, "eval": header["eval"]}))
        archive.writestr("samples/talk_epoch_1.json", json.dumps(sample))
        archive.writestr("summaries.json", json.dumps([summary]))
        archive.writestr("header.json", json.dumps(header))


def _words(rng: random.Random, number: int) -> str:
    return f"Message {number}. " + prose(rng, rng.randint(3, TALK_WORDS)).replace(NEEDLE, "zebra")
