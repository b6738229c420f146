"""Choosing results to label, the evidence, and the files that keep the labels."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import (
    ConfigError,
    Reference,
    Result,
    Status,
    Transcript,
    UnknownNameError,
    scan,
    transcripts_from,
    validation_results_df,
    validation_set,
)
from inspect_scout._app import choose_equally, read_label, shown_value
from inspect_scout._results import RecordedVerdict
from support.transcripts import each_message, length, number_of, scanner_of, talks
from support.use_cases import cited_messages, keep_label, sample_to_label, write_to_fill_in


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def scanned(scanners: Any, count: int = 30, **more: Any) -> Status:
    return scan(scanners, transcripts_from(talks(count)), scans="scans", display="none", **more)


def rare() -> Any:
    """Find something in two of thirty transcripts, citing the last message."""

    def judge(transcript: Transcript) -> Result:
        number = number_of(transcript)
        cited = [Reference(type="message", id=f"a{number}", cite="[M3]")]
        return Result(value=number in {3, 17}, explanation=f"=see [M3] of {number}", references=cited)

    return scanner_of(judge, "rare")


def test_a_sample_holds_rare_values_and_depends_on_the_seed_alone() -> None:
    status = scanned([rare()])
    sample = sample_to_label(status.location, size=6)
    assert (sample.scanner, sample.path, sample.labelled, len(sample.verdicts)) == ("rare", "cases-rare.csv", 0, 6)
    assert [row.transcript_id for row in sample.verdicts if row.found] == ["t3", "t17"]
    assert sample_to_label(status.location, size=6) == sample
    assert sample_to_label(status.location, size=6, seed=1) != sample
    larger = sample_to_label(status.location, size=9)
    assert {row.transcript_id for row in sample.verdicts} < {row.transcript_id for row in larger.verdicts}


rows = st.lists(st.booleans(), max_size=40).map(
    lambda found: [RecordedVerdict(f"t{n}", (), value, "boolean") for n, value in enumerate(found)]
)


@given(rows, st.integers(1, 50), st.integers())
def test_samples_are_shared_out_equally(verdicts: list[RecordedVerdict], size: int, seed: int) -> None:
    chosen = choose_equally(verdicts, lambda row: str(row.value), lambda row: row.transcript_id, size, seed)
    assert len(chosen) == min(size, len(verdicts))
    assert chosen == [row for row in verdicts if row in chosen]
    have = {value: sum(row.value is value for row in verdicts) for value in (True, False)}
    took = {value: sum(row.value is value for row in chosen) for value in (True, False)}
    for value, other in ((True, False), (False, True)):
        assert took[value] == have[value] or took[value] >= took[other] - 1


def test_what_has_a_label_is_not_chosen_again() -> None:
    Path("known.csv").write_text("task_id,target\n3,true\n")
    Path("cases-rare.csv").write_text("id,target\nt17,true\n")
    status = scanned([rare()], validation=validation_set("known.csv"))
    sample = sample_to_label(status.location, size=30)
    assert (sample.labelled, len(sample.verdicts)) == (2, 28)
    assert not any(row.found for row in sample.verdicts)
    plain = scanned([rare()])
    assert sample_to_label(plain.location, size=30, cases="known.csv").labelled == 1
    assert sample_to_label(plain.location, size=30, cases="new.csv").labelled == 0


def test_labels_make_a_file_that_validates() -> None:
    status = scanned([rare()])
    for verdict in sample_to_label(status.location, size=4).verdicts:
        keep_label("cases.csv", verdict, verdict.transcript_id == "t3")
    keep_label("cases.csv", sample_to_label(status.location, size=4).verdicts[0], True)
    cases = validation_set("cases.csv").cases
    assert len(cases) == 4
    assert all(case.task_id == case.id[1:] for case in cases)
    (row,) = validation_results_df(status.location, validation="cases.csv").to_dict("records")
    assert (row["compared"], row["tp"], row["fp"]) == (4, 1, 1)
    assert sample_to_label(status.location, size=30, cases="cases.csv").labelled == 4


@pytest.mark.parametrize(
    ("text", "value"), [("y", True), (" N ", False), ("yes", True), ("3", 3), ("done", "done"), ("null", None)]
)
def test_labels_are_read_as_they_are_typed(text: str, value: Any) -> None:
    assert read_label(text) == value
    assert type(read_label(text)) is type(value)


def test_cited_messages_are_what_the_scanner_was_given() -> None:
    status = scanned([rare(), each_message()], 4)
    (verdict,) = sample_to_label(status.location, "rare", size=1).verdicts
    (message,) = cited_messages(status.location, "rare", verdict)
    assert (message.cite, message.role, message.text) == ("[M3]", "assistant", f"number {verdict.transcript_id[1:]}")
    (verdict,) = sample_to_label(status.location, "each_message", size=1).verdicts
    assert cited_messages(status.location, "each_message", verdict) == []
    assert shown_value(verdict).startswith("number ")


def test_files_to_fill_in_are_cases_once_they_are_filled_in() -> None:
    status = scanned([rare()])
    sample = sample_to_label(status.location, size=3)
    write_to_fill_in("fill.csv", sample)
    with open("fill.csv", encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["id"] for row in written] == [row.transcript_id for row in sample.verdicts]
    assert {row["target"] for row in written} == {""}
    assert {row["value"] for row in written} == {"true", "false"}
    assert all(row["explanation"].startswith("'=see") for row in written)
    with pytest.raises(ConfigError, match="line 2"):
        validation_set("fill.csv")
    with open("fill.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, written[0])
        writer.writeheader()
        writer.writerows({**row, "target": "true"} for row in written)
    assert validation_results_df(status.location, validation="fill.csv")["compared"].tolist() == [3]
    with pytest.raises(ConfigError, match="exists already"):
        write_to_fill_in("fill.csv", sample)


def test_blind_files_do_not_say_what_the_scanner_said() -> None:
    status = scanned([rare()], 3)
    sample = sample_to_label(status.location)
    write_to_fill_in("blind.csv", sample, blind=True)
    assert Path("blind.csv").read_text().splitlines()[0] == "id,task_id,epoch,target"
    with pytest.raises(ConfigError, match="is not a CSV file"):
        write_to_fill_in("blind.yaml", sample)


def test_what_cannot_be_labelled_is_refused() -> None:
    status = scanned([length(), scanner_of(lambda _: [Result(label="a", value=1)], "lists")], 2)
    with pytest.raises(ConfigError, match="length, lists; say with --scanner"):
        sample_to_label(status.location)
    with pytest.raises(UnknownNameError, match="'lenght'"):
        sample_to_label(status.location, "lenght")
    with pytest.raises(ConfigError, match="gives lists of results"):
        sample_to_label(status.location, "lists")
    with pytest.raises(ConfigError, match="value, task, model, none"):
        sample_to_label(status.location, "length", by="colour")  # type: ignore[arg-type]
