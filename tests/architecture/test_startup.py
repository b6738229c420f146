"""What light commands and imports load: each heavy module costs every command its import time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "inspect_ai",
    "pandas",
    "duckdb",
    "pyarrow",
    "numpy",
    "fastapi",
    "uvicorn",
    "pydantic",
    "rich",
    "asyncio",
    "obstore",
    "fsspec",
}

# What is run -> heavy modules that it may load all the same.
ALLOWED: dict[str, set[str]] = {
    "import inspect_scout": set(),
    "import inspect_scout.aio, inspect_scout.executors, inspect_scout.sources, inspect_scout.testing": set(),
    "scout --help": set(),
    "scout --version": set(),
    "scout scan --help": set(),
    "scout info version": set(),
    # The table of scans is drawn by rich when a terminal shows it; a pipe gets plain text.
    "scout scan list": {"asyncio"},
    "scout scan status": {"asyncio"},
    "scout scan results": {"asyncio", "numpy", "pyarrow", "pydantic"},
    "scout show": {"asyncio", "numpy", "pyarrow", "pydantic"},
    "scout scan results --where value=true": {"asyncio", "duckdb", "numpy", "pyarrow", "pydantic"},
    "scout scan results --positive": {"asyncio", "duckdb", "numpy", "pyarrow", "pydantic"},
}

PROBE = """
import json, sys
command = sys.argv[1]
if command.startswith("scout "):
    sys.argv = command.split() + sys.argv[2:]
    from inspect_scout._cli import main
    try:
        main()
    except SystemExit as stop:
        code = stop.code
        if code not in (0, None, 1):
            raise
else:
    exec(command)
sys.stderr.write("\\n" + json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def loaded(command: str, *args: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", PROBE, command, *args], capture_output=True, text=True, check=True)
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", ALLOWED)
def test_light_commands_load_no_heavy_module(command: str, request: pytest.FixtureRequest) -> None:
    where: list[str] = []
    if command == "scout show":
        where = [str(request.getfixturevalue("example_scan")), "NQ7dDdcK"]
    if command.startswith(("scout scan list", "scout scan status", "scout scan results")):
        scan: Path = request.getfixturevalue("example_scan")
        where = [str(scan.parent if command.endswith("list") else scan)]
    assert loaded(command, *where) & HEAVY <= ALLOWED[command]
