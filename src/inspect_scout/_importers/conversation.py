"""Conversations that are lists of messages and nothing else: of chat files, requests, evaluation results."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .._support.shapes import is_mapping
from .json_values import JsonMapping, JsonObject
from .run import Agent, StopReason
from .times import time_of
from .usage import Usage
from .wire import openai


def add_messages(
    agent: Agent,
    messages: Iterable[JsonMapping],
    *,
    model: str = "",
    prefix: str = "",
    at: Callable[[JsonMapping], str | None] = lambda message: time_of(message.get("timestamp")),
    usage: Callable[[JsonMapping], Usage | None] = lambda message: openai.usage_of(message.get("usage")),
) -> None:
    """Add messages in OpenAI's shape, or a variant of it, to an agent.

    Args:
        agent: The agent.
        messages: The messages.
        model: The model that answers, where a message does not say it (empty: unknown).
        prefix: Begins the ids of messages that have none.
        at: Gives the time of a message.
        usage: Gives the tokens of an answer.
    """
    unanswered: list[str] = []
    for number, message in enumerate(messages):
        role = openai.ROLES.get(str(message.get("role") or "").lower(), "")
        id = str(message.get("id") or f"{prefix}{number}")
        if role == "assistant" or not role:
            content, calls = openai.answer_of(message, id)
            said: JsonObject = {"id": id, "role": "assistant", "source": "generate", "content": content}
            said |= {"tool_calls": calls} if calls else {}
            said |= {} if role else {"metadata": {"name": str(message.get("role"))}}
            answering = str(message.get("model") or model)
            stop: StopReason = "tool_calls" if calls else "stop"
            agent.answer(said, model=answering, at=at(message), usage=usage(message), stop=stop)
            unanswered = [call["id"] for call in calls]
        elif role == "tool":
            given = message.get("tool_call_id")
            call_id = str(given) if given else (unanswered[0] if unanswered else None)
            if call_id in unanswered:
                unanswered.remove(call_id)
            agent.result(
                call_id, openai.content_of(message.get("content")), message_id=id, at=at(message), error=_error(message)
            )
        else:
            agent.receive({"id": id, "role": role, "content": openai.content_of(message.get("content"))})


def _error(message: JsonMapping) -> str | None:
    error = message.get("error")
    if not error:
        return None
    if is_mapping(error):
        return str(error.get("message") or error)
    return "the tool failed" if error is True else str(error)
