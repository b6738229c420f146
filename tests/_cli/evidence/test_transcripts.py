"""What `scout transcripts` prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cli import scout
from support.inspect_logs import write_eval_log
from support.logs import make_log, make_sample
from support.printed.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("width", [50, 80, 160])
def test_counts_fit_the_terminal(example_logs: Path, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = scout("transcripts", "-T", str(example_logs), "--by", "task,model,score")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= width
    check_snapshot(SNAPSHOTS / f"transcripts-{width}.txt", ran.out)


def test_counts_in_a_pipe_and_as_json(example_logs: Path) -> None:
    check_snapshot(SNAPSHOTS / "transcripts.txt", scout("transcripts", "-T", str(example_logs)).out)
    ran = scout("transcripts", "-T", str(example_logs), "--json", "--by", "task,score", "-F", "score = 'C'")
    check_snapshot(SNAPSHOTS / "transcripts.json", ran.out)


def test_nothing_but_the_whole(example_logs: Path) -> None:
    ran = scout("transcripts", "-T", str(example_logs), "--by", "none")
    assert len(ran.out.splitlines()) == 2


def test_nothing_from_a_log_controls_the_terminal(tmp_path: Path) -> None:
    write_eval_log(make_log([make_sample(1)], task="a\x1b[2Jb\nc\u202e"), str(tmp_path / "x.eval"))
    ran = scout("transcripts", "-T", str(tmp_path))
    assert not any(sign in ran.out for sign in "\x1b\u202e")
    assert len(ran.out.splitlines()) == 5


def test_what_cannot_be_counted_is_refused(example_logs: Path) -> None:
    ran = scout("transcripts", "-T", str(example_logs), "--by", "modle")
    assert (ran.code, ran.out) == (1, "")
    assert "Did you mean 'model'" in ran.err
    assert (
        json.loads(scout("transcripts", "-T", str(example_logs), "-F", "score = 'none'", "--json").out)["transcripts"]
        == 0
    )
