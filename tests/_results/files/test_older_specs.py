"""Scans whose `_scan.json` was written by earlier versions."""

from __future__ import annotations

import json
from pathlib import Path

from inspect_scout import scan_status


def test_stored_conditions_become_a_filter(tmp_path: Path) -> None:
    folder = tmp_path / "scan_id=AAAAAAAAAAAAAAAAAAAAAA"
    folder.mkdir()
    condition = {"left": "task_set", "operator": "=", "right": "x", "is_compound": False}
    spec = {
        "scan_id": "A" * 22,
        "scan_name": "old",
        "scanners": {"s": {"name": "s"}},
        "transcripts": {"type": "eval_log", "conditions": [condition], "transcript_ids": {"t": "x.eval"}},
    }
    (folder / "_scan.json").write_text(json.dumps(spec))
    transcripts = scan_status(str(folder)).spec.transcripts
    assert transcripts is not None
    assert transcripts.filter == ["task_set = 'x'"]
    assert "conditions" not in transcripts.model_dump()
