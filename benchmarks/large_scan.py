"""Makes the directory of a finished scan of many rows, for timings: `python -m benchmarks.large_scan FOLDER [ROWS]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from inspect_scout._results import results_schema
from inspect_scout._results.rows.parquet import write_tables
from inspect_scout._support.storage import LocalStorage

SCAN_ID = "2222222222222LargeScan"
ROWS_AT_ONCE = 8192
TASKS = 400


def make_scan(folder: Path, rows: int, scanner: str = "judge") -> Path:
    """Write a scan of one scanner with a row for each of many transcripts: numbers, labels, explanations, inputs."""
    place = folder / f"scan_id={SCAN_ID}"
    place.mkdir(parents=True)
    spec = {
        "scan_id": SCAN_ID, "scan_name": "large", "timestamp": "2026-01-01T00:00:00+00:00",
        "scanners": {scanner: {"name": scanner, "version": 0, "file": "scan.py", "params": {}}},
        "transcripts": {
            "type": "eval_log", "count": rows, "transcript_ids": {_id(row): "log.eval" for row in range(rows)},
        },
    }  # fmt: skip
    (place / "_scan.json").write_text(json.dumps(spec))
    counts = {"scans": rows, "results": rows, "errors": 0, "tokens": 0, "model_usage": {}}
    (place / "_summary.json").write_text(json.dumps({"complete": True, "scanners": {scanner: counts}}))
    (place / "_errors.jsonl").write_text("")
    write_tables(LocalStorage(), str(place / f"{scanner}.parquet"), results_schema(), _tables(rows, scanner))
    return place


def _id(row: int) -> str:
    return f"{row * 2654435761 % 2**32:010d}transcript{row % 100:02d}"


def _tables(rows: int, scanner: str) -> Iterator[pa.Table]:
    schema = results_schema()
    for start in range(0, rows, ROWS_AT_ONCE):
        numbers = range(start, min(rows, start + ROWS_AT_ONCE))
        cells: dict[str, list[object]] = {
            "transcript_id": [_id(n) for n in numbers],
            "transcript_source_uri": [f"logs/log-{n // 1000}.eval" for n in numbers],
            "transcript_task_set": [f"task-{n * 7919 % TASKS}" for n in numbers],
            "transcript_task_id": [f"sample-{n % 5000}" for n in numbers],
            "transcript_task_repeat": [n % 4 + 1 for n in numbers],
            "transcript_model": [f"mock/model-{n % 7}" for n in numbers],
            "transcript_metadata": [json.dumps({"note": f"{n % 1000}" * 10}) for n in numbers],
            "scanner_key": [scanner] * len(numbers),
            "scanner_name": [scanner] * len(numbers),
            "input_type": ["transcript"] * len(numbers),
            "input": [f'{{"messages": ["{n} {"x" * 300}"]}}' for n in numbers],
            "input_ids": [f'["m{n}"]' for n in numbers],
            "uuid": [f"uuid{n:018d}" for n in numbers],
            "label": [("good", "bad", "odd")[n % 3] for n in numbers],
            "value": [str(n * 104729 % 1000 / 10) for n in numbers],
            "value_type": ["number"] * len(numbers),
            "answer": [str(n % 10) for n in numbers],
            "explanation": [f"Because of what message {n} said about the task, see [M{n % 40}]." for n in numbers],
            "metadata": ["{}"] * len(numbers),
            "scan_events": [f'[{{"event": "{n}"}}]' for n in numbers],
            "timestamp": [f"2026-01-01T00:{n // 60 % 60:02d}:{n % 60:02d}+00:00" for n in numbers],
            "scanner_fingerprint": ["f" * 32] * len(numbers),
        }  # fmt: skip
        columns = [
            pa.array(cells.get(name, [None] * len(numbers)), kind)
            for name, kind in zip(schema.names, schema.types, strict=True)
        ]
        yield pa.Table.from_arrays(columns, schema=schema)


if __name__ == "__main__":
    print(make_scan(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000))
