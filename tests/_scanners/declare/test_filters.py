from __future__ import annotations

from typing import Any

import pytest

from inspect_scout import ConfigError
from inspect_scout._scanners import scanner
from inspect_scout._scanners.declare.filters import DEFAULT_TIMELINE, declared_content
from inspect_scout._types import TranscriptContent


def content(messages: Any = None, events: Any = None, timeline: Any = None, metadata: Any = None) -> TranscriptContent:
    return declared_content(messages=messages, events=events, timeline=timeline, metadata=metadata)


def test_lists_are_deduplicated_in_order() -> None:
    assert content(messages=["tool", "user", "tool"]).messages == ["tool", "user"]
    assert content(events=("score", "model", "score")).events == ["score", "model"]


def test_sets_get_one_order() -> None:
    assert content(messages={"user", "tool", "assistant"}).messages == ["assistant", "tool", "user"]


@pytest.mark.parametrize("name", ["sample_init", "sample_limit", "state", "input", "score"])
def test_events_beyond_the_typed_ones_are_accepted(name: str) -> None:
    assert content(events=[name]).events == [name]


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"messages": []}, "messages=[] is not allowed"),
        ({"events": []}, "events=[] is not allowed"),
        ({"timeline": []}, "timeline=[] is not allowed"),
        ({"messages": "user"}, "messages=['user']"),
        ({"events": "model"}, "events=['model']"),
        ({"timeline": "model"}, "timeline=['model']"),
        ({"messages": ["all"]}, "'all' stands alone"),
        ({"events": ["model", "all"]}, "'all' stands alone"),
        ({"messages": ["usr"]}, "Did you mean 'user'?"),
        ({"messages": ["bot", "user"]}, "Allowed: assistant, system, tool, user"),
        ({"events": ["subtask", "step"]}, "'subtask', 'step'"),
        ({"timeline": ["nothing"]}, "timeline has unknown names: 'nothing'"),
        ({"messages": 3}, "messages=3 is not allowed"),
    ],
)
def test_wrong_filters_are_refused_when_declared(filters: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        scanner(**filters)
    assert says in str(refused.value)
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize(
    ("timeline", "events", "needs"),
    [
        (True, None, list(DEFAULT_TIMELINE)),
        ("all", None, "all"),
        (["tool"], None, ["tool", "span_begin", "span_end"]),
        (True, ["score"], ["score", "span_begin", "span_end"]),
        (["tool"], ["score", "span_end"], ["score", "span_end", "span_begin"]),
        (["tool"], "all", "all"),
        (False, ["score"], ["score"]),
    ],
)
def test_timelines_imply_events(timeline: Any, events: Any, needs: Any) -> None:
    assert content(events=events, timeline=timeline).events == needs


def test_true_means_the_usual_timeline_events() -> None:
    assert content(timeline=True).timeline == list(DEFAULT_TIMELINE)
    assert content(timeline="all").timeline == "all"
    assert content(timeline=False).timeline is None
