"""One bridge from sync to async: nothing else starts an event loop, or runs a coroutine by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import inspect_scout

SOURCE = Path(inspect_scout.__file__).parent

# File -> why it starts a loop, or runs a coroutine by hand, all the same.
ALLOWED = {
    "_app/bridge.py": "is the bridge",
    "_app/interruption.py": "makes the loop of the bridge, which signals can end",
    "_engine/executors/ray.py": "where a worker of Ray starts",
    "_engine/workers/channels.py": "where a worker process starts",
    "testing/storage_laws.py": "laws are tests, which have no loop unless they make one",
}
STARTS = {"asyncio.run", "asyncio.Runner", "asyncio.new_event_loop", "anyio.run"}
METHODS = {"run_until_complete", "run_forever", "start_blocking_portal"}


def loops(code: str) -> Iterator[str]:
    """Find what starts loops, or runs coroutines by hand, also where it is only handed on (to a thread)."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if f"{module}.{name}" in STARTS:
                yield f"{module}.{name}"
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in METHODS:
                yield name
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{n.name}" for n in names if f"{module}.{n.name}" in STARTS or n.name in METHODS)
            case ast.Call(func=ast.Attribute(attr="send"), args=[ast.Constant(value=None)]):
                yield "send(None)"
            case _:
                pass


@pytest.mark.parametrize(
    "code",
    [
        "asyncio.run(main())",
        "pool.submit(anyio.run, work)",
        "with asyncio.Runner() as runner: pass",
        "loop = asyncio.new_event_loop()",
        "threading.Thread(target=loop.run_forever)",
        "from asyncio import run as go",
        "from anyio.from_thread import start_blocking_portal",
        "coroutine.send(None)",
    ],
)
def test_every_way_to_start_a_loop_is_found(code: str) -> None:
    assert list(loops(code))


def test_only_the_bridge_and_the_starts_of_processes_run_loops() -> None:
    found = {
        path.relative_to(SOURCE).as_posix(): names
        for path in SOURCE.rglob("*.py")
        if (names := list(loops(path.read_text(encoding="utf-8"))))
    }
    assert {file: names for file, names in found.items() if file not in ALLOWED} == {}
    assert set(found) == set(ALLOWED)
