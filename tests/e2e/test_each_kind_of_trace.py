"""Each kind of trace, from its file to a verdict that cites a message, a label of it, and the same out of a database."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from _importers.every_format import MAKERS
from inspect_scout._cli import main

SCANNERS = """
from inspect_scout import llm_scanner, scanner
from inspect_scout.testing import scripted_model


def cite(text):
    return "It does: [M2]\\n\\nANSWER: yes"


@scanner(messages="all")
def works():
    return llm_scanner(question="Does it work?", answer="boolean", model=scripted_model(cite))
"""


def typed(*arguments: str) -> str:
    """Type a command, which must do its work; gives what it printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(list(arguments))
    assert code == 0, (arguments, out.getvalue(), err.getvalue())
    return out.getvalue()


def verdict(place: str) -> dict[str, Any]:
    """Scan a place; gives the only row."""
    typed("scan", "scanners.py", "-T", place, "--scans", f"scans-{place}", "--display", "none")
    (row,) = json.loads(typed("scan", "results", "--scans", f"scans-{place}", "--format", "json", "--all"))
    assert row["value"] is True
    found: dict[str, Any] = row
    return found


@pytest.mark.parametrize("kind", MAKERS)
def test_from_its_file_to_a_labelled_verdict(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    MAKERS[kind](tmp_path / "traces")
    Path("scanners.py").write_text(SCANNERS)
    there = json.loads(typed("transcripts", "-T", "traces", "--json"))
    assert there["transcripts"] == 1
    assert there["messages"] > 0
    imported = json.loads(typed("import", "traces", "-T", "db", "--json"))
    assert (imported["added"], imported["problems"]) == (1, [])
    direct, stored = verdict("traces"), verdict("db")
    assert direct["transcript_id"] == stored["transcript_id"]
    for row in (direct, stored):
        (cited,) = [reference["cite"] for reference in row["message_references"]]
        assert cited == "[M2]"
    assert "[M2]" in typed("show", direct["transcript_id"], "--scans", "scans-traces")
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    typed("label", "--scans", "scans-traces", "--scanner", "works", "--sample", "1")
    assert [name for name in os.listdir() if name.startswith("cases-works")]
