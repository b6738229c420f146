"""Run the benchmarks: whole commands, then scenarios, each in a process of its own; floors and a reference beside them."""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .commands import COMMANDS, CommandBench

HERE = Path(__file__).parent
# Scenario -> scenarios that prepare its state, in processes of their own.
PREPARED_BY = {
    "index_warm": ["index"],
    "resume": ["fail"],
    "results_df": ["scan_per_message"],
    "results_batches": ["scan_per_message"],
    "results_arrow": ["scan_per_message"],
}
SCENARIOS = [
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
            return self._scenario(name, state)

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
            env={**environment(), "HOME": state, "SCOUT_DISPLAY": "none"},
            cwd=HERE,
            text=True,
            capture_output=True,
        )
        if ran.returncode:
            raise RuntimeError(f"{name} failed:\n{ran.stdout}{ran.stderr}")
        return ran.stdout.strip().splitlines()[-1]


def environment() -> dict[str, str]:
    """Give the variables of this process that change nothing that is measured."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("SCOUT_", "INSPECT_", "XDG_", "PYTHON"))}


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


def compare_command(name: str, bench: CommandBench, ours: str, reference: str | None) -> dict[str, Any]:
    """Measure one command, ours and that of the reference."""
    row: dict[str, Any] = {"name": name, "ours": bench.measure(name, ours), "floor": COMMANDS[name].seconds}
    if reference is not None:
        try:
            row["reference"], row["same"] = bench.measure(name, reference), True
        except RuntimeError as error:
            row["reference_error"] = str(error)
    return row


def line(row: dict[str, Any]) -> str:
    """Show a row."""
    text = f"{row['name']:24} {_figures(row['ours'])} {row['floor']:8.2f}"
    if "reference" in row:
        other = row["reference"]
        text += f"   {_figures(other)}"
        if other["cpu"]:
            text += f"   1/{other['cpu'] / max(row['ours']['cpu'], 1e-6):.1f}"
        text += "" if row["same"] else "   ANSWERS DIFFER"
    elif "reference_error" in row:
        text += f"   reference failed: {row['reference_error'].splitlines()[-1]}"
    return text


def _figures(of: dict[str, Any]) -> str:
    cpu = f"{'':8}" if of["cpu"] is None else f"{of['cpu']:8.2f}"
    memory = f"{of['peak_mb']:7.0f}" if of["peak_mb"] else f"{'':7}"
    return f"{of['wall']:8.2f} {cpu} {memory}"


def heading(told: str, beside: str, *, reference: bool) -> None:
    """Print what the columns of a table are."""
    print(f"\n{told}")
    print(f"{'':24} {'wall':>8} {'cpu':>8} {'MB':>7} {beside:>8}", end="")
    print(f"   {'wall':>8} {'cpu':>8} {'MB':>7}   cpu, ours / reference" if reference else "", flush=True)


def choose(patterns: str) -> list[str]:
    """Choose commands and scenarios by names and patterns, separated by commas; all by none."""
    names = [*COMMANDS, *SCENARIOS]
    wanted = patterns.split(",") if patterns else ["*"]
    unknown = [pattern for pattern in wanted if not fnmatch.filter(names, pattern)]
    if unknown:
        raise SystemExit(f"nothing is called {', '.join(map(repr, unknown))}; there are: {', '.join(names)}")
    return [name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted)]


def main() -> None:
    """Run what was chosen and print tables."""
    from .make_data import SIZES, make

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small", help="how much data (default small)")
    parser.add_argument("--only", default="", help='names or patterns ("cli_*,refuse_*"), separated by commas')
    parser.add_argument("--runs", type=int, default=1, help="runs of each scenario; the best counts (default 1)")
    parser.add_argument("--reference", help="python of another environment to compare with, in the same run")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="where the logs are made")
    parser.add_argument("--out", type=Path, default=HERE / "figures", help="where the figures are kept as JSON")
    options = parser.parse_args()
    chosen = choose(options.only)

    print(f"Making data of size {options.size!r} (once) ...", flush=True)
    data = make(options.data.absolute(), options.size)
    pythons = [os.path.abspath(python) for python in (sys.executable, options.reference) if python]
    rows = [*time_commands(chosen, data, pythons), *time_scenarios(chosen, data, pythons, options.runs)]
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    kept.write_text(json.dumps({"size": options.size, "rows": rows}, indent=1))
    print(f"\nFigures: {os.path.relpath(kept)}")


def time_commands(chosen: Sequence[str], data: Path, pythons: Sequence[str]) -> list[dict[str, Any]]:
    """Time the chosen commands, and print them."""
    names = [name for name in chosen if name in COMMANDS]
    if not names:
        return []
    ours, *others = (str(Path(python).parent / "scout") for python in pythons)
    heading("Seconds of a whole process, median of 5, and what it should take.", "goal", reference=bool(others))
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="scout-bench-") as folder:
        bench = CommandBench(ours, Path(folder), data / "runs", environment())
        for name in names:
            rows.append(compare_command(name, bench, ours, others[0] if others else None))
            print(line(rows[-1]), flush=True)
    return rows


def time_scenarios(chosen: Sequence[str], data: Path, pythons: Sequence[str], runs: int) -> list[dict[str, Any]]:
    """Time the chosen scenarios, and print them."""
    names = [name for name in chosen if name in SCENARIOS]
    if not names:
        return []
    ours, *others = (Bench(python, data) for python in pythons)
    told = "Seconds of one process, imports apart; peak memory of the whole process in MB."
    heading(told, "floor", reference=bool(others))
    rows: list[dict[str, Any]] = []
    for name in names:
        rows.append(compare(name, ours, others[0] if others else None, runs))
        print(line(rows[-1]), flush=True)
    return rows


if __name__ == "__main__":
    main()
