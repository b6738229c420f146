"""Whole runs that end in a branch."""

from __future__ import annotations

import pytest
from inspect_ai.event import AnchorEvent, Event, InfoEvent, SpanBeginEvent, SpanEndEvent, TimelineSpan

from inspect_scout import ConfigError
from inspect_scout._transcripts.threads.splices import splice, splice_to_timeline
from inspect_scout._transcripts.threads.thread import span_messages
from support.threads import model_call, span, timeline


def branched(**inner: str | None) -> TimelineSpan:
    twig = span("twig", [InfoEvent(data="t1"), model_call("c", "z")], branched_from="A2")
    second = span(
        "second",
        [InfoEvent(data="s1"), AnchorEvent(anchor_id="A2"), InfoEvent(data="s2")],
        **{"branched_from": "A1", "branches": [twig], **inner},
    )
    own: list[Event | TimelineSpan] = [
        InfoEvent(data="r1"),
        span("child", [InfoEvent(data="c1")]),
        AnchorEvent(anchor_id="A1"),
    ]
    return span("root", [*own, InfoEvent(data="r2")], branches=[span("first", branched_from="A1"), second])


def told(events: list[Event]) -> list[object]:
    return [e.anchor_id if isinstance(e, AnchorEvent) else getattr(e, "data", e.event) for e in events]


def test_ancestors_end_at_the_anchor_of_the_next_branch() -> None:
    root = branched()
    second = root.branches[1]
    assert told(splice(timeline(root), second.branches[0])) == ["r1", "A1", "s1", "A2", "t1", "model"]
    assert told(splice(timeline(root), second)) == ["r1", "A1", "s1", "A2", "s2"]
    assert told(splice(timeline(root), root)) == ["r1", "A1", "r2"]


@pytest.mark.parametrize("nowhere", [None, ""])
def test_branch_without_an_origin_begins_anew(nowhere: str | None) -> None:
    root = branched(branched_from=nowhere)
    assert told(splice(timeline(root), root.branches[1])) == ["s1", "A2", "s2"]
    assert told(splice(timeline(root), root.branches[1].branches[0])) == ["s1", "A2", "t1", "model"]


def test_a_first_branch_and_its_twig_may_both_begin_anew() -> None:
    root = branched(branched_from="")
    root.branches[1].branches[0].branched_from = ""
    assert told(splice(timeline(root), root.branches[1].branches[0])) == ["t1", "model"]


@pytest.mark.parametrize("origin", ["second", "twig", " ", "A2"])
def test_only_an_anchor_of_the_parent_is_an_origin(origin: str) -> None:
    root = branched(branched_from=origin)
    with pytest.raises(ConfigError, match=f"anchor {origin!r} not found"):
        splice(timeline(root), root.branches[1])


def test_branches_that_lead_in_a_circle_end() -> None:
    root = branched()
    second = root.branches[1]
    second.branches[0].branches = [root, second]
    assert told(splice(timeline(root), second)) == ["r1", "A1", "s1", "A2", "s2"]
    with pytest.raises(ConfigError, match="stranger"):
        splice(timeline(root), span("stranger"))


def test_missing_anchors_and_strangers_are_refused() -> None:
    root = branched(branched_from="A9")
    with pytest.raises(ConfigError, match=r"splice: anchor 'A9' not found in span 'root'"):
        splice(timeline(root), root.branches[1])
    child = next(item for item in root.content if isinstance(item, TimelineSpan))
    for stranger in (span("stranger"), child):
        with pytest.raises(ConfigError, match=repr(stranger.id)):
            splice(timeline(root), stranger)


def test_ids_lose_the_branch_that_they_carry() -> None:
    begin = SpanBeginEvent(id="s:root", name="s", parent_id="root", span_id="s:root")
    nested = SpanBeginEvent(id="n:root", name="n", parent_id="s:root", span_id="n")
    other = SpanEndEvent(id="n:other", span_id=None)
    events = splice(timeline(root := span("root", [begin, nested, other])), root)
    assert [(e.span_id, getattr(e, "id", None), getattr(e, "parent_id", None)) for e in events] == [
        ("s", "s", ""),
        ("n", "n", "s"),
        (None, "n:other", None),
    ]
    assert begin.id == "s:root"


def test_spliced_timeline_is_named_after_the_branch() -> None:
    root = branched()
    found = splice_to_timeline(timeline(root), root.branches[1].branches[0])
    assert found.name == "twig"
    assert [m.id for m in span_messages(found)] == ["c", "z"]
