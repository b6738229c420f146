"""Many requests made of the descriptions of both APIs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.viewing.fuzzing import Version, described_api, try_operation

LONG = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0")) > 0


@pytest.mark.fault
@pytest.mark.skipif(not LONG, reason="tests/_view/test_fuzzing.py tries fewer; `make faults` runs this")
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_no_request_is_answered_with_a_fault(
    example_scan: Path, example_logs: Path, tmp_path: Path, version: Version
) -> None:
    api = described_api(example_scan, example_logs, tmp_path, version)
    for operation in api.operations():
        try_operation(api, operation, 300)
