"""Run the benchmarks: each scenario in a process of its own, with empty caches, floors and a reference beside it."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COMMANDS = {"cli_help": ["--help"], "cli_version": ["--version"], "cli_scan_list": ["scan", "list"]}
# Scenario -> scenarios that prepare its state, in processes of their own.
PREPARED_BY = {
    "index_warm": ["index"],
    "resume": ["fail"],
    "results_df": ["scan_per_message"],
    "results_batches": ["scan_per_message"],
    "results_arrow": ["scan_per_message"],
}
NAMES = [
    *COMMANDS,
    "scan_messages",
    "scan_assistant_only",
    "scan_tool_events",
    "scan_everything",
    "scan_grep",
    "scan_5_scanners",
    "scan_small",
    "scan_per_message",
    "scan_tiny",
    "index_cold",
    "index_warm",
    "huge_materialised",
    "huge_streamed",
    "huge_tool_events",
    "resume",
    "results_df",
    "results_batches",
    "results_arrow",
]


class Bench:
    """Runs scenarios of one interpreter.

    Args:
        python: The interpreter.
        data: Folder of the logs.
    """

    def __init__(self, python: str, data: Path) -> None:
        self.python, self.data = python, data

    def measure(self, name: str) -> dict[str, Any]:
        """Run a scenario with empty state: seconds of wall and CPU, peak memory."""
        with tempfile.TemporaryDirectory(prefix="scout-bench-") as state:
            for step in PREPARED_BY.get(name, []):
                self._scenario(step, state)
            return self._command(COMMANDS[name], state) if name in COMMANDS else self._scenario(name, state)

    def floor(self, name: str) -> float:
        """Time what bare libraries need for a scenario; what it reads is prepared as for the scenario."""
        with tempfile.TemporaryDirectory(prefix="scout-bench-") as state:
            for step in PREPARED_BY.get(name, []) if name.startswith("results_") else []:
                self._scenario(step, state)
            return float(json.loads(self._python(HERE / "floors.py", name, state)))

    def _scenario(self, name: str, state: str) -> dict[str, Any]:
        known = name.partition("_")[0] if name.startswith("index_") else name
        figures: dict[str, Any] = json.loads(self._python(HERE / "scenarios.py", known, state))
        return figures

    def _python(self, script: Path, name: str, state: str) -> str:
        ran = subprocess.run(
            [self.python, script, name, self.data, state],
            check=False,
            env=self._environment(state),
            cwd=HERE,
            text=True,
            capture_output=True,
        )
        if ran.returncode:
            raise RuntimeError(f"{name} failed:\n{ran.stdout}{ran.stderr}")
        return ran.stdout.strip().splitlines()[-1]

    def _command(self, arguments: Sequence[str], state: str) -> dict[str, Any]:
        scout = Path(self.python).parent / "scout"
        runs: list[dict[str, Any]] = []
        for _ in range(3):
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(
                [scout, *arguments], check=True, env=self._environment(state), cwd=state, capture_output=True
            )
            wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            runs.append({"wall": wall, "cpu": cpu, "peak_mb": None})
        return min(runs, key=lambda run: run["cpu"])

    def _environment(self, state: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SCOUT_", "INSPECT_", "XDG_", "PYTHON"))}
        return {**kept, "HOME": state, "SCOUT_DISPLAY": "none"}


def best(bench: Bench, name: str, runs: int) -> dict[str, Any]:
    """Run a scenario some times; gives the run with the least CPU time."""
    return min((bench.measure(name) for _ in range(runs)), key=lambda run: run["cpu"])


def compare(name: str, ours: Bench, reference: Bench | None, runs: int) -> dict[str, Any]:
    """Measure one scenario: ours, its floor, the reference."""
    row: dict[str, Any] = {"name": name, "ours": best(ours, name, runs), "floor": ours.floor(name)}
    if reference is not None:
        try:
            row["reference"] = best(reference, name, runs)
        except RuntimeError as error:
            row["reference_error"] = str(error)
        else:
            answers = row["ours"].get("answer"), row["reference"].get("answer")
            row["same"] = answers[0] == answers[1]
    return row


def line(row: dict[str, Any]) -> str:
    """Show a row."""
    ours = row["ours"]
    memory = f"{ours['peak_mb']:7.0f}" if ours["peak_mb"] else f"{'':7}"
    text = f"{row['name']:20} {ours['wall']:8.2f} {ours['cpu']:8.2f} {memory} {row['floor']:8.2f}"
    if "reference" in row:
        other = row["reference"]
        text += f"   {other['wall']:8.2f} {other['cpu']:8.2f} {other['peak_mb'] or 0:7.0f}"
        text += f"   1/{other['cpu'] / max(ours['cpu'], 1e-6):.1f}"
        text += "" if row["same"] else "   ANSWERS DIFFER"
    elif "reference_error" in row:
        text += f"   reference failed: {row['reference_error'].splitlines()[-1]}"
    return text


def main() -> None:
    """Run the chosen scenarios and print a table."""
    from .make_data import SIZES, make

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small", help="how much data (default small)")
    parser.add_argument("--only", default="", help="names of scenarios, separated by commas")
    parser.add_argument("--runs", type=int, default=1, help="runs of each; the best counts (default 1)")
    parser.add_argument("--reference", help="python of another environment to compare with, in the same run")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="where the logs are made")
    parser.add_argument("--out", type=Path, default=HERE / "figures", help="where the figures are kept as JSON")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else NAMES
    unknown = sorted(set(chosen) - set(NAMES))
    if unknown:
        parser.error(f"unknown scenarios {unknown}; known: {', '.join(NAMES)}")

    print(f"Making data of size {options.size!r} (once) ...", flush=True)
    data = make(options.data.absolute(), options.size)
    ours = Bench(sys.executable, data)
    reference = Bench(os.path.abspath(options.reference), data) if options.reference else None
    print("\nSeconds of one process, imports apart; peak memory of the whole process in MB.")
    print(f"{'':20} {'wall':>8} {'cpu':>8} {'MB':>7} {'floor':>8}", end="")
    print(f"   {'wall':>8} {'cpu':>8} {'MB':>7}   cpu, ours / reference" if reference else "", flush=True)
    rows: list[dict[str, Any]] = []
    for name in chosen:
        rows.append(compare(name, ours, reference, options.runs))
        print(line(rows[-1]), flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    kept.write_text(json.dumps({"size": options.size, "rows": rows}, indent=1))
    print(f"\nFigures: {os.path.relpath(kept)}")


if __name__ == "__main__":
    main()
