"""The sync API is interrupted: in order by the first signal, at once by the second, whatever runs."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

PROGRAM = """
import asyncio
import sys
import time

from inspect_scout._app.bridge import run_sync
from inspect_scout._app.interruption import on_abandoned, graceful_interruption


def say(word):
    print(f"{word}\\n", end="", flush=True)  # in one piece: two threads say something


async def waits():
    try:
        say("started")
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.01)
        say("put in order")


async def tidies_for_long():
    try:
        say("started")
        await asyncio.sleep(60)
    finally:
        say("tidying")
        await asyncio.sleep(60)


async def gives_no_turn():
    say("started")
    try:
        time.sleep(60)
    finally:
        say("put in order")


async def hears_nothing():
    say("started")
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            say("ignored")


async def finishes():
    say("started")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        return "finished"


async def gives_a_turn_late():
    say("started")
    time.sleep(1)
    say("went on")
    await asyncio.sleep(60)


async def says_that_it_was_left():
    with on_abandoned(lambda: say("left")):
        await gives_no_turn()


async def leaves_a_task():
    asyncio.create_task(hears_nothing())
    await asyncio.sleep(60)


async def softly(seconds=0.5):
    over = asyncio.Event()

    def begin():
        say("stopping")
        asyncio.get_running_loop().call_later(seconds, over.set)

    try:
        with graceful_interruption(begin, 60):
            say("started")
            await over.wait()
        say("over")
    finally:
        say("put in order")
    return "finished"


async def softly_for_long():
    await softly(60)


async def softly_and_then_for_long():
    await softly()
    await asyncio.sleep(60)


async def softly_beside_code_that_gives_no_turn():
    async def toils():
        time.sleep(3)

    toiling = asyncio.create_task(toils())
    try:
        return await softly()
    finally:
        say(toiling.done())


async def softly_within_a_loop():
    # As in a notebook: the coroutine runs on a loop of its own, while this thread waits.
    return run_sync(softly)


async def softly_for_long_within_a_loop():
    return run_sync(softly_for_long)


call = globals()[sys.argv[1]]
try:
    if sys.argv[1].endswith("within_a_loop"):
        say(asyncio.new_event_loop().run_until_complete(call()))
    else:
        say(run_sync(call))
except KeyboardInterrupt:
    say("interrupted")
"""


def run_pressing(what: str, presses: Sequence[tuple[str, int]]) -> tuple[list[str], float]:
    """Run a coroutine and send signals, each as soon as a word was said; gives the words, and how long the end took."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, what],
        text=True,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    assert program.stdout is not None
    words: list[str] = []
    began = 0.0
    for word, number in presses:
        while word not in words and (line := program.stdout.readline()):
            words.append(line.strip())
        time.sleep(0.2)  # two of a kind that arrive at the same moment are one
        program.send_signal(number)
        began = time.monotonic()
    rest, _ = program.communicate(timeout=60)
    assert program.returncode == 0
    return words + rest.split("\n")[:-1], time.monotonic() - began


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_lets_things_be_put_in_order(number: int) -> None:
    words, _ = run_pressing("waits", [("started", number)])
    assert words == ["started", "put in order", "interrupted"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_does_not_wait_for_that(number: int) -> None:
    words, took = run_pressing("tidies_for_long", [("started", number), ("tidying", number)])
    assert words == ["started", "tidying", "interrupted"]
    assert took < 30


def test_code_that_gives_no_turn_is_left_behind_soon_after_the_first() -> None:
    words, took = run_pressing("gives_no_turn", [("started", signal.SIGINT)])
    assert words == ["started", "interrupted"]  # nothing is raised into it
    assert took < 30


def test_code_that_gives_no_turn_is_left_behind_with_the_second() -> None:
    words, _ = run_pressing("gives_no_turn", [("started", signal.SIGINT), ("started", signal.SIGINT)])
    assert words == ["started", "interrupted"]


def test_who_has_to_know_that_it_was_left_behind_does() -> None:
    words, _ = run_pressing("says_that_it_was_left", [("started", signal.SIGINT)])
    assert words == ["started", "left", "interrupted"]


def test_code_that_gives_a_turn_in_time_is_cancelled_when_it_does() -> None:
    words, _ = run_pressing("gives_a_turn_late", [("started", signal.SIGINT)])
    assert words == ["started", "went on", "interrupted"]


def test_the_third_ends_what_hears_nothing() -> None:
    presses = [("started", signal.SIGINT), ("ignored", signal.SIGINT), ("ignored", signal.SIGINT)]
    words, took = run_pressing("hears_nothing", presses)
    assert "interrupted" in words[-2:]  # the other thread may go on for a moment
    assert took < 30


def test_what_finishes_in_spite_of_it_has_finished() -> None:
    assert run_pressing("finishes", [("started", signal.SIGINT)])[0] == ["started", "finished"]


def test_a_task_that_was_left_behind_is_not_waited_for() -> None:
    presses = [("started", signal.SIGINT), ("ignored", signal.SIGINT), ("ignored", signal.SIGINT)]
    words, took = run_pressing("leaves_a_task", presses)
    assert words[-1] == "interrupted"
    assert took < 30


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_where_it_is_softened_the_first_cancels_nothing(number: int) -> None:
    words, _ = run_pressing("softly", [("started", number)])
    assert words == ["started", "stopping", "over", "put in order", "finished"]


def test_where_it_is_softened_the_second_lets_things_be_put_in_order() -> None:
    words, took = run_pressing("softly_for_long", [("started", signal.SIGINT), ("stopping", signal.SIGTERM)])
    assert words == ["started", "stopping", "put in order", "interrupted"]
    assert took < 30


def test_after_what_was_softened_the_second_ends_what_follows() -> None:
    presses = [("started", signal.SIGINT), ("put in order", signal.SIGINT)]
    words, took = run_pressing("softly_and_then_for_long", presses)
    assert words == ["started", "stopping", "over", "put in order", "interrupted"]
    assert took < 30


def test_code_that_gives_no_turn_keeps_nothing_from_being_softened() -> None:
    presses = [("started", signal.SIGINT)]
    words, took = run_pressing("softly_beside_code_that_gives_no_turn", presses)
    assert words == ["started", "stopping", "over", "put in order", "True", "finished"]
    assert took < 30


def test_beside_a_running_loop_it_is_softened_too() -> None:
    words, _ = run_pressing("softly_within_a_loop", [("started", signal.SIGINT)])
    assert words == ["started", "stopping", "over", "put in order", "finished"]


def test_beside_a_running_loop_the_second_waits_no_longer() -> None:
    presses = [("started", signal.SIGINT), ("stopping", signal.SIGINT)]
    words, took = run_pressing("softly_for_long_within_a_loop", presses)
    assert words == ["started", "stopping", "put in order", "interrupted"]
    assert took < 30
