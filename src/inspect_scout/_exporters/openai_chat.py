"""Transcripts as conversations of OpenAI's chat API: what fine-tuning, evaluation and most data sets take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .content import Losses, description_of, encode, last_call, lose_events, parts_of, reasoning_of, text_of

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage

    from .._types import Transcript


def chat_of(transcript: Transcript, losses: Losses) -> dict[str, object]:
    """Give a transcript as an object with `messages`, `tools` if it has any, and `metadata`.

    Args:
        transcript: The transcript.
        losses: Is told what has no place in it.
    """
    last = last_call(transcript.events)
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters.model_dump(mode="json", exclude_none=True),
            },
        }
        for tool in (last.tools if last is not None else ())
    ]
    lose_events(transcript, frozenset(), losses)
    return {
        "messages": [_message(message, losses) for message in transcript.messages],
        **({"tools": tools} if tools else {}),
        "metadata": description_of(transcript),
    }


def _message(message: ChatMessage, losses: Losses) -> dict[str, object]:
    if message.role == "tool":
        if message.error is not None:
            losses["errors of tools"] += 1
        return {"role": "tool", "content": text_of(message, losses), "tool_call_id": message.tool_call_id or ""}
    if message.role != "assistant":
        return {"role": message.role, "content": _content(message, losses)}
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.function, "arguments": encode(call.arguments).decode()},
        }
        for call in message.tool_calls or ()
    ]
    thoughts = reasoning_of(message, losses)
    return {
        "role": "assistant",
        "content": text_of(message, losses),
        **({"reasoning_content": thoughts} if thoughts else {}),
        **({"tool_calls": calls} if calls else {}),
    }


def _content(message: ChatMessage, losses: Losses) -> object:
    """Give text as text, and as parts only what has images."""
    if not any(part.type == "image" for part in parts_of(message)):
        return text_of(message, losses)
    parts: list[dict[str, object]] = []
    for part in parts_of(message):
        if part.type == "text":
            parts.append({"type": "text", "text": part.text})
        elif part.type == "image":
            parts.append({"type": "image_url", "image_url": {"url": part.image}})
        else:
            losses[f"{part.type} parts"] += 1
    return parts
