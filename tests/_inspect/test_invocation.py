"""What inspect_ai records while a scanner runs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from inspect_ai.log import transcript
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.model._model import model_usage  # pyright: ignore[reportPrivateUsage]
from inspect_ai.util import span, store

from inspect_scout._inspect.invocation import Recording, recording


def events_of(kept: Recording) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(kept.events)
    return events


def test_block_without_events_leaves_the_two_span_events() -> None:
    with recording() as kept:
        pass
    begin, end = events_of(kept)
    assert (begin["event"], begin["name"], begin["type"]) == ("span_begin", "scan", "scan")
    assert (end["event"], end["id"]) == ("span_end", begin["id"])
    assert kept.usage == {}


def test_events_of_the_block_stand_inside_its_span() -> None:
    with recording() as kept:
        transcript().info({"found": 1}, source="me")
    begin, info, _ = events_of(kept)
    assert (info["event"], info["data"], info["span_id"]) == ("info", {"found": 1}, begin["id"])


def test_inner_spans_have_the_block_as_parent() -> None:
    async def work() -> Recording:
        with recording() as kept:
            async with span("inner"):
                pass
        return kept

    begin, inner, *_ = events_of(asyncio.run(work()))
    assert inner["parent_id"] == begin["id"]


def test_blocks_do_not_see_each_others_events_and_stores() -> None:
    with recording() as first:
        transcript().info("a")
        store().set("x", 1)
    with recording() as second:
        assert store().get("x") is None
    assert len(events_of(first)) > 2
    assert len(events_of(second)) == 2


def test_usage_belongs_to_the_block() -> None:
    with recording() as outer:
        with recording() as inner:
            model_usage()["m"] = ModelUsage(total_tokens=3)
        assert model_usage() == {}
    assert inner.usage["m"].total_tokens == 3
    assert outer.usage == {}


def test_models_count_into_the_block() -> None:
    output = ModelOutput.from_content("mockllm/model", "yes")
    output.usage = ModelUsage(input_tokens=2, output_tokens=1, total_tokens=3)

    async def ask() -> Recording:
        with recording() as kept:
            await get_model("mockllm/model", custom_outputs=[output]).generate("well?")
        return kept

    kept = asyncio.run(ask())
    assert [u.total_tokens for u in kept.usage.values()] == [3]
    assert [e["event"] for e in events_of(kept)] == ["span_begin", "model", "span_end"]


LONG = 'a "quoted" text with a \\\\ \n, é, \x00 and \u2028 ' * 40


@pytest.mark.parametrize("said", [LONG, LONG + "\ud800", "attachment://x", 'say "attachment://x" \\', "\\"])
def test_calls_of_models_are_recorded_as_they_were_made(said: str) -> None:
    async def ask() -> Recording:
        with recording() as kept:
            output = ModelOutput.from_content("mockllm/model", said)
            output.usage = ModelUsage(input_tokens=2, output_tokens=1, total_tokens=3)
            await get_model("mockllm/model", custom_outputs=[output]).generate(LONG)
            transcript().info({said: [said, float("nan"), {"n": said}]})
        return kept

    _, call, info, _ = events_of(asyncio.run(ask()))
    assert call["input"][0]["content"] == LONG
    assert call["output"]["choices"][0]["message"]["content"] == said
    if said.isprintable() or said == LONG:  # of a lone surrogate in a key, pydantic keeps question marks
        assert list(info["data"]) == [said]
        assert (info["data"][said][0], info["data"][said][2]) == (said, {"n": said})


def test_tasks_record_side_by_side() -> None:
    async def one(name: str) -> list[str]:
        with recording() as kept:
            transcript().info(name)
            await asyncio.sleep(0)
            transcript().info(name)
        return [e["data"] for e in events_of(kept) if e["event"] == "info"]

    async def both() -> list[list[str]]:
        return list(await asyncio.gather(one("a"), one("b")))

    assert asyncio.run(both()) == [["a", "a"], ["b", "b"]]
