"""Many requests made of the description of the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.viewing.fuzzing import described_api, operations, try_operation


@pytest.fixture(scope="module")
def api(example_scan: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return described_api(example_scan, tmp_path_factory.mktemp("project"))


@pytest.mark.fault
def test_no_request_is_answered_with_a_fault(api: Any) -> None:
    for operation in operations(api):
        try_operation(operation, 300)
