"""Scanners of the benchmarks; they use only names that inspect-scout 0.6 has, so that both can be timed."""

import os

from inspect_ai.event import ToolEvent
from inspect_ai.model import ChatMessage, ChatMessageAssistant

from inspect_scout import Result, Scanner, Transcript, TranscriptHandle, grep_scanner, scanner


@scanner(messages="all", metadata=False)
def message_count() -> Scanner[Transcript]:
    async def run(transcript: Transcript) -> Result:
        return Result(value=sum(len(m.text) for m in transcript.messages))

    return run


@scanner(messages=["assistant"], metadata=False)
def assistant_only() -> Scanner[list[ChatMessageAssistant]]:
    async def run(messages: list[ChatMessageAssistant]) -> Result:
        return Result(value=sum(len(m.text) for m in messages))

    return run


@scanner(events=["tool"], metadata=False)
def tool_events() -> Scanner[Transcript]:
    async def run(transcript: Transcript) -> Result:
        return Result(value=sum(isinstance(e, ToolEvent) for e in transcript.events))

    return run


@scanner(messages="all", events="all")
def everything() -> Scanner[Transcript]:
    async def run(transcript: Transcript) -> Result:
        return Result(value=len(transcript.events))

    return run


@scanner(messages="all", metadata=False)
def search() -> Scanner[Transcript]:
    return grep_scanner("ZEBRAFINCH")


@scanner(messages="all", metadata=False)
def per_message() -> Scanner[ChatMessage]:
    async def run(message: ChatMessage) -> Result:
        return Result(value=len(message.text) > 1000)

    return run


@scanner(messages="all", metadata=False, supports_streaming=True)
def streamed() -> Scanner[Transcript | TranscriptHandle]:
    async def run(transcript: Transcript | TranscriptHandle) -> Result:
        if isinstance(transcript, Transcript):
            return Result(value=sum(len(m.text) for m in transcript.messages))
        return Result(value=sum([len(m.text) async for m in transcript.messages()]))

    return run


@scanner(messages="all", metadata=False)
def sometimes() -> Scanner[Transcript]:
    async def run(transcript: Transcript) -> Result:
        # Half of the transcripts fail in the first run; resuming does them.
        if os.environ.get("BENCH_FAIL") and sum(transcript.transcript_id.encode()) % 2:
            raise RuntimeError("later")
        return Result(value=len(transcript.messages))

    return run
