"""What a verdict rests on: the fingerprint of a scanner changes with it, and with nothing else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig

from inspect_scout import transcripts_from
from inspect_scout._plan import ScanRequest, plan_scan, resolve_request
from inspect_scout.testing import scripted_model
from support.logs import make_log, make_sample, write

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

JUDGE = '''"""Judges."""
from pathlib import Path
from inspect_ai.model import get_model
from inspect_scout import Result, Scanner, Transcript, generate_answer, llm_scanner, messages_as_str, scanner
from .beside import LIMITS, count, unused
from ..common import *

TEMPLATE = Path(__file__).with_name("template.txt").read_text()
NAMES = []
for letter in "ab":
    NAMES.append(letter)

def closing(limit):
    @scanner(messages="all")
    def closes():
        async def scan(transcript: Transcript) -> Result:
            return Result(value=len(transcript.messages) > limit)
        return scan
    return closes

closes = closing(3)

@scanner(messages="all")
def counts(least: int = 1):
    """Count."""
    async def scan(transcript: Transcript) -> Result:
        from judges_lately import lately
        text, _ = await messages_as_str(transcript, include_ids=True)
        return Result(value=count(transcript, LIMITS) > least and shared(text) in NAMES and lately())
    return scan

@scanner(messages="all")
def asks():
    async def scan(transcript: Transcript) -> Result:
        return await generate_answer(TEMPLATE + str(len(transcript.messages)), "boolean")
    return scan

@scanner(messages="all")
def judges(role: str | None = None, model: str | None = None):
    return llm_scanner(question="Is it?", answer="boolean", template=TEMPLATE, model_role=role, model=model)
'''
FILES = {
    "__init__.py": "",
    "common.py": "def shared(text):\n    return text[:WIDTH]\nWIDTH = 1\ndef other():\n    return 3\n",
    "team/__init__.py": "",
    "team/judge.py": JUDGE,
    "team/beside.py": "LIMITS = {'a': 1}\ndef count(t, limits):\n    return len(t.messages) - limits['a']\nunused = 3\n",
    "team/template.txt": "{{ question }} {{ messages }}",
    "team/unrelated.py": "WORD = 1\n",
    "../judges_lately.py": "def lately():\n    return True\n",
}
LOADER = "from judge_project.team.judge import {name}\n"


@pytest.fixture(autouse=True)
def unchanged_imports() -> Iterator[None]:
    before = list(sys.path)
    yield
    sys.path[:] = before
    forget()


def forget() -> None:
    """Let the modules of the project be imported again."""
    for name in [name for name in sys.modules if name.startswith(("judge_project", "judges_lately"))]:
        del sys.modules[name]


async def fingerprint(
    folder: Path, name: str, changes: dict[str, tuple[str, str]] | None = None, args: Any = None, **request: Any
) -> str:
    """Plan a scan with a scanner of a small project, some text of which is replaced, and give its fingerprint."""
    shutil.rmtree(folder, ignore_errors=True)
    project = folder / "judge_project"
    for file, text in FILES.items():
        old, new = (changes or {}).get(file, ("", ""))
        assert old in text
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text(text.replace(old, new) if old else text + new)
    forget()
    sys.path[:] = [str(folder), *(path for path in sys.path if "judge_project" not in path)]
    from importlib import import_module, invalidate_caches

    invalidate_caches()
    factory = getattr(import_module("judge_project.team.judge"), name)
    log = write(make_log([make_sample(1)]), folder / "log.eval")
    model = request.pop("model", None) or scripted_model("yes", name="x")
    planned = await plan_scan(
        resolve_request(
            ScanRequest(scanners=[factory(**(args or {}))], transcripts=transcripts_from(log), model=model, **request)
        ).request
    )
    return planned.scanners[name].fingerprint


JUDGE_FILE = "team/judge.py"
CHANGED: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "the scanner": ("counts", {JUDGE_FILE: ("> least", ">= least")}),
    "a helper beside it": ("counts", {"team/beside.py": ("len(t.messages)", "len(t.events)")}),
    "a constant beside it": ("counts", {"team/beside.py": ("'a': 1", "'a': 2")}),
    "a helper of another folder, imported with all of its names": ("counts", {"common.py": ("text[:", "text[1:")}),
    "what that helper refers to": ("counts", {"common.py": ("WIDTH = 1", "WIDTH = 2")}),
    "a helper that is imported when it runs": ("counts", {"../judges_lately.py": ("True", "False")}),
    "a loop that fills a list": ("counts", {JUDGE_FILE: ('"ab"', '"abc"')}),
    "what its factory closes over": ("closes", {JUDGE_FILE: ("closing(3)", "closing(4)")}),
    "a file that a prompt is read from": ("asks", {"team/template.txt": ("question", "messages")}),
    "a template": ("judges", {"team/template.txt": ("question", "messages")}),
    "a question": ("judges", {JUDGE_FILE: ("Is it?", "Was it?")}),
}
SAME: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "comments": ("counts", {JUDGE_FILE: ("text, _ =", "# All of it.\n        text, _ =")}),
    "docstrings": ("counts", {JUDGE_FILE: ('"""Count."""', '"""Count them."""')}),
    "formatting": ("counts", {JUDGE_FILE: ("text, _ =", "(text,\n         _) =")}),
    "moved lines": ("counts", {JUDGE_FILE: ('"""Judges."""', '"""Judges."""\n\n\n')}),
    "lines of helpers": ("counts", {"team/beside.py": ("LIMITS", "\n# What is left out.\n\nLIMITS")}),
    "another scanner": ("counts", {JUDGE_FILE: ("Is it?", "Was it?")}),
    "another helper": ("counts", {"common.py": ("return 3", "return 4")}),
    "what else is imported beside it": ("counts", {"team/beside.py": ("unused = 3", "unused = 4")}),
    "another name in an import": ("counts", {JUDGE_FILE: ("count, unused", "count")}),
    "an unrelated file": ("counts", {"team/unrelated.py": ("1", "2")}),
    "a file that others read": ("counts", {"team/template.txt": ("question", "messages")}),
}


@pytest.mark.parametrize("what", CHANGED)
async def test_what_a_verdict_rests_on_changes_the_fingerprint(tmp_path: Path, what: str) -> None:
    name, changes = CHANGED[what]
    assert await fingerprint(tmp_path / "a", name) != await fingerprint(tmp_path / "b", name, changes)


@pytest.mark.parametrize("what", SAME)
async def test_what_changes_no_verdict_leaves_the_fingerprint(tmp_path: Path, what: str) -> None:
    name, changes = SAME[what]
    assert await fingerprint(tmp_path / "a", name) == await fingerprint(tmp_path / "elsewhere" / "b", name, changes)


WARM, COOL = GenerateConfig(temperature=1.0), GenerateConfig(temperature=0.5)
OTHER_MODEL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an argument": ({"args": {"role": "a"}}, {"args": {"role": "b"}}),
    "the model": ({"model": "mockllm/a"}, {"model": "mockllm/b"}),
    "an option of the model": ({"model_config": WARM}, {"model_config": COOL}),
    "an argument of the model": (
        {"model": "mockllm/a", "model_args": {"flavour": 1}},
        {"model": "mockllm/a", "model_args": {"flavour": 2}},
    ),
    "a model of its own": ({"args": {"model": "mockllm/a"}}, {"args": {"model": "mockllm/b"}}),
    "the model of its role": (
        {"args": {"role": "r"}, "model_roles": {"r": "mockllm/a"}},
        {"args": {"role": "r"}, "model_roles": {"r": "mockllm/b"}},
    ),
    "an option of the model of its role": (
        {"args": {"role": "r"}, "model_roles": {"r": {"model": "mockllm/a", "temperature": 1.0}}},
        {"args": {"role": "r"}, "model_roles": {"r": {"model": "mockllm/a", "temperature": 0.5}}},
    ),
}
SAME_MODEL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "how the model is reached": ({}, {"model_config": GenerateConfig(max_connections=3, max_retries=1, timeout=9)}),
    "a role that it does not ask": ({}, {"model_roles": {"r": "mockllm/a"}}),
    "the model of the scan, beside one of its own": (
        {"args": {"model": "mockllm/a"}, "model": "mockllm/b"},
        {"args": {"model": "mockllm/a"}, "model": "mockllm/c"},
    ),
}


@pytest.mark.parametrize("what", OTHER_MODEL)
async def test_what_answers_changes_the_fingerprint(tmp_path: Path, what: str) -> None:
    one, other = (dict(given) for given in OTHER_MODEL[what])
    assert await fingerprint(tmp_path, "judges", **one) != await fingerprint(tmp_path, "judges", **other)


@pytest.mark.parametrize("what", SAME_MODEL)
async def test_what_does_not_answer_leaves_the_fingerprint(tmp_path: Path, what: str) -> None:
    one, other = (dict(given) for given in SAME_MODEL[what])
    assert await fingerprint(tmp_path, "judges", **one) == await fingerprint(tmp_path, "judges", **other)
