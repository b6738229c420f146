from __future__ import annotations

from inspect_ai._util.version import has_required_version
from inspect_ai.log import transcript

from inspect_scout._inspect.live_events import own_transcript, remember_versions


def test_what_is_told_goes_to_a_transcript_of_its_own_for_a_while() -> None:
    around = len(transcript().events)
    events, restore = own_transcript()
    transcript().info("inside")
    restore()
    transcript().info("outside")
    assert [event.event for event in events()] == ["info"]
    assert len(transcript().events) == around + 1


def test_versions_are_looked_up_once_and_right() -> None:
    remember_versions()
    remember_versions()
    assert has_required_version("pydantic", "2.0.0")
    assert not has_required_version("pydantic", "99.0.0")
