"""What light commands and imports load: each heavy module costs every command its import time."""

from __future__ import annotations

import json
import shutil
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
    "scout view --help": set(),
    # What it takes to listen; what reads transcripts and scans is loaded when it is asked for.
    "from inspect_scout._view import guarded_app, ViewSettings, serve; guarded_app(ViewSettings('.'))": {
        "asyncio",
        "fastapi",
        "pydantic",
        "uvicorn",
    },
    # The table of scans is drawn by rich when a terminal shows it; a pipe gets plain text.
    "scout init": set(),
    # A refusal that needs no run of what was named comes at once.
    "scout scan": set(),
    "scout scan nowhere.py": set(),
    "scout scan scanners.py@edits_test": set(),
    "scout scan project/jobs.py": set(),
    "scout scan scanners.py -T nowhere": set(),
    "scout scan scanners.py -T logs -V nowhere.csv": set(),
    "scout scan scanners.py -T logs -F score=": {"pydantic"},
    "scout scan scanners.py -T logs --cache=often": set(),
    "scout scan scanners.py -T logs --executor inline --max-processes 3": set(),
    "scout scan judge.py -T logs": set(),
    "scout scan resume": set(),
    "scout scan complete": set(),
    "scout scan list": {"asyncio"},
    "scout scan status": {"asyncio"},
    # Transcripts are looked at without Inspect, as far as their logs are as Inspect writes them.
    "scout transcripts": {"asyncio", "pydantic"},
    "scout transcripts -T logs --by model,score": {"asyncio", "pydantic"},
    "scout transcripts -T logs -F score='I'": {"asyncio", "duckdb", "numpy", "pyarrow", "pydantic"},
    "scout transcripts -T": {"asyncio", "numpy", "pyarrow", "pydantic"},
    "scout show -T logs NQ7dDdcK M1..M3": {"asyncio", "pydantic"},
    "scout show": {"asyncio", "numpy", "pyarrow", "pydantic"},
    "scout scan status latest --scans": {"asyncio"},
    "scout scan rm --dry-run": {"asyncio"},
    "scout scan results --scanner edits_tests": {"asyncio", "numpy", "pyarrow", "pydantic"},
    # Lists of results, and groups, are counted with duckdb.
    "scout scan results": {"asyncio", "duckdb", "numpy", "pyarrow", "pydantic"},
    "scout scan results --by model": {"asyncio", "duckdb", "numpy", "pyarrow", "pydantic"},
    "scout scan results --format csv": {"asyncio", "numpy", "pyarrow", "pydantic"},
    "scout scan results --format csv --positive": {"asyncio", "numpy", "pyarrow", "pydantic"},
    "scout scan results --format csv --where value=true": {"asyncio", "duckdb", "numpy", "pyarrow", "pydantic"},
    "scout scan diff": {"asyncio", "numpy", "pyarrow", "pydantic"},
    "scout label --scanner refusals -o cases.csv": {"asyncio", "numpy", "pyarrow", "pydantic"},
}

ABOUT_A_SCAN = (
    *(f"scout scan {name}" for name in ("list", "status", "results", "resume", "complete", "rm", "diff")),
    "scout label",
)
ROOT = Path(__file__).parents[2]
JUDGE = """
from inspect_scout import llm_scanner, scanner

@scanner(messages="all")
def judge():
    return llm_scanner(question="Did it work?", answer="boolean")
"""

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
        if code not in (0, None, 1, 2):
            raise
else:
    exec(command)
sys.stderr.write("\\n" + json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def loaded(command: str, *args: str, folder: Path) -> set[str]:
    words = [sys.executable, "-c", PROBE, command, *args]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, cwd=folder)
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, with a scanner that calls a model."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(ROOT / "examples", folder, dirs_exist_ok=True)
    (folder / "judge.py").write_text(JUDGE)
    return folder


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, example_logs: Path) -> Path:
    """The example logs as a database, where no other command finds it."""
    made = tmp_path_factory.mktemp("database") / "transcripts"
    scout = Path(sys.executable).parent / "scout"
    subprocess.run([scout, "db", "copy", str(example_logs), str(made)], check=True, capture_output=True)
    return made


@pytest.mark.parametrize("command", ALLOWED)
def test_light_commands_load_no_heavy_module(command: str, examples: Path, request: pytest.FixtureRequest) -> None:
    where: list[str] = []
    if command == "scout show":
        where = [str(request.getfixturevalue("example_scan")), "NQ7dDdcK"]
    if command == "scout transcripts -T":
        where = [str(request.getfixturevalue("database"))]
    if command.startswith(ABOUT_A_SCAN):
        scan: Path = request.getfixturevalue("example_scan")
        where = [str(scan.parent if command.endswith(("list", "--scans")) else scan)] * (
            2 if command.endswith("diff") else 1
        )
    assert loaded(command, *where, folder=examples) & HEAVY <= ALLOWED[command]
