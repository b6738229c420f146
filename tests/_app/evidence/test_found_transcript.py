"""Messages of a transcript, shown from the JSON of its log: the same as what Inspect makes of that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import LogReadError, Transcript, transcripts_from
from inspect_scout._app import Shown, transcript_evidence
from inspect_scout._scanners import plain_messages_text
from support.inspect_logs import write_eval_log
from support.logs import PIXEL, make_log, make_sample, rewrite, varied_log

CUT_OUT = {"0" * 32: "What was cut out"}
WHOLE = Shown(every=True, full=True)


def read_whole(logs: Path, id: str) -> list[tuple[int, str, str, str]]:
    """Say what is shown of the messages that reading the transcript gives."""
    found: Transcript = transcripts_from(logs).read(id)
    plain = plain_messages_text([message.model_dump(mode="json", exclude_none=True) for message in found.messages])
    return [(number, item.id, item.who, item.text) for number, item in enumerate(plain, 1)]


def shown(logs: Path, id: str) -> list[tuple[int, str, str, str]]:
    passages = transcript_evidence([str(logs)], id, shown=WHOLE).passages
    return [(p.number, p.id, p.who, "".join(part.text for part in p.parts)) for p in passages]


def with_messages(path: Path, messages: object) -> Path:
    """Write a log of one sample with these messages."""
    write_eval_log(make_log([make_sample(1)]), str(path))

    def change(members: dict[str, bytes]) -> None:
        name = "samples/1_epoch_1.json"
        members[name] = json.dumps({**json.loads(members[name]), "messages": messages, "attachments": CUT_OUT}).encode()

    return rewrite(path, change)


def test_messages_of_the_example_logs(example_logs: Path) -> None:
    ids = [info.transcript_id for info in transcripts_from(example_logs)]
    assert len(ids) == 12
    for id in ids:
        assert shown(example_logs, id) == read_whole(example_logs, id)


@pytest.mark.parametrize("suffix", [".eval", ".json"])
def test_messages_of_varied_samples(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"varied{suffix}"
    write_eval_log(varied_log(), str(path))
    for info in transcripts_from(path):
        assert shown(path, info.transcript_id) == read_whole(path, info.transcript_id)


ODD: dict[str, list[Any]] = {
    "none": [],
    "no id": [{"role": "user", "content": "Hello"}],
    "the same id twice": [{"id": "a", "role": "user", "content": text} for text in ("one", "two")],
    "parts": [
        {
            "id": "a",
            "role": "user",
            "content": [
                {"type": "text", "text": "See"},
                {"type": "image", "image": PIXEL},
                {"type": "unheard", "x": 1},
            ],
        }
    ],
    "a part of an unknown kind": [{"id": "a", "role": "user", "content": [{"type": "unheard", "text": "x"}]}],
    "a part of no kind": [{"id": "a", "role": "user", "content": [{"text": "x"}]}],
    "an error that is a text": [{"id": "a", "role": "tool", "content": "", "function": "f", "error": "too slow"}],
    "reasoning": [
        {
            "id": "a",
            "role": "assistant",
            "content": [{"type": "reasoning", "reasoning": "Hm"}, {"type": "text", "text": "Yes"}],
        },
        {"id": "b", "role": "assistant", "content": "<think>Hm</think>Yes"},
    ],
    "an older error": [
        {"id": "a", "role": "tool", "content": "", "tool_call_id": "c", "function": "f", "tool_error": "too slow"}
    ],
    "a call without arguments": [
        {
            "id": "a",
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c", "function": "f", "type": "function"}],
        }
    ],
    "a call with text for arguments": [
        {"id": "a", "role": "assistant", "content": "", "tool_calls": [{"id": "c", "function": "f", "arguments": "ls"}]}
    ],
    "an unknown role": [{"id": "a", "role": "referee", "content": "Foul"}],
    "a role that is a list": [{"id": "a", "role": [], "content": [{"type": [], "text": "x"}]}],
    "no content": [{"id": "a", "role": "user", "content": None}],
    "text that is a number": [{"id": "a", "role": "user", "content": [{"type": "text", "text": 3}]}],
    "a lone surrogate": [{"id": "a", "role": "user", "content": "\ud800"}],
    "no number": [{"id": "a", "role": "user", "content": "x", "metadata": {"x": float("nan")}}],
    "an attachment": [{"id": "a", "role": "user", "content": "attachment://" + "0" * 32}],
    "not an object": ["Hello"],
}


@pytest.mark.parametrize("name", ODD)
def test_odd_messages(tmp_path: Path, name: str) -> None:
    path = with_messages(tmp_path / "odd.eval", ODD[name])
    assert shown(path, "u1-1") == read_whole(path, "u1-1")


def test_a_sample_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = with_messages(tmp_path / "odd.eval", {"not": "a list"})
    with pytest.raises(LogReadError, match="'1' epoch 1"):
        transcript_evidence([str(path)], "u1-1")
