"""Eval logs made by hand, for what real evals rarely show, and logs broken on purpose."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import zstandard
from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalPlan, EvalPlanStep, EvalSample, EvalSpec
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentText,
    GenerateConfig,
    ModelUsage,
)
from inspect_ai.scorer import Score
from inspect_ai.tool import ToolCall, ToolCallError

from support.inspect_logs import write_eval_log

ZSTD = 93
"""The method of compression in a zip file that Inspect may use."""

PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def make_sample(number: int, epoch: int = 1, *, uuid: str | None = "", **fields: Any) -> EvalSample:
    """Make a sample with three messages; its uuid is `u<number>-<epoch>` unless another (or None) is given."""
    messages = [
        ChatMessageUser(id=f"m{number}u", content=f"Question {number}?"),
        ChatMessageAssistant(
            id=f"m{number}a",
            content="Looking.",
            tool_calls=[ToolCall(id="c1", function="look", arguments={"at": number})],
        ),
        ChatMessageTool(id=f"m{number}t", content=f"Answer {number}", tool_call_id="c1", function="look"),
    ]
    values: dict[str, Any] = {
        "input": f"Question {number}?",
        "target": f"Answer {number}",
        "messages": messages,
        "model_usage": {"mockllm/model": ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15 + number)},
        "total_time": 1.5 + number,
        "working_time": 1.0,
        **fields,
    }
    return EvalSample(id=number, epoch=epoch, uuid=f"u{number}-{epoch}" if uuid == "" else uuid, **values)


def make_log(samples: Iterable[EvalSample], task: str = "numbers", **spec: Any) -> EvalLog:
    """Make a finished log."""
    values: dict[str, Any] = {
        "eval_id": f"eval-{task}",
        "created": "2026-01-02T03:04:05+00:00",
        "model": "mockllm/model",
        "dataset": EvalDataset(),
        "config": EvalConfig(),
        **spec,
    }
    plan = EvalPlan(steps=[EvalPlanStep(solver="generate", params={"tries": 2})])
    return EvalLog(status="success", eval=EvalSpec(task=task, **values), plan=plan, samples=list(samples))


def write(log: EvalLog, path: Path) -> Path:
    """Write a log; the suffix of the path says in which format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_eval_log(log, str(path))
    return path


def rewrite(path: Path, change: Callable[[dict[str, bytes]], Mapping[str, bytes] | None]) -> Path:
    """Change the members of a log (name -> content) and write it again, deflated."""
    members = dict(unzip(path).items())
    changed = change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in (members if changed is None else changed).items():
            file.writestr(name, data)
    return path


def unzip(path: Path) -> dict[str, bytes]:
    """Read the members of a log, whatever they are compressed with."""
    found: dict[str, bytes] = {}
    with path.open("rb") as file, zipfile.ZipFile(file) as log:
        for member in log.infolist():
            if member.compress_type != ZSTD:
                found[member.filename] = log.read(member)
                continue
            # Python's own zipfile does not know zstd before 3.14.
            file.seek(member.header_offset + 26)
            file.seek(sum(struct.unpack("<2H", file.read(4))), os.SEEK_CUR)
            found[member.filename] = (
                zstandard.ZstdDecompressor().decompressobj().decompress(file.read(member.compress_size))
            )
    return found


def unfinished(path: Path) -> Path:
    """Make of a finished log what a killed eval leaves: a journal, and no header."""

    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        header = json.loads(members["header.json"])
        summaries = json.loads(members["summaries.json"])
        start = {"version": 2, "eval": header["eval"], "plan": header["plan"]}
        kept = {name: data for name, data in members.items() if name.startswith("samples/")}
        journal = {
            f"_journal/summaries/{number}.json": json.dumps([summary]).encode()
            for number, summary in enumerate(summaries, 1)
        }
        return {"_journal/start.json": json.dumps(start).encode(), **kept, **journal}

    return rewrite(path, change)


def patch_directory(path: Path, name: str, **values: int) -> Path:
    """Change fields of a member's entry in the zip directory (`method`, `flags`, `crc`, `compressed`, `size`, `offset`)."""
    places = {"flags": (8, "<H"), "method": (10, "<H"), "crc": (16, "<L"), "compressed": (20, "<L"), "size": (24, "<L")}
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\1\2", 0, data.rindex(name.encode()))
    for field, value in values.items():
        offset, kind = {**places, "offset": (42, "<L")}[field]
        struct.pack_into(kind, data, at + offset, value)
    path.write_bytes(data)
    return path


def varied_samples() -> list[EvalSample]:
    """Make samples that differ in everything the index tells of."""
    usage = {"a": ModelUsage(total_tokens=3), "b": ModelUsage(total_tokens=4)}
    inputs = [
        ChatMessageSystem(id="i1", content="Be  good. "),
        ChatMessageUser(
            id="i2", content=[ContentText(text="See:"), ContentImage(image=PIXEL), ContentText(text="so?")]
        ),
        ChatMessageAssistant(
            id="i3", content="", tool_calls=[ToolCall(id="c", function="f", arguments={"x": 1, "y": [True, None]})]
        ),
        ChatMessageTool(
            id="i4", content="no", function="f", tool_call_id="c", error=ToolCallError("timeout", "too slow")
        ),
        ChatMessageTool(id="i5", content="yes", function="f", tool_call_id="c"),
    ]
    long = "word " * 2000
    score = Score(value="C", answer="4", explanation="because  of\n\nthis " + long, metadata={"x": 1})
    return [
        make_sample(1, scores={"match": score, "other": Score(value=0.5)}, metadata={"a": 1, "b": {"c": [1, 2]}}),
        make_sample(2, scores={"match": Score(value="I")}, target=["x", "y,z"], input=inputs),
        make_sample(3, scores={"match": Score(value={"value": 0.7, "n": 2})}, metadata={"long": long, "big": [long]}),
        make_sample(4, scores={"match": Score(value=[1, 2, 3])}, model_usage=usage),
        make_sample(5, scores={"match": Score(value=True)}, limit={"type": "token", "limit": 10}),
        make_sample(6, scores={"match": Score(value=0, metadata={"success": True})}),
        make_sample(7, scores={"match": Score(value=float("nan"))}, total_time=None, working_time=None),
        make_sample(8, scores=None, uuid=None),
        make_sample(9, scores={}, error={"message": "It broke", "traceback": "...", "traceback_ansi": "..."}),
        make_sample(10, scores={"match": Score(value="yes", metadata={"success": None})}, input=long * 2),
        make_sample(11, scores={"match": Score(value={"a": 1, "b": 0}), "explanation": Score(value=3)}),
        make_sample(10, 2, scores={"match": Score(value="0.25")}, metadata={"s": " two  spaces ", "n": None}),
    ]


def varied_log() -> EvalLog:
    """Make a log whose header and samples differ from the defaults wherever the index looks."""
    return make_log(
        varied_samples(),
        task="space/varied",
        tags=["one", "two"],
        metadata={"owner": "me", "n": None},
        task_args={"a": 1, "b": None, "c": [1]},
        solver="react",
        solver_args={"tools": ["bash"]},
        model_generate_config=GenerateConfig(temperature=0.5, max_tokens=100),
        model_roles={"grader": {"model": "mockllm/other"}},
        created="2026-01-02T03:04:05.25+02:00",
    )
