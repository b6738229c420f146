"""`scout scanner`: what scanner files say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cli import Ran, scout

TEXT = '''
from inspect_scout import llm_scanner, grep_scanner, scanner, AnswerStructured
from pydantic import BaseModel, Field
raise RuntimeError("was run")

class Found(BaseModel):
    grade: int = Field(description="how bad", ge=1)

@scanner(messages="all", version=2)
def refusal(word: str = "x"):
    return llm_scanner(question="Does it\\nrefuse?\\x1b[2J", answer="boolean", cache=POLICY)

@scanner(messages=["user"])
def graded():
    return llm_scanner(question="How bad?", answer=AnswerStructured(type=list[Found]))

@scanner(loader=own())
def words():
    return grep_scanner({"a": "x", "b": ["y", "z"]})

@scanner
def custom():
    """Count."""
    async def scan(m): ...
    return scan
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s.py"
    path.write_text(TEXT)
    return path


def run(*arguments: str) -> Ran:
    """Run a command of the group over the real reading of files."""
    return scout("scanner", *arguments)


def test_list_says_what_each_asks(file: Path) -> None:
    ran = run("list", str(file))
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert [line[1] for line in lines] == ["scanner", "refusal", "graded", "words", "custom"]
    assert "messages: all" in ran.out
    assert "loader: own()" in ran.out
    assert "a: x; b: y, z" in ran.out
    assert "Does it refuse?" in ran.out
    assert ran.out.splitlines()[-1].endswith("  no")
    assert "\x1b" not in ran.out


def test_list_reports_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("@scanner\ndef (")
    ran = run("list", str(tmp_path))
    assert ran.code == 0
    assert "broken.py" in ran.err
    assert "No scanners" in ran.err
    (report,) = json.loads(run("list", str(tmp_path), "--json").out)
    assert "not valid Python" in report["problem"]


def test_show_says_everything(file: Path) -> None:
    ran = run("show", str(file))
    assert ran.code == 0
    for text in (
        "refusal (llm) in",
        'function: refusal(word: str = "x")',
        "version: 2",
        "question: Does it\n    refuse?\n",
        "cache: POLICY (kept as it is)",
        "answer: list of Found",
        "Found.grade: int (how bad; ge=1)",
        "pattern 'b': y, z",
        "says: Count.",
        "not editable: it has code of its own",
    ):
        assert text in ran.out, text
    assert "\x1b" not in ran.out


def test_show_writes_one_scanner_as_json(file: Path) -> None:
    ran = run("show", f"{file}@words", "--json")
    (report,) = json.loads(ran.out)
    (scanner,) = report["scanners"]
    assert (scanner["name"], scanner["kind"], scanner["editable"]) == ("words", "grep", True)
    assert scanner["decorator"]["kept"] == {"loader": "own()"}
    assert scanner["grep"]["labeled_patterns"] == {"a": "x", "b": ["y", "z"]}


def test_the_whole_way_through_the_real_application(file: Path) -> None:
    from inspect_scout._cli.run import run_command as run_real

    assert run_real(["scanner", "show", f"{file}@refusal", "--json"], None) == 0
    assert run_real(["scanner", "show", f"{file}@refusals"], None) == 1
