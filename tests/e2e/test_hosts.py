"""What users get where they run the API: scripts, notebooks, test runners, threads, and event loops of every kind.

Each host is a program of its own, because this process is not what users have: warnings, signals and what stays behind are
those of a new interpreter. All scan the same two transcripts; all must leave nothing on stderr and no loop open.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODULE = """
import asyncio
import gc
import json
import os
import signal
import threading

from inspect_ai.model import ChatMessageUser
from inspect_scout import Result, Scanner, Transcript, aio, scan, scan_results_df, scan_status, scanner, transcripts_from

RUN = asyncio.run


@scanner(messages="all")
def length() -> Scanner[Transcript]:
    async def look(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return look


@scanner(messages="all")
def interrupts(id: str) -> Scanner[Transcript]:
    async def look(transcript: Transcript) -> Result:
        if transcript.transcript_id == id:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(1)  # what is in flight may end, unless its task is cancelled
        return Result(value=len(transcript.messages))

    return look


def talks():
    texts = {"t0": ["Hello"], "t1": ["Hello", "Bye"]}
    return transcripts_from([
        Transcript(transcript_id=id, source_type="test", messages=[ChatMessageUser(content=text) for text in said])
        for id, said in texts.items()
    ])


def scanned():
    status = scan([length()], talks(), scans="scans")
    assert status.complete
    return values(scan_results_df(status.location))


async def scanned_async():
    status = await aio.scan_async([length()], talks(), scans="scans")
    assert status.complete
    return values(await aio.scan_results_df_async(status.location))


def values(results):
    (frame,) = results.scanners.values()
    return sorted(frame["value"].tolist())


async def three():
    await asyncio.sleep(0)
    return 3


def open_loops():
    gc.collect()
    return [repr(o) for o in gc.get_objects() if issubclass(type(o), asyncio.AbstractEventLoop) and not o.is_closed()]


def say(**facts):
    print(json.dumps(facts | {"open": open_loops(), "own": asyncio.run is RUN, "after": asyncio.run(three())}))
"""
SOUND: dict[str, Any] = {"open": [], "own": True, "after": 3}
"""What every program says at its end: no loop stays open, asyncio is as it was, and `asyncio.run` works."""
BOTH = [1, 2]
"""What scanning the two transcripts gives."""


def ran(folder: Path, program: str, *command: str, **environment: str) -> str:
    """Run a program with every warning an error; give what it printed, if it ended well and said nothing on stderr."""
    (folder / "hosted.py").write_text(MODULE)
    (folder / "program.py").write_text(program)
    # Deprecations are those of third parties: ours are errors in the tests that run in this process.
    strict = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning"]
    line, settings = [*strict, *(command or ["program.py"])], os.environ | {"SCOUT_DISPLAY": "none"} | environment
    done = subprocess.run(line, check=False, capture_output=True, text=True, cwd=folder, env=settings, timeout=100)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def facts(folder: Path, program: str, **environment: str) -> dict[str, Any]:
    """Run a program and give what it says at its end."""
    last: dict[str, Any] = json.loads(ran(folder, program, **environment).splitlines()[-1])
    return last


def needs(module: str) -> pytest.MarkDecorator:
    """Skip where a module is not installed; it is only imported by the programs."""
    return pytest.mark.skipif(importlib.util.find_spec(module) is None, reason=f"{module} is not installed")


def test_a_script_calls_sync_and_async_functions_in_turn(tmp_path: Path) -> None:
    program = """
from hosted import *

say(sync=scanned(), in_run=asyncio.run(scanned_async()), again=scanned())
"""
    assert facts(tmp_path, program) == {"sync": BOTH, "in_run": BOTH, "again": BOTH, **SOUND}


def test_ctrl_c_ends_a_scan_of_a_script_and_what_was_recorded_is_kept(tmp_path: Path) -> None:
    program = """
from hosted import *


def interrupted(run):
    before = set(os.listdir("scans")) if os.path.exists("scans") else set()
    try:
        run()
    except KeyboardInterrupt:
        (name,) = set(os.listdir("scans")) - before
        return [scan_status(f"scans/{name}").complete, values(scan_results_df(f"scans/{name}"))]


options = {"scans": "scans", "max_transcripts": 1}
handler = signal.getsignal(signal.SIGINT)
say(
    sync=interrupted(lambda: scan([interrupts("t0")], talks(), **options)),
    in_run=interrupted(lambda: asyncio.run(aio.scan_async([interrupts("t1")], talks(), **options))),
    restored=signal.getsignal(signal.SIGINT) is handler,
)
"""
    kept = [False, [1]]
    assert facts(tmp_path, program) == {"sync": kept, "in_run": kept, "restored": True, **SOUND}


def test_scanners_of_sync_calls_run_beside_the_main_thread_with_its_context(tmp_path: Path) -> None:
    program = """
import contextvars
import sqlite3

from hosted import *

word = contextvars.ContextVar("word")
word.set("seen")
bound, free = sqlite3.connect(":memory:"), sqlite3.connect(":memory:", check_same_thread=False)


@scanner(messages="all")
def asks():
    async def look(transcript):
        assert threading.current_thread() is not threading.main_thread()
        (sum,) = free.execute("select 20 + 3").fetchone()
        try:
            bound.execute("select 1")
        except sqlite3.ProgrammingError:
            return Result(value=f"{word.get()} {sum} refused")

    return look


status = scan([asks()], talks(), scans="scans")
told = values(scan_results_df(status.location))
bound.close()
free.close()
say(told=told)
"""
    assert facts(tmp_path, program) == {"told": ["seen 23 refused"] * 2, **SOUND}


def test_several_threads_scan_at_once(tmp_path: Path) -> None:
    program = """
from concurrent.futures import ThreadPoolExecutor

from hosted import *

meet = threading.Barrier(4)


def work(number):
    meet.wait(30)
    return scanned() if number % 2 else asyncio.run(scanned_async())


with ThreadPoolExecutor(4) as threads:
    found = list(threads.map(work, range(4)))
say(found=found, scans=len(os.listdir("scans")))
"""
    assert facts(tmp_path, program) == {"found": [BOTH] * 4, "scans": 4, **SOUND}


LOOP = """
from hosted import *


async def main():
    said = [scanned(), await scanned_async(), *await asyncio.gather(scanned_async(), asyncio.to_thread(scanned))]
    assert await three() == 3
    return said


"""


@pytest.mark.parametrize("host", ["asyncio", pytest.param("uvloop", marks=needs("uvloop"))])
def test_both_forms_work_inside_a_running_loop(tmp_path: Path, host: str) -> None:
    ended = facts(tmp_path, f"{LOOP}import {host}\n\nsay(found={host}.run(main()))")
    assert ended == {"found": [BOTH] * 4, **SOUND}


@needs("trio")
def test_trio_programs_are_refused_in_a_sentence_and_may_use_a_thread(tmp_path: Path) -> None:
    program = """
import anyio
import trio

from hosted import *
from inspect_scout import ConfigError


async def main():
    said = []
    for call in (scanned, scanned_async):
        try:
            answer = call()
            if answer is not None:
                await answer
        except ConfigError as error:
            said.append(str(error))
    made = os.path.exists("scans")
    return [said, made, await anyio.to_thread.run_sync(scanned)]


say(trio=trio.run(main), anyio=anyio.run(main, backend="trio"))
"""
    told = facts(tmp_path, program)
    hint = "call it in asyncio.run(...) or anyio.run(..., backend='asyncio'), or in another thread."
    refused = [f"Scout runs on asyncio, not on trio; {hint}"] * 2
    assert told == {"trio": [refused, False, BOTH], "anyio": [refused, True, BOTH], **SOUND}


def test_trio_need_not_be_installed(tmp_path: Path) -> None:
    program = """
import sys

sys.modules["trio"] = None  # as if it were not: importing it fails

import anyio

from hosted import *

say(sync=scanned(), in_run=asyncio.run(scanned_async()), in_anyio=anyio.run(scanned_async))
"""
    told = facts(tmp_path, program, INSPECT_ASYNC_BACKEND="trio")
    assert told == {"sync": BOTH, "in_run": BOTH, "in_anyio": BOTH, **SOUND}


TESTS = """
import pytest
from hosted import *


@pytest.fixture
def anyio_backend():
    return "asyncio"


def test_sync():
    assert scanned() == [1, 2]


@pytest.mark.MARK
async def test_async():
    assert await scanned_async() == [1, 2]


@pytest.mark.MARK
async def test_sync_in_async():
    assert scanned() == [1, 2]


def test_after():
    assert asyncio.run is RUN
    assert asyncio.run(three()) == 3
"""


@pytest.mark.parametrize(
    ("mark", "plugin"),
    [("anyio", "anyio.pytest_plugin"), pytest.param("asyncio", "pytest_asyncio.plugin", marks=needs("pytest_asyncio"))],
)
def test_both_forms_work_in_async_tests(tmp_path: Path, mark: str, plugin: str) -> None:
    settings = "asyncio_default_fixture_loop_scope = function\n" if mark == "asyncio" else ""
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{settings}")
    command = ["-m", "pytest", "-q", "-p", plugin, "program.py"]
    said = ran(tmp_path, TESTS.replace("MARK", mark), *command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert said.splitlines()[-1].startswith("4 passed in "), said


NOTEBOOK = """
import json

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

CELLS = [
    "SETUP\\nfrom hosted import *\\nbefore = len(open_loops())",
    "scanned()",
    "await scanned_async()",
    "scan([interrupts('t0')], talks(), scans='interrupted', max_transcripts=1)",
    "(name,) = os.listdir('interrupted')\\nvalues(scan_results_df('interrupted/' + name))",
    "len(open_loops()) - before",
    "asyncio.run(three())",
    "scanned()",
]
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
local = Config(AsyncKernelManager={"transport": "ipc"})  # the kernel warns of ports
NotebookClient(notebook, config=local, timeout=60, allow_errors=True).execute()
told = []
for cell in notebook.cells:
    told.append([output.get("data", {}).get("text/plain") or output.get("ename") or output.name for output in cell.outputs])
print(json.dumps(told))
"""


@needs("nbclient")
@needs("ipykernel")
@pytest.mark.parametrize(
    "setup",
    [
        pytest.param("import sys", id="with widgets", marks=needs("ipywidgets")),
        pytest.param("import sys; sys.modules['ipywidgets'] = None", id="without widgets"),
    ],
)
def test_both_forms_work_in_a_notebook_and_interrupting_a_cell_ends_its_scan(tmp_path: Path, setup: str) -> None:
    told = json.loads(ran(tmp_path, NOTEBOOK.replace("SETUP", setup)).splitlines()[-1])
    assert told == [[], ["[1, 2]"], ["[1, 2]"], ["KeyboardInterrupt"], ["[1]"], ["0"], ["3"], ["[1, 2]"]]
