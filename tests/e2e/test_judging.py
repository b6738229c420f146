"""Three judging scanners against a chat server: cited rows, whatever interrupts the scan, and no recorded call twice."""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig

from inspect_scout import Status, scan, scan_results_df, scan_resume, scan_status, transcripts_from
from support.logs import make_log, make_sample, write
from support.provider.chat_server import Asked, ChatServer, Reply, serving

TRANSCRIPTS = 16
SCANNERS = ("answered", "ending", "findings")
CALLS = TRANSCRIPTS * len(SCANNERS)
CONNECTIONS = 6
HELD_AFTER = 20

JUDGES = '''
"""Three scanners that ask a model."""

from inspect_scout import AnswerStructured, Scanner, Transcript, llm_scanner, scanner
from pydantic import BaseModel, Field


class Finding(BaseModel):
    """Something that was found."""

    label: str = Field(description="Kind of finding.")
    value: int = Field(description="How bad it is, from 1 to 10.")
    explanation: str = Field(description="Why, citing messages.")


@scanner(messages="all")
def answered() -> Scanner[Transcript]:
    """Ask for yes or no."""
    return llm_scanner(question="Is there an answer?", answer="boolean")


@scanner(messages="all")
def ending() -> Scanner[Transcript]:
    """Ask for a label."""
    return llm_scanner(question="How does it end?", answer=["well", "badly"])


@scanner(messages="all")
def findings() -> Scanner[Transcript]:
    """Ask for a list of findings."""
    return llm_scanner(question="What is there to find?", answer=AnswerStructured(type=list[Finding]))
'''

RUN = """
import sys
from inspect_ai.model import GenerateConfig
from inspect_scout import scan, transcripts_from
from judges import answered, ending, findings

scan(
    [answered(), ending(), findings()], transcripts_from("logs"), scans="scans", display="none",
    model="openai/judge", model_base_url=sys.argv[1], model_args={"responses_api": False},
    model_config=GenerateConfig(max_connections=int(sys.argv[2])),
)
"""


def judge(asked: Asked) -> Reply:
    """Answer as the question of each scanner wants, citing messages that are shown."""
    number = subject(asked)
    if asked.tools:
        found = {
            "label": "lookup",
            "value": number % 10 + 1,
            "explanation": "The tool is called [M2] and answers [M3].",
        }
        return {"results": [found, {**found, "label": "question", "explanation": "It is asked in [M1]."}][: number % 3]}
    if "How does it end?" in asked.text:
        return f"It ends in [M3], as [M99] does not.\n\nANSWER: {'AB'[number % 2]}"
    return f"See [M1-M3].\n\nANSWER: {'yes' if number % 2 else 'no'}"


def subject(asked: Asked) -> int:
    """Tell which transcript a request is about."""
    (number,) = set(re.findall(r"Question (\d+)\?", asked.text))
    return int(number)


def pair(asked: Asked) -> tuple[str, str]:
    """Tell which scanner asks about which transcript."""
    name = "findings" if asked.tools else "ending" if "How does it end?" in asked.text else "answered"
    return name, f"u{subject(asked)}-1"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with scanners and logs, and go there."""
    samples = [make_sample(number) for number in range(1, TRANSCRIPTS + 1)]
    write(make_log(samples[:10]), tmp_path / "logs" / "one.eval")
    write(make_log(samples[10:], "more"), tmp_path / "logs" / "two.eval")
    (tmp_path / "judges.py").write_text(JUDGES)
    (tmp_path / "run.py").write_text(RUN)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """Serve a judge."""
    with serving(ChatServer(judge)) as started:
        yield started


def scout_command(server: ChatServer) -> list[str]:
    model = [
        "--model",
        "openai/judge",
        "--model-base-url",
        server.url,
        "-M",
        "responses_api=false",
        "--max-connections",
        str(CONNECTIONS),
    ]
    scout = str(Path(sys.executable).parent / "scout")
    return [scout, "scan", "judges.py", "-T", "logs", "--scans", "scans", "--display", "plain", *model]


def python_command(server: ChatServer) -> list[str]:
    return [sys.executable, "run.py", server.url, str(CONNECTIONS)]


def the_scan() -> str:
    (location,) = Path("scans").glob("scan_id=*")
    return str(location)


def recorded(location: str) -> set[tuple[str, str]]:
    """List the pairs of scanner and transcript that readers see."""
    frames = scan_results_df(location, rows="transcripts").scanners
    return {(name, each) for name, table in frames.items() for each in table["transcript_id"]}


def check_rows(location: str) -> None:
    """Hold every row against what the judge says of its transcript, and its citations against the log."""
    status = scan_status(location)
    assert status.complete
    assert not status.errors
    frames = scan_results_df(location, rows="transcripts").scanners
    for name in SCANNERS:
        assert sorted(frames[name]["transcript_id"]) == sorted(f"u{n}-1" for n in range(1, TRANSCRIPTS + 1))
        assert status.summary[name].scans == TRANSCRIPTS
    for row in frames["answered"].itertuples():
        number = number_of(row)
        assert (row.value, row.answer) == (number % 2 == 1, "Yes" if number % 2 else "No")
        assert references_of(row) == [("[M1]", f"m{number}u"), ("[M2]", f"m{number}a"), ("[M3]", f"m{number}t")]
    for row in frames["ending"].itertuples():
        number = number_of(row)
        assert (row.value, row.answer) == (("A", "well"), ("B", "badly"))[number % 2]
        assert references_of(row) == [("[M3]", f"m{number}t")]
    items: Counter[str] = Counter()
    for row in scan_results_df(location).scanners["findings"].itertuples():
        number = number_of(row)
        items[str(row.transcript_id)] += 1
        assert row.value == number % 10 + 1
        cited = {"lookup": [("[M2]", f"m{number}a"), ("[M3]", f"m{number}t")], "question": [("[M1]", f"m{number}u")]}
        assert references_of(row) == cited[str(row.label)]
    assert items == {f"u{n}-1": n % 3 for n in range(1, TRANSCRIPTS + 1) if n % 3}


def number_of(row: Any) -> int:
    return int(re.fullmatch(r"u(\d+)-1", row.transcript_id)[1])  # type: ignore[index]


def references_of(row: Any) -> list[tuple[str, str]]:
    return [(each["cite"], each["id"]) for each in json.loads(row.message_references)]


def judged(server: ChatServer, display: Any = "none") -> Status:
    """Run the scan in this process."""
    made = runpy.run_path("judges.py")
    return scan(
        [made[name]() for name in SCANNERS],
        transcripts_from("logs"),
        scans="scans",
        model="openai/judge",
        model_base_url=server.url,
        model_args={"responses_api": False},
        model_config=GenerateConfig(max_connections=CONNECTIONS),
        display=display,
    )


def test_rows_are_cited(place: Path, server: ChatServer) -> None:
    status = judged(server)
    check_rows(status.location)
    assert server.requests == CALLS
    assert server.peak <= CONNECTIONS
    assert sum(usage.total_tokens for usage in status.summary["ending"].model_usage.values()) == TRANSCRIPTS * 120


def test_refused_calls_are_made_again_and_shown(
    place: Path, server: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.refuse = frozenset({5, 6, 20})
    check_rows(judged(server, "plain").location)
    assert server.refused == 3
    assert server.requests == CALLS + 3
    assert ", 3 retries" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "number"), [(scout_command, signal.SIGINT), (python_command, signal.SIGKILL)], ids=["ctrl-c", "kill"]
)
def test_interrupted_scan_goes_on_without_repeating_a_recorded_call(
    place: Path, server: ChatServer, command: Any, number: signal.Signals
) -> None:
    server.hold_after = HELD_AFTER
    process = subprocess.Popen(
        command(server),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that were started in the background would pass on that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    server.wait_until_held(CONNECTIONS)
    if number is signal.SIGKILL:
        wait_until_recorded(HELD_AFTER)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if number is signal.SIGINT else -signal.SIGKILL)
    assert "Traceback" not in said
    location = the_scan()
    kept, answered = recorded(location), set(map(pair, server.answered))
    # After a kill just what had been written counts; Ctrl-C may come between an answer and its row, for a few calls.
    assert kept == answered if number is signal.SIGKILL else kept <= answered
    assert len(kept) >= HELD_AFTER - CONNECTIONS
    server.release()
    if command is scout_command:
        assert scan_resume(location, display="none").complete
    else:
        scout = str(Path(sys.executable).parent / "scout")
        subprocess.run([scout, "scan", "resume", location, "--display", "none"], check=True, env={**os.environ})
    check_rows(location)
    calls = Counter(map(pair, server.answered))
    assert {calls[each] for each in kept} == {1}
    assert len(calls) == CALLS
    assert len(server.answered) == CALLS + len(answered - kept)


def wait_until_recorded(pairs: int) -> None:
    """Wait until so many pairs are durable: the scan writes what it has about once a second."""
    for _ in range(600):
        if Path("scans").exists() and len(recorded(the_scan())) >= pairs:
            return
        signal.sigtimedwait([], 0.1)
    raise AssertionError(f"{len(recorded(the_scan()))} pairs are recorded")
