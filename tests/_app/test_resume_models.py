"""Going on with scans that ask models: the models are made again as they were recorded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from inspect_ai.model import GenerateConfig, get_model

from inspect_scout import Result, Scanner, Transcript, scan, scan_results_df, scan_resume, scanner, transcripts_from
from inspect_scout.testing import scripted_model


@scanner(messages="all")
def asks_two() -> Scanner[Transcript]:
    """Ask the default model and a judge; fails as long as the environment says so."""

    async def scan(transcript: Transcript) -> Result:
        if os.environ["FAIL"]:
            raise RuntimeError("not now")
        model, judge = get_model(), get_model(role="judge")
        said = [(await each.generate("?")).completion for each in (model, judge)]
        return Result(value=" ".join(said), answer=f"{model} {model.config.temperature} {judge.role}")

    return scan


def test_a_scan_goes_on_with_its_models(example_logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transcripts = transcripts_from(str(example_logs))
    monkeypatch.setenv("FAIL", "yes")
    status = scan(
        [asks_two()],
        transcripts,
        scans=str(tmp_path / "scans"),
        model=scripted_model("yes", name="first"),
        model_config=GenerateConfig(temperature=0.5),
        model_roles={"judge": scripted_model("no", name="second")},
        display="none",
    )
    assert not status.complete
    monkeypatch.setenv("FAIL", "")
    monkeypatch.setenv("SCOUT_SCAN_MODEL", "nobody/model")
    resumed = scan_resume(status.location, display="none")
    assert resumed.complete
    frame = scan_results_df(status.location).scanners["asks_two"]
    assert set(frame["value"]) == {"yes no"}
    assert set(frame["answer"]) == {"scripted/first 0.5 judge"}
