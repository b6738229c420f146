"""A project in which everything that a stranger may have written attacks who reads it: `python -m support.page.hostile FOLDER`.

Messages, calls and metadata of transcripts; names of tasks, models, samples, files and tags; values, labels, explanations and errors of
scanners; labelled cases. The tests of the page look at it, and nothing of it may run, load anything, or make the page slow.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from inspect_ai.log import EvalError, EvalSample
from inspect_ai.model import ChatMessageAssistant, ChatMessageTool, ChatMessageUser
from inspect_ai.scorer import Score
from inspect_ai.tool import ToolCall, ToolCallError

from support.logs import make_log, make_sample, write

EVIL = "https://evil.invalid"
IMAGE = f"<img src='{EVIL}/x.png' onerror='window.hostile = 1'>"
SCRIPT = "<script>window.hostile = 1</script>"
MARKDOWN = (
    f"{SCRIPT}{IMAGE}\n\n# A heading\n\n[a link](javascript:window.hostile=1) [another]({EVIL}/l) ![remote]({EVIL}/y.png) <{EVIL}/auto>"
    f"\n\n[data](data:text/html,{SCRIPT}) [ref][r] ![ref][r]\n\n[r]: {EVIL}/ref.png\n\n<iframe src='{EVIL}'></iframe>"
    f"<style>@import '{EVIL}/s.css'; body {{ display: none }}</style><svg onload='window.hostile = 1'></svg>"
)
BIDI = "user\u202egnp.exe \u2066isolated\u2069 zero\u200bwidth \x00 nul \x07 bell"
HOSTILE = {
    "script": MARKDOWN,
    "ansi": f"\x1b[31mred\x1b[0m \x1b]8;;{EVIL}\x07link\x1b]8;;\x07 \x1b[2J\x1b[1;1H over",
    "bidi": BIDI,
    "nested": "[" * 3000 + "]" * 3000,
    "line": "x" * 10_000_000,
    "right-to-left": "שלום עולם, זה טקסט מימין לשמאל.",
    "markdown": "> " * 400
    + "deep\n\n"
    + "- " * 200
    + "list\n\n"
    + "*" * 5000
    + "\n\n| a | b |\n|---|---|\n| 1 | <b>2</b> |",
    "many": "\n".join(f"* [{number}]({EVIL}/{number}) `{number}` **{number}**" for number in range(20_000)),
    "json": json.dumps({"a": [{IMAGE: [[[SCRIPT]]] * 50}] * 200}),
}
"""What the messages of a transcript say; its id says which."""

NAME = f"{IMAGE}{BIDI.replace(chr(0), '').replace(chr(7), '')} {'long name ' * 30}"
"""What names say."""

FILE = "<img src=x onerror=window.hostile=1>"

SCANNERS = f'''
from inspect_scout import Reference, Result, Scanner, Transcript, scanner

MARKDOWN = {MARKDOWN!r}
NAME = {NAME!r}


@scanner(messages="all", name="hostile_values")
def values() -> Scanner[Transcript]:
    """Give results of which every word attacks."""

    async def scan(transcript: Transcript) -> Result:
        if transcript.transcript_id.endswith("script"):
            raise ValueError(MARKDOWN + "\\x1b[31m" + NAME)
        return Result(
            value=NAME if len(transcript.messages) % 2 else {{NAME: [MARKDOWN]}},
            label=NAME,
            answer=MARKDOWN,
            explanation=MARKDOWN + " [M1] [M99999] [E1] " + "x" * 200_000,
            metadata={{NAME: MARKDOWN, "deep": [[[[[[MARKDOWN]]]]]]}},
            references=[Reference(type="message", id=transcript.messages[0].id, cite=NAME)],
        )

    return scan


@scanner(messages="all", name="hostile_set")
def several() -> Scanner[Transcript]:
    """Give several results at once."""

    async def scan(transcript: Transcript) -> list[Result]:
        return [Result(value=True, label=NAME, explanation=MARKDOWN) for _ in range(3)]

    return scan
'''


def write_hostile(folder: Path) -> None:
    """Write a log of transcripts that attack who reads them."""
    samples: list[EvalSample] = []
    for number, (name, text) in enumerate(HOSTILE.items(), 1):
        call = ToolCall(id="c1", function="bash", arguments={"cmd": text[:100_000], f"<b>{name}</b>": [text[:1000]]})
        messages = [
            ChatMessageUser(id=f"h{number}u", content=text),
            ChatMessageAssistant(id=f"h{number}a", content=text, tool_calls=[call]),
            ChatMessageTool(id=f"h{number}t", content=text, tool_call_id="c1", function="bash"),
        ]
        samples.append(make_sample(number, uuid=f"hostile-{name}", messages=messages, metadata={name: text[:1000]}))
    write(make_log(samples, task="hostile"), folder / "hostile.eval")


def write_hostile_names(folder: Path) -> None:
    """Write a log whose names attack: of its file, task, model, samples, tools, scores, metadata, errors."""
    call = ToolCall(id="c1", function=NAME[:200], arguments={NAME: MARKDOWN})
    failed = ToolCallError(type="unknown", message=MARKDOWN)
    messages = [
        ChatMessageUser(id="<b>u</b>", content=MARKDOWN),
        ChatMessageAssistant(id="'\"><b>a</b>", content=MARKDOWN, tool_calls=[call], model=NAME),
        ChatMessageTool(id="t", content=MARKDOWN, tool_call_id="c1", function=NAME[:200], error=failed),
    ]
    more: dict[str, Any] = {
        "messages": messages,
        "metadata": {NAME: MARKDOWN, "<b>key</b>": {NAME: NAME}},
        "scores": {NAME: Score(value=NAME, answer=MARKDOWN, explanation=MARKDOWN, metadata={NAME: NAME})},
        "target": NAME,
    }
    sample = make_sample(1, uuid="hostile-names", **more)
    failing = make_sample(
        2, uuid="hostile-error", error=EvalError(message=NAME, traceback=MARKDOWN, traceback_ansi=MARKDOWN), **more
    )
    named = [each.model_copy(update={"id": f"{NAME} {number}"}) for number, each in enumerate((sample, failing))]
    write(make_log(named, task=NAME, model=f"evil/{NAME}", tags=[NAME]), folder / f"{FILE}.eval")


def make_project(folder: Path) -> None:
    """Make it.

    Args:
        folder: Where; it must not exist.
    """
    logs, labels = folder / "logs", folder / "labels"
    for place in (logs, labels):
        place.mkdir(parents=True)
    write_hostile(logs)
    write_hostile_names(logs)
    settings = {"name": NAME, "transcripts": "./logs", "scans": "./scans", "tags": [NAME]}
    cases = [{"id": f"hostile-{name}", "target": NAME} for name in [*HOSTILE, "names", "error", IMAGE]]
    for path, content in ((folder / "scout.yaml", settings), (labels / f"{FILE}.yaml", cases)):
        path.write_text(json.dumps(content, ensure_ascii=True))
    (folder / f"{FILE}.py").write_text(SCANNERS)
    scout = shutil.which("scout", path=str(Path(sys.executable).parent)) or "scout"
    # It ends with errors, which is what it is for.
    subprocess.run([scout, "scan", f"{FILE}.py"], cwd=folder, check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    make_project(Path(sys.argv[1]).absolute())
