"""Small transcripts and scanners that the tests of several packages use."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

from inspect_scout import Result, Scanner, Transcript, scanner


def talk(number: int) -> Transcript:
    """Make a transcript of three messages; the last one says its number."""
    messages: list[ChatMessage] = [
        ChatMessageSystem(id=f"s{number}", content="Be good."),
        ChatMessageUser(id=f"u{number}", content="Which number?"),
        ChatMessageAssistant(id=f"a{number}", content=f"number {number}"),
    ]
    return Transcript(
        transcript_id=f"t{number}", source_type="test", task_set="numbers", task_id=str(number), messages=messages
    )


def talks(count: int) -> list[Transcript]:
    """Make the transcripts t0, t1, ..."""
    return [talk(number) for number in range(count)]


def number_of(transcript: Transcript) -> int:
    """Tell the number of a transcript made by `talk`."""
    return int(transcript.transcript_id[1:])


@scanner(messages="all")
def length() -> Scanner[Transcript]:
    """Count the messages."""

    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return scan


@scanner(messages=["assistant"])
def each_message() -> Scanner[ChatMessage]:
    """Give one result for each message of the assistant."""

    async def scan(message: ChatMessage) -> Result:
        return Result(value=message.text)

    return scan


@scanner(messages=["tool"])
def never_called() -> Scanner[ChatMessage]:
    """Ask for messages that no transcript of `talks` has."""

    async def scan(message: ChatMessage) -> Result:
        raise AssertionError(message)

    return scan


def scanner_of(call: Callable[[Transcript], Any], name: str = "probe") -> Scanner[Transcript]:
    """Make a scanner of all messages from a function; an awaitable that it gives is awaited."""

    @scanner(messages="all", name=name)
    def probe() -> Scanner[Transcript]:
        async def scan(transcript: Transcript) -> Result:
            value = call(transcript)
            found: Result = await value if inspect.isawaitable(value) else value
            return found

        return scan

    return probe()


async def pause() -> None:
    """Let other tasks run."""
    await asyncio.sleep(0)
