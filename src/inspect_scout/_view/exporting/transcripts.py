"""What the page asks about a transcript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .recording import Recorder, as_answered, question

MESSAGES, EVENTS, TURNS = 50, 50, 200
"""Items of a part."""

TEXT_CHARACTERS: Final = 20_000
"""Of a message that is opened, the page reads so many characters at once."""

_EVENT_CHARACTERS, _BUCKETS, _AGENTS = 4000, 300, 200


async def find_transcript(recorder: Recorder, id: str, locations: Sequence[str | None]) -> Recorder | None:
    """Find the place that has a transcript (None: none of them).

    Args:
        recorder: Asks.
        id: Id of the transcript.
        locations: Where to look (None: where the project has its transcripts).
    """
    for location in locations:
        there = recorder.at({} if location is None else {"location": location})
        if await there.read(f"/transcripts/{id}") is not None:
            return there
    return None


async def record_transcript(recorder: Recorder, id: str, citations: Mapping[str, object]) -> None:
    """Record a transcript, and what scans cite of it.

    Args:
        recorder: Asks where the transcript is.
        id: Its id.
        citations: Ids of scans -> what they cite of it.
    """
    at = f"/transcripts/{id}"
    await _record_messages(recorder, at)
    await recorder.record(at)
    for scan, cited in citations.items():
        recorder.keep(question(f"{at}/citations", {"scan": scan}), as_answered(cited))
    await recorder.record(f"{at}/minimap", {"buckets": _BUCKETS})
    await recorder.record(f"{at}/agents", {"limit": _AGENTS, "characters": 600})
    await _record_turns(recorder, at)
    await _record_events(recorder, at)
    recorder.folder.end_script()


async def _record_messages(recorder: Recorder, at: str) -> None:
    listed, start = recorder.start_list(f"{at}/messages", "numbers", MESSAGES), 1
    while True:
        asked = {"start": start, "stop": start + MESSAGES, "timed": "true"}
        part = await recorder.read(f"{at}/messages", asked)
        items: Sequence[Any] = part["items"] if part is not None else ()
        if items or start == 1:
            # What is long is looked through as a whole first: a secret that is cut between two parts is known then.
            for folded in [item["number"] for item in items if item["folded"]]:
                recorder.learn(await recorder.read(f"{at}/messages/{folded}"))
            listed.add(part or {"items": [], "start": 1, "stop": 1, "total": 0})
            await _record_texts(recorder, at, items)
        if len(items) < MESSAGES:
            break
        start += MESSAGES
    listed.end()


async def _record_texts(recorder: Recorder, at: str, items: Sequence[Any]) -> None:
    """Record all of the long texts of messages, and the images and recordings."""
    for item in items:
        if item["folded"]:
            await _record_text(recorder, at, item["number"])
        for media in item.get("media") or ():
            if media.get("reference"):
                await recorder.keep_media(f"{at}/attachments/{media['reference']}")


async def _record_text(recorder: Recorder, at: str, number: int) -> None:
    offset = 0
    while True:
        asked = {"start": number, "stop": number + 1, "characters": TEXT_CHARACTERS, "offset": offset}
        part = await recorder.record(f"{at}/messages", asked, named=asked)
        offset += TEXT_CHARACTERS
        if part is None or not part["items"] or not part["items"][0]["folded"]:
            return


async def _record_turns(recorder: Recorder, at: str) -> None:
    listed = recorder.start_list(f"{at}/outline", "sparse", TURNS, field="turns")
    start: int | None = 1
    while start is not None:
        part = await recorder.read(f"{at}/outline", {"start": start, "limit": TURNS})
        if part is None:
            return
        start = part["next"]
        listed.add(part)
    listed.end()


async def _record_events(recorder: Recorder, at: str) -> None:
    listed, start = recorder.start_list(f"{at}/events", "numbers", EVENTS, filters={"types": "kind"}), 1
    while True:
        asked = {"start": start, "stop": start + EVENTS, "characters": _EVENT_CHARACTERS}
        part = await recorder.read(f"{at}/events", asked)
        if part is None:
            return
        listed.add(part)
        if len(part["items"]) < EVENTS:
            break
        start += EVENTS
    listed.end()
