"""Exports of platforms lie beside each other, and hold anything."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from _importers.documents import read, write
from _importers.platforms.langsmith_server import agent_trace, row, run_id
from _importers.platforms.test_langfuse import observations
from _importers.platforms.test_logfire import records
from _importers.platforms.test_phoenix import spans
from _importers.platforms.test_weave import call
from inspect_scout import Transcript, transcripts_from

pytestmark = pytest.mark.anyio

CHAT = {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}


async def test_exports_of_several_platforms_lie_in_one_folder(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", agent_trace("a"))
    write(tmp_path / "b.jsonl", spans("b"))
    write(tmp_path / "c.jsonl", [CHAT])
    write(tmp_path / "d.jsonl", agent_trace("d"))
    write(tmp_path / "e.jsonl", observations("e"))
    (tmp_path / "cases.csv").write_text("id,target\n1,yes\n")
    found = await read(tmp_path)
    assert sorted(each.transcript_id for each in found) == sorted(["b", "c-1", "e", run_id("a", 0), run_id("d", 0)])
    assert all(each.messages for each in found)
    index = await transcripts_from(tmp_path).index()
    assert list(index.problems) == []


async def test_a_file_that_is_named_is_read_with_the_rest_of_its_export(tmp_path: Path) -> None:
    rows = agent_trace("a")
    write(tmp_path / "1.jsonl", rows[:2])
    write(tmp_path / "2.jsonl", rows[2:])
    write(tmp_path / "other.jsonl", [CHAT])
    for name in ("1.jsonl", "2.jsonl"):
        (one,) = await read(tmp_path / name)
        assert len(one.messages) == 5


async def test_a_file_that_cannot_be_read_does_not_end_the_others(tmp_path: Path) -> None:
    write(tmp_path / "1.jsonl", agent_trace("a"))
    whole = (json.dumps(agent_trace("b")[0]) + "\n").encode()
    (tmp_path / "2.jsonl").write_bytes(whole + b"\xff\xfe{broken\n")
    found = await read(tmp_path)
    assert run_id("a", 0) in {each.transcript_id for each in found}
    index = await transcripts_from(tmp_path).index()
    assert ["2.jsonl" in str(each) for each in index.problems] == [True]


KEYS = (
    "role content type parts messages kwargs lc id tool_calls function arguments generations message choices text output input "
    "usage usage_metadata data name weave kind costs metadata llm.input_messages.0.message.role output.value gen_ai.prompt"
).split()
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(given=JSON, output=JSON, extra=JSON)
async def test_whatever_functions_were_given_and_gave_back_is_read(
    tmp_path_factory: pytest.TempPathFactory, given: Any, output: Any, extra: Any
) -> None:
    fields: dict[str, Any] = {
        "inputs": given,
        "outputs": output,
        "extra": extra,
        "tags": extra,
        "feedback_stats": extra,
    }
    rows = [
        row("a", 0, None, "chain", "main", **fields),
        row("a", 1, 0, "llm", "chat", **fields),
        row("a", 2, 0, "tool", "f", **fields),
    ]
    place = tmp_path_factory.mktemp("runs")
    write(place / "runs.jsonl", rows)
    write(place / "langfuse.json", {"trace": {"id": "t", "projectId": "p", "timestamp": 1, "input": given}, "observations": [
        {"id": "o", "traceId": "t", "type": "GENERATION", "startTime": 1, "input": given, "output": output, "metadata": extra},
        {"id": "p", "traceId": "t", "type": "TOOL", "startTime": 1, "input": given, "output": output, "usageDetails": extra},
    ]})  # fmt: skip
    found = await read(place)
    problems = (await transcripts_from(place).index()).problems
    assert [str(each) for each in problems] == []
    assert {each.transcript_id for each in found} == {run_id("a", 0), "t"}
    for each in found:
        assert isinstance(each, Transcript)
        assert [event.event for event in each.events].count("model") == 1


@settings(max_examples=60, deadline=None)
@given(one=JSON, other=JSON)
async def test_whatever_rows_hold_they_are_read(tmp_path_factory: pytest.TempPathFactory, one: Any, other: Any) -> None:
    place = tmp_path_factory.mktemp("rows")
    kinds: list[Any] = [{"weave": {"kind": "llm"}}, other]
    calls = [
        call("w", n, None, "f", inputs=one, output=other, summary={"usage": other}, attributes=kinds[n], exception=one)
        for n in (0, 1)
    ]
    attributes: dict[str, Any] = {
        **(cast("dict[str, Any]", one) if isinstance(one, dict) else {}),
        "llm.model_name": one,
        "tag.tags": other,
        "metadata": other,
    }
    traced: list[dict[str, Any]] = [
        {**each, "attributes": attributes, "events": other, "parent_id": one} for each in spans("p")
    ]
    noted: list[dict[str, Any]] = [
        {**each, "attributes": attributes, "otel_events": one, "tags": other} for each in records("l")
    ]
    for name, rows in (("w", calls), ("p", traced), ("l", noted)):
        write(place / f"{name}.jsonl", rows)
    found = await read(place)
    problems = (await transcripts_from(place).index()).problems
    assert [str(each) for each in problems] == []
    assert {each.transcript_id for each in found} == {"w", "p", "l"}


async def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    with (tmp_path / "runs.jsonl").open("w") as file:
        for n in range(400):
            for each in agent_trace("a"):
                text = json.dumps(each).replace("aaaaaaa-0000", f"aaaaaaa-{n:04}")
                file.write(text.replace("Be brief.", "Be brief. " * 2000) + "\n")
    index = await transcripts_from(tmp_path).index()
    assert len(index) == 400
    begun = time.process_time()
    tracemalloc.start()
    index = await transcripts_from(tmp_path / "runs.jsonl").index()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(index) == 400
    assert time.process_time() - begun < 60
    assert peak < (tmp_path / "runs.jsonl").stat().st_size * 3
