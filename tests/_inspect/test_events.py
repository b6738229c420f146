from __future__ import annotations

from typing import get_args

import pytest
from inspect_ai.event import Event, InfoEvent, ToolEvent
from inspect_ai.log import EvalSample
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from pydantic import ValidationError

from inspect_scout._inspect.events import (
    EVENT_CLASSES,
    LEGACY_SCORE_NAME,
    MESSAGE_CLASSES,
    validate_event,
    validate_message,
)


def test_every_event_class_of_inspect_has_a_name() -> None:
    assert set(EVENT_CLASSES.values()) == set(get_args(Event))
    assert EVENT_CLASSES["tool"] is ToolEvent


def test_every_role_has_a_class() -> None:
    assert {name: cls.model_fields["role"].default for name, cls in MESSAGE_CLASSES.items()} == {
        name: name for name in ("system", "user", "assistant", "tool")
    }


def test_missing_ids_stay_missing() -> None:
    # what Inspect's name for "deserializing" in the validation context is for
    message = validate_message({"role": "user", "content": "hi"}, "user")
    event = validate_event({"event": "info", "data": 1, "timestamp": "2026-01-01T00:00:00Z"}, "info")
    assert isinstance(message, ChatMessageUser)
    assert message.id is None
    assert isinstance(event, InfoEvent)
    assert event.uuid is None
    assert event.span_id is None


def test_role_is_found_by_trying_when_it_is_unknown() -> None:
    found = validate_message({"role": "assistant", "content": "", "tool_calls": []}, None)
    assert isinstance(found, ChatMessageAssistant)
    with pytest.raises(ValidationError):
        validate_message({"role": "nobody", "content": ""}, "nobody")


def test_unknown_kind_of_event_is_refused() -> None:
    with pytest.raises(KeyError):
        validate_event({"event": "nothing"}, "nothing")


def test_name_of_the_only_score_is_the_one_inspect_gives() -> None:
    sample = EvalSample.model_validate({"id": 1, "epoch": 1, "input": "", "target": "", "score": {"value": 1}})
    assert list(sample.scores or {}) == [LEGACY_SCORE_NAME]
