"""Completing words in shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_scout._cli import main
from support.cli import scout
from support.terminals import Terminal

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The examples, as the working directory."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def completed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What bash is offered for the last word, without the kind `plain`."""
    monkeypatch.setenv("_SCOUT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "\n".join(map(_quoted, ["scout", *words])))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    capsys.readouterr()
    assert main([]) == 0
    monkeypatch.delenv("_SCOUT_COMPLETE")
    return [line.removeprefix("plain,") for line in capsys.readouterr().out.split("\n") if line]


def _quoted(word: str) -> str:
    return word.replace(" ", "\\ ")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sc"], ["scan", "scanner"]),
        (["db", "co"], ["compact", "copy"]),
        (["scan", "li"], ["file,li", "list"]),
        (["scan", "scanners.py", "--mode"], ["--model", "--model-base-url", "--model-config", "--model-role"]),
        (["scan", "scanners.py", "@", "re"], ["file,scanners.py@re", "reads_hidden_files", "refusals"]),
        (["scan", "project/jobs.py", "@", "s"], ["file,project/jobs.py@s", "split"]),
        (["scan", "nowhere.py", "@", "s"], ["file,nowhere.py@s"]),
        (["scan", "jud"], ["file,jud", "judging.py"]),
        (["scan", "scanners.py", "-T", "lo"], ["file,lo"]),
        (["scan", "scanners.py", "--record-input", "c"], ["copy"]),
        (["db", "stats", "tr"], ["dir,tr"]),
        (["nothing", "x"], []),
        (["completion", ""], ["bash", "zsh", "fish"]),
    ],
)
def test_words_are_completed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], offered: list[str]
) -> None:
    assert completed(capsys, monkeypatch, *words) == offered


def test_scans_their_scanners_and_columns_are_completed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["scan", "scanners.py@refusals", "-T", "logs", "--display", "none"]) == 0
    (folder,) = Path("scans").iterdir()
    scan_id = folder.name.removeprefix("scan_id=")
    assert completed(capsys, monkeypatch, "scan", "status", scan_id[:3]) == [f"dir,{scan_id[:3]}", scan_id]
    assert completed(capsys, monkeypatch, "scan", "results", str(folder), "--scanner", "r") == ["refusals"]
    assert completed(capsys, monkeypatch, "scan", "results", "--scanner", "") == ["refusals"]
    offered = completed(capsys, monkeypatch, "scan", "results", str(folder), "--columns", "value,task_")
    assert offered == ["value,task_set", "value,task_id", "value,task_repeat"]


def test_a_folder_without_scans_and_one_that_is_broken_offer_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert completed(capsys, monkeypatch, "scan", "results", "--scanner", "") == []
    Path("scout.yaml").write_text("scans: [")
    assert completed(capsys, monkeypatch, "scan", "status", "a") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_of_its_own(shell: str) -> None:
    assert f"_SCOUT_COMPLETE={shell}_complete" in scout("completion", shell).out


def test_completing_loads_neither_inspect_nor_tables() -> None:
    probe = """
import os, sys
from inspect_scout._cli import main
main([])
sys.stderr.write(" ".join({name.split(".")[0] for name in sys.modules}))
"""
    given = {"_SCOUT_COMPLETE": "bash_complete", "COMP_WORDS": "scout\nscan\nstatus\n", "COMP_CWORD": "3"}
    words = [sys.executable, "-c", probe]
    ran = subprocess.run(words, env={**os.environ, **given}, capture_output=True, check=True, text=True)
    assert not {"inspect_ai", "pandas", "duckdb", "pyarrow", "pydantic", "rich", "asyncio"} & set(ran.stderr.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_completes_a_scanner_of_a_file_as_it_is_typed() -> None:
    bash = ["bash", "--norc", "--noprofile", "-i"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with Terminal(bash, environment={"PATH": path, "PS1": "> ", "TERM": "dumb"}) as terminal:
        terminal.type("source <(scout completion bash) && echo re''ady\n")
        terminal.wait_for("ready")
        terminal.type("scout scan scanners.py@refu\t")
        terminal.wait_for("refusals ")
        terminal.type("\x15exit\n")
        terminal.wait_for_end()
