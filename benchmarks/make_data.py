"""Make the logs that the benchmarks read.

A real Inspect agent on a scripted model makes a few originals, each turn with a few kilobytes of tool output; larger sets
are the originals again under other ids. One tool output in fifty holds the word that the search looks for.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zipfile_zstd  # noqa: F401 - teaches zipfile to read and write zstd
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.agent import react
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageAssistant, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import includes
from inspect_ai.tool import ToolCall, tool

NEEDLE = "ZEBRAFINCH"
WORDS = (
    "a the of in to file path line error value test result build cache token branch merge commit index query table "
    "server client request retry timeout thread queue lock memory disk network config module function class return "
    "import package version release patch review agent model prompt answer score sample message event span tool"
).split()
ZSTD = 93
RUNS, RUN_SAMPLES = 20, 25
"""Logs that commands look at, and samples of each, whatever the size."""
# Another name whenever the sets change.
COMPLETE = "complete-2"


@dataclass(frozen=True)
class Sizes:
    """How much data: samples of the medium set, of the small set, logs of the many set, megabytes of the huge sample."""

    medium: int
    turns: int
    small: int
    many: int
    huge_mb: int


SIZES = {
    "tiny": Sizes(medium=4, turns=6, small=20, many=10, huge_mb=2),
    "small": Sizes(medium=50, turns=40, small=300, many=200, huge_mb=60),
    "full": Sizes(medium=200, turns=40, small=1000, many=1000, huge_mb=264),
}


def prose(rng: random.Random, words: int) -> str:
    """Write lines of words; once in fifty times with the needle."""
    chosen = rng.choices(WORDS, k=words)
    if rng.random() < 0.02:
        chosen[words // 2] = NEEDLE
    return "\n".join(" ".join(chosen[at : at + 12]) for at in range(0, words, 12))


def originals(folder: Path, samples: int, turns: int) -> Path:
    """Run an agent of some turns on some samples; gives the log."""

    @tool(name="shell")
    def shell() -> Any:
        async def execute(cmd: str) -> str:
            """Run a command.

            Args:
                cmd: The command.
            """
            rng = random.Random(cmd)
            return prose(rng, rng.randint(80, 600))

        return execute

    def reply(messages: Any, *_: Any) -> ModelOutput:
        played = sum(isinstance(message, ChatMessageAssistant) for message in messages)
        task = messages[1].text if len(messages) > 1 else ""
        rng = random.Random(f"{task}:{played}")
        last = played >= turns
        call = ToolCall(
            id=f"call-{rng.random()}",
            function="submit" if last else "shell",
            arguments={"answer": "done"} if last else {"cmd": f"look {rng.random()}"},
        )
        output = ModelOutput.for_tool_call("mockllm/model", call.function, call.arguments, content=prose(rng, 60))
        output.usage = ModelUsage(input_tokens=100, output_tokens=20, total_tokens=120)
        return output

    dataset = MemoryDataset([Sample(id=f"s{n}", input=f"Task {n}", target="done") for n in range(samples)])
    task = Task(dataset=dataset, solver=react(tools=[shell()]), scorer=includes(), name="bench")
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    with contextlib.chdir(scratch):
        model = get_model("mockllm/model", custom_outputs=reply, memoize=False)
        (log,) = inspect_eval(task, model=model, display="none", log_dir=".", log_model_api=False, log_realtime=False)
    moved = folder / "originals.eval"
    shutil.move(scratch / Path(log.location).name, moved)
    shutil.rmtree(scratch)
    return moved


class Originals:
    """The members of a log, to be written again under other ids."""

    def __init__(self, log: Path) -> None:
        with zipfile.ZipFile(log) as archive:
            self.header = json.loads(archive.read("header.json"))
            self.start = json.loads(archive.read("_journal/start.json"))
            self.summaries = {s["id"]: s for s in json.loads(archive.read("summaries.json"))}
            names = sorted(name for name in archive.namelist() if name.startswith("samples/"))
            self.samples = [json.loads(archive.read(name)) for name in names]

    def write(self, path: Path, count: int, *, turns: int | None = None, grow_mb: int = 0) -> None:
        """Write a log of `count` samples, cut to some turns or grown to some megabytes."""
        header, eval_id = json.loads(json.dumps(self.header)), f"eval-{path.stem}"
        header["eval"] |= {"eval_id": eval_id, "run_id": eval_id, "task_id": eval_id}
        header["eval"]["dataset"] |= {"samples": count, "sample_ids": [f"{path.stem}-{n}" for n in range(count)]}
        summaries = []
        with zipfile.ZipFile(path, "w", ZSTD) as archive:
            archive.writestr("_journal/start.json", json.dumps({**self.start, "eval": header["eval"]}))
            for n in range(count):
                original = self.samples[n % len(self.samples)]
                sample_id, uuid = f"{path.stem}-{n}", f"{path.stem}{n:08d}".ljust(22, "x")
                sample = {**original, "id": sample_id, "uuid": uuid}
                if turns is not None:
                    keep = 2 * turns + 2
                    sample["messages"], sample["events"] = sample["messages"][:keep], sample["events"][: 3 * keep]
                if grow_mb:
                    sample = grown(sample, grow_mb)
                archive.writestr(f"samples/{sample_id}_epoch_1.json", json.dumps(sample))
                count_of = {"message_count": len(sample["messages"])}
                summaries.append({**self.summaries[original["id"]], "id": sample_id, "uuid": uuid, **count_of})
            archive.writestr("_journal/summaries/1.json", json.dumps(summaries))
            archive.writestr("summaries.json", json.dumps(summaries))
            archive.writestr("header.json", json.dumps(header))


def grown(sample: dict[str, Any], megabytes: int) -> dict[str, Any]:
    """Repeat the messages and events of a sample until it is large; every repetition has ids of its own."""
    times = max(1, megabytes * 1_000_000 // len(json.dumps(sample)))

    def repeated(items: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        return [{**item, key: f"{item.get(key)}-{turn}"} for turn in range(times) for item in items]

    return {
        **sample,
        "messages": repeated(sample["messages"], "id"),
        "events": repeated(sample["events"], "uuid"),
    }


def make(folder: Path, size: str) -> Path:
    """Make all sets of a size below `folder`, unless they are there; gives their folder."""
    target = folder / size
    if (target / COMPLETE).exists():
        return target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    sizes = SIZES[size]
    source = originals(target, min(sizes.medium, 25), sizes.turns)
    logs = Originals(source)
    source.unlink()
    for name in ("medium", "small", "tiny", "many", "huge", "runs"):
        (target / name).mkdir()
    for n in range(4):
        logs.write(target / "medium" / f"medium{n}.eval", sizes.medium // 4)
    logs.write(target / "small" / "small.eval", sizes.small, turns=10)
    logs.write(target / "tiny" / "tiny.eval", 10, turns=10)
    for n in range(sizes.many):
        logs.write(target / "many" / f"many{n:04d}.eval", 2, turns=4)
    for n in range(RUNS):
        logs.write(target / "runs" / f"run{n:02d}.eval", RUN_SAMPLES, turns=4)
    logs.write(target / "huge" / "huge.eval", 1, grow_mb=sizes.huge_mb)
    (target / COMPLETE).touch()
    return target
