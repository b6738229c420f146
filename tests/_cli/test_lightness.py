"""What the command line loads, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import json, sys
from inspect_scout._cli import main
code = main(sys.argv[1:])
sys.stderr.write("\\n" + json.dumps([code, sorted(sys.modules)]))
"""
HEAVY = {"inspect_ai", "rich", "pandas", "duckdb", "pyarrow", "numpy", "pydantic", "asyncio", "ruamel.yaml", "dotenv"}


def modules(*arguments: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True)
    code, names = json.loads(ran.stderr.splitlines()[-1])
    assert code == 0
    return set(names)


@pytest.mark.parametrize("arguments", ["--help", "info --help", "info version", "scan --help", "scan results --help"])
def test_light_commands_load_nothing_heavy(arguments: str) -> None:
    assert modules(*arguments.split()) & HEAVY == set()


@pytest.mark.parametrize("arguments", ["scan list", "scan list --json", "scan list --display plain"])
def test_lists_load_no_models_and_no_tables(arguments: str, tmp_path: Path) -> None:
    assert modules(*arguments.split(), str(tmp_path)) & (HEAVY - {"asyncio", "dotenv"}) == set()


@pytest.mark.parametrize("arguments", ["scanner list", "scanner show --json"])
def test_reading_scanner_files_loads_nothing_that_runs_them(arguments: str, tmp_path: Path) -> None:
    file = tmp_path / "scanners.py"
    file.write_text("import inspect_ai\n@scanner\ndef words(): return grep_scanner('x')\n")
    assert modules(*arguments.split(), str(file)) & (HEAVY - {"asyncio", "dotenv"}) == set()


def test_the_version_needs_no_parser() -> None:
    assert "click" not in modules("--version")


def test_a_command_loads_no_other_command() -> None:
    loaded = modules("info", "version")
    assert not {name for name in loaded if name.startswith("inspect_scout._cli.scans")}
    assert "inspect_scout._cli.scans.results" not in modules("scan", "list", "--help")
