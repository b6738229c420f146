"""One scenario in one process: `python scenarios.py NAME DATA STATE` prints its figures as a line of JSON.

Runs under the interpreter that is measured, so it uses only names that inspect-scout 0.6 has. Figures are those of the
measured call; imports and preparation come before it.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

Call = Callable[[], Any]

# Imported before the measured call on both sides, whoever would import them when.
LIBRARIES = (
    "duckdb",
    "inspect_ai.event",
    "inspect_ai.log",
    "pandas",
    "pyarrow.compute",
    "pyarrow.dataset",
    "pyarrow.parquet",
)


def peak_mb() -> float:
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def scanning(names: list[str], logs: str) -> Callable[[str, str], Call]:
    """Scan a set with some scanners."""

    def prepare(data: str, state: str) -> Call:
        import scanners as ours

        from inspect_scout import scan, transcripts_from

        chosen = [getattr(ours, name)() for name in names]

        def call() -> Any:
            transcripts = transcripts_from(os.path.join(data, logs))
            status = scan(chosen, transcripts, scans=os.path.join(state, "scans"), max_processes=1, display="none")
            assert status.complete, status.errors[:1]
            return {name: (s.scans, s.results) for name, s in status.summary.scanners.items()}

        return call

    return prepare


def indexing(data: str, state: str) -> Call:
    """Find out what there is, without scanning."""
    import scanners as ours

    from inspect_scout import scan, transcripts_from

    def call() -> Any:
        transcripts = transcripts_from(os.path.join(data, "many"))
        status = scan([ours.message_count()], transcripts, scans=state, display="none", dry_run=True)
        assert status.spec.transcripts is not None
        return len(status.spec.transcripts.transcript_ids)

    return call


def failing(data: str, state: str) -> Call:
    """Prepare `resume`: a scan of which half failed."""
    import scanners as ours

    from inspect_scout import scan, transcripts_from

    def call() -> Any:
        os.environ["BENCH_FAIL"] = "1"
        scans = os.path.join(state, "scans")
        chosen = [ours.sometimes(), ours.message_count()]
        scan(chosen, transcripts_from(os.path.join(data, "small")), scans=scans, max_processes=1, display="none")

    return call


def location(state: str) -> str:
    """The scan that was prepared."""
    folder = os.path.join(state, "scans")
    return os.path.join(folder, next(name for name in os.listdir(folder) if name.startswith("scan_id=")))


def resuming(data: str, state: str) -> Call:
    """Go on with the prepared scan."""
    from inspect_scout import scan_resume

    def call() -> Any:
        status = scan_resume(location(state), display="none")
        assert status.complete
        return None

    return call


def reading_df(data: str, state: str) -> Call:
    """Read a result table as a data frame, once without and once with heavy columns."""
    from inspect_scout import scan_results_df

    def call() -> Any:
        rows = len(scan_results_df(location(state)).scanners["per_message"])
        assert rows == len(scan_results_df(location(state), exclude_columns=[]).scanners["per_message"])
        return rows

    return call


def reading_batches(data: str, state: str) -> Call:
    """Read it in batches."""
    from inspect_scout import scan_results_batches

    return lambda: sum(len(batch) for batch in scan_results_batches(location(state), "per_message"))


def reading_arrow(data: str, state: str) -> Call:
    """Read it as Arrow."""
    from inspect_scout import scan_results_arrow

    def call() -> Any:
        with scan_results_arrow(location(state)).reader("per_message") as reader:
            return reader.read_all().num_rows

    return call


# Name -> how to make the measured call.
SCENARIOS: dict[str, Callable[[str, str], Call]] = {
    "scan_messages": scanning(["message_count"], "medium"),
    "scan_assistant_only": scanning(["assistant_only"], "medium"),
    "scan_tool_events": scanning(["tool_events"], "medium"),
    "scan_everything": scanning(["everything"], "medium"),
    "scan_grep": scanning(["search"], "medium"),
    "scan_5_scanners": scanning(["message_count", "assistant_only", "tool_events", "search", "everything"], "medium"),
    "scan_small": scanning(["message_count"], "small"),
    "scan_per_message": scanning(["per_message"], "small"),
    "scan_tiny": scanning(["message_count"], "tiny"),
    "huge_materialised": scanning(["message_count"], "huge"),
    "huge_streamed": scanning(["streamed"], "huge"),
    "huge_tool_events": scanning(["tool_events"], "huge"),
    "index": indexing,
    "fail": failing,
    "resume": resuming,
    "results_df": reading_df,
    "results_batches": reading_batches,
    "results_arrow": reading_arrow,
}


def main() -> None:
    """Run one scenario."""
    name, data, state = sys.argv[1:]
    for library in LIBRARIES:
        importlib.import_module(library)
    call = SCENARIOS[name](data, state)
    before, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        answer = call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "before_mb": before, "peak_mb": peak_mb(), "answer": answer}))


if __name__ == "__main__":
    main()
