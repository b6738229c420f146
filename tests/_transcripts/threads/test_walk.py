"""Which spans can be scanned, and which timeline is looked at."""

from __future__ import annotations

import pytest
from inspect_ai.event import InfoEvent, SpanBeginEvent, TimelineSpan

from inspect_scout import ConfigError, LogReadError
from inspect_scout._transcripts.threads.events import choose_timeline, scannable_spans
from inspect_scout._types import Transcript
from support.threads import model_call, span, timeline


def tree() -> TimelineSpan:
    return span(
        "root",
        [
            span("a", [model_call("1", "x"), span("a1", [model_call("2", "x")])]),
            span("helper", [model_call("3", "x"), span("under", [model_call("4", "x")])], utility=True),
            span("box", [InfoEvent(data=1), span("b", [span("b1", [model_call("5", "x")]), model_call("6", "x")])]),
        ],
        branches=[span("branch", [model_call("7", "x")])],
    )


def walked(root: TimelineSpan, depth: int | None = None) -> list[str]:
    return [found.id for found in scannable_spans(root, depth)]


def test_containers_and_utilities_are_passed_through() -> None:
    assert walked(tree()) == ["a", "a1", "under", "b", "b1"]


def test_only_scannable_spans_count_as_levels() -> None:
    assert walked(tree(), 1) == ["a", "under", "b"]
    assert walked(tree(), 2) == walked(tree())
    assert walked(tree(), 0) == walked(tree(), -1) == []
    assert walked(span("r", [model_call("1", "x"), tree()]), 1) == ["r"]


def test_depth_of_spans_is_not_limited() -> None:
    root = span("0", [model_call("a", "x")])
    for number in range(1, 3000):
        root = TimelineSpan.model_construct(id=str(number), name="", content=[root], branches=[], utility=False)
    assert walked(root) == ["0"]


def test_first_timeline_is_chosen_unless_one_is_named() -> None:
    both = Transcript(transcript_id="t", timelines=[timeline(tree(), "one"), timeline(tree(), "two")])
    first, second = choose_timeline(both), choose_timeline(both, "two")
    assert first is not None
    assert second is not None
    assert (first.name, second.name) == ("one", "two")
    with pytest.raises(ConfigError, match=r"'three'.*'one', 'two'"):
        choose_timeline(both, "three")
    assert choose_timeline(Transcript(transcript_id="t")) is None


def test_timeline_is_built_from_events() -> None:
    found = choose_timeline(Transcript(transcript_id="t", events=[model_call("a", "x")]))
    assert found is not None
    assert walked(found.root) == [found.root.id]


def test_scorers_are_left_out_unless_asked_for() -> None:
    graded = span("root", [model_call("a", "x"), span("scoring", [model_call("b", "y")], span_type="scorers")])
    transcript = Transcript(transcript_id="t", timelines=[timeline(graded)])
    without, with_scorers = choose_timeline(transcript), choose_timeline(transcript, scorers=True)
    assert without is not None
    assert with_scorers is not None
    assert walked(without.root) == ["root"]
    assert walked(with_scorers.root) == ["root", "scoring"]


def test_spans_nested_too_deeply_are_a_defect_of_the_transcript() -> None:
    events = [SpanBeginEvent(id=str(n), name="n", parent_id=str(n - 1) if n else None) for n in range(2000)]
    with pytest.raises(LogReadError, match="nested too deeply"):
        choose_timeline(Transcript(transcript_id="t", source_uri="x.eval", events=[*events]))
