"""What an observation records, how observations stand in each other, and what becomes of exceptions."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from inspect_ai.event import Event, InfoEvent
from inspect_ai.model import get_model

from _observe.test_clients import CHAT, openai_client, recorded
from _observe.wire import Wire, serving
from inspect_scout import Transcript, TranscriptInfo, observe, observe_update
from inspect_scout.testing import scripted_model

pytestmark = pytest.mark.anyio


class Telling:
    """A provider of someone's own: whatever a test tells it becomes an event."""

    emit: Any = None

    def install(self, emit: Any) -> None:
        Telling.emit = staticmethod(emit)

    async def build_event(self, data: dict[str, Any]) -> Event:
        if data.get("broken"):
            raise ValueError("no such event")
        return InfoEvent(source="telling", data=data["text"])


def tell(text: str, **more: Any) -> None:
    Telling.emit({"text": text, **more})


def texts(transcript: Transcript) -> list[Any]:
    return [event.data for event in transcript.events if event.event == "info"]


async def by_task(place: Path) -> dict[str | None, Transcript]:
    return {transcript.task_id: transcript for transcript in await recorded(place)}


async def test_forms_for_async_and_sync_programs(tmp_path: Path) -> None:
    observing = observe(provider=Telling(), db=str(tmp_path), task_set="forms")

    @observing
    async def in_async() -> str:
        observe_update(task_id="async function")
        tell("a")
        return "a"

    @observing
    def in_sync() -> str:
        observe_update(task_id="sync function")
        tell("b")
        return "b"

    assert (await in_async(), await in_async(), in_sync()) == ("a", "a", "b")
    async with observing as seen:
        observe_update(task_id="async with")
        assert seen.info.task_set == "forms"
    with observing as seen:
        observe_update(task_id="with")
    found = await recorded(tmp_path)
    tasks = [transcript.task_id for transcript in found]
    assert sorted(tasks, key=str) == ["async function", "async function", "async with", "sync function", "with"]
    assert seen.transcript_id in {transcript.transcript_id for transcript in found}
    assert {transcript.source_type for transcript in found} == {"observe"}


async def test_what_is_inside_inherits_and_shares_with_nobody(tmp_path: Path) -> None:
    info = TranscriptInfo(transcript_id="x", agent="from info", metadata={"info": 1})
    async with observe(db=str(tmp_path), provider=Telling(), info=info, source_type="mine", metadata={"run": 7}):
        async with observe(task_id="a", metadata={"leaf": "a"}):
            observe_update(metadata={"only": "a"}, score=0.5, score_explanation="half", success=False, limit="time")
        async with observe(task_id="b"):
            pass
        async with observe(task_id="c", info=TranscriptInfo(transcript_id="y", agent="other", metadata={"run": 8})):
            pass
    found = await by_task(tmp_path)
    assert found["a"].metadata == {"info": 1, "run": 7, "leaf": "a", "only": "a"}
    assert found["b"].metadata == {"info": 1, "run": 7}
    assert found["c"].metadata == {"info": 1, "run": 8}
    assert {each.source_type for each in found.values()} == {"mine"}
    assert (found["a"].agent, found["c"].agent) == ("from info", "other")
    assert (found["a"].score, found["a"].score_explanation, found["a"].success, found["a"].limit) == (
        0.5,
        "half",
        False,
        "time",
    )


async def test_many_at_once_keep_what_is_theirs(tmp_path: Path) -> None:
    async def run(number: int) -> None:
        async with observe(task_id=str(number), metadata={"n": number}):
            for step in range(5):
                await asyncio.sleep(0)
                tell(f"{number}-{step}")

    async with observe(db=str(tmp_path), provider=Telling()):
        await asyncio.gather(*(run(number) for number in range(50)))
    found = await by_task(tmp_path)
    assert len(found) == 50
    for task, transcript in found.items():
        assert texts(transcript) == [f"{task}-{step}" for step in range(5)]
        assert transcript.metadata == {"n": int(task or "")}


async def test_one_observation_may_be_entered_by_several_tasks(tmp_path: Path) -> None:
    inside = observe(source_id="shared")
    second_is_in, first_is_out = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with inside:
            observe_update(task_id="first")
            await second_is_in.wait()
            tell("first")
        first_is_out.set()

    async def second() -> None:
        async with inside:
            observe_update(task_id="second")
            second_is_in.set()
            await first_is_out.wait()
            tell("second")

    async with observe(db=str(tmp_path), provider=Telling()):
        await asyncio.gather(first(), second())
    found = await by_task(tmp_path)
    assert {task: texts(each) for task, each in found.items()} == {"first": ["first"], "second": ["second"]}


async def test_threads_that_are_given_the_context(tmp_path: Path) -> None:
    def work(number: int) -> None:
        with observe(task_id=str(number)):
            tell(f"in {number}")

    with observe(db=str(tmp_path), provider=Telling()):
        threads = [threading.Thread(target=contextvars.copy_context().run, args=(work, n)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = await by_task(tmp_path)
    assert {task: texts(each) for task, each in found.items()} == {str(n): [f"in {n}"] for n in range(8)}


async def test_one_that_calls_models_itself_is_written_beside_those_in_it(tmp_path: Path) -> None:
    async with observe(db=str(tmp_path), provider=Telling(), task_id="outer"):
        tell("mine")
        async with observe(task_id="inner"):
            tell("its")
    async with observe(db=str(tmp_path), provider=Telling(), task_id="only around"), observe(task_id="again"):
        pass
    found = await by_task(tmp_path)
    assert {task: texts(each) for task, each in found.items()} == {"outer": ["mine"], "inner": ["its"], "again": []}


def raise_(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(3)])
async def test_exceptions_go_on_and_are_recorded(tmp_path: Path, error: BaseException) -> None:
    reached: list[str] = []
    with pytest.raises(type(error)) as raised, observe(db=str(tmp_path), provider=Telling(), task_id="outer"):
        with observe(task_id="inner"):
            tell("before")
            raise_(error)
        reached.append("behind")
    assert raised.value is error
    assert not reached
    found = await by_task(tmp_path)
    assert found["inner"].error is not None
    assert type(error).__name__ in found["inner"].error
    assert texts(found["inner"]) == ["before"]


async def test_a_cancelled_task_is_recorded_and_cancelled(tmp_path: Path) -> None:
    async def wait() -> None:
        async with observe(db=str(tmp_path), provider=Telling(), task_id="slow"):
            tell("begun")
            await anyio.sleep_forever()

    with anyio.move_on_after(0.1) as scope:
        await wait()
    assert scope.cancelled_caught
    found = await by_task(tmp_path)
    assert "Cancelled" in (found["slow"].error or "")


async def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="observe_update"):
        observe_update(task_id="x")
    async with observe(db=str(tmp_path), provider=Telling()):
        for inside in (observe(db=str(tmp_path)), observe(provider="openai")):
            with pytest.raises(ValueError, match="outermost"):
                inside.__enter__()
    with pytest.raises(TypeError, match="generator"):

        @observe
        def items() -> Any:
            yield 1

    for wanted in ("nobody", 7):
        with pytest.raises(Exception, match="provider"):
            observe(provider=wanted, db=str(tmp_path)).__enter__()  # type: ignore[arg-type]


async def test_a_call_that_cannot_be_converted_is_kept(tmp_path: Path) -> None:
    async with observe(db=str(tmp_path), provider=Telling()):
        tell("good")
        tell("bad", broken=True)
    (found,) = await recorded(tmp_path)
    assert texts(found) == ["good", {"text": "bad", "broken": True}]


async def test_a_program_goes_on_if_nothing_can_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place = tmp_path / "file"
    place.mkdir()
    async with observe(db=str(place), provider=Telling()):
        place.rmdir()
        place.write_text("in the way")
        async with observe(task_id="a"):
            pass
        place.unlink()
        async with observe(task_id="b"):
            pass
    assert "waits for the next one" in caplog.text
    assert sorted(str(task) for task in await by_task(place)) == ["a", "b"]


async def test_models_of_inspect(tmp_path: Path) -> None:
    model = scripted_model(lambda _: "Fine.")
    async with observe(db=str(tmp_path), task_id="inspect"):
        await get_model(model).generate("How are you?")
    (found,) = await recorded(tmp_path)
    assert [(each.role, each.text) for each in found.messages] == [("user", "How are you?"), ("assistant", "Fine.")]


async def test_a_message_has_one_id_wherever_it_is_repeated(tmp_path: Path) -> None:
    with serving(Wire()) as wire, observe(provider="openai", db=str(tmp_path)):
        client = openai_client(wire)
        answer = client.chat.completions.create(**CHAT).choices[0].message
        again = [
            *CHAT["messages"],
            {"role": "assistant", "content": answer.content},
            {"role": "user", "content": "And?"},
        ]
        client.chat.completions.create(**{**CHAT, "messages": again})
    (found,) = await recorded(tmp_path)
    first, second = [event for event in found.events if event.event == "model"]
    assert [m.id for m in second.input[:3]] == [*(m.id for m in first.input), first.output.message.id]
    assert len({message.id for message in found.messages}) == len(found.messages) == 5


def test_what_has_ended_outlives_its_program(tmp_path: Path) -> None:
    program = f"""
        import os, signal
        from inspect_scout import observe
        with observe(db={str(tmp_path / "db")!r}, provider=[]):
            for number in range(3):
                with observe(task_id=str(number)):
                    pass
            with observe(task_id="cut off"):
                os.kill(os.getpid(), signal.SIGKILL)
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False).returncode == -9
    found = asyncio.run(by_task(tmp_path / "db"))
    assert sorted(str(task) for task in found) == ["0", "1", "2"]
