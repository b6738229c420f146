"""The first hour with Scout, on terminals of several widths and in a pipe: every line fits, and each leads on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.pages import ROOT, Block, blocks, commands, make_clone
from support.terminals.walk import WIDTHS, Walk, Width


def start_of(page: Path) -> list[Block]:
    """Give the code blocks of a page before the first Python that is not a file."""
    found = blocks(page)
    ends = (at for at, block in enumerate(found) if block.kind == "python" and block.title is None)
    return found[: next(ends, len(found))]


def type_blocks(walk: Walk, found: list[Block]) -> list[str]:
    """Save the files and type the lines of a page; gives the lines."""
    typed: list[str] = []
    for block in found:
        if block.title is not None:
            (walk.folder / block.title).write_text(block.code)
        for command, _ in commands(block.code) if block.kind == "console" else ():
            walk.type(command, answers="\n" if command.startswith("scout init") else "")
            typed.append(command)
    return typed


@pytest.mark.parametrize("width", WIDTHS)
def test_every_line_of_the_readme_can_be_typed(width: Width, tmp_path: Path) -> None:
    walk = Walk(width, make_clone(tmp_path).parent, activated=False)
    typed = type_blocks(walk, blocks(ROOT / "README.md"))
    assert typed[:2] == ["source .venv/bin/activate", "cd examples"]
    assert "scout init ../my-review" in typed
    assert walk.folder.name == "my-review"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_tutorial_can_be_typed_until_it_turns_to_python(width: Width, tmp_path: Path) -> None:
    walk = Walk(width, make_clone(tmp_path))
    typed = type_blocks(walk, start_of(ROOT / "docs" / "tutorial.md"))
    assert typed[0] == "scout transcripts -T logs"
    assert "scout show EYPKQfRN --cite" in typed


@pytest.mark.parametrize("width", WIDTHS)
def test_a_newcomer_is_led_from_nothing_to_evidence(width: Width, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "logs", tmp_path / "work" / "logs")
    walk = Walk(width, tmp_path / "work")
    assert "scout init" in walk.type("scout --help").shown
    assert "'scout init'" in walk.type("scout scan", code=2).words()
    assert "next: scout scan scanners.py" in walk.type("scout init", answers="\n").shown
    assert "scout scan scanners.py" in walk.type("scout scan", code=2).all
    assert "Did you mean 'scanners.py'?" in walk.type("scout scan scaners.py", code=1).words()
    scanned = walk.type("scout scan scanners.py")
    assert "scan complete" in scanned.shown
    assert "Starting" not in scanned.remarks
    found = walk.type("scout scan results --scanner refusals --positive --columns task_id,transcript_id,value")
    assert "reactor" in found.shown
    led = walk.paste_offered()
    assert [line.split()[1:3] for line in led] == [["scan", "results"], ["show", led[-1].split()[2]]]
    assert "[M3] assistant" in walk.type(led[-1]).shown
    assert "--help-all" in walk.type("scout scan --help").shown
