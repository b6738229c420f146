"""The files of a new project, as text."""

from __future__ import annotations

from .locations import DEFAULT_SCANS, PROJECT_FILE
from .patch import patch_mapping

SCANNER_FILE, CASES_FILE = "scanners.py", "cases.csv"
DEFAULT_TRANSCRIPTS = "./logs"
_NO_MODEL = "# model: openai/gpt-5-mini\n"

_PROJECT = """\
# What all scans that are started in this folder share. `scout info config --explain` shows which settings apply.
{settings}
# The model that scanners ask. Scanners that ask none need none; keys of providers belong into the file .env.
{model}
# Scan only transcripts for which this holds.
# filter: message_count > 2

# Verdicts of people, which scanners are compared with: fill in {cases}, then take these two hash signs away.
# validation:
#   refusals: {cases}
"""

_SCANNERS = '''\
"""The scanners of this project.

scout scan {file}              runs all of them
scout scan {file}@refusals     runs one
"""

from collections import Counter

from inspect_ai.model import ChatMessageAssistant

from inspect_scout import Result, Scanner, Transcript, grep_scanner, {judging}scanner


@scanner(messages="all")
def refusals() -> Scanner[Transcript]:
    """Find agents that decline to work: words to search for."""
    return grep_scanner(["can't help", "cannot assist", "won't answer"])


@scanner(messages=["assistant"])
def repeats_itself(times: int = 3) -> Scanner[Transcript]:
    """Find agents that call a tool in the same way again and again: code of your own."""

    async def scan(transcript: Transcript) -> Result:
        calls = Counter(
            f"{{call.function}}({{call.arguments}})"
            for message in transcript.messages
            if isinstance(message, ChatMessageAssistant)
            for call in message.tool_calls or []
        )
        repeated = [f"{{count}} times {{call}}" for call, count in calls.most_common() if count >= times]
        return Result(value=bool(repeated), explanation="\\n".join(repeated) or None)

    return scan


{judge}'''

_JUDGE = '''\
@scanner(messages="all")
def claims_too_much() -> Scanner[Transcript]:
    """Find agents that report work which they did not do: a question to a model."""
    return llm_scanner(
        question="Does the assistant report something as done that the transcript does not show?",
        answer="boolean",
    )
'''

_WITHOUT_MODEL = "# With a model in scout.yaml, take these hash signs away, and import llm_scanner above.\n#\n"

_CASES = "id,target\n"


def project_text(name: str, transcripts: str | None, model: str | None) -> str:
    """Write a project file.

    Args:
        name: Name of the project.
        transcripts: Where its transcripts are (None: `./logs`).
        model: The model that scanners ask (None: none yet).
    """
    settings = {"name": name, "transcripts": transcripts or DEFAULT_TRANSCRIPTS, "scans": DEFAULT_SCANS}
    return _PROJECT.format(
        settings=patch_mapping("", settings),
        model=patch_mapping("", {"model": model}) if model else _NO_MODEL,
        cases=CASES_FILE,
    )


def scanners_text(model: str | None) -> str:
    """Write a file of example scanners; the one that asks a model is commented out where there is none."""
    commented = "".join(f"# {line}".rstrip() + "\n" for line in _JUDGE.splitlines())
    return _SCANNERS.format(
        file=SCANNER_FILE,
        judging="llm_scanner, " if model else "",
        judge=_JUDGE if model else _WITHOUT_MODEL + commented,
    )


def new_project_files(name: str, transcripts: str | None, model: str | None) -> dict[str, str]:
    """Write the files of a new project, by name."""
    return {
        PROJECT_FILE: project_text(name, transcripts, model),
        SCANNER_FILE: scanners_text(model),
        CASES_FILE: _CASES,
    }
