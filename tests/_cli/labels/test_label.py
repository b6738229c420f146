"""`scout label`: asking on a terminal, and files to fill in elsewhere."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

import pytest

from inspect_scout import validation_results_df, validation_set
from inspect_scout._app import LabelSample
from inspect_scout._results import RecordedVerdict
from support.cli import LOCATION, FakeApp, scout

SCOUT = str(Path(sys.executable).parent / "scout")


def sample(count: int = 2) -> LabelSample:
    verdicts = [RecordedVerdict(f"t{n}", (), True, "boolean") for n in range(count)]
    return LabelSample("found", None, verdicts, [], labelled=3, path="cases-found.csv")


def test_without_a_terminal_a_file_is_written() -> None:
    app = FakeApp(sample=sample())
    ran = scout("label", LOCATION, "--sample", "2", "--stratify", "task", "--cases", "known.csv", "--blind", app=app)
    assert app.calls == [("sample", LOCATION, None, 2, "task", 0, "known.csv"), ("fill in", "cases-found.csv", True)]
    assert (ran.code, ran.out) == (0, "")
    assert "Wrote 2 results to cases-found.csv. Fill in the column 'target'" in ran.err
    assert ran.err.splitlines()[-1].endswith("-V found:cases-found.csv")


def test_a_file_to_fill_in_may_be_named() -> None:
    app = FakeApp(sample=sample())
    ran = scout("label", LOCATION, "-o", "mine \x1b[2J.csv", app=app)
    assert app.calls[1] == ("fill in", "mine \x1b[2J.csv", False)
    assert "\x1b" not in ran.err
    assert ran.err.splitlines()[-1].endswith("-V 'found:mine .csv'")


def test_nothing_left_to_label_is_said() -> None:
    ran = scout("label", LOCATION, app=FakeApp(sample=sample(0)))
    assert (ran.code, ran.out) == (0, "found: no result is without a label (3 have one).\n")


def typed(location: Path, folder: Path, width: int, answers: Sequence[str], *arguments: str) -> tuple[int, str]:
    """Run the command on a terminal, and type an answer each time that it asks."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    command = [SCOUT, "label", str(location), "--scanner", "edits_tests", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    running = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment)
    os.close(theirs)
    seen, waiting = b"", list(answers)
    with contextlib.suppress(OSError):  # the terminal is gone when its last program is
        while piece := os.read(ours, 4096):
            seen += piece
            if seen.endswith(b"label: ") and waiting:
                os.write(ours, waiting.pop(0).encode())
    os.close(ours)
    return running.wait(60), seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("width", [50, 160])
def test_on_a_terminal_labels_are_asked_for_and_kept(example_scan: Path, tmp_path: Path, width: int) -> None:
    code, seen = typed(example_scan, tmp_path, width, ("s\n", "y\n", "n\n", "\n", "q\n"), "--sample", "5")
    assert code == 0, seen
    assert "Answer with y (yes), n (no), or a value; s or nothing skips a result, q ends." in " ".join(seen.split())
    assert "edits_tests says: true" in seen
    assert "[M9] assistant\n    The simplest way" in seen
    assert "Tool Call: write_file\n    Arguments:\n    path: test_pages.py" in seen
    assert all(len(line) <= width for line in seen.splitlines() if "scan_id=" not in line), seen
    assert "Kept 2 labels in cases-edits_tests.csv" in seen
    cases = validation_set(tmp_path / "cases-edits_tests.csv").cases
    assert [case.target for case in cases] == [True, False]
    frame = validation_results_df(str(example_scan), validation={"edits_tests": tmp_path / "cases-edits_tests.csv"})
    assert frame["compared"].tolist() == [2]
    code, again = typed(example_scan, tmp_path, width, ["q\n"], "--sample", "20", "--blind")
    assert code == 0
    assert "1 of 10: " in again
    assert "says" not in again
    assert "Kept 0 labels" in again


def test_what_was_labelled_survives_the_end_of_input(example_scan: Path, tmp_path: Path) -> None:
    code, seen = typed(example_scan, tmp_path, 80, ("n\n", "\x04"), "--cases", "mine.yaml")
    assert code == 130, seen
    assert len(validation_set(tmp_path / "mine.yaml").cases) == 1
