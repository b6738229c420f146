"""Scans whose judging model misbehaves, from the log to the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ChatMessageAssistant, ContentText, ModelOutput

from inspect_scout import Status, llm_scanner, scan, scan_results_df, transcripts_from
from inspect_scout.testing import scripted_model

TOO_LONG = ModelOutput.from_content(
    "m", "This model's maximum context length is 80 tokens. Your messages have 6123 input tokens.", "model_length"
)
REFUSED = ModelOutput.from_message(
    ChatMessageAssistant(content=[ContentText(text="I'm sorry, but I can't help with that.", refusal=True)])
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def judge(logs: Path, model: Any, question: str = "Does it?") -> Status:
    asked = llm_scanner(name="judge", question=question, answer="boolean", cache=True)
    transcripts = transcripts_from(str(logs)).limit(4)
    return scan([asked], transcripts, scans="scans", model=model, display="none")


def rows_of(status: Status) -> Any:
    assert status.location is not None
    return scan_results_df(status.location).scanners["judge"]


@pytest.mark.parametrize(("output", "kind"), [(TOO_LONG, None), (REFUSED, "refusal")])
def test_what_is_no_answer_is_an_error_and_is_not_kept(
    example_logs: Path, output: ModelOutput, kind: str | None
) -> None:
    status = judge(example_logs, scripted_model(output))
    assert not status.complete
    assert len(status.errors) == 4
    rows = rows_of(status)
    assert rows["value"].isna().all()
    assert set(rows["scan_error_type"].dropna()) == ({kind} if kind else set())
    if output is TOO_LONG:
        assert all("6123" in said and " 80" in said for said in rows["scan_error"])
    # The cache kept nothing of it.
    again = judge(example_logs, scripted_model("It does.\n\nANSWER: yes"))
    assert again.complete
    assert list(rows_of(again)["value"]) == [True] * 4


def test_citations_of_what_was_not_shown_are_in_rows_and_counted(example_logs: Path) -> None:
    status = judge(example_logs, scripted_model("As [M99-M100] say [M2].\n\nANSWER: yes"))
    assert list(rows_of(status)["unseen_citations"]) == ['["[M99-M100]"]'] * 4
    assert status.summary["judge"].unseen_citations == 4
    sound = judge(example_logs, scripted_model("As [M2] says.\n\nANSWER: yes"), "Is it so?")
    assert list(rows_of(sound)["unseen_citations"]) == ["[]"] * 4
    assert sound.summary["judge"].unseen_citations == 0
