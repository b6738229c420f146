"""Every code block of the manual and the README runs, in order, in a copy of the examples.

The README and the first page begin in the folder of a clone, where nothing is activated, as a person does who types them.

python                  executed; a `text` block right after it must equal what was printed. What imports a package that the tests
                        do without (`OPTIONAL`) is executed where that is installed, and else only read
python title="name.py"  written to that file
console                 each line after `$ ` is typed into one shell; the lines below it must equal its output. What is `scout` and its
                        arguments alone runs in this process

Expected output may contain `...` for what varies (ids, times, numbers). Blocks of other kinds only have to be there.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import doctest
import importlib.util
import io
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from inspect_scout._cli import main
from inspect_scout.testing import storage_for
from support.pages import BIN, ROOT, Block, blocks, commands, make_clone
from support.printed.typed import PLAIN, Pipe

BUCKET = "s3://my-bucket"
"""Pages that name it find it on the local server, with the example logs in it."""

FROM_A_CLONE = ("README.md", "index.md")
"""Pages that begin in the folder of a clone."""
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

OPTIONAL = frozenset(("matplotlib",))
"""Packages that pages may use and the tests do without."""

LIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def assert_like(expected: str, got: str, where: str) -> None:
    got = "\n".join(line.rstrip() for line in got.strip().splitlines())
    if not doctest.OutputChecker().check_output(expected.strip() + "\n", got + "\n", LIKE):
        pytest.fail(f"{where} printed\n{got}\n\nwhere the page says\n{expected}", pytrace=False)


class Shell:
    """A shell that is typed into: what a command does to folder and environment stays.

    Args:
        folder: Where it keeps what it must not forget.
        activated: Whether `scout` is on its path from the beginning.
    """

    def __init__(self, folder: Path, *, activated: bool) -> None:
        self._state, self._environment = folder / "state", {**os.environ, "COLUMNS": "120"}
        if activated:
            self._environment["PATH"] = f"{BIN}:{os.environ['PATH']}"
        else:
            places = os.environ["PATH"].split(os.pathsep)
            self._environment["PATH"] = os.pathsep.join(place for place in places if not Path(place, "scout").exists())

    def type(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command, in this process if it needs no shell; this process follows it into the folder where it ends."""
        plain = PLAIN.fullmatch(command)
        if plain is not None and shutil.which("scout", path=self._environment["PATH"]):
            return self._run_here(plain)
        script = f'{command}\n__code=$?; {{ pwd; env -0; }} > "{self._state}"; exit $__code'
        ran = subprocess.run(
            ["bash", "-c", script],
            check=False,
            env=self._environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        folder, _, variables = self._state.read_text().partition("\n")
        self._environment = dict(each.split("=", 1) for each in variables.split("\0") if "=" in each)
        os.chdir(folder)
        return ran

    def _run_here(self, plain: re.Match[str]) -> subprocess.CompletedProcess[str]:
        os.chdir(plain["folder"] or ".")
        pipe = Pipe()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO())
            patch.setattr(logging.getLogger(), "handlers", [])  # those of pytest, without which warnings are printed
            with contextlib.redirect_stdout(pipe), contextlib.redirect_stderr(pipe):
                code = main(shlex.split(plain["words"]))
        return subprocess.CompletedProcess(plain[0], code, pipe.text())


def run_console(block: Block, where: str, shell: Shell) -> None:
    for command, expected in commands(block.code):
        ran = shell.type(command)
        assert ran.returncode == 0, f"{where}: {command!r} ended with {ran.returncode}\n{ran.stdout}"
        if expected:
            assert_like(expected, ran.stdout, f"{where}: {command!r}")


def imported_packages(code: str) -> set[str]:
    """Name the packages that code imports."""
    nodes = [*ast.walk(ast.parse(code))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in imported}


def run_python(block: Block, names: dict[str, Any], where: str, expected: str | None) -> None:
    code = compile(block.code, where, "exec")
    if any(importlib.util.find_spec(name) is None for name in imported_packages(block.code) & OPTIONAL):
        return
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    if expected is not None:
        assert_like(expected, printed.getvalue(), where)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_blocks_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    examples = make_clone(tmp_path)
    if BUCKET in page.read_text(encoding="utf-8"):
        request.getfixturevalue("s3").make_bucket(BUCKET.removeprefix("s3://"))
        for log in (examples / "logs").iterdir():
            asyncio.run(storage_for(BUCKET).write(f"{BUCKET}/logs/{log.name}", log.read_bytes()))
    from_a_clone = page.name in FROM_A_CLONE
    monkeypatch.chdir(examples.parent if from_a_clone else examples)
    monkeypatch.setattr(sys, "path", [str(examples), *sys.path])
    shell = Shell(tmp_path, activated=not from_a_clone)
    names: dict[str, Any] = {"__name__": "page"}
    found = blocks(page)
    for block, following in zip_longest(found, found[1:]):
        where = f"{page.name}:{block.line}"
        if block.title is not None:
            Path(block.title).write_text(block.code, encoding="utf-8")
        elif block.kind == "python":
            expected = following.code if following and following.kind == "text" else None
            run_python(block, names, where, expected)
        elif block.kind == "console":
            run_console(block, where, shell)
    for name, module in list(sys.modules.items()):  # other tests have modules of these names
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
