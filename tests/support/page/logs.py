"""Logs for the tests of the page: real evals whose agents have agents, and hand-made ones."""

from __future__ import annotations

import base64
import io
import random
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as inspect_eval  # pyright: ignore[reportUnknownVariableType]
from inspect_ai.agent import Agent, agent, as_tool, react
from inspect_ai.dataset import Sample
from inspect_ai.event import ToolEvent
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentAudio,
    ContentImage,
    ContentReasoning,
    ContentText,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.scorer import includes
from inspect_ai.tool import Tool, ToolCall, ToolError, tool

from support.logs import PIXEL, make_log, make_sample, write
from support.page.hostile import write_hostile

LONG_MESSAGES = 3000
NEEDLE = "a needle in the hay"


# --- Real evals ---------------------------------------------------------------------------------------------------------


@tool
def bash() -> Tool:
    """A shell that knows one command."""

    async def execute(cmd: str) -> str:
        """Run a shell command.

        Args:
            cmd: The command line.
        """
        if cmd == "pytest":
            return "\n".join(f"tests/test_pages.py::test_{number} PASSED" for number in range(150))
        raise ToolError(f"{cmd} did not end")

    return execute


@agent
def researcher() -> Agent:
    """An agent that is asked by the other one."""
    return react(
        name="researcher", description="Looks things up.", tools=[bash()], model=_scripted("They round up."), attempts=1
    )


def _scripted(answer: str, *before: ModelOutput) -> Any:
    outputs = [*before, ModelOutput.for_tool_call("mockllm/model", "submit", {"answer": answer})]
    for output in outputs:
        # With its usage given, Inspect need not count tokens, for which it would download a tokenizer.
        output.usage = ModelUsage(input_tokens=900, output_tokens=80, total_tokens=980)
    return get_model("mockllm/model", custom_outputs=outputs, memoize=False)


def _call(name: str, arguments: dict[str, Any], said: str) -> ModelOutput:
    return ModelOutput.for_tool_call("mockllm/model", name, arguments, content=said)


def write_delegation(folder: Path) -> None:
    """Run an eval whose agent asks another one, meets a time limit, and submits."""
    main = _scripted(
        "3 pages",
        _call("bash", {"cmd": "pytest"}, "First I look whether the tests pass."),
        _call("researcher", {"input": "How do other paginators round the last page?"}, "I want to know what is usual."),
        _call("bash", {"cmd": "deploy"}, "Now it can be deployed."),
    )
    task = Task(
        name="delegation",
        dataset=[Sample(id="paginator", input="Repair pages() so that the tests pass.", target="3 pages")],
        solver=react(tools=[bash(), as_tool(researcher())], model=main),
        scorer=includes(),
    )
    inspect_eval(task, model=main, log_dir=str(folder), display="none")


# --- By hand ------------------------------------------------------------------------------------------------------------


def _tone() -> str:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, 8000, 800, "NONE", ""))
        sound.writeframes(bytes(random.Random(1).randbytes(800)))
    return "data:audio/wav;base64," + base64.b64encode(file.getvalue()).decode()


def write_media(folder: Path) -> None:
    """Write a log with thoughts, an image, a sound, edits of files, and a message of 2 MB."""
    edit: dict[str, Any] = {
        "command": "str_replace",
        "path": "pages.py",
        "old_str": "def pages(n):\n    return n // 10\n",
        "new_str": "def pages(n):\n    return -(-n // 10)\n",
    }
    seen: Sequence[Content] = [ContentText(text="What is on it?"), ContentImage(image=PIXEL)]
    heard: Sequence[Content] = [ContentText(text="And this?"), ContentAudio(audio=_tone(), format="wav")]
    thought: Sequence[Content] = [
        ContentReasoning(reasoning="The last page is not counted. I divide and round up."),
        ContentText(text="I repair `pages()`."),
    ]
    messages = [
        ChatMessageSystem(id="s", content="You are a careful engineer."),
        ChatMessageUser(id="u1", content=list(seen)),
        ChatMessageUser(id="u2", content=list(heard)),
        ChatMessageAssistant(
            id="a1", content=list(thought), tool_calls=[ToolCall(id="c1", function="text_editor", arguments=edit)]
        ),
        ChatMessageTool(id="t1", content="The file was edited.", tool_call_id="c1", function="text_editor"),
        ChatMessageAssistant(id="a2", content="A line of the report.\n" * 95_000),
    ]
    call = ToolEvent(id="c1", function="text_editor", arguments=edit, result="The file was edited.")
    write(
        make_log([make_sample(1, uuid="media", messages=messages, events=[call])], task="media"), folder / "media.eval"
    )


def write_long(folder: Path) -> None:
    """Write a log with a long transcript, and one that holds nothing."""
    messages: list[Any] = []
    for turn in range(LONG_MESSAGES // 2):
        messages.append(ChatMessageUser(id=f"u{turn}", content=f"Question {turn}: what comes next?"))
        said = f"Answer {turn}. " + "It depends. " * (turn % 40)
        messages.append(ChatMessageAssistant(id=f"a{turn}", content=said + (NEEDLE if turn == 1234 else "")))
    samples = [
        make_sample(1, uuid="long", messages=messages),
        make_sample(2, uuid="empty", messages=[], events=[]),
    ]
    write(make_log(samples, task="long"), folder / "long.eval")


def write_all(folder: Path) -> None:
    """Write every log that the tests of the page look at, besides the examples."""
    folder.mkdir(parents=True, exist_ok=True)
    write_delegation(folder)
    write_hostile(folder)
    write_media(folder)
    write_long(folder)
