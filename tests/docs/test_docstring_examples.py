"""The examples in the docstrings of public names run: each alone, in a copy of the examples where a scan was made.

They may use what a reader of the manual has at hand: the public names, the example scanners, and what `SETUP` makes.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from architecture.docstrings import documentation, example, methods, public

ROOT = Path(__file__).parents[2]
SETUP = '''
from collections.abc import AsyncIterator
from pathlib import Path

from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, get_model
from inspect_ai.solver import generate as agent
from pydantic import JsonValue

from inspect_scout import *
from inspect_scout.aio import *
from inspect_scout.executors import *
from inspect_scout.sources import *
from inspect_scout.testing import *
from scanners import *
from scout_chats.source import CHATS, chats_in


@scanner(messages="all")
def length() -> Scanner[Transcript]:
    async def look(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return look


@scanner(messages="all")
def leaks() -> Scanner[Transcript]:
    return llm_scanner(question="Does it leak a password?", answer="boolean")


class RunsReader:
    """Reads traces of which there are none yet."""

    name = "runs"

    async def discover(self, where, since=None):
        is_wanted = changed_since(since)
        for ref in [TraceRef("run-1", f"{where}/1.json", "100 bytes")]:
            if is_wanted(ref):
                yield ref


my_scanners, samples, reader = [refusals(), length()], [Sample(input="Hello")], RunsReader()
judge = scripted_model("ANSWER: no")
transcripts = transcripts_from("logs").where("task_id = 'sorting'")
everything = TranscriptContent(messages="all", events="all", timeline="all")
transcript = transcripts.read(next(iter(transcripts)).transcript_id, everything)
tool_message = next(message for message in transcript.messages if isinstance(message, ChatMessageTool))
text = "[M1] USER: Hello"
'''

FAILING = """
from pathlib import Path

from inspect_scout import Result, scanner


@scanner(messages="all")
def fails():
    async def look(transcript):
        if Path("broken").exists():
            raise ValueError("broken")
        return Result(value=True)

    return look
"""


def documented() -> Iterator[tuple[str, Any]]:
    """Name public functions, classes and methods, each once."""
    seen: set[int] = set()
    for name, thing in public():
        if id(thing) not in seen:
            seen.add(id(thing))
            yield name, thing
            yield from (
                (f"{name}.{method}", function)
                for method, function in (methods(thing) if isinstance(thing, type) else ())
            )


EXAMPLES = {name: code for name, thing in documented() if (code := example(documentation(thing)))}


@pytest.fixture(scope="module")
def place(example_scan: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with the examples, a scan of them, and one that did not end."""
    folder = tmp_path_factory.mktemp("docstrings") / "examples"
    shutil.copytree(ROOT / "examples", folder)
    shutil.copytree(example_scan, folder / "scans" / "scan_id=...")
    folder.joinpath("failing.py").write_text(FAILING)
    folder.joinpath("broken").touch()
    command = [str(Path(sys.executable).parent / "scout"), "scan", "failing.py", "-T", "logs", "--fail-on-error"]
    assert subprocess.run(command, check=False, capture_output=True, cwd=folder).returncode == 1
    (stopped,) = (scan for scan in folder.glob("scans/*") if scan.name != "scan_id=...")
    for number in range(3):  # examples resume and complete them
        shutil.copytree(stopped, stopped.with_name(f"scan_id=stopped{number}"))
    folder.joinpath("broken").unlink()
    folder.joinpath("talks.chats").write_text("# first\nuser: Hello\n# second\nuser: Bye\n")
    folder.joinpath("cases.csv").write_text("id,target,split\nNQ7dDdcKAUnFgyYfCwecd8,false,test\n")
    return folder


@pytest.fixture
def names(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "path", [str(place), str(place / "extension"), *sys.path])
    monkeypatch.setenv("OPENAI_API_KEY", "none is called")
    monkeypatch.setenv("INSPECT_EVAL_MODEL", "mockllm/model")
    for name in ("scanners", "scout_chats", "scout_chats.source"):
        monkeypatch.delitem(sys.modules, name, raising=False)  # other tests have modules of these names
    names: dict[str, Any] = {"__name__": "example"}
    exec(SETUP, names)
    yield names
    for name in ("scanners", "scout_chats", "scout_chats.source"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_runs(name: str, names: dict[str, Any]) -> None:
    code = compile(EXAMPLES[name], name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    made = eval(code, names)
    if inspect.iscoroutine(made):
        asyncio.run(made)
